/*
 * rules: what who has stored them should know of them.
 */
#ifndef SCOPE_RULES_H
#define SCOPE_RULES_H

#include "program/program.h"

/*
 * Other programs store "*.example.com", which matches nothing, and "", which
 * matches everything: one warning, with the repair. The workspace is open.
 */
void rules_warn(struct program *p);

/* The rule that judges a row otherwise than it is; NULL: none does. */
const struct scope_rule *rules_against(const struct program *p,
    struct row *row);

/* Whether the rules judge a row that is there otherwise than it is. 1; 0; -1. */
int rules_differ(struct program *p, struct err *err);

#endif
