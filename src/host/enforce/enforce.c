/*
 * The rules of a run are made once, but for those that stand for the target's
 * hosts: these are made for each target, from its row.
 *
 * Hosts under one registrable domain count as one: a rule names that and all
 * below it. What is taken away is taken as it was written.
 */
#include "enforce/enforce.h"

#include "base/mem.h"
#include "enforce/consent.h"
#include "enforce/hosts.h"
#include "enforce/word.h"
#include "program/suffix.h"
#include "reach/reach.h"

struct enforce {
	struct program *p;
	const char *module;
	const struct start *start;
	struct permissions text;
	struct consent consent;
	struct permit *rule; /* of every target */
	size_t n;
};

/*
 * Without a list of suffixes nobody knows who has foo.github.io, and who all
 * below it: a host is its own, and the www of one is that one's.
 */
static struct str
guess_owner(struct str name)
{
	struct str rest = str_from(name, 4);

	if (!str_starts(name, STR("www.")) ||
	    str_find_char(rest, '.') == STR_NPOS)
		return name;
	return rest;
}

/* Whose it is: one who registered a name has all below it. */
static void
widen(const struct enforce *e, struct permit *rule)
{
	autoerr struct err err = ERR_NONE;
	struct str domain;

	if (rule->kind != PERMIT_NAME && rule->kind != PERMIT_BELOW)
		return;
	/* what has no dot is of this network, or of this machine */
	if (str_find_char(rule->name, '.') == STR_NPOS)
		return;
	if (suffix_domain(e->p, rule->name, &domain, &err) == -1)
		domain = guess_owner(rule->name);
	/* a suffix is nobody's: others register names below it */
	if (str_eq(domain, rule->name) && suffix_is_one(e->p, domain))
		return;
	rule->name = domain;
	rule->kind = PERMIT_BELOW;
}

struct rules {
	const struct enforce *e;
	struct pool *pool;
	struct permit *rule;
	size_t n;
};

static bool
is_same(const struct permit *a, const struct permit *b)
{
	return a->kind == b->kind && a->is_denied == b->is_denied &&
	       a->port == b->port && str_eq(a->name, b->name) &&
	       memcmp(&a->block, &b->block, sizeof(a->block)) == 0;
}

static void
add_rule(struct rules *rules, const struct permit *rule)
{
	for (size_t i = 0; i < rules->n; i++) {
		if (is_same(&rules->rule[i], rule))
			return;
	}
	/* more than can be told: one that says so is made of it later */
	if (rules->n > PERMITS_MAX)
		return;
	rules->rule =
	    pool_push(rules->pool, rules->rule, rules->n, sizeof(*rule));
	rules->rule[rules->n++] = *rule;
}

static void
add_hosts(struct rules *rules, struct str text, uint16_t port)
{
	struct hosts hosts = { NULL, 0 };

	hosts_add(&hosts, text, rules->pool);
	for (size_t i = 0; i < hosts.n; i++) {
		hosts.host[i].port = port;
		widen(rules->e, &hosts.host[i]);
		add_rule(rules, &hosts.host[i]);
	}
}

/* Not what somebody else wrote: that is not the target. */
static void
add_target(struct rules *rules, const struct json *arg, uint16_t port)
{
	for (size_t i = 0; arg->kind == JSON_MAP && i < arg->map.n; i++) {
		const struct json_member *m = &arg->map.member[i];

		if (m->value.kind == JSON_STR && !reach_is_foreign(m->name))
			add_hosts(rules, m->value.str, port);
	}
}

/* name.p NULL: whichever. */
static void
add_options(struct rules *rules, struct str name, uint16_t port)
{
	const struct json *options = rules->e->start->options;

	for (size_t i = 0; options != NULL && i < options->map.n; i++) {
		const struct json_member *m = &options->map.member[i];

		if (m->value.kind == JSON_STR &&
		    (name.p == NULL || str_eq(m->name, name)))
			add_hosts(rules, m->value.str, port);
	}
}

/* namespace.p NULL: whichever. */
static void
add_keys(struct rules *rules, struct str namespace, uint16_t port)
{
	const struct slot_objects *keyring = &rules->e->start->keyring;
	const struct start_key *key = keyring->object;

	for (size_t i = 0; i < keyring->n; i++) {
		if (namespace.p != NULL && !str_eq(key[i].namespace, namespace))
			continue;
		add_hosts(rules, key[i].access_key, port);
		if (key[i].secret_key.p != NULL)
			add_hosts(rules, key[i].secret_key, port);
	}
}

