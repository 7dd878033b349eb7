/*
 * stream: one connection as a stream of bytes, plain or TLS, with a buffer in
 * front, so that all kinds of reading can be mixed. It blocks its user, within
 * timeouts; the descriptor itself never blocks. Nothing else reads or writes
 * sockets.
 *
 * Bytes that were received stay held until they are taken, whatever a call
 * that wanted more of them came to: after a timeout the next call goes on with
 * them.
 *
 * Reading has three results: 1 (or a count), 0 for the end of the connection,
 * -1 with the error. An end is a FIN, or with TLS close_notify or a FIN without
 * one: both are the end (docs/reference, "Ends"). stream_fault() tells the
 * errors apart, whose texts are
 *
 *	Resource temporarily unavailable (os error 11)   timeout or deadline
 *	Connection reset by peer (os error 104)          and any other errno
 *	received corrupt message                         TLS, see tls.h
 *
 * An error is not remembered: the next call asks the system again, which says
 * "end" after a reset.
 */
#ifndef STREAM_STREAM_H
#define STREAM_STREAM_H

#include <sys/types.h>

#include "base/err.h"
#include "stream/addr.h"
#include "stream/clock.h"
#include "stream/tap.h"

#define STREAM_READ_SIZE ((size_t)8 << 10) /* asked for at once */
#define STREAM_MAX_HELD  ((size_t)1 << 30) /* more is STREAM_FULL */

/* Why the last call returned -1. */
enum stream_fault {
	STREAM_FINE,
	STREAM_TIMEOUT, /* read or write timeout, or the deadline */
	STREAM_BROKEN,  /* the system's error */
	STREAM_GONE,    /* of those: the other side takes no more */
	STREAM_BAD_TLS, /* a record or handshake that is none, or an alert */
	STREAM_FULL, /* more than STREAM_MAX_HELD bytes: "message too large" */
};

struct stream;

/*
 * Called before every wait that may block, here and in dial and resolve; may
 * be NULL. The child lets go there of what the module has logged.
 */
extern void (*stream_before_wait)(void);

/*
 * Such a wait for one descriptor, not broken off by signals, unless waits are
 * called off (base/halt.h). What poll(2) gave: 1; 0: `until` has come; -1 with
 * errno. After an end, an error or a hangup it is 1, too.
 */
int stream_poll(int fd, short events, int64_t until);

/*
 * Takes over fd, a connected socket; -1: there is none, and a layer that never
 * waits takes its place (memory.h). No timeouts, no deadline.
 */
struct stream *stream_new(int fd);

/*
 * Shuts both directions, and closes. Where TLS is spoken, close_notify is tried
 * first, without waiting.
 */
void stream_free(struct stream *s);

/*
 * The longest wait of each single read and write. 0 leaves a timeout as it
 * is: it can be changed, but not taken away (docs/reference, "Sockets").
 */
void stream_set_timeouts(struct stream *s, uint32_t read_ms, uint32_t write_ms);

/*
 * Has the read timeout passed since then (clock_ms())? For who gets bytes all
 * the time and not what it waits for. Without a timeout: never.
 */
bool stream_has_waited(const struct stream *s, int64_t since);

/* A time for everything, over the timeouts; CLOCK_NEVER: none. */
void stream_set_deadline(struct stream *s, int64_t at);

/*
 * Waits for more bytes and holds them behind those held already. 1: there are
 * more; 0: the end; -1.
 */
int stream_fill(struct stream *s, struct err *err);

/* Fills until n bytes are held. 1: they are; 0: the end came first; -1. */
int stream_fill_to(struct stream *s, size_t n, struct err *err);

/*
 * Fills until `delim` (not empty) is among the held bytes, also where it came
 * in pieces. 1: *n bytes up to and with the first one; 0: the end came first,
 * *n is all that is held; -1. `most`: a longer way to the delimiter is an
 * error, STREAM_FULL.
 */
int stream_fill_until(struct stream *s, struct str delim, size_t most,
    size_t *n, struct err *err);

