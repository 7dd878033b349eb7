/*
 * The rules, and all that they need. What one delivery is made of is put
 * together here once for each rule; pass.c goes over the outbox, and deliver.c
 * has one delivery.
 */
#include "notify/notify.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "enforce/enforce.h"
#include "launch/grant.h"
#include "notify/inside.h"
#include "notify/topic.h"
#include "state/module_options.h"
#include "term/term.h"
#include "value/quote.h"

/* Rules say no layers (-v), so each has one, and the run that they follow all. */
static_assert(CONFIG_MAX_RULES + WORK_RECIPES <= STARTER_RECIPES,
    "a rule would have none");

static struct slot_texts
join(struct pool *pool, const struct slot_texts *a, const struct slot_texts *b,
    const struct slot_texts *c)
{
	const struct slot_texts *all[] = { a, b, c };
	struct str *text = pool_array(pool, a->n + b->n + c->n, sizeof(*text));
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		for (size_t k = 0; k < all[i]->n; k++)
			text[n++] = all[i]->text[k];
	}
	return (struct slot_texts){ text, n };
}

/* "KEY=VALUE"; of equal keys the last. */
static void
set_options(struct pool *pool, struct rule *rule)
{
	rule->options = json_map();
	for (size_t i = 0; i < rule->config->options.n; i++) {
		struct str value = rule->config->options.text[i];
		struct str key = str_cut(&value, '=');

		(void)json_set(pool, &rule->options, key, json_str(value));
	}
}

static void
find_module(struct notify *n, struct rule *rule)
{
	autoerr struct err err = ERR_NONE;

	rule->module = library_find(&n->p->library, rule->config->script, &err);
	if (rule->module != NULL &&
	    rule->module->source != SOURCE_NOTIFICATIONS) {
		(void)err_set(&err,
		    "%s delivers no notifications: its header has no "
		    "\"Source: notifications\"",
		    rule->module->id.p);
		rule->module = NULL;
	}
	if (rule->module == NULL)
		rule->fault = err_join(&n->pool, &err);
}

static int
set_work(struct notify *n, struct rule *rule, unsigned verbose, struct err *err)
{
	const struct slot_texts no_ns = { NULL, 0 };
	const struct config *config = &n->p->config;
	struct work_options *work = &rule->work;

	*work = (struct work_options){
		.module = rule->module->id.p,
		.command = str_of(
		    pool_printf(&n->pool, "notify %s", rule->module->id.p)),
		.targets = 1,
		.jobs = 1,
		.is_inner = true,
	};
	module_start(rule->module, &n->pool, &work->start);
	if (program_start(n->p, &no_ns, &n->pool, &work->start, err) == -1)
		return -1;
	/* each service knows who it is from */
	work->start.user_agent = STR_NONE;
	work->start.verbose = (uint8_t)(verbose < 255 ? verbose : 255);
	work->start.options = &rule->options;
	work->child_options = (struct child_options)CHILD_OPTIONS_NONE;
	work->child_options.limit = config->limits;
	work->allow_net = join(&n->pool, &config->allow_net,
	    &config->notify_allow, &rule->config->allow);
	work->deny_net = config->deny_net;
	return child_options_check(&work->child_options, err);
}

static int
add_rule(struct notify *n, const struct config_rule *config, unsigned verbose,
    struct err *err)
{
	struct rule *rule = &n->rule[n->n++];

	*rule = (struct rule){ .config = config, .keys = POOL_SECRET };
	rule->max = config->max != 0 ? config->max : n->p->config.notify_max;
	rule->digest_s = config->digest_s != 0 ? config->digest_s
	                                       : n->p->config.notify_digest_s;
	set_options(&n->pool, rule);
	find_module(n, rule);
	return rule->module != NULL ? set_work(n, rule, verbose, err) : 0;
}

static int
make(struct program *p, const struct config_rule *rule, size_t rules,
    unsigned verbose, struct notify **out, struct err *err)
{
	struct notify *n;
	int status = 0;

	*out = NULL;
	if (rules == 0)
		return 0;
	n = mem_zalloc(sizeof(*n));
	n->p = p;
	n->rule = mem_array(rules, sizeof(*n->rule));
	for (size_t i = 0; i < rules && status == 0; i++) {
		if (topic_is_of(&rule[i], str_of(p->workspace_name)))
			status = add_rule(n, &rule[i], verbose, err);
	}
	if (status == 0 && n->n != 0) {
		*out = n;
		return 0;
	}
	notify_free(n);
	return status;
}

