/* note: texts on rows. */
#include "rows/put.h"

static int
run_add(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts;
	return put_on_rows(p, "note", in, false, "Noted on", err);
}

static int
run_delete(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts;
	return put_on_rows(p, "note", in, true, "Took the note from", err);
}

#define BOTH (CMD_LINE | CMD_PROMPT)

static const struct cmd sub_add = {
	.name = "add",
	.where = BOTH,
	.needs = NEEDS_WORKSPACE,
	.operands = "TEXT FAMILIES where FILTER...",
	.least = 2,
	.help = "put a note on rows",
	.run = run_add,
	.complete = put_complete,
};

static const struct cmd sub_delete = {
	.name = "delete",
	.where = BOTH,
	.needs = NEEDS_WORKSPACE,
	.operands = "TEXT FAMILIES where FILTER...",
	.least = 2,
	.help = "take the note with this text from rows",
	.run = run_delete,
	.complete = put_complete,
};

static const struct cmd *const subs[] = { &sub_add, &sub_delete, NULL };

const struct cmd cmd_note = {
	.name = "note",
	.where = BOTH,
	.operands = "COMMAND",
	.help = "texts on rows",
	.more =
	    "A note is one word of the command line, \"quoted like this\"; it may have several\n"
	    "lines and at most 64 KiB. It goes with its row. `select` shows it below the row,\n"
	    "`select notes` all of them, and `delete notes where id=1` takes one away.",
	.sub = subs,
};
