/* stats: how much there is. */
#include <fcntl.h>

#include "base/mem.h"
#include "data/growth.h"
#include "line/cmd.h"
#include "state/file.h"
#include "term/bar.h"
#include "term/screen.h"
#include "term/size.h"
#include "term/term.h"

struct stats_opts {
	bool no_blobs, quiet, json, all;
	struct str by;
};

#define COLUMNS   41 /* of a name and a number */
#define MOST_BARS 38
#define TABLES    64 /* families and events: more than there are */

struct stats {
	const struct stats_opts *opts;
	struct pool pool;
	struct json json; /* a map, of -j */
};

struct blobs {
	uint64_t n, bytes;
};

/* 1,234,567 */
static const char *
with_commas(struct pool *pool, uint64_t n)
{
	struct buf digits = BUF_IN(pool), out = BUF_IN(pool);

	buf_add_uint(&digits, n);
	for (size_t i = 0; i < digits.n; i++) {
		if (i != 0 && (digits.n - i) % 3 == 0)
			buf_add_char(&out, ',');
		buf_add_char(&out, digits.p[i]);
	}
	return buf_cstr(&out);
}

/* n of most as a bar, behind a line. */
static void
print_bar(uint64_t n, uint64_t most)
{
	unsigned columns = screen_size().columns;
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	if (!bar_can() || n == 0 || columns <= COLUMNS + 2)
		return;
	columns -= COLUMNS + 2;
	buf_printf(&out, "  %s", term_paint("32"));
	bar_add(&out, n, most, columns < MOST_BARS ? columns : MOST_BARS);
	buf_add(&out, str_of(term_paint("0")));
	term_print(buf_str(&out));
}

/* bar: of most; 0: none. */
static void
print_row(const struct stats *s, const char *name, const char *text,
    bool is_zero, uint64_t bar, uint64_t most)
{
	if (is_zero && s->opts->quiet)
		return;
	term_printf("%s%-20s%s %s%20s%s", is_zero ? "" : term_paint("32"), name,
	    is_zero ? "" : term_paint("0"), is_zero ? "" : term_paint("33"),
	    text, is_zero ? "" : term_paint("0"));
	print_bar(bar, most);
	term_print(STR("\n"));
}

/* The families, then the events; NULL behind the last. */
static const struct model *
table_at(size_t i)
{
	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (!(m->flags & MODEL_LINK) && i-- == 0)
			return m;
	}
	return i == 0 ? &model_activity : NULL;
}

/* db NULL: a workspace that was never used. */
static int
add_families(struct stats *s, struct db *db, struct err *err)
{
	const struct model *table;
	uint64_t n[TABLES] = { 0 }, most = 0;

	for (size_t i = 0; (table = table_at(i)) != NULL; i++) {
		assert(i < TABLES);
		if (db != NULL &&
		    db_count(db, table, NULL, 0, &n[i], err) == -1)
			return -1;
		most = n[i] > most ? n[i] : most;
	}
	for (size_t i = 0; (table = table_at(i)) != NULL; i++) {
		/* the reference program does not list them */
		if (n[i] == 0 && table->flags & MODEL_OURS)
			continue;
		if (s->opts->json)
			json_set(&s->pool, &s->json, str_of(table->table),
			    json_int((int64_t)n[i]));
		else
			print_row(s, table->table, with_commas(&s->pool, n[i]),
			    n[i] == 0, n[i], most);
	}
	return 0;
}

static int
count_blob(void *ctx, struct str name, uint64_t size, struct err *err)
{
	struct blobs *blobs = ctx;

	(void)name, (void)err;
	blobs->n++;
	blobs->bytes += size;
	return 0;
}

static struct json
blobs_to_json(struct pool *pool, const struct blobs *blobs, const char *size)
{
	struct json map = json_map();

	json_set(pool, &map, STR("count"), json_int((int64_t)blobs->n));
	json_set(pool, &map, STR("total_size"),
	    json_int((int64_t)blobs->bytes));
	json_set(pool, &map, STR("total_human_size"), json_text(size));
	return map;
}

static int
add_blobs(struct stats *s, const struct workspace *ws, struct err *err)
{
	struct buf size = BUF_IN(&s->pool);
	struct blobs blobs = { 0, 0 };

	if (s->opts->no_blobs) {
		json_set(&s->pool, &s->json, STR("blobs"), json_null());
		return 0;
	}
	if (workspace_blobs(ws, count_blob, &blobs, err) == -1)
		return -1;
	size_add(&size, blobs.bytes);
	if (s->opts->json) {
		json_set(&s->pool, &s->json, STR("blobs"),
		    blobs_to_json(&s->pool, &blobs, buf_cstr(&size)));
		return 0;
	}
	print_row(s, "blobs", with_commas(&s->pool, blobs.n), blobs.n == 0, 0,
	    0);
	print_row(s, "blobs (size)", buf_cstr(&size), blobs.bytes == 0, 0, 0);
	return 0;
}

