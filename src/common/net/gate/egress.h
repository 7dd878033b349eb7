/*
 * egress: which addresses a module may be connected to. Every address has a
 * class; a policy is a list of words that are allowed and one of words that are
 * denied. Allowed is what is public or some allow entry matches, and no deny
 * entry does. The words, each with an optional ":port":
 *
 *	public private local metadata reserved multicast open
 *	10.0.0.0/8  192.0.2.1  fc00::/7  [fc00::]/7:443  [::1]:80
 *
 * `private` means private and link-local, `open` everything. Rules:
 * docs/jail.md, "Egress policy".
 *
 * No judgement is ever made on a name and then used for an address; names are
 * only judged where a proxy gets them (egress_judge_name).
 */
#ifndef GATE_EGRESS_H
#define GATE_EGRESS_H

#include "base/err.h"
#include "stream/addr.h"

/* The numbers travel in the broker's replies. */
enum egress_class {
	EGRESS_PUBLIC,
	EGRESS_LOCAL,
	EGRESS_METADATA,
	EGRESS_LINK_LOCAL,
	EGRESS_PRIVATE,
	EGRESS_RESERVED,
	EGRESS_MULTICAST,
	EGRESS_NAME,       /* no address: what a proxy may be asked for */
	EGRESS_LOCAL_NAME, /* no address: what it is never asked for */
	EGRESS_DENIED,     /* no class: a deny entry decided */
	EGRESS_PROXIED,    /* no class: it would go around the proxy */
	/* no classes: the permissions of the module decided, permit.h */
	EGRESS_UNNAMED,    /* its text does not name it */
	EGRESS_NO_LOOKUPS, /* its text looks no names up */
	EGRESS_TAKEN,      /* the user has taken it away */
	EGRESS_OFFLINE,    /* its header says that it is */
	EGRESS_CLASSES
};

struct egress;

struct egress *egress_new(void);
void egress_free(struct egress *e);

/* Adds a word. -1: "no such address block: x", and the like. */
int egress_allow(struct egress *e, struct str word, struct err *err);
int egress_deny(struct egress *e, struct str word, struct err *err);

/*
 * Asks the system for the addresses of this machine's own interfaces, which
 * are `local`; again when they may have changed. Without it there are none. -1:
 * they cannot be asked for; those that were known stay. Nobody who has never
 * known them may judge.
 */
int egress_learn_own(struct egress *e, struct err *err);

/*
 * For who may open no socket later: opens the one over which the system is
 * asked, with the number `at` (-1: any), which must be free. A failure is
 * egress_learn_own()'s to tell.
 */
void egress_open_own(struct egress *e, int at);

/* Is it open? And: it is, with this number; another program opened it. */
bool egress_has_own(const struct egress *e);
void egress_keep_own(struct egress *e, int fd);

/* For tests, and where the addresses come from elsewhere. */
void egress_add_own(struct egress *e, const struct addr *own);

/*
 * The class: the first row of the table that matches. An address with an IPv4
 * address inside (NAT64, 6to4, ...) has the class of that one.
 */
enum egress_class egress_class(const struct egress *e, const struct addr *addr);

/*
 * May a connection be made there? *why is the class that decided. An IPv4
 * address inside another that is not public is refused but by `open` or an
 * exact block.
 */
bool egress_judge(const struct egress *e, const struct addr *to,
    enum egress_class *why);

/*
 * The same for a name, in normal form (hostname.h), that a proxy will look up. A
 * local one is refused whatever the words say, for nobody knows what the proxy
 * would make of it. No address block matches a name; `public` and `open` do.
 */
bool egress_judge_name(const struct egress *e, struct str name, uint16_t port,
    enum egress_class *why);

/* "local", "link-local", ... */
const char *egress_class_name(enum egress_class c);

/* Did permissions decide, and no policy? */
bool egress_is_permission(enum egress_class c);

/*
 * "connection to 127.0.0.1:6379 refused: local address (allow it with
 * --allow-net 127.0.0.1:6379)", or what else is the cause. name: NULL for an
 * address. Returns -1.
 */
int egress_refusal(struct err *err, const struct addr *to,
    const struct str *name, enum egress_class why);

/*
 * The same where egress_is_permission(): "connection to evil.example:443
 * refused: the module's text does not name it (allow it with: sn0int
 * permissions kpcyrd/x --allow net=evil.example:443)". module: "author/name";
 * may be empty.
 */
int egress_not_permitted(struct err *err, const struct addr *to,
    const struct str *name, enum egress_class why, struct str module);

#endif
