/* import: rows of files, of our exports and of other tools. */
#include "import/import.h"
#include "base/mem.h"
#include "line/cmd.h"
#include "lock/lock.h"
#include "program/suffix.h"
#include "term/term.h"

struct import_opts {
	struct str format, table;
	bool is_dry;
};

/*
 * The public suffix list is read before the lock, though few files need it:
 * that it cannot be is told when one does.
 */
struct suffixes {
	struct program *p;
	bool is_there;
	struct err why;
};

static int
domain_of(void *ctx, struct str name, struct str *domain, struct err *err)
{
	const struct suffixes *suffixes = ctx;
	autopool struct pool pool = POOL_NONE;

	if (suffixes->is_there)
		return suffix_domain(suffixes->p, name, domain, err);
	return err_set_str(err, err_join(&pool, &suffixes->why));
}

static void
say_table(const struct import_count *count)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	buf_printf(&out, "%s: %llu new, %llu changed, %llu as they were",
	    count->table->table, (unsigned long long)count->added,
	    (unsigned long long)count->changed,
	    (unsigned long long)count->known);
	if (count->out != 0)
		buf_printf(&out, ", %llu of them out of scope",
		    (unsigned long long)count->out);
	term_line(TERM_INFO, "%s", buf_cstr(&out));
}

static void
say_total(const struct import_total *total)
{
	autopool struct pool pool = POOL_NONE;
	struct str example = term_safe(&pool, total->example);

	if (total->blobs != 0)
		term_line(TERM_INFO, "files of images: %llu new",
		    (unsigned long long)total->blobs);
	if (total->no_blob != 0)
		term_line(TERM_WARN,
		    "%llu images are without their files: runs on them fail",
		    (unsigned long long)total->no_blob);
	if (total->unusable != 0)
		term_line(TERM_WARN, "%llu are no rows, the first of them %.*s",
		    (unsigned long long)total->unusable, STR_ARG(example));
}

static void
say_all(const struct import *im, bool is_dry)
{
	uint64_t added = 0, changed = 0;
	const struct import_count *count;

	for (size_t i = 0; (count = import_count_at(im, i)) != NULL; i++) {
		say_table(count);
		added += count->added;
		changed += count->changed;
	}
	say_total(import_total(im));
	term_line(TERM_SUCCESS, "%s %llu rows, changed %llu",
	    is_dry ? "Would add" : "Added", (unsigned long long)added,
	    (unsigned long long)changed);
}

/*
 * Files are what strangers have written, parsed here: from now on there is
 * nothing but the workspace and the files that are open. At the prompt commands
 * follow that need more.
 */
static int
lock_host(struct program *p, struct err *err)
{
	const char *const path[] = {
		p->ws.folder,
		p->ws.blobs,
		db_folder(p->db), /* of a link's target */
		NULL,
	};
	autopool struct pool pool = POOL_NONE;
	struct buf what = BUF_IN(&pool);

	if (p->is_prompt)
		return 0;
	db_stay_in_folder(p->db);
	if (lock_apply(path, &what, err) == -1)
		return err_wrap(err, "cannot lock the host");
	return 0;
}

static int
read_files(struct program *p, struct import *im, const struct operands *in,
    const struct import_format *format, const struct model *table,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < in->n; i++) {
		if (import_open(im, pool_cstr(&pool, in->word[i]), format,
			table, err) == -1)
			return -1;
	}
	if (lock_host(p, err) == -1)
		return -1;
	return import_read(im, err);
}

/* Within the group: what is stored is stored at its end, or nothing is. */
static int
import_into(struct program *p, const struct import_opts *opts,
    const struct operands *in, struct db_author *author,
    const struct import_format *format, const struct model *table,
    struct err *err)
{
	struct suffixes suffixes = { .p = p };
	const struct import_into into = {
		.db = p->db,
		.ws = &p->ws,
		.author = author,
		.is_dry = opts->is_dry,
		.domain_of = domain_of,
		.ctx = &suffixes,
	};
	struct import *im;
	int status;

	suffixes.is_there = suffix_load(p, &suffixes.why) == 0;
	if (import_new(&into, &im, err) == -1) {
		(void)db_command_end_group(p->db, author, -1, err);
		return -1;
	}
	status = read_files(p, im, in, format, table, err);
	if (opts->is_dry)
		(void)db_command_end_group(p->db, author, -1, NULL);
	else
		status = db_command_end_group(p->db, author, status, err);
	if (status == -1)
		import_undo(im);
	else
		say_all(im, opts->is_dry);
	import_free(im);
	err_clear(&suffixes.why);
	return status;
}

static int
run_import(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct import_opts *opts = arg;
	const struct import_format *format = NULL;
	const struct model *table = NULL;
	struct db_author author;

	if (opts->format.p != NULL) {
		format = import_by_name(opts->format, err);
		if (format == NULL)
			return -1;
	}
	if (opts->table.p != NULL) {
		table = import_table_by_name(opts->table, err);
		if (table == NULL)
			return -1;
	}
	if (db_command_begin_group(p->db, "import", in->word, in->n, &author,
		err) == -1)
		return -1;
	return import_into(p, opts, in, &author, format, table, err);
}

static void
add_formats(struct buf *out)
{
	const char *name;

	for (size_t i = 0; (name = import_name_at(i)) != NULL; i++)
		buf_printf(out, "  %-20s %s\n", name, import_help_at(i));
}

static void
complete_format(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	const char *name;

	(void)p, (void)before;
	for (size_t i = 0; (name = import_name_at(i)) != NULL; i++)
		add(ctx, str_of(name));
}

static const struct opt import_opts[] = {
	{ 'f', "format", OPT_TEXT, AT(import_opts, format), "FORMAT",
	    "what the files are; without, each says it by how it begins", 0,
	    NULL, complete_format },
	{ 't', "table", OPT_TEXT, AT(import_opts, table), "TABLE",
	    "whose rows a CSV has, if its name does not say it", 0, NULL,
	    cmd_complete_tables },
	{ 'n', "dry-run", OPT_FLAG, AT(import_opts, is_dry), NULL,
	    "do all of it, say what came of it, and keep nothing", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_import = {
	.name = "import",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_WORKSPACE,
	.operands = "FILE...",
	.least = 1,
	.help = "add rows from files: exports, and what other tools write",
	.more =
	    "All files are one change, which happens or does not: of a file "
	    "with an error\nnothing is kept. \"-\" is standard input, a "
	    "folder all its *.csv. Rules of scope\nhold for what is new. "
	    "What is there keeps what it has, but for columns that\nthe file "
	    "knows; a second time changes nothing. The formats:",
	.add_more = add_formats,
	.opts = import_opts,
	.size = sizeof(struct import_opts),
	.run = run_import,
};