static void
print_json(struct stats *s)
{
	struct buf out = BUF_IN(&s->pool);

	json_write(&out, &s->json, 0);
	buf_add_char(&out, '\n');
	term_json(buf_str(&out));
}

static int
count_workspace(const struct stats_opts *opts, const struct workspace *ws,
    struct db *db, struct err *err)
{
	struct stats s = { .opts = opts, .json = json_map() };
	int status;

	if (opts->json)
		json_set(&s.pool, &s.json, STR("workspace"),
		    json_text(ws->name));
	else
		term_printf("%s%41s%s\n", term_paint("1"), ws->name,
		    term_paint("0"));
	(void)term_flush();
	status = add_families(&s, db, err);
	if (status == 0)
		status = add_blobs(&s, ws, err);
	if (status == 0 && opts->json)
		print_json(&s);
	pool_clear(&s.pool);
	return status;
}

/* A workspace that is only looked at. */
static int
count_named(struct program *p, const struct stats_opts *opts, struct str name,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct workspace ws;
	struct db *db = NULL;
	struct stat st;
	int status;

	workspace_at(&ws, &p->paths, pool_cstr(&pool, name), &pool);
	status = file_stat(AT_FDCWD, ws.db, &st, err);
	if (status == 1 && db_open(ws.db, &db, err) == 0)
		status = program_expire(p, ws.name, db, err);
	else if (status == 1)
		status = -1;
	if (status == -1) {
		db_free(db);
		return err_wrap(err, "cannot open workspace '%s'", ws.name);
	}
	status = count_workspace(opts, &ws, db, err);
	db_free(db);
	return status;
}

/* One that cannot be read does not keep the others from being counted. */
static int
count_all(struct program *p, const struct stats_opts *opts, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	unsigned failed = 0;
	struct str *name;
	size_t n;

	if (workspace_list(&p->paths, &pool, &name, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		autoerr struct err why = ERR_NONE;

		if (i != failed && !opts->json)
			term_print(STR("\n"));
		if (count_named(p, opts, name[i], &why) == 0)
			continue;
		failed++;
		term_error(&why);
	}
	return failed == 0 ? 0 : err_set(err, "%u not counted", failed);
}

static int
print_growth(struct program *p, const struct stats_opts *opts, struct err *err)
{
	enum growth_by by;
	struct str why;

	if (growth_by_name(opts->by, &by, err) == -1)
		return -1;
	if (opts->all || opts->no_blobs || opts->quiet)
		return err_usage(err, "--by goes with -j alone");
	if (program_open(p, NEEDS_WORKSPACE, err) == -1)
		return -1;
	if (!db_kept(p->db, &why))
		return err_set(err, "nothing can be told: %.*s", STR_ARG(why));
	return growth_print(p->db, by, opts->json, err);
}

static void
complete_by(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	(void)p, (void)before;
	for (size_t i = 0; growth_names[i] != NULL; i++)
		add(ctx, str_of(growth_names[i]));
}

static int
run_stats(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct stats_opts *opts = arg;

	(void)in;
	if (opts->by.p != NULL)
		return print_growth(p, opts, err);
	if (opts->all)
		return count_all(p, opts, err);
	if (program_open(p, NEEDS_WORKSPACE, err) == -1 ||
	    program_expire(p, p->workspace_name, p->db, err) == -1)
		return -1;
	return count_workspace(opts, &p->ws, p->db, err);
}

static const struct opt stats_opts[] = {
	{ 's', "short", OPT_FLAG, AT(stats_opts, no_blobs), NULL,
	    "leave out the blobs", 0 },
	{ 'q', "quiet", OPT_FLAG, AT(stats_opts, quiet), NULL,
	    "leave out what is 0", 0 },
	{ 'j', "json", OPT_FLAG, AT(stats_opts, json), NULL,
	    "a JSON object for each workspace", 0 },
	{ 'a', "all", OPT_FLAG, AT(stats_opts, all), NULL, "all workspaces",
	    0 },
	{ 0, "by", OPT_TEXT, AT(stats_opts, by), "WHAT",
	    "what was added, changed and removed, by day, module or outcome", 0,
	    NULL, complete_by },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_stats = {
	.name = "stats",
	.where = CMD_LINE | CMD_PROMPT,
	.help = "count what was found",
	.more =
	    "By day: of the attempt that added the rows, in UTC. By module: what none did is\n"
	    "by its command. By outcome: how attempts ended, and why they failed. What other\n"
	    "programs added is not known, nor what was there before origins were kept.",
	.opts = stats_opts,
	.size = sizeof(struct stats_opts),
	.run = run_stats,
};
