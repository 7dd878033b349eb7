#include "replays/report.h"

#include <fcntl.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/write.h"
#include "term/term.h"

#define SHOWN  ((size_t)600) /* bytes of a side */
#define BEFORE ((size_t)120) /* in front of where they differ */

static size_t
same_bytes(struct str a, struct str b)
{
	size_t n = 0;

	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	return n;
}

static void
add_side(struct buf *out, const char *what, struct str side, size_t from,
    const char *indent)
{
	autopool struct pool pool = POOL_NONE;
	struct str shown = str_sub(side, from, SHOWN);

	buf_printf(out, "%s%s ", indent, what);
	if (side.p == NULL)
		buf_add(out, STR("nothing more"));
	else
		buf_printf(out, "%s%.*s%s", from != 0 ? "..." : "",
		    STR_ARG(term_safe(&pool, utf8_lossy(&pool, shown))),
		    side.n - from > SHOWN ? "..." : "");
	buf_add_char(out, '\n');
}

void
report_difference(struct buf *out, const struct difference *d,
    const char *indent)
{
	size_t same = same_bytes(d->then, d->now);
	size_t from = same > BEFORE && (d->then.n > SHOWN || d->now.n > SHOWN)
	                  ? same - BEFORE
	                  : 0;

	add_side(out, "then", d->then, from, indent);
	add_side(out, "now ", d->now, from, indent);
}

/* Why a case is not as it was, in one line. */
static const char *
reason(struct pool *pool, const struct case_file *file)
{
	switch (file->result) {
	case CASE_DIFFERS:
		return pool_printf(pool, "%s %zu differs",
		    file->is_rows ? "row" : "event", file->difference.at);
	case CASE_MISSING:
		return pool_printf(pool, "not in the record: %.*s",
		    STR_ARG(file->why));
	case CASE_FAILED:
		return pool_printf(pool,
		    "the run did not come to its end: %.*s",
		    STR_ARG(file->why));
	case CASE_WROTE:
	case CASE_BROKEN:
		return pool_printf(pool, "%.*s", STR_ARG(file->why));
	default:
		return "";
	}
}

static void
print_line(const struct case_file *file, size_t number)
{
	autopool struct pool pool = POOL_NONE;
	struct buf sides = BUF_IN(&pool);

	(void)number;
	if (file->result == CASE_SAME) {
		term_result(TERM_SUCCESS, "%.*s  %zu %s, %lld ms",
		    STR_ARG(file->name), file->n_now,
		    file->is_rows ? "rows" : "events", (long long)file->ms);
		return;
	}
	term_result(TERM_ERROR, "%.*s  %.*s", STR_ARG(file->name),
	    STR_ARG(term_safe(&pool, str_of(reason(&pool, file)))));
	if (file->result == CASE_DIFFERS)
		report_difference(&sides, &file->difference, "      ");
	term_print(buf_str(&sides));
}

static void
print_tap(const struct case_file *file, size_t number)
{
	autopool struct pool pool = POOL_NONE;
	struct buf sides = BUF_IN(&pool);

	term_printf("%s %zu - %.*s\n",
	    file->result == CASE_SAME ? "ok" : "not ok", number,
	    STR_ARG(file->name));
	if (file->result == CASE_SAME)
		return;
	term_printf("# %.*s\n",
	    STR_ARG(term_safe(&pool, str_of(reason(&pool, file)))));
	if (file->result == CASE_DIFFERS)
		report_difference(&sides, &file->difference, "#   ");
	term_print(buf_str(&sides));
}

static const char *
result_name(enum case_result result)
{
	static const char *const name[] = { "same", "differs", "missing",
		"wrote", "failed", "broken" };

	return name[result];
}

static struct json
side_json(struct str side)
{
	return side.p != NULL ? json_str(side) : json_null();
}

