/*
 * doc: pages that are printed from tables: Markdown for docs/reference,
 * scdoc(5) for manual pages, plain lines for a terminal. What a table says of
 * its rows is one text for all three; in it, `code` stands between backticks.
 *
 *	struct doc doc = { &out, DOC_MARKDOWN };
 *
 *	doc_lines(&doc, "- ", "  ", "a text that is wrapped");
 *	doc_slots(&doc, option_slots, 0);
 */
#ifndef DOC_DOC_H
#define DOC_DOC_H

#include "value/slot.h"

enum doc_form {
	DOC_MARKDOWN, /* lines of at most DOC_COLUMNS */
	DOC_SCDOC,
	DOC_PLAIN, /* lines of at most 80 columns */
};

#define DOC_COLUMNS 116

struct doc {
	struct buf *out;
	enum doc_form form;
};

/*
 * Text in a line: escaped, and `code` in bold, for scdoc; as it is for the
 * others.
 */
void doc_text(struct doc *doc, const char *text);

/* Text in which a backtick is one: an example. */
void doc_verbatim(struct doc *doc, const char *text);

/* A name that is typed as it stands: `name`, *name*, name. */
void doc_code(struct doc *doc, const char *text);

/*
 * A paragraph, wrapped at blanks that are not in `code`: `first` in front of
 * it, `rest` in front of its further lines. A word that would be a list or a
 * title at the beginning of a line does not get there. scdoc has one line,
 * behind `first`.
 */
void doc_lines(struct doc *doc, const char *first, const char *rest,
    const char *text);

/*
 * What a slot takes: "list of texts", "whole number up to 65535", "IP:PORT";
 * "needed" and "not null" behind it.
 */
void doc_slot_type(struct buf *out, const struct slot *slot);

/* "its text; unless given: something", "its text; default: 60" */
void doc_slot_text(struct buf *out, const struct slot *slot);

/*
 * A list of slots, those of objects below theirs. scdoc: paragraphs with
 * depth + 1 tabs in front.
 */
void doc_slots(struct doc *doc, const struct slot *slots, unsigned depth);

#endif
