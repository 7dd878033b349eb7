/*
 * glob: patterns for whole texts: * any text, ? one character, [abc] and [a-c]
 * one of them, [!abc] none of them; ] is one of a class if it stands first in
 * it, and nothing is escaped otherwise. ** is the same as *, and stands alone.
 * Upper and lower case differ.
 *
 * Whatever the text, matching takes at most as many steps as pattern and text
 * have bytes, multiplied. Source: docs/notify.md.
 */
#ifndef TEXT_GLOB_H
#define TEXT_GLOB_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* -1: a class without its end, *** or ** beside something. */
int glob_check(struct str pattern, struct err *err);

/* A pattern that glob_check() refuses matches nothing, or something. */
bool glob_match(struct str pattern, struct str text);

#endif
