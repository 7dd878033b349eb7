/*
 * selector_scan: the tokens of CSS that selectors are made of. Internal to
 * selector. Source: CSS Syntax Level 3, 4.3.
 */
#ifndef SELECTOR_SCAN_H
#define SELECTOR_SCAN_H

#include "base/buf.h"
#include "base/err.h"

struct selector_scan {
	struct pool *pool; /* for names and strings */
	struct str text;
	size_t at;
	struct err *err;
};

/* "WHAT at byte N"; returns -1. */
int scan_fail(struct selector_scan *s, const char *what);

/* The byte that many behind the next one, -1 at the end. */
int scan_peek(const struct selector_scan *s, size_t ahead);

bool scan_take(struct selector_scan *s, char c);

void scan_comments(struct selector_scan *s);

/* Blanks and comments; whether there was a blank. */
bool scan_blanks(struct selector_scan *s);

/* Whether a name begins here (4.3.9). */
bool scan_is_ident(const struct selector_scan *s);

/* A name with its escapes resolved. */
int scan_ident(struct selector_scan *s, struct str *out);

/* A quoted string. At the end of the text it is closed silently. */
int scan_string(struct selector_scan *s, struct str *out);

/* Digits; false: there are none. Numbers that no document needs are cut. */
#define SCAN_MAX_NUMBER 1000000000
bool scan_digits(struct selector_scan *s, int *n);

#endif
