/*
 * regex_unicode: what \p{NAME}, \w and case folding mean.
 * Source: Unicode 15.0.0; UTS #18, RL1.2 and Annex C; the names and which of
 * them there are as in the regex crate 1.9. Tables: tools/regex_unicode.py.
 */
#ifndef REGEX_UNICODE_H
#define REGEX_UNICODE_H

#include "base/str.h"
#include "regex/set.h"

enum unicode_class {
	UNICODE_CLASS_DIGIT, /* \d: Nd */
	UNICODE_CLASS_SPACE, /* \s: White_Space */
	UNICODE_CLASS_WORD,  /* \w: Alphabetic, M, Nd, Pc, Join_Control */
};

/* Adds the characters of a class, in order. */
void unicode_add_class(struct set_maker *m, struct set *set,
    enum unicode_class which);

/*
 * Adds what stands in \p{...}: a category, script or binary property, or
 * NAME=VALUE (also with ":") of gc, sc, scx, age, gcb, wb, sb. Names are loose:
 * case, "_", "-", blanks and a leading "is" do not count. NAME!=VALUE is the
 * contrary; *is_negated is then true and the set that of NAME=VALUE. -1: there
 * is no such property.
 */
int unicode_add_property(struct set_maker *m, struct set *set, struct str text,
    bool *is_negated);

/* Adds all that equals a character of the set but for case; sorts the set. */
void unicode_fold(struct set_maker *m, struct set *set);

/* The next of the characters that equal c but for case, in a circle. */
uint32_t unicode_fold_next(uint32_t c);

bool unicode_is_space(uint32_t c);

/* May it begin the name of a group, or be in one? */
bool unicode_is_name_start(uint32_t c);
bool unicode_is_name(uint32_t c);

#endif
