/*
 * sn0int/report.html: the case for people, in one page that needs nothing else:
 * no script, no picture, no address but those within it, and it says so to the
 * browser. All that it shows is foreign: it is cleaned as for a terminal
 * (term/clean.h: no character that turns text around), then escaped.
 */
#include "base/mem.h"
#include "bundle/inside.h"
#include "date/date.h"
#include "db/exchange.h"
#include "term/clean.h"

#define MEMBER "sn0int/report.html"
#define MOST   5000 /* lines of a table: a browser has to show it */

static const char head[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
    "'none'; style-src 'unsafe-inline'\">\n"
    "<style>\n"
    "body{font:15px/1.5 sans-serif;max-width:75em;margin:2em auto;padding:0 "
    "1em;color:#222;background:#fff}\n"
    "table{border-collapse:collapse;width:100%;margin:1em 0}\n"
    "th,td{text-align:left;vertical-align:top;padding:.2em .6em .2em "
    "0;border-bottom:1px solid #ddd;overflow-wrap:anywhere}\n"
    "code{font-size:.9em}.s{color:#070}.c{color:#a40}.n{color:#777}\n"
    "tr:target{background:#ffd}\n"
    "</style>\n";

static const char meaning[] =
    "<h2>How to read it</h2>\n"
    "<p><b class=\"s\">connection seen</b>: the broker of this program, which "
    "makes the connections, saw one to that address, at that time, and as many "
    "bytes as were claimed. That covers neither the URL nor what was answered."
    "<br><b class=\"c\">claimed only</b>: the module's process says so, and "
    "nobody else saw it.<br>"
    "<b>after</b>: the last exchange before a change. That is an order, not a "
    "cause.</p>\n"
    "<p>Nothing here proves what a server said: it is what this program has "
    "recorded, and whoever signs the bundle answers for it. Times are UTC, of "
    "the clock of the machine.</p>\n";

/* One line, foreign. */
static void
add(struct buf *out, struct str text)
{
	autopool struct pool pool = POOL_NONE;
	struct buf clean = BUF_IN(&pool);

	clean_add(&clean, text, CLEAN_LINE);
	for (size_t i = 0; i < clean.n; i++) {
		switch (clean.p[i]) {
		case '&':
			buf_add(out, STR("&amp;"));
			break;
		case '<':
			buf_add(out, STR("&lt;"));
			break;
		case '>':
			buf_add(out, STR("&gt;"));
			break;
		case '"':
			buf_add(out, STR("&quot;"));
			break;
		case '\'':
			buf_add(out, STR("&#39;"));
			break;
		default:
			buf_add_char(out, clean.p[i]);
		}
	}
}

static void
add_cell(struct buf *out, struct str text)
{
	buf_add(out, STR("<td>"));
	add(out, text);
}

static void
add_column(struct buf *out, const struct row *row, const char *column)
{
	add_cell(out, row_column_text(row, column));
}

/* "#5", to where that stands. */
static void
add_link(struct buf *out, const char *kind, int64_t id)
{
	if (id == 0)
		buf_add(out, STR("<td>-"));
	else
		buf_printf(out, "<td><a href=\"#%s%lld\">#%lld</a>", kind,
		    (long long)id, (long long)id);
}

static void
begin_line(struct buf *out, const char *kind, int64_t id)
{
	buf_printf(out, "<tr id=\"%s%lld\"><td>#%lld", kind, (long long)id,
	    (long long)id);
}

/* A table of records: its title, the names of its columns, its lines. */
struct report_section {
	const char *title, *columns, *member;
	const struct model *model;
	void (*line)(struct making *m, const struct row *row, struct buf *out);
};

static void
run_line(struct making *m, const struct row *row, struct buf *out)
{
	const struct module_text *module = modules_of(m, row);
	const char *archive = archive_of(m, row->id);
	struct str command = row_column_text(row, "command");

	begin_line(out, "run", row->id);
	add_cell(out,
	    command.p != NULL ? command : row_column_text(row, "kind"));
	add_column(out, row, "module");
	if (module != NULL) {
		buf_add_char(out, ' ');
		add(out, module->version);
		buf_printf(out,
		    module->member != NULL
			? "<br><code>%s</code>"
			: "<br><span class=\"n\">its text is gone</span>%s",
		    module->member != NULL ? module->member : "");
	}
	add_column(out, row, "started");
	add_column(out, row, "ended");
	add_column(out, row, "outcome");
	buf_printf(out,
	    archive != NULL ? "<td><code>%s</code>"
			    : "<td><span class=\"n\">no bytes kept</span>%s",
	    archive != NULL ? archive : "");
}

static void
attempt_line(struct making *m, const struct row *row, struct buf *out)
{
	(void)m;
	begin_line(out, "attempt", row->id);
	add_link(out, "run", row_column_number(row, "run", 0));
	add_column(out, row, "target");
	add_column(out, row, "started");
	add_column(out, row, "outcome");
	add_column(out, row, "error");
}

static void
add_seen(struct buf *out, const struct row *row)
{
	const struct value *seen = row_column(row, "seen");

	if (seen == NULL)
		buf_add(out, STR("<td class=\"n\">not judged"));
	else if (seen->b)
		buf_add(out, STR("<td class=\"s\">connection seen"));
	else
		buf_add(out, STR("<td class=\"c\">claimed only"));
}

static void
add_answer(struct buf *out, const struct row *row)
{
	const struct value *status = row_column(row, "status");

	buf_add(out, STR("<td>"));
	if (status != NULL)
		buf_printf(out, "%lld ", (long long)status->i);
	add(out, row_column_text(row, "error"));
}

static void
add_when(struct buf *out, int64_t ms)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	struct time_value t;

	if (ms > 0 && time_from_unix(ms / 1000, &t, NULL) == 0) {
		t.nano = (uint32_t)(ms % 1000) * 1000000;
		time_write(&text, &t, ' ');
	}
	add_cell(out, buf_str(&text));
}

