/*
 * A scan, on purpose. An index of all parts of all texts (FTS5 by trigrams) is
 * larger than the rows with their own index, makes a new row five times as
 * dear, and its triggers would fail in a program whose SQLite lacks it, which
 * may be the reference program's: docs/performance.md, "Looking at ten million
 * rows".
 */
#include "db/search.h"

#include "base/mem.h"
#include "db/sql.h"

/* Values from..to, without to. */
struct range {
	struct str from, to;
};

struct needle {
	struct str text;          /* A to Z in lower case */
	unsigned char lower[256]; /* of each byte */
};

struct search {
	struct db *db;
	const struct db_search *what;
	struct needle needle;
	struct range range[2]; /* as it is, in lower case */
	size_t ranges;
	bool (*each)(void *ctx, const struct db_hit *hit);
	void *ctx;
	bool is_over; /* each() wants no more */
};

static bool
needle_is_in(const struct needle *needle, struct str text)
{
	const unsigned char *p = (const unsigned char *)text.p;
	const unsigned char *lower = needle->lower;
	const char *want = needle->text.p;
	size_t n = needle->text.n;

	if (text.n < n)
		return false;
	for (const unsigned char *end = p + (text.n - n); p <= end; p++) {
		size_t i = 0;

		while (i < n && lower[p[i]] == (unsigned char)want[i])
			i++;
		if (i == n)
			return true;
	}
	return false;
}

/* sn0int_has(column) in SQL: texts are as they are, bytes, too. */
static void
tell_has(sqlite3_context *context, int n, sqlite3_value **value)
{
	const struct needle *needle = sqlite3_user_data(context);
	const void *p = NULL;

	(void)n;
	if (sqlite3_value_type(value[0]) == SQLITE_TEXT)
		p = sqlite3_value_text(value[0]);
	else if (sqlite3_value_type(value[0]) == SQLITE_BLOB)
		p = sqlite3_value_blob(value[0]);
	sqlite3_result_int(context,
	    p != NULL &&
		needle_is_in(needle,
		    str_view(p, (size_t)sqlite3_value_bytes(value[0]))));
}

static bool
is_searched(const struct search *s, const struct field *field)
{
	return field->kind == FIELD_TEXT || field->kind == FIELD_IP ||
	       field->kind == FIELD_JSON ||
	       (field->kind == FIELD_BYTES && s->what->has_bytes);
}

/* "value", where there is an index over it alone. */
static bool
has_index(const struct model *model)
{
	return !(model->flags & (MODEL_LINK | MODEL_HANGS)) &&
	       model_field(model, "value") != -1;
}

static void
add_ranges(struct buf *out, const struct search *s, size_t from, size_t n,
    bool is_not)
{
	for (size_t i = from; i < n; i++) {
		buf_printf(out, " AND %s(value >= ?%zu", is_not ? "NOT " : "",
		    2 * i + 1);
		if (s->range[i].to.p != NULL)
			buf_printf(out, " AND value < ?%zu", 2 * i + 2);
		buf_add_char(out, ')');
	}
}

static void
bind_ranges(sqlite3_stmt *stmt, const struct search *s)
{
	for (size_t i = 0; i < s->ranges; i++) {
		sql_bind_text(stmt, 2 * (int)i + 1, s->range[i].from);
		sql_bind_text(stmt, 2 * (int)i + 2, s->range[i].to);
	}
}

static const struct field *
field_with(const struct search *s, const struct row *row)
{
	for (size_t i = 0; row->model->field[i].name != NULL; i++) {
		const struct field *field = &row->model->field[i];

		if (is_searched(s, field) && row->value[i].is_set &&
		    needle_is_in(&s->needle, row->value[i].text))
			return field;
	}
	return NULL;
}

static int
tell_rows(struct search *s, const struct model *model, sqlite3_stmt *stmt,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	int status;

	while (!s->is_over && (status = sql_step(s->db, stmt, err)) != 0) {
		struct db_hit hit;

		if (status == -1 ||
		    sql_row(stmt, model, &pool, &hit.row, err) == -1 ||
		    label_of(s->db, &hit.row, &pool, &hit.label, err) == -1)
			return -1;
		hit.field = field_with(s, &hit.row);
		s->is_over = !s->each(s->ctx, &hit);
		pool_reset(&pool);
	}
	return 0;
}

static int
run_query(struct search *s, const struct model *model, struct str text,
    struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(s->db, text, &stmt, err) == -1)
		return -1;
	bind_ranges(stmt, s);
	status = tell_rows(s, model, stmt, err);
	(void)sqlite3_finalize(stmt);
	return status;
}

