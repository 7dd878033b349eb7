/*
 * inside: a bundle that is being made, as its parts see it. Internal to bundle.
 */
#ifndef BUNDLE_INSIDE_H
#define BUNDLE_INSIDE_H

#include "bundle/choice.h"
#include "bundle/make.h"

/* A text that ran. */
struct module_text {
	struct str sha256, id, version;
	const char *member; /* NULL: the text is gone */
};

struct report_section;

struct making {
	const struct bundle_options *options;
	struct pool pool; /* to the end */
	struct choice choice;
	struct str identity; /* of the workspace: tells it from all others */
	struct str software;
	struct module_text *module;
	size_t modules;
	struct zip_writer zip;
	struct bundle_made made;
	uint64_t ticks;
	const char *waiting; /* lines.c: a member that has no line yet; NULL */

	/* report.c: the table that is being written, and its lines. */
	const struct report_section *section;
	uint64_t lines;

	/* archive.c: the files of bytes that are in it. */
	struct archive {
		int64_t run;
		const char *member;
	} * archive;
	size_t archives;
	int64_t *without; /* attempts of runs without one, in order */
	size_t withouts;
};

/* Text of a member, which is open; secrets are replaced. */
int making_add(struct making *m, struct str text, struct err *err);

/* Tells whoever waits. */
void making_tell(struct making *m, const char *what);
void making_tell_now(struct making *m, const char *what);

/* All rows of a table of records that are chosen. */
int making_walk(struct making *m, const struct model *model,
    int (*each)(struct making *m, const struct row *row, struct err *err),
    struct err *err);

/*
 * archive.c: what was recorded of the runs, the index of that, and the pages in
 * it. archive_of(): NULL: nothing was, of this run.
 */
int archive_write(struct making *m, struct err *err);
const char *archive_of(const struct making *m, int64_t run);

/* modules.c: the texts that ran in these runs, as far as they are there. */
int modules_write(struct making *m, struct err *err);

/* NULL: a run without one. */
const struct module_text *modules_of(const struct making *m,
    const struct row *run);

/* prov.c, report.c */
int prov_write(struct making *m, struct err *err);
int report_page(struct making *m, struct err *err);

/* lines.c: the members of rows and records, one JSON object a line. */
int lines_write(struct making *m, struct err *err);

#endif
