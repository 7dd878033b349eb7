#include "data/growth.h"

#include "base/mem.h"
#include "term/bar.h"
#include "term/cell.h"
#include "term/screen.h"
#include "term/term.h"
#include "value/json.h"

#define NUMBERS    44 /* columns of the four numbers and what is between */
#define LEAST_BARS 8  /* less room, no bars */
#define MOST_BARS  40
#define MOST_NAME  50

const char *const growth_names[] = {
	[GROWTH_BY_DAY] = "day",
	[GROWTH_BY_MODULE] = "module",
	[GROWTH_BY_OUTCOME] = "outcome",
	NULL,
};

/* Groups are few: days, modules, causes. They are kept to align them. */
struct groups {
	struct pool pool;
	struct growth *group;
	size_t n;
	enum growth_by by;
};

int
growth_by_name(struct str name, enum growth_by *by, struct err *err)
{
	for (size_t i = 0; growth_names[i] != NULL; i++) {
		if (str_is(name, growth_names[i])) {
			*by = (enum growth_by)i;
			return 0;
		}
	}
	return err_usage(err, "--by is day, module or outcome, not '%.*s'",
	    STR_ARG(name));
}

static void
take(void *ctx, const struct growth *growth)
{
	struct groups *groups = ctx;

	groups->group = pool_push(&groups->pool, groups->group, groups->n,
	    sizeof(*groups->group));
	groups->group[groups->n] = *growth;
	groups->group[groups->n++].name =
	    pool_copy(&groups->pool, growth->name);
}

/* What the bar is about: attempts of outcomes, else rows that were added. */
static uint64_t
length_of(const struct groups *groups, size_t i)
{
	return groups->by == GROWTH_BY_OUTCOME ? groups->group[i].attempts
	                                       : groups->group[i].added;
}

static void
print_line(const struct groups *groups, size_t i, size_t width, uint64_t most,
    unsigned columns)
{
	autopool struct pool pool = POOL_NONE;
	const struct growth *g = &groups->group[i];
	struct buf out = BUF_IN(&pool);
	struct str name = term_safe(&pool, g->name);

	buf_add(&out, name);
	for (size_t k = cell_columns(name); k < width; k++)
		buf_add_char(&out, ' ');
	buf_printf(&out, " %10llu %10llu %10llu %10llu",
	    (unsigned long long)g->added, (unsigned long long)g->changed,
	    (unsigned long long)g->removed, (unsigned long long)g->attempts);
	if (bar_can() && columns >= LEAST_BARS) {
		buf_printf(&out, "  %s", term_paint("32"));
		bar_add(&out, length_of(groups, i), most, columns);
		buf_add(&out, str_of(term_paint("0")));
	}
	buf_add_char(&out, '\n');
	term_print(buf_str(&out));
}

static void
print_lines(const struct groups *groups)
{
	const char *title = growth_names[groups->by];
	size_t width = strlen(title), used;
	unsigned columns = screen_size().columns;
	uint64_t most = 0;

	for (size_t i = 0; i < groups->n; i++) {
		size_t wide = cell_columns(groups->group[i].name);

		width = wide > width && wide <= MOST_NAME ? wide : width;
		if (length_of(groups, i) > most)
			most = length_of(groups, i);
	}
	used = width + NUMBERS + 2;
	columns = columns > used ? columns - (unsigned)used : 0;
	term_printf("%s%-*s %10s %10s %10s %10s%s\n", term_paint("1"),
	    (int)width, title, "added", "changed", "removed", "attempts",
	    term_paint("0"));
	for (size_t i = 0; i < groups->n; i++)
		print_line(groups, i, width, most,
		    columns < MOST_BARS ? columns : MOST_BARS);
}

static void
print_json(struct groups *groups)
{
	struct json root = json_map(), list = json_list();
	struct pool *pool = &groups->pool;
	struct buf out = BUF_IN(pool);

	for (size_t i = 0; i < groups->n; i++) {
		const struct growth *g = &groups->group[i];
		struct json one = json_map();

		(void)json_set(pool, &one, str_of(growth_names[groups->by]),
		    json_str(g->name));
		(void)json_set(pool, &one, STR("added"),
		    json_int((int64_t)g->added));
		(void)json_set(pool, &one, STR("changed"),
		    json_int((int64_t)g->changed));
		(void)json_set(pool, &one, STR("removed"),
		    json_int((int64_t)g->removed));
		(void)json_set(pool, &one, STR("attempts"),
		    json_int((int64_t)g->attempts));
		(void)json_append(pool, &list, one);
	}
	(void)json_set(pool, &root, STR("by"),
	    json_text(growth_names[groups->by]));
	(void)json_set(pool, &root, STR("groups"), list);
	json_write(&out, &root, 0);
	buf_add_char(&out, '\n');
	term_json(buf_str(&out));
}

int
growth_print(struct db *db, enum growth_by by, bool is_json, struct err *err)
{
	struct groups groups = { .by = by };
	int status = db_growth(db, by, take, &groups, err);

	if (status == 0 && is_json)
		print_json(&groups);
	else if (status == 0)
		print_lines(&groups);
	pool_clear(&groups.pool);
	return status;
}
