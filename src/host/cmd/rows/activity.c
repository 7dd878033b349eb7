/* activity: the time line as JSON lines. */
#include <time.h>

#include "base/mem.h"
#include "line/cmd.h"
#include "rows/topics.h"
#include "rows/when.h"
#include "term/term.h"

struct activity_opts {
	struct str topic, since, until;
	bool initial, located, count;
};

/* Without the columns that are null. */
static void
print_event(const struct row *row, bool is_initial)
{
	autopool struct pool pool = POOL_NONE;
	const struct field *field = row->model->field;
	struct buf out = BUF_IN(&pool);

	buf_printf(&out, "{\"id\":%d,\"initial\":%s", row->id,
	    is_initial ? "true" : "false");
	for (size_t i = 0; field[i].name != NULL; i++) {
		if (!row->value[i].is_set)
			continue;
		buf_printf(&out, ",\"%s\":", field[i].name);
		value_write_json(&out, &field[i], &row->value[i]);
	}
	buf_add(&out, STR("}\n"));
	term_json(buf_str(&out));
}

/* What was known when the first one happened: where somebody came from. */
static int
print_initial(struct db *db, const struct db_events *which,
    const struct row *first, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct row row;
	int status = db_event_before(db, which, first, &pool, &row, err);

	if (status == 1)
		print_event(&row, true);
	return status == -1 ? -1 : 0;
}

static int
print_events(struct db *db, const struct db_events *which, bool wants_initial,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct db_rows *rows;
	struct row row;
	int status = 0;

	if (db_events_open(db, which, &rows, err) == -1)
		return -1;
	while (!term_is_broken() &&
	       (status = db_rows_next(rows, &pool, &row, err)) == 1) {
		if (wants_initial &&
		    print_initial(db, which, &row, err) == -1) {
			status = -1;
			break;
		}
		wants_initial = false;
		print_event(&row, false);
		pool_reset(&pool);
	}
	db_rows_free(rows);
	return status == -1 ? -1 : 0;
}

static int
read_time(struct pool *pool, struct str text, struct str *out, struct err *err)
{
	if (text.p == NULL ||
	    when_read(pool, text, (int64_t)time(NULL), out, err) == 0)
		return 0;
	return err_set_kind(err, ERR_USAGE);
}

static int
run_activity(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct activity_opts *opts = arg;
	autopool struct pool pool = POOL_NONE;
	struct db_events which = {
		.topic = opts->topic,
		.is_located = opts->located,
	};

	(void)in;
	if (opts->count && opts->initial)
		return err_usage(err, "-c and -i exclude each other");
	if (read_time(&pool, opts->since, &which.since, err) == -1 ||
	    read_time(&pool, opts->until, &which.until, err) == -1)
		return -1;
	if (program_open(p, NEEDS_WORKSPACE, err) == -1)
		return -1;
	if (opts->count)
		return topics_print(p->db, &which, err);
	return print_events(p->db, &which, opts->initial, err);
}

static const struct opt activity_opts[] = {
	{ 't', "topic", OPT_TEXT, AT(activity_opts, topic), "TOPIC",
	    "only of this topic", 0 },
	{ 0, "since", OPT_TEXT, AT(activity_opts, since), "TIME", "not before",
	    0 },
	{ 0, "until", OPT_TEXT, AT(activity_opts, until), "TIME", "not after",
	    0 },
	{ 'i', "initial", OPT_FLAG, AT(activity_opts, initial), NULL,
	    "first the one before the first of --since", 0 },
	{ 'l', "location", OPT_FLAG, AT(activity_opts, located), NULL,
	    "only with latitude and longitude", 0 },
	{ 'c', "count", OPT_FLAG, AT(activity_opts, count), NULL,
	    "a line for each topic: how many, the first day and the last, on a "
	    "terminal how they are spread",
	    0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_activity = {
	.name = "activity",
	.where = CMD_LINE | CMD_PROMPT,
	.help = "print the events of the time line",
	.more = "A JSON object a line, by time; with -c lines for people.\n"
		"TIME, in UTC: today, yesterday, '5 minutes ago' (s m h d w "
		"month y),\n2020-02-29T12:00:00",
	.opts = activity_opts,
	.size = sizeof(struct activity_opts),
	.run = run_activity,
};
