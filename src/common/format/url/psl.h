/*
 * psl: the public suffix list: under which names anybody may register one, and
 * so where the name of an owner ends.
 * Source: https://publicsuffix.org/list/ ("Format", "Algorithm"), with the
 * private section. docs/reference, "psl_domain_from_dns_name".
 *
 *	struct psl *psl = psl_new(text, err);
 *	psl_split(psl, STR("www.Example.co.uk"), &parts, err);
 *	parts.suffix is "co.uk", parts.domain "Example.co.uk"
 */
#ifndef URL_PSL_H
#define URL_PSL_H

#include "base/err.h"

#define PSL_MAX_BYTES  ((size_t)16 << 20)
#define PSL_MAX_RULE   255 /* bytes */
#define PSL_MAX_LABELS 16  /* of a rule */

struct psl;

/*
 * Reads the list. It keeps no copy: text must live as long as the result. NULL
 * and *err: text is too long, has no rule, or a line that cannot be one.
 */
struct psl *psl_new(struct str text, struct err *err);
void psl_free(struct psl *psl);

/* Views of the name, a final dot included. */
struct psl_name {
	struct str suffix; /* of one label if no rule matches */
	struct str domain; /* suffix and one label */
};

/*
 * Splits a name, which may be any text. Rules match whatever the case and in
 * both spellings of international labels. A name without a label in front of
 * its suffix, or with an empty one there, is all domain. -1: it is empty.
 */
int psl_split(const struct psl *psl, struct str name, struct psl_name *out,
    struct err *err);

#endif
