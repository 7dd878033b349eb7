/*
 * notify: rules tried and used by hand. Each of these starts modules, so each
 * does around it what `run` does: the starter before keys are read, the lock
 * before a child is heard.
 */
#include "notify/notify.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "launch/launch.h"
#include "line/given.h"
#include "notices/notices.h"
#include "program/unlock.h"
#include "term/term.h"
#include "value/quote.h"

struct notify_opts {
	struct opt_texts option, grant;
	struct opt_number passphrase_fd;
	unsigned verbose;
	bool is_dry, is_all;
};

#define STATUS_INTERRUPTED 130

/* What a command has under way. */
struct sending {
	struct pool pool;
	struct notify *notify; /* NULL: there is no rule */
	struct recipe recipe[STARTER_RECIPES];
	struct launch launch;
	struct work *work;
};

static int
open_all(struct program *p, struct sending *s, const struct notify_opts *opts,
    struct err *err)
{
	struct loop *loop;

	if (program_open(p, NEEDS_ALL, err) == -1 ||
	    unlock_use_fd(p, opts->passphrase_fd.is_set, opts->passphrase_fd.n,
		err) == -1)
		return -1;
	notify_open(s->notify, s->launch.starter, &opts->grant);
	loop = program_loop(p, err);
	if (loop == NULL)
		return -1;
	s->work = work_new(loop, 0);
	return 0;
}

/* s->notify is there. */
static int
begin(struct program *p, struct sending *s, const struct notify_opts *opts,
    struct err *err)
{
	size_t n = notify_recipes(s->notify, s->recipe, STARTER_RECIPES);

	s->launch =
	    (struct launch){ .pool = &s->pool, .verbose = opts->verbose };
	if (launch_starter(p, &s->launch, s->recipe, n, NOTIFY_CHILDREN, err) ==
		-1 ||
	    open_all(p, s, opts, err) == -1 ||
	    launch_lock(p, &s->launch, err) == -1)
		return -1;
	work_listen(s->work);
	return 0;
}

static int
end(struct program *p, struct sending *s, int status)
{
	if (s->work != NULL && work_is_stopped(s->work) && !p->is_prompt) {
		work_listen_no_more(s->work);
		p->status = STATUS_INTERRUPTED;
	}
	work_free(s->work);
	launch_end(p, &s->launch);
	notify_free(s->notify);
	pool_clear(&s->pool);
	return status;
}

/* Nothing else can be stored, sent on and shown. */
static int
check_utf8(const struct operands *in, struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < in->n; i++) {
		struct str shown = utf8_lossy(&pool, in->word[i]);

		if (!utf8_is_valid(in->word[i]))
			return err_set(err, "'%.*s' is no UTF-8",
			    STR_ARG(shown));
	}
	return 0;
}

/* What was under way has no outbox to wait in. */
static int
say_interrupted(void)
{
	term_line(TERM_WARN,
	    "interrupted: whether it was delivered is not known");
	return 0;
}

static int
exec_once(struct program *p, struct sending *s, const struct notify_opts *opts,
    const struct operands *in, struct err *err)
{
	const struct db_notice notice = {
		.subject = in->word[1],
		.body = in->n > 2 ? in->word[2] : STR_NONE,
	};
	struct str why = STR_NONE;
	int sent;

	if (notify_fault(s->notify, 0).p != NULL)
		return err_set_str(err, notify_fault(s->notify, 0));
	if (begin(p, s, opts, err) == -1)
		return -1;
	if (notify_fault(s->notify, 0).p != NULL)
		return err_set_str(err, notify_fault(s->notify, 0));
	sent = notify_once(s->notify, 0, s->work, &s->pool, &notice, false,
	    &why, err);
	if (sent == -1 || work_is_stopped(s->work))
		return sent == -1 ? -1 : say_interrupted();
	term_line(TERM_SUCCESS, "Sent 1 notification with %.*s%s",
	    STR_ARG(in->word[0]), sent == 1 ? "" : " (1 errors)");
	if (sent == 0)
		term_line(TERM_WARN, "it was not delivered: %.*s",
		    STR_ARG(quote_text(&s->pool, why)));
	return 0;
}

static int
run_exec(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct notify_opts *opts = arg;
	struct config_rule rule = {
		.label = in->word[0],
		.script = in->word[0],
		.options = { opts->option.text, opts->option.n },
	};
	struct sending s = { .notify = NULL };
	int status = check_utf8(in, err);

	for (size_t i = 0; i < opts->option.n; i++) {
		struct str key, value;

		if (given_option(opts->option.text[i], &key, &value, err) == -1)
			return -1;
	}
	if (status == 0)
		status =
		    notify_new_rule(p, &rule, opts->verbose, &s.notify, err);
	if (status == 0)
		status = exec_once(p, &s, opts, in, err);
	return end(p, &s, status);
}