/* Values that begin with it, by the index. */
static int
look_up(struct search *s, const struct model *model, struct err *err)
{
	for (size_t i = 0; has_index(model) && i < s->ranges; i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf text = BUF_IN(&pool);

		buf_add(&text, STR("SELECT "));
		sql_add_columns(&text, model);
		buf_printf(&text, " FROM %s WHERE 1", model->table);
		add_ranges(&text, s, i, i + 1, false);
		/* one that begins with both was told already */
		add_ranges(&text, s, 0, i, true);
		if (run_query(s, model, buf_str(&text), err) == -1)
			return -1;
	}
	return 0;
}

/* "sn0int_has(value) OR ..."; how many. */
static size_t
add_tests(struct buf *out, const struct search *s, const struct model *model)
{
	size_t n = 0;

	for (const struct field *f = model->field; f->name != NULL; f++) {
		if (is_searched(s, f))
			buf_printf(out, "%ssn0int_has(%s)",
			    n++ != 0 ? " OR " : "", f->name);
	}
	return n;
}

/* Everything else. */
static int
scan(struct search *s, const struct model *model, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool), tests = BUF_IN(&pool);

	if (add_tests(&tests, s, model) == 0)
		return 0;
	buf_add(&text, STR("SELECT "));
	sql_add_columns(&text, model);
	buf_printf(&text, " FROM %s WHERE (%s)", model->table,
	    buf_cstr(&tests));
	if (has_index(model))
		add_ranges(&text, s, 0, s->ranges, true);
	return run_query(s, model, buf_str(&text), err);
}

/* A family, and the highest id that it has: as good as its size, and known. */
struct family {
	const struct model *model;
	int64_t size;
};

static int
measure(struct db *db, struct family *family, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	sqlite3_stmt *stmt = NULL;

	if (sql_prepare(db,
		str_of(pool_printf(&pool, "SELECT coalesce(max(id), 0) FROM %s",
		    family->model->table)),
		&stmt, err) == -1)
		return -1;
	return sql_number_once(db, stmt, &family->size, err);
}

static bool
is_asked_for(const struct db_search *what, const struct model *model)
{
	for (size_t i = 0; i < what->n; i++) {
		if (what->model[i] == model)
			return true;
	}
	return what->n == 0;
}

/* The smaller first; *n is how many. */
static int
choose(const struct search *s, struct family family[SQL_MODELS], size_t *n,
    struct err *err)
{
	*n = 0;
	for (const struct model *m = model_table; m->family != NULL; m++) {
		struct family one = { m, 0 };
		size_t at = *n;

		if (!is_asked_for(s->what, m))
			continue;
		if (measure(s->db, &one, err) == -1)
			return -1;
		for (; at > 0 && family[at - 1].size > one.size; at--)
			family[at] = family[at - 1];
		family[at] = one;
		++*n;
	}
	return 0;
}

/* What stands behind all texts that begin with it; p NULL: nothing does. */
static struct str
behind(struct pool *pool, struct str text)
{
	struct str copy = pool_copy(pool, text);

	while (copy.n > 0 && (unsigned char)copy.p[copy.n - 1] == 0xff)
		copy.n--;
	if (copy.n == 0)
		return STR_NONE;
	((char *)(uintptr_t)copy.p)[copy.n - 1]++;
	return copy;
}

static void
prepare(struct search *s, struct pool *pool)
{
	struct str text = s->what->text, low = pool_copy(pool, text);

	for (int c = 0; c < 256; c++)
		s->needle.lower[c] = char_lower((char)c);
	for (size_t i = 0; i < low.n; i++)
		((char *)(uintptr_t)low.p)[i] = (char)char_lower(low.p[i]);
	s->needle.text = low;
	s->range[s->ranges++] = (struct range){ text, behind(pool, text) };
	if (!str_eq(text, low))
		s->range[s->ranges++] =
		    (struct range){ low, behind(pool, low) };
}

static int
search_all(struct search *s, struct err *err)
{
	struct family family[SQL_MODELS];
	size_t n;

	if (choose(s, family, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n && !s->is_over; i++) {
		if (look_up(s, family[i].model, err) == -1)
			return -1;
	}
	for (size_t i = 0; i < n && !s->is_over; i++) {
		if (scan(s, family[i].model, err) == -1)
			return -1;
	}
	return 0;
}

int
db_search(struct db *db, const struct db_search *search,
    bool (*each)(void *ctx, const struct db_hit *hit), void *ctx,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct search s = {
		.db = db,
		.what = search,
		.each = each,
		.ctx = ctx,
	};
	int status;

	prepare(&s, &pool);
	if (sqlite3_create_function(db->sqlite, "sn0int_has", 1,
		SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
		&s.needle, tell_has, NULL, NULL) != SQLITE_OK)
		return sql_fail(db, err);
	status = search_all(&s, err);
	(void)sqlite3_create_function(db->sqlite, "sn0int_has", 1, SQLITE_UTF8,
	    NULL, NULL, NULL, NULL);
	return status;
}