static void
add_literal(struct rules *rules, struct str host, uint16_t port)
{
	if (str_starts(host, STR("*.")))
		host = str_from(host, 2);
	add_hosts(rules, host, port);
}

/* Where the text says that a host comes from, with one of its ports. */
static void
add_from(struct rules *rules, const struct reach_host *host, uint16_t port,
    const struct json *arg)
{
	const struct permit any = { .kind = PERMIT_ANY, .port = port };

	switch (host->from) {
	case REACH_ANY:
		add_rule(rules, &any);
		break;
	case REACH_HOST:
		add_literal(rules, host->name, port);
		break;
	case REACH_OPTION:
		add_options(rules, host->name, port);
		break;
	case REACH_KEY:
		add_keys(rules, host->name, port);
		break;
	case REACH_TARGET:
		add_target(rules, arg, port);
		break;
	}
}

/* Those that are about the target, or those that are not. */
static void
add_reached(struct rules *rules, const struct json *arg)
{
	const struct permissions *text = &rules->e->text;

	for (size_t i = 0; i < text->hosts; i++) {
		const struct reach_host *host = &text->host[i];

		if ((host->from == REACH_TARGET) != (arg != NULL))
			continue;
		if (host->ports == 0)
			add_from(rules, host, 0, arg);
		for (unsigned k = 0; k < host->ports; k++)
			add_from(rules, host, host->port[k], arg);
	}
}

/* Of the words that are about the network. */
static void
add_words(struct rules *rules, const struct slot_texts *words, bool is_denied)
{
	for (size_t i = 0; i < words->n; i++) {
		struct permit rule = { .kind = PERMIT_LOOKUPS };
		struct word word;

		if (word_read(words->text[i], rules->pool, &word, NULL) == -1 ||
		    (word.kind != WORD_NET && word.kind != WORD_DNS))
			continue;
		if (word.kind == WORD_NET)
			rule = word.net;
		rule.is_denied = is_denied;
		if (!is_denied)
			widen(rules->e, &rule);
		else if (rule.kind == PERMIT_NAME)
			rule.kind = PERMIT_BELOW;
		add_rule(rules, &rule);
	}
}

static void
make_rules(struct enforce *e, struct pool *pool)
{
	struct rules rules = { .e = e, .pool = pool };
	const struct permit offline = { .kind = PERMIT_OFFLINE },
			    lookups = { .kind = PERMIT_LOOKUPS };

	if (e->text.stealth == STEALTH_OFFLINE)
		add_rule(&rules, &offline);
	add_words(&rules, &e->consent.deny, true);
	add_words(&rules, &e->consent.allow, false);
	if ((e->text.acts & ACT_NAMES) != 0)
		add_rule(&rules, &lookups);
	add_reached(&rules, NULL);
	e->rule = rules.rule;
	e->n = rules.n;
}

int
enforce_new(struct program *p, const struct module *module,
    const struct start *start, struct pool *pool, const struct enforce **out,
    struct err *err)
{
	struct enforce *e = pool_zalloc(pool, sizeof(*e));
	struct json all;

	*out = NULL;
	if (p->config.permissions_kind == PERMISSIONS_OFF)
		return 0;
	if (consent_load(p->paths.permissions, pool, &all, err) == -1)
		return -1;
	e->p = p;
	e->module = module->is_file ? module->path : module->id.p;
	e->start = start;
	consent_find(&all, module->id, module_sha256(module, pool), pool,
	    &e->consent);
	reach_module(pool, module, &e->text);
	make_rules(e, pool);
	*out = e;
	return 0;
}

/* What does not fit is any: a rule that is missing would break the module. */
static void
write_any(struct rules *rules, struct buf *out)
{
	const struct permit any = { .kind = PERMIT_ANY };
	size_t kept = 0;

	for (size_t i = 0; i < rules->n && kept < PERMITS_MAX - 1; i++) {
		const struct permit *r = &rules->rule[i];

		if (r->is_denied || r->kind == PERMIT_LOOKUPS ||
		    r->kind == PERMIT_OFFLINE)
			rules->rule[kept++] = *r;
	}
	rules->n = kept;
	add_rule(rules, &any);
	out->n = 0;
	(void)permits_write(out, rules->rule, rules->n, NULL);
}