/* As far as is known before anything is started. */
static void
show_one(struct sending *s, size_t i)
{
	autopool struct pool pool = POOL_NONE;
	const struct config_rule *rule = notify_rule(s->notify, i);
	struct str label = quote_text(&pool, rule->label);
	struct str fault = notify_fault(s->notify, i);

	if (fault.p != NULL)
		term_run_line(TERM_ERROR, STR_NONE,
		    str_of(pool_printf(&pool, "Fatal %.*s for %.*s: %.*s",
			STR_ARG(rule->script), STR_ARG(label),
			STR_ARG(fault))));
	else
		term_run_line(TERM_SUCCESS, STR_NONE,
		    str_of(
			pool_printf(&pool, "Executed %.*s for %.*s (dry-run)",
			    STR_ARG(rule->script), STR_ARG(label))));
}

static int
show_dry(struct sending *s, struct str topic)
{
	for (size_t i = 0; i < notify_count(s->notify); i++) {
		if (notify_is_for(s->notify, i, topic))
			show_one(s, i);
	}
	return 0;
}

/* What is for nobody ends well, as in the reference program, but is said. */
static bool
is_for_anybody(const struct program *p, const struct sending *s,
    struct str topic)
{
	autopool struct pool pool = POOL_NONE;
	struct str shown;

	for (size_t i = 0; i < notify_count(s->notify); i++) {
		if (notify_is_for(s->notify, i, topic))
			return true;
	}
	shown = quote_text(&pool, utf8_cut(topic, NOTIFY_SUBJECT));
	term_line(TERM_WARN,
	    "nobody is told: no rule of workspace '%s' is for the topic %.*s",
	    p->workspace_name, STR_ARG(shown));
	return false;
}

/* What somebody sends goes at once, whatever bounds its rules have. */
static int
send_now(struct program *p, struct sending *s, const struct notify_opts *opts,
    struct db_notice *notice, struct err *err)
{
	struct notify_sum sum;
	int64_t first = 0;
	int n;

	if (begin(p, s, opts, err) == -1)
		return -1;
	n = notify_put(s->notify, notice, &first, err);
	if (n < 1)
		return n;
	return notify_deliver(s->notify, s->work, first - 1, NOTIFY_ALL, &sum,
	    err);
}

static int
run_send(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct notify_opts *opts = arg;
	struct sending s = { .notify = NULL };
	struct db_notice notice = {
		.topic = in->word[0],
		.subject = in->word[1],
		.body = in->n > 2 ? in->word[2] : STR_NONE,
	};
	int status = check_utf8(in, err);

	if (status == 0)
		status = notify_new(p, &s.notify, err);
	if (status == 0 && is_for_anybody(p, &s, notice.topic))
		status = opts->is_dry ? show_dry(&s, notice.topic)
		                      : send_now(p, &s, opts, &notice, err);
	return end(p, &s, status);
}

static int
no_rules(struct program *p, struct err *err)
{
	return err_set(err,
	    "there is no [notifications.NAME] in %s that is for workspace '%s'",
	    p->paths.config, p->workspace_name);
}

static int
run_deliver(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct notify_opts *opts = arg;
	struct sending s = { .notify = NULL };
	struct notify_sum sum = { 0 };
	int status = notify_new(p, &s.notify, err);

	(void)in;
	if (status == 0 && s.notify == NULL)
		status = no_rules(p, err);
	if (status == 0)
		status = begin(p, &s, opts, err);
	if (status == 0)
		status = notify_deliver(s.notify, s.work, 0,
		    opts->is_all ? NOTIFY_ALL : 0, &sum, err);
	if (status == 0)
		term_line(TERM_SUCCESS, "Delivered %zu notifications",
		    sum.sent);
	if (status == 0 && sum.failed != 0)
		status = err_set(err, "%zu could not be delivered", sum.failed);
	return end(p, &s, status);
}

static int
test_rules(struct sending *s, const struct operands *in, struct err *err)
{
	const struct db_notice notice = {
		.topic = STR("test"),
		.subject = STR("Test of sn0int"),
		.body = STR("Somebody has typed: sn0int notify test"),
	};
	size_t failed = 0, n = 0;
	struct str why;

	for (size_t i = 0; i < notify_count(s->notify); i++) {
		const struct config_rule *rule = notify_rule(s->notify, i);
		int sent;

		if ((in->n != 0 && !str_eq(in->word[0], rule->label)) ||
		    work_is_stopped(s->work))
			continue;
		sent = notify_once(s->notify, i, s->work, &s->pool, &notice,
		    true, &why, err);
		if (sent == -1 || sent == 2)
			return sent == -1 ? -1 : say_interrupted();
		failed += sent == 0;
		n++;
	}
	if (n == 0 && !work_is_stopped(s->work))
		return err_set(err, "there is no rule %.*s for this workspace",
		    STR_ARG(in->word[0]));
	return failed == 0
	           ? 0
	           : err_set(err, "%zu of %zu rules do not deliver", failed, n);
}

