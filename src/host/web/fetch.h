/*
 * fetch: what the host itself asks the web for: lists, the registry, what a
 * notification sends. The host speaks no HTTP and no TLS, and has no library
 * that does: children of our own kind do, in the jail of a module that has the
 * network (docs/jail.md, "Fetching for the host"), behind brokers of theirs
 * with the policy and the proxy that these are given.
 *
 *	struct fetcher *f = fetcher_new(loop, &config, err);
 *	struct fetch_request request = FETCH_REQUEST_NONE;
 *	request.url = url, request.done = on_done, request.arg = me;
 *	fetch_start(f, &request);      ...as many as there are...
 *	fetcher_run(f, err);           or turn the loop
 *	fetcher_free(f);
 *
 * or, for one alone,
 *
 *	if (fetch_wait(f, &request, &pool, &answer, err) == -1)
 *
 * Several requests are under way at once, each in a child of its own; others
 * wait for a child, in order. A child keeps its connections for the next
 * request to the same origin (scheme, host and port), and never serves another
 * one: who takes it over by an answer can forge the answers of that origin, and
 * of where that redirects to, and nothing else.
 *
 * A child that breaks the protocol (docs/wire.md, "Errands"), brings more than
 * was asked for, or falls silent is killed, waited for and named. One that was
 * kept, and is dead when it is wanted again, is nobody's error: another one gets
 * the request, once, where the dead one cannot have begun it; or where that does
 * no harm (GET, HEAD), it had said nothing, and somebody killed it.
 */
#ifndef WEB_FETCH_H
#define WEB_FETCH_H

#include "ipc/errand.h"
#include "ipc/start.h"
#include "loop/loop.h"
#include "transport/starter.h"

#define FETCH_CHILDREN      4 /* at once, unless configured */
#define FETCH_MAX_CHILDREN  16
#define FETCH_CONNECTIONS   256   /* sockets that a request may take */
#define FETCH_IDLE_MS       60000 /* a child without work is ended then */
#define FETCH_GRACE_MS      10000 /* for a child to say itself what is late */
#define FETCH_REDIRECTS     5
#define FETCH_SILENCE_MS    30000
#define FETCH_TIMEOUT_MS    600000
#define FETCH_MAX_IN_MEMORY ((size_t)1 << 30)

/* Why there is no answer. The first are those of ipc/errand.h. */
enum fetch_fault {
	FETCH_FINE, /* there is one, of whatever status */
	FETCH_BAD_REQUEST,
	FETCH_POLICY,
	FETCH_LIMIT,
	FETCH_PROXY,
	FETCH_NAME,
	FETCH_LOOKUP,
	FETCH_REFUSED,
	FETCH_TIMEOUT,
	FETCH_UNREACHABLE,
	FETCH_TLS,
	FETCH_ANSWER,
	FETCH_CONTENT, /* it is not what the request expected */
	FETCH_CHILD,   /* it could not be started, died, or misbehaved: whether
	                  there is an answer is not known */
	FETCH_STOPPED, /* by fetch_cancel(), a callback, or ^C */
	FETCH_FAULTS
};

/* "name", "tls", "child", ... */
const char *fetch_fault_name(enum fetch_fault fault);

/*
 * What a request came to. Everything is foreign but `why`, which quotes foreign
 * texts; views end with the callback.
 */
struct fetch_answer {
	uint64_t id;
	enum fetch_fault fault;
	struct str why; /* not of FETCH_FINE: "error trying to connect:
	                   Connection refused (os error 111)" */

	/* Of FETCH_FINE. Where it failed later, as far as it came; status 0:
	 * not at all. */
	unsigned status;
	struct str url;                   /* of the last hop */
	const struct errand_field *field; /* names in lower case */
	size_t fields;
	uint64_t bytes; /* of the body, so far */
	struct str
	    body; /* without request.body_part: all of it, or as far as it
	                    came */
};

/* The first line of that name, in lower case; p NULL: none. */
struct str fetch_header(const struct fetch_answer *answer, struct str name);

struct fetch_request {
	struct str method;                /* sent as it is */
	struct str url;                   /* http or https, escaped already */
	const struct errand_field *field; /* more lines, also user-agent */
	size_t fields;
	struct str body; /* at most ERRAND_MAX_BODY */

	/*
	 * So many redirects are followed, but none from https to http; one more
	 * is FETCH_ANSWER. 0: a redirect is an answer like another.
	 */
	uint32_t redirects;

