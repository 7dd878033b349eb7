/*
 * permit: what one attempt may reach, as the host tells its broker: a packet of
 * rules, which is judged as it is. A rule allows hosts and ports, or takes them
 * away; what no rule allows is refused. It is judged beside the policy
 * (egress.h), which permits nothing that a rule here does not, and the other
 * way round. Source: docs/jail.md, "Permissions".
 *
 * Names are in normal form (hostname.h), written by the host: which names are
 * one owner's is decided there, where the list of public suffixes is. What a
 * name was found to be may be asked for by address, too, in the same attempt:
 * such addresses are remembered with the port that was asked for.
 */
#ifndef GATE_PERMIT_H
#define GATE_PERMIT_H

#include "base/buf.h"
#include "gate/rule.h"

#define PERMITS_MAX       1024  /* rules */
#define PERMITS_MAX_BYTES 61440 /* of a packet */
#define PERMITS_ANSWERS   256   /* addresses remembered; then the oldest goes */

enum permit_kind {
	PERMIT_ANY = 1, /* every name and address */
	PERMIT_NAME,    /* this name */
	PERMIT_BELOW,   /* this name, and all below it */
	PERMIT_BLOCK,   /* addresses that are asked for as such */
	PERMIT_LOOKUPS, /* the name servers of the start line; no port */
	PERMIT_OFFLINE, /* nothing, whatever else there is; no port */
	PERMIT_KINDS
};

struct permit {
	enum permit_kind kind;
	bool is_denied; /* takes away, whatever allows it */
	uint16_t port;  /* 0: all */
	struct str name;
	struct block block;
};

/*
 * The packet. -1: too many rules or bytes, or a name that is not in normal form.
 */
int permits_write(struct buf *out, const struct permit *rule, size_t n,
    struct err *err);

struct permits {
	struct str packet; /* checked; n 0: nothing is allowed */
	struct addr answer[PERMITS_ANSWERS];
	size_t answers, next;
};

/* Is it such a packet at all, by its first bytes? */
bool permits_is_packet(struct str packet);

/*
 * false: it is none, or not as permits_write() writes it. Views packet; nothing
 * is remembered.
 */
bool permits_read(struct str packet, struct permits *out);

/* false: *why is the class. */
bool permits_judge_name(const struct permits *p, struct str name, uint16_t port,
    enum egress_class *why);
bool permits_judge_addr(const struct permits *p, const struct addr *to,
    enum egress_class *why);
bool permits_judge_lookups(const struct permits *p, enum egress_class *why);

/* An answer to a name that was allowed. */
void permits_remember(struct permits *p, const struct addr *answer);

#endif