int
notify_new(struct program *p, struct notify **out, struct err *err)
{
	return make(p, p->config.rule, p->config.rules, 0, out, err);
}

int
notify_new_rule(struct program *p, const struct config_rule *rule,
    unsigned verbose, struct notify **out, struct err *err)
{
	return make(p, rule, 1, verbose, out, err);
}

void
notify_free(struct notify *n)
{
	if (n == NULL)
		return;
	for (size_t i = 0; i < n->n; i++)
		pool_clear(&n->rule[i].keys);
	free(n->rule);
	pool_clear(&n->pool);
	free(n);
}

size_t
notify_count(const struct notify *n)
{
	return n != NULL ? n->n : 0;
}

const struct config_rule *
notify_rule(const struct notify *n, size_t i)
{
	return n->rule[i].config;
}

bool
notify_is_for(const struct notify *n, size_t i, struct str topic)
{
	return topic_is_for(n->rule[i].config, topic);
}

struct str
notify_fault(const struct notify *n, size_t i)
{
	return n->rule[i].fault;
}

size_t
notify_recipes(struct notify *n, struct recipe *recipe, size_t most)
{
	size_t count = 0;

	for (size_t i = 0; i < notify_count(n); i++) {
		struct recipe one[WORK_RECIPES];
		size_t k = 0, got = 0;

		if (n->rule[i].module != NULL)
			got = work_recipes(&n->rule[i].work, &n->pool, one);
		while (k < got && count < most)
			recipe[count++] = one[k++];
	}
	return count;
}

/* Nobody is asked who is not there to answer. */
static bool
is_asked(void)
{
	return isatty(STDIN_FILENO) == 1;
}

/* The first namespace that it was not granted, and cannot do without. */
static struct str
find_missing(const struct program *p, const struct module *module)
{
	const struct slot_texts *asked = &module->keyring_access;

	if (module_options_has_word(module->code, MODULE_OPTIONAL_KEY))
		return STR_NONE;
	for (size_t i = 0; i < asked->n; i++) {
		if (!grant_has(p, module, asked->text[i]))
			return asked->text[i];
	}
	return STR_NONE;
}

/* Those that are given and this module asks for. */
static struct opt_texts
asked_for(struct pool *pool, const struct opt_texts *given,
    const struct module *module)
{
	struct opt_texts out = { NULL, 0 };

	for (size_t i = 0; given != NULL && i < given->n; i++) {
		if (!str_is_among(given->text[i], module->keyring_access.text,
			module->keyring_access.n))
			continue;
		out.text = pool_push(pool, out.text, out.n, sizeof(*out.text));
		out.text[out.n++] = given->text[i];
	}
	return out;
}

/* Its keys, and what it may do with them. */
static int
read_keys(struct notify *n, struct rule *rule, const struct opt_texts *given,
    struct err *err)
{
	struct program *p = n->p;
	const struct grant_options grant = {
		.is_silent = !is_asked(),
		.namespace = asked_for(&n->pool, given, rule->module),
	};
	struct str missing;

	if (enforce_ask(p, rule->module, !grant.is_silent, err) == -1 ||
	    grant_ask(p, rule->module, &grant, err) == -1)
		return -1;
	missing = find_missing(p, rule->module);
	if (missing.p != NULL)
		return err_set(err,
		    "it was not granted the keys of \"%.*s\" (sn0int notify "
		    "test --grant %.*s)",
		    STR_ARG(missing), STR_ARG(missing));
	return grant_keys(p, rule->module, &rule->keys,
		   &rule->work.start.keyring, err) == -1 ||
	               enforce_new(p, rule->module, &rule->work.start, &n->pool,
			   &rule->work.enforce, err) == -1
	           ? -1
	           : 0;
}

