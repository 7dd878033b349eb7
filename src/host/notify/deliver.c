/* One delivery: a run of one target, and the line about it. */
#include "base/mem.h"
#include "notify/inside.h"
#include "term/term.h"
#include "value/quote.h"

struct delivery {
	struct rule *rule;
	const struct db_notice *notice;
	struct pool *pool;
	struct str why; /* p NULL: nobody has said */
	bool is_begun;
};

static void
set_text(struct pool *pool, struct json *map, const char *name, struct str text)
{
	(void)json_set(pool, map, str_of(name),
	    text.p != NULL ? json_str(text) : json_null());
}

/* work_options.next */
static int
next(void *ctx, struct pool *pool, struct work_target *out, struct err *err)
{
	struct delivery *d = ctx;

	(void)err;
	if (d->is_begun)
		return 0;
	d->is_begun = true;
	*out = (struct work_target){ .arg = json_map() };
	set_text(pool, &out->arg, "body", d->notice->body);
	if (d->notice->delivery.p != NULL)
		set_text(pool, &out->arg, "id", d->notice->delivery);
	set_text(pool, &out->arg, "subject", d->notice->subject);
	out->label = d->rule->module->id.p;
	/* however many there are, it is one unit: the module */
	out->unit.sees = STR("");
	out->unit.target = d->rule->config->label;
	return 1;
}

/* work_options.failed */
static void
note_failure(void *ctx, struct str why)
{
	struct delivery *d = ctx;

	d->why = pool_copy(d->pool, why);
}

static int
run_one(struct delivery *d, struct work *work, struct err *err)
{
	struct work_options options = d->rule->work;
	struct work_result result;

	options.next = next;
	options.next_ctx = d;
	options.failed = note_failure;
	options.failed_ctx = d;
	if (work_run(work, &options, &result, err) == -1)
		return -1;
	if (result.interrupted)
		return 2;
	return result.failed == 0;
}

static void say(const struct delivery *d, enum term_mark mark, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* Behind the name of the target that caused it. */
static void
say(const struct delivery *d, enum term_mark mark, const char *fmt, ...)
{
	struct buf text = BUF_IN(d->pool);
	va_list args;

	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	term_run_line(mark, d->notice->label, buf_str(&text));
}

static const char *
quoted(struct pool *pool, struct str text)
{
	return pool_cstr(pool, quote_text(pool, text));
}

static int
could_not(const struct delivery *d, struct str text, struct str *why)
{
	const struct config_rule *config = d->rule->config;

	say(d, TERM_ERROR, "Fatal %.*s for %s: %.*s", STR_ARG(config->script),
	    quoted(d->pool, config->label), STR_ARG(text));
	*why = text;
	return 0;
}

int
deliver_one(struct rule *rule, struct work *work, struct pool *pool,
    const struct db_notice *notice, bool is_said, struct str *why,
    struct err *err)
{
	struct delivery d = { .rule = rule, .notice = notice, .pool = pool };
	autoerr struct err own = ERR_NONE;
	const char *label = quoted(pool, rule->config->label);
	int status;

	if (rule->fault.p != NULL)
		return could_not(&d, rule->fault, why);
	status = run_one(&d, work, &own);
	if (status == -1 && term_is_broken()) {
		err_move(err, &own);
		return -1;
	}
	if (status == -1)
		return could_not(&d, err_join(pool, &own), why);
	*why = d.why.p != NULL ? d.why : STR("it could not be run");
	if (is_said && status == 1)
		say(&d, TERM_SUCCESS, "Executed %s for %s", rule->module->id.p,
		    label);
	else if (is_said && status == 0)
		say(&d, TERM_ERROR, "Executed %s for %s (1 errors)",
		    rule->module->id.p, label);
	return status;
}
