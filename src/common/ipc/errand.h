/*
 * errand: what the host sends a fetching child for, a line a request, and what
 * the child brings back: lines, and the body in pieces behind lines that say
 * how many bytes follow (docs/wire.md, "Errands"). One errand at a time.
 *
 *	host:   errand_write(&to, &errand); errand_begin(&reader, &errand);
 *		while (errand_read(&reader, &pool, &bytes, &event, err) == 1)
 *	child:  errand_take(&pool, line, &errand, err);
 *		errand_write_head(...), errand_write_body(...), errand_write_end()
 */
#ifndef IPC_ERRAND_H
#define IPC_ERRAND_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define ERRAND_MAX_LINE   ((size_t)1 << 20)  /* of what comes back */
#define ERRAND_MAX_PIECE  ((size_t)32 << 10) /* bytes behind one line */
#define ERRAND_MAX_FIELDS 1000
#define ERRAND_MAX_BODY   ((size_t)16 << 20) /* of a request */
#define ERRAND_MAX_ALIVE  100000 /* of an errand; a child says one a second */
#define ERRAND_MAX_NOTES  64     /* of a child */

/*
 * What the body of an answer of status 200 has to be; ERRAND_REPLY: of any. The child looks at it
 * while it comes, and fails the errand where it is none (ERRAND_CONTENT): the
 * host interprets nothing of what the network sent.
 */
enum errand_expect {
	ERRAND_ANYTHING,
	ERRAND_SUFFIX_LIST, /* of public suffixes, with the marks of the real
	                       one; at most PSL_MAX_BYTES (url/psl.h) */
	ERRAND_GEOIP_CITY,  /* a MaxMind database (geo/mmdb.h) of that type */
	ERRAND_GEOIP_ASN,
	ERRAND_REPLY, /* of a registry (ipc/api.h), whatever the status */
	ERRAND_EXPECTS
};

/* "anything", "suffix-list", "geoip-city", ... */
const char *errand_expect_name(enum errand_expect expect);

/* A line of a head. */
struct errand_field {
	struct str name, value;
};

struct errand {
	uint64_t id; /* not 0; other than those before */
	struct str method, url;
	const struct errand_field *field;
	size_t fields;
	struct str body;     /* at most ERRAND_MAX_BODY */
	uint32_t redirects;  /* so many are followed, one more is a failure; 0:
	                        one is an answer like another */
	uint64_t timeout_ms; /* of a hop */
	uint32_t silence_ms; /* of a wait */
	uint64_t max_body;   /* of the answer */
	enum errand_expect expect;
};

/* Why there is no answer. */
enum errand_cause {
	ERRAND_REQUEST,     /* nobody can be asked that: URL, method, a header,
	                       a redirect to where none may lead */
	ERRAND_POLICY,      /* connecting there is not allowed */
	ERRAND_LIMIT,       /* too many connections */
	ERRAND_PROXY,       /* it is not there, or said no */
	ERRAND_NAME,        /* there is no such name, or it has no address */
	ERRAND_LOOKUP,      /* nobody could say whether there is */
	ERRAND_REFUSED,     /* nobody listens there */
	ERRAND_TIMEOUT,     /* nobody answers */
	ERRAND_UNREACHABLE, /* no way there, or it broke */
	ERRAND_TLS,         /* no trust, no handshake */
	ERRAND_ANSWER,      /* no HTTP, cut, too large, redirects without end */
	ERRAND_CONTENT,     /* all came, and is not what was expected */
	ERRAND_CAUSES
};

/* "request", "policy", ... */
const char *errand_cause_name(enum errand_cause cause);

enum errand_kind {
	ERRAND_HEAD,  /* status, url, field */
	ERRAND_BODY,  /* bytes: more of it, never none */
	ERRAND_ALIVE, /* it waits for the network, and not for the first time */
	ERRAND_END,   /* all has come */
	ERRAND_FAILED, /* cause, text; also after a head */
	ERRAND_NOTE,   /* text: about the child itself, for the user */
	ERRAND_EXIT,   /* text: why there will be nothing more */
};

struct errand_event {
	enum errand_kind kind;
	unsigned status;                  /* 100 to 999 */
	struct str url;                   /* of the last hop */
	const struct errand_field *field; /* names in lower case */
	size_t fields;
	struct str bytes;
	enum errand_cause cause;
	struct str text;
};

/*
 * What a child may say now. A child that another has taken over can lie about
 * the answer and nothing else: no errand but the one under way gets anything,
 * no body is longer than was asked for, no line and no number of them is
 * without bound.
 */
struct errand_reader {
	uint64_t id; /* under way; 0: none is */
	bool has_head, has_exited;
	uint64_t left; /* bytes that the body may have yet */
	size_t piece;  /* bytes of a piece that are to come */
	unsigned alive, notes;
	struct buf line; /* the beginning of one */
};

#define ERRAND_READER_NONE                                                     \
	{                                                                      \
		.line = BUF_NONE                                               \
	}

void errand_begin(struct errand_reader *r, const struct errand *errand);

/*
 * The next of what came: 1, and *in is what is left; 0: all of *in is used, and
 * more is needed; -1: a child of ours does not say that, with what it was. The
 * event lives in pool or views *in. An errand is over with END and FAILED.
 */
int errand_read(struct errand_reader *r, struct pool *pool, struct str *in,
    struct errand_event *out, struct err *err);
void errand_reader_clear(struct errand_reader *r);

/* Lines of the host, and how a child reads them; all lives in pool. */
void errand_write(struct buf *out, const struct errand *errand);
int errand_take(struct pool *pool, struct str line, struct errand *out,
    struct err *err);

/* Lines of the child, with their newline. */
void errand_write_head(struct buf *out, uint64_t id, unsigned status,
    struct str url, const struct errand_field *field, size_t fields);
void errand_write_body(struct buf *out, uint64_t id, size_t bytes);
void errand_write_alive(struct buf *out, uint64_t id);
void errand_write_end(struct buf *out, uint64_t id);
void errand_write_failed(struct buf *out, uint64_t id, enum errand_cause cause,
    struct str text);

#endif