static void
exchange_line(struct making *m, const struct row *row, struct buf *out)
{
	struct str proxy = row_column_text(row, "proxy");

	(void)m;
	begin_line(out, "exchange", row->id);
	add_link(out, "attempt", row_column_number(row, "attempt", 0));
	add_when(out, row_column_number(row, "started", 0));
	add_column(out, row, "what");
	add_answer(out, row);
	add_column(out, row, "server");
	if (proxy.p != NULL) {
		buf_add(out, STR("<br>by proxy "));
		add(out, proxy);
	}
	buf_printf(out, "<td>%lld<br><code>",
	    (long long)row_column_number(row, "bytes", 0));
	add(out, row_column_text(row, "sha256"));
	buf_add(out, STR("</code>"));
	add_seen(out, row);
}

static void
origin_line(struct making *m, const struct row *row, struct buf *out)
{
	(void)m;
	buf_add(out, STR("<tr>"));
	add_column(out, row, "what");
	add_column(out, row, "family");
	buf_printf(out, " #%lld", (long long)row_column_number(row, "row", 0));
	add_column(out, row, "value");
	add_column(out, row, "columns");
	add_link(out, "attempt", row_column_number(row, "attempt", 0));
	add_link(out, "exchange", row_column_number(row, "exchange", 0));
}

static const struct report_section sections[] = {
	{ "Runs",
	    "<th>#<th>Command<th>Module<th>Started<th>Ended<th>Outcome<th>"
	    "Recorded",
	    "runs.jsonl", &db_model_run, run_line },
	{ "Attempts", "<th>#<th>Run<th>Target<th>Started<th>Outcome<th>Error",
	    "attempts.jsonl", &db_model_attempt, attempt_line },
	{ "Exchanges",
	    "<th>#<th>Attempt<th>Started<th>What<th>Answer<th>Server<th>Bytes, "
	    "SHA-256<th>By whom",
	    "exchanges.jsonl", &db_model_exchange, exchange_line },
	{ "Changes",
	    "<th>What<th>Row<th>Value<th>Columns<th>Attempt<th>After exchange",
	    "origins.jsonl", &db_model_origin, origin_line },
};

static int
add_line(struct making *m, const struct row *row, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	if (m->lines++ >= MOST)
		return 0;
	m->section->line(m, row, &out);
	buf_add_char(&out, '\n');
	return making_add(m, buf_str(&out), err);
}