static int
run_test(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	struct sending s = { .notify = NULL };
	int status = notify_new(p, &s.notify, err);

	if (status == 0 && s.notify == NULL)
		status = no_rules(p, err);
	if (status == 0)
		status = begin(p, &s, arg, err);
	if (status == 0)
		status = test_rules(&s, in, err);
	return end(p, &s, status);
}

static void
complete_label(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	for (size_t i = 0; before->n == 0 && i < p->config.rules; i++)
		add(ctx, p->config.rule[i].label);
}

static void
complete_module(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	for (size_t i = 0; before->n == 0 && i < p->library.n; i++) {
		if (p->library.module[i].source == SOURCE_NOTIFICATIONS)
			add(ctx, p->library.module[i].id);
	}
}

#define OPT_GRANT                                                              \
	{                                                                      \
		0, "grant", OPT_TEXTS, AT(notify_opts, grant), "NAMESPACE",    \
		    "give the module these keys without asking", OPT_LINE_ONLY \
	}

static const struct opt exec_opts[] = {
	{ 'o', "option", OPT_TEXTS, AT(notify_opts, option), "K=V",
	    "an option of the module", 0 },
	{ 'v', "verbose", OPT_COUNT, AT(notify_opts, verbose), NULL,
	    "say more, as run -v", 0 },
	OPT_GRANT,
	OPT_PASSPHRASE_FD(notify_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};
static const struct opt send_opts[] = {
	{ 'n', "dry-run", OPT_FLAG, AT(notify_opts, is_dry), NULL,
	    "only say which rules are for it", 0 },
	OPT_PASSPHRASE_FD(notify_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};
static const struct opt deliver_opts[] = {
	{ 0, "all", OPT_FLAG, AT(notify_opts, is_all), NULL,
	    "also what waits for its time, or for room in its hour", 0 },
	OPT_PASSPHRASE_FD(notify_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};
static const struct opt test_opts[] = {
	OPT_GRANT,
	OPT_PASSPHRASE_FD(notify_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

#define BOTH (CMD_LINE | CMD_PROMPT)

static const struct cmd sub_exec = { .name = "exec",
	.where = BOTH,
	.needs = NEEDS_MODULES,
	.operands = "MODULE SUBJECT [BODY]",
	.least = 2,
	.most = 3,
	.help = "deliver one notification with this module",
	.opts = exec_opts,
	.size = sizeof(struct notify_opts),
	.run = run_exec,
	.complete = complete_module };
static const struct cmd sub_send = { .name = "send",
	.where = BOTH,
	.needs = NEEDS_MODULES,
	.operands = "TOPIC SUBJECT [BODY]",
	.least = 2,
	.most = 3,
	.help = "deliver one by the rules that are for the topic",
	.opts = send_opts,
	.size = sizeof(struct notify_opts),
	.run = run_send,
	.more = "It goes at once, whatever bounds the rules have; what fails "
		"stays in the outbox." };
static const struct cmd sub_deliver = { .name = "deliver",
	.where = BOTH,
	.needs = NEEDS_MODULES,
	.operands = "",
	.help = "deliver what waits in the outbox and is due",
	.opts = deliver_opts,
	.size = sizeof(struct notify_opts),
	.run = run_deliver,
	.more = "A run does so at its end. Status 1 if something failed: it "
		"stays, and is tried again." };
static const struct cmd sub_test = { .name = "test",
	.where = BOTH,
	.needs = NEEDS_MODULES,
	.operands = "[NAME]",
	.most = 1,
	.help = "try each rule, or this one, whatever its topics",
	.opts = test_opts,
	.size = sizeof(struct notify_opts),
	.run = run_test,
	.complete = complete_label,
	.more = "Status 1 if one does not deliver." };

static const struct cmd *const subs[] = { &sub_exec, &sub_send,
	&notices_sub_outbox, &sub_deliver, &sub_test, NULL };

const struct cmd cmd_notify = {
	.name = "notify",
	.where = BOTH,
	.operands = "COMMAND",
	.help = "notifications: send, see what waits, deliver it",
	.sub = subs,
};
