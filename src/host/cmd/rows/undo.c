/* undo: takes back the last change by hand. */
#include "db/undo.h"

#include "base/mem.h"
#include "base/num.h"
#include "line/cmd.h"
#include "term/term.h"

struct undo_opts {
	bool dry_run;
};

static int
read_number(const struct operands *in, int64_t *run, struct err *err)
{
	uint64_t n = 0;

	if (in->n != 0 &&
	    (num_read_max(in->word[0], INT64_MAX, &n) == -1 || n == 0))
		return err_usage(err,
		    "the number of a run, as runs shows it, "
		    "is no '%.*s'",
		    STR_ARG(in->word[0]));
	*run = (int64_t)n;
	return 0;
}

static void
print_undone(const struct db_undone *undone, bool is_dry)
{
	autopool struct pool pool = POOL_NONE;
	struct str command = term_safe(&pool, undone->command),
		   started = term_safe(&pool, str_sub(undone->started, 0, 19));

	term_line(TERM_SUCCESS, "%s run %lld of %.*s: %.*s (%llu rows)",
	    is_dry ? "Would undo" : "Undone", (long long)undone->run,
	    STR_ARG(started), STR_ARG(command),
	    (unsigned long long)undone->rows);
}

static int
run_undo(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct undo_opts *opts = arg;
	autopool struct pool pool = POOL_NONE;
	struct db_undone undone;
	struct str why;
	int64_t run;
	int status;

	if (read_number(in, &run, err) == -1)
		return -1;
	if (!db_kept(p->db, &why))
		return err_set(err, "nothing can be undone: %.*s",
		    STR_ARG(why));
	status = db_undo(p->db, run, opts->dry_run, &pool, &undone, err);
	if (status == 0 && run != 0)
		return err_set(err,
		    "there is nothing to undo in run %lld: it is none by "
		    "hand, changed nothing, was undone, or nothing of it is "
		    "left",
		    (long long)run);
	if (status == 0)
		return err_set(err, "there is nothing to undo");
	if (status == 1)
		print_undone(&undone, opts->dry_run);
	return status == -1 ? -1 : 0;
}

static void
add_kinds(struct buf *out)
{
	buf_add(out, STR("By hand are:"));
	for (size_t i = 0; db_undo_kinds[i] != NULL; i++)
		buf_printf(out, "%s %s", i != 0 ? "," : "", db_undo_kinds[i]);
	buf_add_char(out, '\n');
}

static const struct opt undo_opts[] = {
	{ 'n', "dry-run", OPT_FLAG, AT(undo_opts, dry_run), NULL,
	    "only say what would be undone", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_undo = {
	.name = "undo",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_WORKSPACE,
	.operands = "[RUN]",
	.most = 1,
	.help = "take back the last change by hand",
	.more =
	    "All of it or nothing: where somebody has changed some of it since, or what was\n"
	    "there was not kept, it says so and changes nothing. Another undo goes further\n"
	    "back. RUN: that one, by its number in runs.",
	.add_more = add_kinds,
	.opts = undo_opts,
	.size = sizeof(struct undo_opts),
	.run = run_undo,
};
