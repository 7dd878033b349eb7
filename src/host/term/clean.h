/*
 * clean: foreign bytes made fit for a terminal. What is not UTF-8 becomes
 * U+FFFD, what is not harmless (term/cell.h) is written as its number.
 */
#ifndef TERM_CLEAN_H
#define TERM_CLEAN_H

#include "base/buf.h"

enum clean_as {
	CLEAN_LINE, /* \u{9b}, a newline too */
	CLEAN_TEXT, /* \u{9b}; newlines end lines */
	CLEAN_JSON, /* \u009b, \udb40\udc01: the same value; newlines end lines */
};

void clean_add(struct buf *out, struct str text, enum clean_as as);

/* Nothing in text would be changed. */
bool clean_is(struct str text, enum clean_as as);

#endif