static int
end_table(struct making *m, const char *member, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	buf_add(&out, STR("</table>\n"));
	if (m->lines > MOST)
		buf_printf(&out, "<p>%llu more: <code>sn0int/%s</code></p>\n",
		    (unsigned long long)(m->lines - MOST), member);
	if (m->lines == 0)
		buf_add(&out, STR("<p class=\"n\">None.</p>\n"));
	return making_add(m, buf_str(&out), err);
}

static int
begin_table(struct making *m, const char *title, const char *columns,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	m->lines = 0;
	return making_add(m,
	    str_of(pool_printf(&pool, "<h2>%s</h2>\n<table>\n<tr>%s\n", title,
		columns)),
	    err);
}

static int
add_section(struct making *m, const struct report_section *section,
    struct err *err)
{
	m->section = section;
	if (begin_table(m, section->title, section->columns, err) == -1 ||
	    making_walk(m, section->model, add_line, err) == -1)
		return -1;
	return end_table(m, section->member, err);
}

static int
add_row(void *ctx, const struct row *row, struct err *err)
{
	struct making *m = ctx;
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	if (!choice_has_row(&m->choice, row->model, row->id) ||
	    m->lines++ >= MOST)
		return 0;
	buf_add(&out, STR("<tr>"));
	add_cell(&out, str_of(row->model->table));
	buf_printf(&out, "<td>#%d", (int)row->id);
	add_cell(&out, row_label(row, &pool));
	add_cell(&out, row_is_unscoped(row) ? STR("out of scope") : STR(""));
	buf_add_char(&out, '\n');
	return making_add(m, buf_str(&out), err);
}

static int
add_rows(struct making *m, struct err *err)
{
	static const struct export_choice all;

	if (begin_table(m, "Rows", "<th>Table<th>#<th>Value<th>", err) == -1 ||
	    export_each_row(m->options->db, &all, add_row, m, err) == -1)
		return -1;
	return end_table(m, "rows.jsonl", err);
}

static void
add_count(struct buf *out, uint64_t n, const char *what)
{
	buf_printf(out, "<li>%llu %s\n", (unsigned long long)n, what);
}

static int
add_summary(struct making *m, struct err *err)
{
	const struct bundle_options *o = m->options;
	const struct bundle_made *made = &m->made;
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	buf_add(&out, STR("<title>"));
	add(&out, o->title);
	buf_add(&out, STR("</title>\n<h1>"));
	add(&out, o->title);
	buf_add(&out, STR("</h1>\n<p>Written "));
	add(&out, o->created);
	buf_add(&out, STR(", workspace <code>"));
	add(&out, m->identity);
	buf_add(&out, STR("</code></p>\n<ul>\n"));
	add_count(&out, made->rows, "rows");
	add_count(&out, made->runs, "runs");
	add_count(&out, made->attempts, "attempts");
	add_count(&out, made->exchanges, "exchanges");
	add_count(&out, made->archives, "runs whose bytes were kept");
	if (made->left != 0)
		add_count(&out, made->left,
		    "bytes of last records that were cut off, and left out");
	if (made->lost != 0)
		add_count(&out, made->lost,
		    "exchanges whose bytes were kept, in archives that are "
		    "gone");
	add_count(&out, made->gone, "texts of modules that are gone");
	if (o->mask == NULL)
		buf_add(&out, STR("<li>it was not searched for secrets\n"));
	else
		add_count(&out, made->masked,
		    "lines in which a secret was replaced by SECRET-name");
	buf_add(&out, STR("</ul>\n"));
	return making_add(m, buf_str(&out), err);
}

int
report_page(struct making *m, struct err *err)
{
	if (zip_begin(&m->zip, MEMBER, err) == -1 ||
	    making_add(m, str_of(head), err) == -1 ||
	    add_summary(m, err) == -1 ||
	    making_add(m, str_of(meaning), err) == -1 || add_rows(m, err) == -1)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		if (add_section(m, &sections[i], err) == -1)
			return -1;
	}
	return zip_end(&m->zip, err);
}