const char *
enforce_name(const struct enforce *e, const char *fallback)
{
	return e != NULL ? e->module : fallback;
}

struct str
enforce_rules(const struct enforce *e, const struct json *arg,
    struct pool *pool)
{
	struct rules rules = { .e = e, .pool = pool };
	struct buf out = BUF_IN(pool);

	if (e == NULL)
		return STR_NONE;
	for (size_t i = 0; i < e->n; i++)
		add_rule(&rules, &e->rule[i]);
	add_reached(&rules, arg);
	if (permits_write(&out, rules.rule, rules.n, NULL) == -1)
		write_any(&rules, &out);
	return buf_str(&out);
}

/* Is it among words? */
static bool
has_word(const struct slot_texts *words, const struct enforce_question *q)
{
	for (size_t i = 0; i < words->n; i++) {
		autopool struct pool pool = POOL_NONE;
		struct word word;

		if (word_read(words->text[i], &pool, &word, NULL) == 0 &&
		    word.kind == q->kind && word.model == q->model)
			return true;
	}
	return false;
}

static bool
is_said(const struct permissions *text, const struct enforce_question *q)
{
	static const unsigned act[WORD_KINDS] = {
		[WORD_STDIN] = ACT_STDIN,
		[WORD_BLOBS] = ACT_BLOBS,
		[WORD_ACTIVITY] = ACT_ACTIVITY,
		[WORD_RATELIMIT] = ACT_RATELIMITS,
	};
	uint32_t set;

	if (q->kind != WORD_FAMILY)
		return (text->acts & act[q->kind]) != 0;
	set = q->deed == DEED_READ     ? text->reads
	      : q->deed == DEED_UPDATE ? text->updates
	                               : text->adds;
	return (set >> (q->model - model_table) & 1) != 0;
}

static void
write_word(struct buf *out, const struct enforce_question *q)
{
	const struct word word = { .kind = q->kind, .model = q->model };

	word_write(out, &word);
}

bool
enforce_may(const struct enforce *e, const struct enforce_question *q,
    struct outcome *out)
{
	autopool struct pool pool = POOL_NONE;
	struct buf word = BUF_IN(&pool);
	bool is_taken;

	if (e == NULL)
		return true;
	is_taken = has_word(&e->consent.deny, q);
	if (!is_taken &&
	    (is_said(&e->text, q) || has_word(&e->consent.allow, q)))
		return true;
	*out = (struct outcome){ .what = OUTCOME_EVENT,
		.cause = OUTCOME_PERMISSION,
		.detail = is_taken ? EGRESS_TAKEN : EGRESS_UNNAMED };
	write_word(&word, q);
	outcome_set_host(out, buf_str(&word));
	return false;
}

/* "write email", "read standard input" */
static void
add_deed(struct buf *out, const struct enforce_question *q)
{
	static const char *const deed[WORD_KINDS] = {
		[WORD_STDIN] = "read standard input",
		[WORD_BLOBS] = "store blobs",
		[WORD_ACTIVITY] = "log activity",
		[WORD_RATELIMIT] = "wait for rate limits",
	};
	static const char *const verb[] = { "add", "update", "read" };

	if (q->kind == WORD_FAMILY)
		buf_printf(out, "%s %s", verb[q->deed], q->model->family);
	else
		buf_add(out, str_of(deed[q->kind]));
}

struct str
enforce_refusal(const struct enforce *e, const struct enforce_question *q,
    struct pool *pool)
{
	struct buf out = BUF_IN(pool);

	if (has_word(&e->consent.deny, q)) {
		buf_add(&out, STR("the module may not "));
		add_deed(&out, q);
		buf_printf(&out, ": denied by sn0int permissions %s",
		    e->module);
		return buf_str(&out);
	}
	buf_add(&out, STR("the module's text does not "));
	add_deed(&out, q);
	buf_printf(&out, " (allow it with: sn0int permissions %s --allow ",
	    e->module);
	write_word(&out, q);
	buf_add_char(&out, ')');
	return buf_str(&out);
}