	/*
	 * The longest that a hop may take, and that nothing may come from the
	 * network. The child sees to both. One that is silent for
	 * FETCH_GRACE_MS longer is killed by the host, and so is one that takes
	 * that much longer than timeout_ms for each hop that it may make.
	 */
	uint32_t timeout_ms;
	uint32_t silence_ms;

	/*
	 * Bytes of the body, packed and unpacked; more is FETCH_ANSWER.
	 * Counted by the child, and by the host while it reads. Without
	 * `body_part` at most FETCH_MAX_IN_MEMORY.
	 */
	uint64_t most;

	/*
	 * What an answer of status 200 (ERRAND_REPLY: of any) has to be, or it
	 * is FETCH_CONTENT. The child judges that, when all of the body has
	 * come.
	 */
	enum errand_expect expect;

	/*
	 * All may be NULL, and may start and cancel requests, but neither free
	 * the fetcher nor turn the loop. -1 from one of the first two ends the
	 * request as FETCH_STOPPED, with *err as the reason.
	 *
	 * head: status, url and lines have come, before any of the body.
	 * body_part: more of it, as it comes; without it, it is kept for done().
	 * progress: after each of these, and about once a second while anything
	 * happens on the network.
	 * done: once, whatever happened: before the loop waits again, or within
	 * fetch_cancel() and fetcher_free(); never within fetch_start().
	 */
	int (*head)(void *arg, const struct fetch_answer *answer,
	    struct err *err);
	int (*body_part)(void *arg, struct str bytes, struct err *err);
	void (*progress)(void *arg, const struct fetch_answer *answer);
	void (*done)(void *arg, const struct fetch_answer *answer);
	void *arg;
};

#define FETCH_REQUEST_NONE                                                     \
	{                                                                      \
		.method = { "GET", 3 }, .redirects = FETCH_REDIRECTS,          \
		.timeout_ms = FETCH_TIMEOUT_MS,                                \
		.silence_ms = FETCH_SILENCE_MS, .most = (uint64_t)16 << 20     \
	}

struct fetch_config {
	const struct start *start; /* dns, proxy, user_agent; is copied */
	struct slot_texts allow_net, deny_net; /* words of gate/egress.h, beside
	                                          `public` */
	struct slot_texts missing; /* layers that the jail may lack, words of
	                              --sandbox-allow-missing */
	unsigned children;         /* at once; 0: FETCH_CHILDREN */

	/*
	 * A weakness of the jail, each once; a child that the sandbox stopped
	 * while it worked for nobody. May be NULL.
	 */
	void (*note)(void *arg, struct str text);

	/* fetcher_run() calls it ten times a second; may be NULL. */
	void (*tick)(void *arg);
	void *arg;
};

struct fetcher;

/*
 * A client of the loop, which must live as long. No child is started before
 * there is work. NULL: a name server, a proxy or a word of config is none.
 */
struct fetcher *fetcher_new(struct loop *loop,
    const struct fetch_config *config, struct err *err);

/* What a starter must know that starts its children; and that it does. */
struct recipe fetcher_recipe(const struct fetcher *f);
void fetcher_via(struct fetcher *f, struct starter *starter);

/*
 * Ends what is under way, as fetch_cancel() does, and what done() begins then:
 * who tries again whatever happened would never come to an end.
 */
void fetcher_free(struct fetcher *f);

/* Everything of *request is copied. Its number, never 0. */
uint64_t fetch_start(struct fetcher *f, const struct fetch_request *request);

/*
 * The request ends as FETCH_STOPPED, and its connection with it; one that is
 * over is told now as it ended. No such id (any more): nothing.
 */
void fetch_cancel(struct fetcher *f, uint64_t id);

/* Requests that are not done. */
size_t fetcher_pending(const struct fetcher *f);

/*
 * Turns the loop until nothing is pending. ^C stops all of it, FETCH_STOPPED;
 * a second one the program. -1: the loop failed, and all is stopped.
 */
int fetcher_run(struct fetcher *f, struct err *err);

/* ^C has stopped a fetcher_run(). */
bool fetcher_is_interrupted(const struct fetcher *f);

/*
 * One request, from its beginning to its end, whose done() is not called;
 * others go on meanwhile, and are not waited for. *out lives in pool, without
 * the body where body_part() takes it. -1: there is no answer, out->fault says
 * why, and *err "cannot fetch URL: WHY".
 */
int fetch_wait(struct fetcher *f, const struct fetch_request *request,
    struct pool *pool, struct fetch_answer *out, struct err *err);

#endif
