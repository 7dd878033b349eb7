/*
 * header: the lines at the head of a module. Source: docs/modules.md,
 * "Header". No I/O; whatever the text, it is read once from front to back.
 */
#ifndef STATE_HEADER_H
#define STATE_HEADER_H

#include "state/library.h"

/*
 * Fills in what the header says and module->code; the rest keeps its value.
 * Views into code, lists in pool. Errors: docs/modules.md, "Header".
 */
int header_read(struct module *module, struct str code, struct pool *pool,
    struct err *err);

/* The keys there are, and for people what each says; a NULL name ends them. */
struct header_row {
	const char *name, *doc;
};

extern const struct header_row header_rows[];

/*
 * The i-th source that a header may name, without what is behind a colon: tables
 * of rows that modules run on, then "keyring", "notifications" and "none", which
 * stands for no source. false: no more.
 */
#define HEADER_NO_SOURCE "none"
bool header_source_at(size_t i, struct str *source);

/* One of them. */
struct str header_source_of(const struct module *module);

#endif
