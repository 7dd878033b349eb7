/*
 * reach: what the text of a module can reach, found without running it.
 * Source: spec "Permissions"; docs/jail.md, "Permissions", for what enforces it.
 *
 *	struct permissions now;
 *	reach_module(&pool, module, &now);
 *	change = permissions_compare(&pool, &was, &now, &words);
 *
 * The text is parsed (lua/syntax.h), and one pass, repeated until nothing
 * changes, follows for each variable, parameter and result where a host may
 * come from. It errs on the side of REACH_ANY: a permission that is missing
 * breaks an honest module, one too many weakens a wall that has others behind
 * it. What is beyond a limit below, or no Lua, can reach everything.
 */
#ifndef REACH_REACH_H
#define REACH_REACH_H

#include "base/buf.h"
#include "state/library.h"

#define REACH_MAX_HOSTS  256                /* rows; more: any */
#define REACH_MAX_PORTS  8                  /* of a row; more: all */
#define REACH_MAX_ROUNDS 64                 /* of the pass */
#define REACH_MAX_STEPS  4000000            /* looks at values: about 50 ms */
#define REACH_MAX_BYTES  ((size_t)64 << 20) /* of memory that the pass takes */

enum reach_from {
	REACH_HOST,   /* a host or address that stands in the text: name */
	REACH_TARGET, /* the row: its names, URLs and addresses */
	REACH_OPTION, /* the hosts in an option of the run: name, p NULL: whichever */
	REACH_KEY, /* the hosts in a key: name is the namespace, p NULL: whichever */
	REACH_ANY, /* any public host: why */
};

struct reach_host {
	enum reach_from from;
	struct str name; /* of a host: "crt.sh", "192.0.2.1", "2001:db8::1", or
	                  * "*.example.com": all below it, not itself */
	uint16_t port[REACH_MAX_PORTS]; /* ascending */
	unsigned ports;                 /* 0: all */
	unsigned line, column; /* where it is asked for first; 0: nowhere */
	struct str by;         /* the function there: "http_request" */
	struct str why;        /* of REACH_ANY, in words; else empty */
};

/*
 * Is it a column of what others wrote, and of no names? A page's title, a
 * server's banner: a host in it is not the target's.
 */
bool reach_is_foreign(struct str column);

/* What a module may do beside connecting; a row each in permissions.c. */
enum reach_act {
	ACT_NAMES = 1 << 0,      /* look-ups by dns() */
	ACT_STDIN = 1 << 1,      /* read standard input */
	ACT_BLOBS = 1 << 2,      /* store blobs */
	ACT_ACTIVITY = 1 << 3,   /* write activity */
	ACT_RATELIMITS = 1 << 4, /* wait for rate limits */
	ACT_ALL = (1 << 5) - 1,
};

struct permissions {
	struct reach_host *host; /* by from, then name */
	size_t hosts;
	unsigned acts;                 /* enum reach_act */
	uint32_t adds, updates, reads; /* families: bit i is model_table[i] */
	struct slot_texts keys;        /* namespaces that it asks for */
	enum stealth stealth;
	bool is_narrowed; /* by a line "-- Reaches:" */
	struct str fault; /* why the text was not understood; empty: it was */
};

/*
 * All of it lives in pool or views the module. A line "-- Reaches: HOST[:PORT]..."
 * that stands alone narrows what is any host to those that it names; it never
 * widens, and a word of it that is no host allows nothing.
 */
void reach_module(struct pool *pool, const struct module *module,
    struct permissions *out);

/* Everything, for a reason. */
void permissions_all(struct pool *pool, struct str why,
    struct permissions *out);

enum permissions_change {
	PERMISSIONS_SAME,
	PERMISSIONS_SHRANK, /* it may less, and nothing more */
	PERMISSIONS_GREW,   /* it may something that it might not before */
};

/*
 * What `now` may and `was` might not, and the other way round; lines and reasons
 * do not count. words, if it is not NULL, gets "now also talks to a.example:443,
 * no longer adds emails"; it may hold foreign words.
 */
enum permissions_change permissions_compare(const struct permissions *was,
    const struct permissions *now, struct buf *words);

/* Lines for people: "talks to    crt.sh:443  (http_request, line 20)". */
void permissions_print(const struct permissions *p, struct buf *out);

/* "crt.sh:443", "any host", "option server", "the target"; without ports if 0. */
void reach_host_print(const struct reach_host *host, struct buf *out);

/*
 * {"hosts":[{"from":"host","name":"crt.sh","ports":[443],"line":20,"column":7,
 * "by":"http_request","why":null}],"acts":["names"],"adds":["subdomain"],
 * "updates":[],"reads":[],"keys":[],"stealth":"passive","narrowed":false,
 * "fault":null}
 *
 * ports null: all. A reader of these: views of v, lists in pool; it is distrusted:
 * -1 where a member is missing, unknown or beyond a limit.
 */
struct json permissions_json(struct pool *pool, const struct permissions *p);
int permissions_read(struct pool *pool, const struct json *v,
    struct permissions *out, struct err *err);

#endif
