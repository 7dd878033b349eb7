/*
 * dialler: opening one socket, by ourselves (the host; a child without a
 * network namespace) or by the broker (room broker); nothing else opens any. On
 * top of it stand names, several addresses and proxies: dial.h.
 */
#ifndef GATE_DIALLER_H
#define GATE_DIALLER_H

#include "gate/net_config.h"
#include "gate/outcome.h"
#include "gate/request.h"
#include "stream/stream.h"

struct dialler;

/*
 * What config points to must live as long as the dialler. With a proxy in it
 * nothing but the proxy is connected to; else everything is: only a broker has
 * a policy.
 */
struct dialler *dialler_new_direct(const struct net_config *config);

/* fd: the broker's socket; the caller keeps it. */
struct dialler *dialler_new_broker(int fd, const struct net_config *config);

/*
 * For a run that is played again: connects to nothing. Who makes connections,
 * sends requests or asks name servers asks the record instead, and finds it
 * with dialler_record(); NULL: the dialler is one of the others.
 */
struct record;
struct dialler *dialler_new_record(const struct record *record,
    const struct net_config *config);
const struct record *dialler_record(const struct dialler *d);
void dialler_free(struct dialler *d);

const struct net_config *dialler_config(const struct dialler *d);

bool dialler_is_broker(const struct dialler *d);

/*
 * Who looks on at what is asked over its connections: NULL, unless set. It
 * must live as long.
 */
void dialler_set_taps(struct dialler *d, const struct taps *taps);
const struct taps *dialler_taps(const struct dialler *d);

/*
 * The broker's number of the last connection that was tried since
 * dialler_forget(), as it tells its host; 0: none was.
 */
uint32_t dialler_connection(const struct dialler *d);
void dialler_forget(struct dialler *d);

/*
 * Sends *r, whose number and wait it fills in, or opens what it says. Errors
 * as dial_socket(). A direct dialler knows addresses only, and no proxy, and
 * sends nothing. is_sent may be NULL.
 */
int dialler_open(struct dialler *d, struct request *r, int64_t deadline,
    bool *is_sent, int *errnum, struct err *err);

/*
 * Asks a broker without a proxy for a connection by name; *r, but for its
 * number, is the caller's (wait, too). 1: *fd is connected to the last one of
 * reply->tried; the others failed. 0: all of them did, or the name has none
 * (REPLY_NAME, or there is no more of them). -1: nothing was tried; errors as
 * dial_socket().
 */
int dialler_ask_name(struct dialler *d, struct request *r, struct reply *reply,
    int *fd, struct err *err);

/*
 * Why an address of a name failed: leaves it as the cause, and sets the error
 * of dial_socket(). true: it was refused by the policy.
 */
bool dialler_explain(struct dialler *d, const struct reply_tried *tried,
    struct err *err);

/* Of the last dial_blame(). */
enum outcome_cause dialler_cause(const struct dialler *d);

/* Was it a proxy that could not be connected to? What it says itself is not. */
bool dialler_lost_proxy(const struct dialler *d);

/*
 * One socket to an address: connected, not blocking,
 * close-on-exec. `is_ns`: ask for it as one of the start line's name servers.
 * -1 with *errnum (0 where the error alone says why: the policy, or no
 * descriptor is left).
 */
int dial_socket(struct dialler *d, enum dial_proto proto, const struct addr *to,
    bool is_ns, int64_t deadline, int *errnum, struct err *err);

/*
 * The same over UDP, for who has a first packet: *is_sent says if it is on its
 * way already, which saves a turn where a broker opens the socket.
 */
int dial_datagram(struct dialler *d, const struct addr *to, bool is_ns,
    struct str first, bool *is_sent, int64_t deadline, int *errnum,
    struct err *err);

/*
 * Tells the broker how something went that is over now (outcome.h): dial_tcp()
 * does it for connections, others for the rest. Where it failed the cause is
 * what was blamed last since the last time; where nothing was, as with
 * arguments that nothing can be tried with, nothing is told.
 */
void dial_tell(struct dialler *d, enum outcome_what what, struct str host,
    uint16_t port, bool is_fine);

/*
 * How an exchange over a connection that dial_tcp() made ended, once if it
 * failed. The stream knows why: its fault, else it ended too soon, else what
 * came could not be read. That it went well is told only where one has failed
 * before, so that it is taken back. path: what it was for; may be empty.
 */
void dial_tell_exchange(struct dialler *d, struct stream *s, struct str path,
    bool is_fine);

/*
 * Why the last thing failed that dial_tell() was told of since this was asked
 * last, cause and detail; OUTCOME_FINE: nothing did. For who answers for a
 * request as a whole.
 */
struct outcome dial_take_failure(struct dialler *d);

/* server: whom it was asked of; NULL: nobody. */
void dial_blame(struct dialler *d, enum outcome_cause cause, uint32_t detail,
    const struct addr *server);

/* For dial.ready and who starts TLS later: the handshake failed. */
void dial_blame_tls(struct dialler *d, const struct stream *s,
    const struct err *why);

#endif
