/* notify outbox: what waits, the oldest first. */
#include "db/outbox.h"
#include "base/mem.h"
#include "date/date.h"
#include "notices/notices.h"
#include "term/term.h"
#include "value/json.h"

struct outbox_opts {
	bool json;
};

/* "2026-11-29 01:02:03" */
static struct str
time_of(struct pool *pool, int64_t seconds)
{
	struct buf out = BUF_IN(pool);
	struct time_value t;

	if (time_from_unix(seconds, &t, NULL) == -1)
		return STR("?");
	time_write(&out, &t, ' ');
	return buf_str(&out);
}

static void
print_line(struct pool *pool, const struct db_notice *n)
{
	struct buf out = BUF_IN(pool);

	buf_printf(&out, "#%lld  %.*s  %.*s  %.*s", (long long)n->id,
	    STR_ARG(time_of(pool, n->created)),
	    STR_ARG(term_safe(pool, n->rule)),
	    STR_ARG(term_safe(pool, n->subject)));
	if (n->tries != 0)
		buf_printf(&out, "  (%d failed, next after %.*s: %.*s)",
		    n->tries, STR_ARG(time_of(pool, n->not_before)),
		    STR_ARG(term_safe(pool,
			n->error.p != NULL ? n->error : STR(""))));
	buf_add_char(&out, '\n');
	term_print(buf_str(&out));
}

static void
set(struct pool *pool, struct json *map, const char *name, struct str text)
{
	(void)json_set(pool, map, str_of(name),
	    text.p != NULL ? json_str(text) : json_null());
}

static void
print_json(struct pool *pool, const struct db_notice *n)
{
	struct json map = json_map();
	struct buf out = BUF_IN(pool);

	(void)json_set(pool, &map, STR("id"), json_int(n->id));
	set(pool, &map, "created", time_of(pool, n->created));
	set(pool, &map, "rule", n->rule);
	set(pool, &map, "topic", n->topic);
	set(pool, &map, "subject", n->subject);
	set(pool, &map, "body", n->body);
	set(pool, &map, "label", n->label);
	set(pool, &map, "delivery", n->delivery);
	(void)json_set(pool, &map, STR("tries"), json_int(n->tries));
	set(pool, &map, "not_before",
	    n->not_before != 0 ? time_of(pool, n->not_before) : STR_NONE);
	set(pool, &map, "error", n->error);
	json_write(&out, &map, 0);
	buf_add_char(&out, '\n');
	term_json(buf_str(&out));
}

static int
run_outbox(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct outbox_opts *opts = arg;
	autopool struct pool pool = POOL_NONE;
	struct db_notice notice = { .id = 0 };
	int status;

	(void)in;
	while ((status = db_outbox_next(p->db, notice.id, DB_OUTBOX_ANY, &pool,
		    &notice, err)) == 1) {
		if (opts->json)
			print_json(&pool, &notice);
		else
			print_line(&pool, &notice);
		pool_reset(&pool);
	}
	return status;
}

static const struct opt outbox_opts[] = {
	{ 0, "json", OPT_FLAG, AT(outbox_opts, json), NULL,
	    "a JSON object a line", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd notices_sub_outbox = { .name = "outbox",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_WORKSPACE,
	.operands = "",
	.help = "what waits to be delivered, the oldest first",
	.opts = outbox_opts,
	.size = sizeof(struct outbox_opts),
	.run = run_outbox };
