/*
 * rules: stored rules about domains that do not do what they look like.
 */
#ifndef SCOPE_RULES_H
#define SCOPE_RULES_H

#include "program/program.h"

/*
 * Other programs store "*.example.com", which matches nothing, and "", which
 * matches everything: one warning, with the repair. The workspace is open.
 */
void rules_warn(struct program *p);

#endif