/* As a run does: what nobody asks for was mistyped. */
static void
check_grants(const struct notify *n, const struct opt_texts *grant)
{
	for (size_t k = 0; grant != NULL && k < grant->n; k++) {
		bool is_asked_for = false;

		for (size_t i = 0; i < notify_count(n); i++) {
			const struct module *module = n->rule[i].module;

			is_asked_for |=
			    module != NULL && str_is_among(grant->text[k],
						  module->keyring_access.text,
						  module->keyring_access.n);
		}
		if (!is_asked_for)
			term_line(TERM_WARN,
			    "--grant %.*s: no module of a rule asks for these "
			    "keys",
			    STR_ARG(grant->text[k]));
	}
}

void
notify_open(struct notify *n, struct starter *starter,
    const struct opt_texts *grant)
{
	check_grants(n, grant);
	for (size_t i = 0; i < notify_count(n); i++) {
		struct rule *rule = &n->rule[i];
		autoerr struct err why = ERR_NONE;

		rule->work.starter = starter;
		rule->work.db = n->p->db;
		rule->work.ws = &n->p->ws;
		if (rule->module != NULL &&
		    read_keys(n, rule, grant, &why) == -1)
			rule->fault = err_join(&n->pool, &why);
	}
}

/* Kept short: there may be thousands, and each may be any module's text. */
static struct str
cut(struct pool *pool, struct str text)
{
	struct str kept = utf8_cut(text, NOTIFY_SUBJECT);

	if (kept.n == text.n)
		return text;
	return str_of(
	    pool_printf(pool, "%.*s [cut: %zu bytes]", STR_ARG(kept), text.n));
}

/* 1: the rule is for it, and the row is there; 0: it is not; -1. */
static int
add_row(struct db *db, const struct config_rule *rule,
    const struct db_notice *notice, int64_t *id, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct db_notice one = *notice;

	if (!topic_is_for(rule, notice->topic))
		return 0;
	one.topic = cut(&pool, notice->topic);
	one.subject = cut(&pool, notice->subject);
	one.rule = rule->label;
	one.created = (int64_t)time(NULL);
	if (db_outbox_add(db, &one, err) == -1)
		return err_wrap(err, "cannot note the notification");
	*id = one.id;
	return 1;
}

static int
add_rows(struct notify *n, const struct db_notice *notice, int64_t *first,
    struct err *err)
{
	int count = 0;

	for (size_t i = 0; i < notify_count(n); i++) {
		int64_t id;
		int status =
		    add_row(n->p->db, n->rule[i].config, notice, &id, err);

		if (status == -1)
			return -1;
		if (status == 1 && count++ == 0)
			*first = id;
	}
	n->added += (size_t)count;
	return count;
}

int
notify_expired(struct program *p, const char *workspace, struct db *db,
    const char *table, struct str value, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str quoted = quote_text(&pool, value), why;
	const struct db_notice notice = {
		.label = quoted,
		.topic = str_of(pool_printf(&pool, "db:%s:%.*s:delete", table,
		    STR_ARG(value))),
		.subject = str_of(pool_printf(&pool, "Deleted %s %.*s", table,
		    STR_ARG(quoted))),
	};

	/* where there is no outbox it ends nevertheless */
	for (size_t i = 0; db_kept(db, &why) && i < p->config.rules; i++) {
		const struct config_rule *rule = &p->config.rule[i];
		int64_t id;

		if (topic_is_of(rule, str_of(workspace)) &&
		    add_row(db, rule, &notice, &id, err) == -1)
			return -1;
	}
	return 0;
}

int
notify_put(struct notify *n, const struct db_notice *notice, int64_t *first,
    struct err *err)
{
	struct db_part part;

	if (db_part_begin(n->p->db, &part, err) == -1)
		return -1;
	return db_part_end(n->p->db, &part, add_rows(n, notice, first, err),
	    err);
}

static size_t
count_meant(const struct notify *n, struct str topic)
{
	size_t count = 0;

	for (size_t i = 0; i < n->n; i++)
		count += notify_is_for(n, i, topic);
	return count;
}

int
notify_changed(void *ctx, struct str label, struct str topic,
    struct str subject, struct err *err)
{
	const struct db_notice notice = { .label = label,
		.topic = topic,
		.subject = subject };
	struct notify *n = ctx;
	int64_t first;
	struct str why;

	if (!db_kept(n->p->db, &why)) {
		n->lost += count_meant(n, topic);
		return 0;
	}
	if (add_rows(n, &notice, &first, err) == -1)
		return -1;
	return n->added < NOTIFY_TRIM ? 0 : pass_trim(n, err);
}
