/*
 * scope: the rules of autonoscope and autoscope, which decide for a new row
 * whether it is in scope. Source: docs/database.md, "Scope".
 *
 *	domain  labels; the last ones of the name are those of the rule, "."
 *	        matches all. Case-sensitive, as rows are in lower case; in
 *	        IDNA's ASCII form, whichever of both either side is written in.
 *	ip      an address block; an address inside, or a block inside
 *	url     the same origin, and a path that starts with the segments of
 *	        the rule
 *
 * To add a family: a row in `subjects` (scope.c).
 */
#ifndef MODEL_SCOPE_H
#define MODEL_SCOPE_H

#include "model/model.h"
#include "url/ip.h"
#include "url/url.h"

enum scope_type {
	SCOPE_DOMAIN,
	SCOPE_IP,
	SCOPE_URL,
};

struct scope_rule {
	enum scope_type type;
	struct str value;   /* as it is stored: an ip as a block */
	struct str name;    /* of a domain, as it is compared */
	bool is_in;         /* what matches is in scope */
	unsigned precision; /* labels, prefix bits or path segments */
	struct ip_block block;
	struct url url;
};

/* "domain", "ip", "url". */
const char *scope_type_name(enum scope_type type);
int scope_type_by_name(struct str name); /* -1: none */

/*
 * Reads a rule; it lives in pool, copies included. Errors: "unknown type of
 * rule: x", a value that is no block or no absolute URL.
 */
int scope_rule_read(struct pool *pool, struct str type, struct str value,
    bool is_in, struct scope_rule *out, struct err *err);

/* All rules. Owns what it holds. */
struct scope;

struct scope *scope_new(void);
void scope_free(struct scope *scope);

/* In the order of insertion; as scope_rule_read(). */
int scope_add(struct scope *scope, struct str type, struct str value,
    bool is_in, struct err *err);

/*
 * The rules in matching order: domain, ip, url, in each the more precise ones
 * first, equal ones in the order of insertion. NULL behind the last.
 */
const struct scope_rule *scope_rule_at(const struct scope *scope, size_t i);

/*
 * The rule that decides about a row: the first that matches. NULL: none, and
 * the row is in scope. A url that is no URL and an address that is none match
 * nothing.
 */
const struct scope_rule *scope_find(const struct scope *scope,
    const struct row *row);

/* Whether families of this kind have rules at all. */
bool scope_has_family(const struct model *model);

#endif