static void
print_json(const struct case_file *file, size_t number)
{
	autopool struct pool pool = POOL_NONE;
	struct json map = json_map();
	struct buf line = BUF_IN(&pool);

	(void)number;
	(void)json_set(&pool, &map, STR("name"), json_str(file->name));
	(void)json_set(&pool, &map, STR("result"),
	    json_text(result_name(file->result)));
	(void)json_set(&pool, &map, STR("events"),
	    json_int((int64_t)file->n_now));
	(void)json_set(&pool, &map, STR("ms"), json_int(file->ms));
	if (file->why.p != NULL)
		(void)json_set(&pool, &map, STR("why"), json_str(file->why));
	if (file->result == CASE_DIFFERS) {
		(void)json_set(&pool, &map, STR("at"),
		    json_int((int64_t)file->difference.at));
		(void)json_set(&pool, &map, STR("then"),
		    side_json(file->difference.then));
		(void)json_set(&pool, &map, STR("now"),
		    side_json(file->difference.now));
	}
	json_write(&line, &map, 0);
	buf_add_char(&line, '\n');
	term_json(buf_str(&line));
}

void
report_cases(const struct cases *cases, enum report_form form)
{
	static void (*const print[])(const struct case_file *file,
	    size_t number) = {
		[REPORT_LINES] = print_line,
		[REPORT_TAP] = print_tap,
		[REPORT_JSON] = print_json,
	};

	if (form == REPORT_TAP)
		term_printf("1..%zu\n", cases->n);
	for (size_t i = 0; i < cases->n; i++)
		print[form](cases->file[i], i + 1);
}

/* XML 1.0 has no other control characters. */
static void
add_xml(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == '<')
			buf_add(out, STR("&lt;"));
		else if (c == '&')
			buf_add(out, STR("&amp;"));
		else if (c == '"')
			buf_add(out, STR("&quot;"));
		else if (c < ' ' && c != '\n')
			buf_add_char(out, '?');
		else
			buf_add_char(out, (char)c);
	}
}

static void
add_case(struct buf *out, const struct case_file *file)
{
	autopool struct pool pool = POOL_NONE;
	struct buf sides = BUF_IN(&pool);
	struct str class = file->name, name = class;

	class = str_cut(&name, '/');
	buf_add(out, STR("  <testcase classname=\""));
	add_xml(out, class);
	buf_add(out, STR("\" name=\""));
	add_xml(out, name);
	buf_printf(out, "\" time=\"%lld.%03lld\"", (long long)file->ms / 1000,
	    (long long)file->ms % 1000);
	if (file->result == CASE_SAME) {
		buf_add(out, STR("/>\n"));
		return;
	}
	buf_printf(out, ">\n    <%s message=\"",
	    file->result == CASE_BROKEN ? "error" : "failure");
	add_xml(out, utf8_lossy(&pool, str_of(reason(&pool, file))));
	buf_add(out, STR("\">"));
	if (file->result == CASE_DIFFERS)
		report_difference(&sides, &file->difference, "");
	add_xml(out, buf_str(&sides));
	buf_printf(out, "</%s>\n  </testcase>\n",
	    file->result == CASE_BROKEN ? "error" : "failure");
}

int
report_junit_open(struct str path, int *fd, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *name = path.p != NULL ? pool_cstr(&pool, path) : NULL;

	*fd = -1;
	if (name == NULL)
		return 0;
	*fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return *fd != -1 ? 0 : err_sys(err, "cannot open %s", name);
}

int
report_junit(const struct cases *cases, int fd, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	size_t failures = 0, errors = 0;

	for (size_t i = 0; i < cases->n; i++) {
		errors += cases->file[i]->result == CASE_BROKEN;
		failures += cases->file[i]->result != CASE_BROKEN &&
		            cases->file[i]->result != CASE_SAME;
	}
	buf_printf(&text,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<testsuite name=\"sn0int\" tests=\"%zu\" failures=\"%zu\" "
	    "errors=\"%zu\">\n",
	    cases->n, failures, errors);
	for (size_t i = 0; i < cases->n; i++)
		add_case(&text, cases->file[i]);
	buf_add(&text, STR("</testsuite>\n"));
	return write_all(fd, buf_str(&text)) == 0
	           ? 0
	           : err_sys(err, "cannot write the JUnit file");
}