/* All held bytes; valid until the next fill or read. */
struct str stream_held(const struct stream *s);

/*
 * Drops the first n held bytes. A view of them stays valid until the next fill
 * or read.
 */
void stream_take(struct stream *s, size_t n);

/*
 * What one read gives, at most n > 0 bytes: held ones if there are any, else
 * it waits. The count; 0: the end; -1.
 */
ssize_t stream_read(struct stream *s, void *p, size_t n, struct err *err);

/* All of it, or -1; then an unknown part was written. */
int stream_write(struct stream *s, struct str bytes, struct err *err);

/*
 * Nothing held, nothing waiting, not ended: a kept connection may be used
 * once more. Never waits.
 */
bool stream_is_idle(struct stream *s);

enum stream_fault stream_fault(const struct stream *s);

/* The errno of STREAM_BROKEN. */
int stream_errno(const struct stream *s);

/* The last read found the end of the connection. */
bool stream_has_ended(const struct stream *s);
int stream_fd(const struct stream *s);
bool stream_is_tls(const struct stream *s);

/*
 * The address that was connected to, as noted by dial; port 0: none (a
 * proxy's name, or a stream from elsewhere).
 */
const struct addr *stream_peer(const struct stream *s);
void stream_set_peer(struct stream *s, const struct addr *peer);

/* What dial was asked for, as text; empty on a stream from elsewhere. */
struct str stream_host(const struct stream *s);
uint16_t stream_port(const struct stream *s);
void stream_set_host(struct stream *s, struct str host, uint16_t port);

/*
 * The broker's number of it (0: none), and the proxy in between, as
 * noted by dial; NULL: none.
 */
void stream_set_route(struct stream *s, uint32_t number,
    const struct addr *proxy);
struct tap_route stream_route(const struct stream *s);

/* Bytes that went, above TLS. */
uint64_t stream_sent(const struct stream *s);

/* Who looks on from now on, with what is held; NULL: nobody. */
void stream_set_tap(struct stream *s, struct tap *tap);
struct tap *stream_tap(const struct stream *s);

/* True the first time: one stream fails once. */
bool stream_fails_first(struct stream *s);

/*
 * For tls.c: a layer between the buffer and the descriptor. read and write
 * never block; what they return says what to do.
 */
enum stream_io {
	STREAM_IO_DONE, /* *done > 0 bytes */
	STREAM_IO_WANT_READ,
	STREAM_IO_WANT_WRITE,
	STREAM_IO_END,    /* read only */
	STREAM_IO_FAILED, /* the layer called stream_fail_*() */
};

struct stream_layer {
	enum stream_io (*read)(struct stream *s, void *layer, void *p, size_t n,
	    size_t *done, struct err *err);
	enum stream_io (*write)(struct stream *s, void *layer, const void *p,
	    size_t n, size_t *done, struct err *err);
	/* bytes that it took from the descriptor and did not give yet */
	bool (*has_kept)(void *layer);
	/* NULL: it is TLS */
	bool (*is_tls)(const void *layer);
	void (*free)(struct stream *s, void *layer);
};

/*
 * Puts the layer on; held bytes, which came before it, are dropped. The stream
 * owns it then.
 */
void stream_set_layer(struct stream *s, const struct stream_layer *ops,
    void *layer);

/* The layer, if it is one of these ops; else NULL. */
void *stream_layer(const struct stream *s, const struct stream_layer *ops);

/*
 * Waits for one read or one write within the timeouts: 0, or -1 with
 * STREAM_TIMEOUT. io is one of the two WANTs; the timeout is that of reading
 * if for_read, whichever way the layer wants.
 */
int stream_wait(struct stream *s, enum stream_io io, bool for_read,
    struct err *err);

/* Each notes the fault and returns -1; for TLS the caller has set the error. */
int stream_fail_errno(struct stream *s, int errnum, struct err *err);
int stream_fail_timeout(struct stream *s, struct err *err);
int stream_fail_tls(struct stream *s);

#endif
