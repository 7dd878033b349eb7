#include "model/scope.h"

#include <stdlib.h>

#include "base/mem.h"
#include "url/idna.h"

static const char *const type_names[] = {
	[SCOPE_DOMAIN] = "domain",
	[SCOPE_IP] = "ip",
	[SCOPE_URL] = "url",
};

/* The columns that rules are tried on. */
static const unsigned rule_flags[] = {
	[SCOPE_DOMAIN] = FIELD_RULE_DOMAIN,
	[SCOPE_IP] = FIELD_RULE_IP,
	[SCOPE_URL] = FIELD_RULE_URL,
};

struct scope {
	struct pool pool;
	const struct scope_rule **rule; /* in matching order */
	size_t n;
};

const char *
scope_type_name(enum scope_type type)
{
	return type_names[type];
}

/* Takes the next part that is not empty; n == 0: there is none. */
static struct str
next_part(struct str *rest, char sep)
{
	struct str part = STR_NONE;

	while (rest->n != 0 && part.n == 0)
		part = str_cut(rest, sep);
	return part;
}

/* The same from the end. */
static struct str
last_label(struct str *rest)
{
	struct str label = STR_NONE;

	while (rest->n != 0 && label.n == 0) {
		size_t dot = str_rfind_char(*rest, '.');

		label = dot == STR_NPOS ? *rest : str_from(*rest, dot + 1);
		rest->n = dot == STR_NPOS ? 0 : dot;
	}
	return label;
}

static unsigned
count_parts(struct str s, char sep)
{
	unsigned n = 0;

	while (next_part(&s, sep).n != 0)
		n++;
	return n;
}

static int
read_ip(struct pool *pool, struct scope_rule *rule, struct err *err)
{
	struct buf text = BUF_IN(pool);

	if (ip_block_read(rule->value, &rule->block) == -1)
		return err_set(err, "no address and no block of them: %.*s",
		    STR_ARG(rule->value));
	ip_block_write(&text, &rule->block);
	rule->value = buf_str(&text);
	rule->precision = rule->block.prefix;
	return 0;
}

static int
read_url(struct pool *pool, struct scope_rule *rule, struct err *err)
{
	if (url_parse(pool, rule->value, NULL, &rule->url, err) == -1)
		return err_wrap(err, "no absolute URL: %.*s",
		    STR_ARG(rule->value));
	rule->precision = count_parts(rule->url.path, '/');
	return 0;
}

/* bücher.de and xn--bcher-kva.de are one name: what has no ASCII form stays. */
static struct str
same_name(struct pool *pool, struct str name)
{
	struct str ascii;

	if (str_is_ascii(name) || idna_to_ascii(pool, name, &ascii) == -1)
		return name;
	return ascii;
}

int
scope_type_by_name(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(type_names); i++) {
		if (str_is(name, type_names[i]))
			return (int)i;
	}
	return -1;
}

static int
read_type(struct pool *pool, struct scope_rule *rule, struct err *err)
{
	switch (rule->type) {
	case SCOPE_IP:
		return read_ip(pool, rule, err);
	case SCOPE_URL:
		return read_url(pool, rule, err);
	case SCOPE_DOMAIN:
		break;
	}
	rule->name = same_name(pool, rule->value);
	rule->precision = count_parts(rule->name, '.');
	return 0;
}

int
scope_rule_read(struct pool *pool, struct str type, struct str value,
    bool is_in, struct scope_rule *out, struct err *err)
{
	struct scope_rule rule = {
		.value = pool_copy(pool, value),
		.is_in = is_in,
	};
	int known = scope_type_by_name(type);

	if (known == -1)
		return err_set(err, "unknown type of rule: %.*s",
		    STR_ARG(type));
	rule.type = (enum scope_type)known;
	if (read_type(pool, &rule, err) == -1)
		return -1;
	*out = rule;
	return 0;
}

struct scope *
scope_new(void)
{
	return mem_zalloc(sizeof(struct scope));
}

void
scope_free(struct scope *scope)
{
	if (scope == NULL)
		return;
	pool_clear(&scope->pool);
	free(scope);
}

static bool
comes_before(const struct scope_rule *a, const struct scope_rule *b)
{
	if (a->type != b->type)
		return a->type < b->type;
	return a->precision > b->precision;
}

int
scope_add(struct scope *scope, struct str type, struct str value, bool is_in,
    struct err *err)
{
	struct scope_rule *rule = pool_alloc(&scope->pool, sizeof(*rule));
	size_t i = scope->n;

	if (scope_rule_read(&scope->pool, type, value, is_in, rule, err) == -1)
		return -1;
	scope->rule = pool_push(&scope->pool, scope->rule, scope->n,
	    sizeof(*scope->rule));
	for (; i > 0 && comes_before(rule, scope->rule[i - 1]); i--)
		scope->rule[i] = scope->rule[i - 1];
	scope->rule[i] = rule;
	scope->n++;
	return 0;
}

const struct scope_rule *
scope_rule_at(const struct scope *scope, size_t i)
{
	return i < scope->n ? scope->rule[i] : NULL;
}

/* What a row is called in the terms of rules. */
struct target {
	bool has_domain;
	struct str domain;
	bool has_block;
	struct ip_block block;
	bool has_url;
	struct url url;
};

static bool
domain_matches(struct str rule, struct str name)
{
	struct str want;

	while ((want = last_label(&rule)).n != 0) {
		if (!str_eq(want, last_label(&name)))
			return false;
	}
	return true;
}

/* All of the inner block lies in the outer one. */
static bool
block_matches(const struct ip_block *outer, const struct ip_block *inner)
{
	unsigned whole = outer->prefix / 8, rest = outer->prefix % 8;
	unsigned char differ;

	if (outer->ip.size != inner->ip.size || outer->prefix > inner->prefix)
		return false;
	if (memcmp(outer->ip.byte, inner->ip.byte, whole) != 0)
		return false;
	if (rest == 0)
		return true;
	differ = outer->ip.byte[whole] ^ inner->ip.byte[whole];
	return differ >> (8 - rest) == 0;
}

static bool
url_matches(const struct url *rule, const struct url *url)
{
	struct str path = rule->path, other = url->path, want;

	if (!url_same_origin(rule, url))
		return false;
	while ((want = next_part(&path, '/')).n != 0) {
		if (!str_eq(want, next_part(&other, '/')))
			return false;
	}
	return true;
}

static bool
rule_matches(const struct scope_rule *rule, const struct target *target)
{
	switch (rule->type) {
	case SCOPE_DOMAIN:
		return target->has_domain &&
		       domain_matches(rule->name, target->domain);
	case SCOPE_IP:
		return target->has_block &&
		       block_matches(&rule->block, &target->block);
	case SCOPE_URL:
		return target->has_url && url_matches(&rule->url, &target->url);
	}
	return false;
}

/* The column of a family that has rules, and their type; -1: it has none. */
static int
find_subject(const struct model *model, enum scope_type *type)
{
	for (size_t i = 0; i < ARRAY_SIZE(rule_flags); i++) {
		int at = model_field_with(model, rule_flags[i]);

		*type = (enum scope_type)i;
		if (at != -1)
			return at;
	}
	return -1;
}

bool
scope_has_family(const struct model *model)
{
	enum scope_type type;

	return find_subject(model, &type) != -1;
}

static void
set_domain(struct target *target, struct str name)
{
	target->has_domain = true;
	target->domain = name;
}

/* A host that is a name counts as well, and its rules go first. */
static void
set_url(struct target *target, struct str text, struct pool *pool)
{
	const struct url *url = &target->url;

	target->has_url = url_parse(pool, text, NULL, &target->url, NULL) == 0;
	if (target->has_url && (url->host_kind == URL_HOST_DOMAIN ||
				   url->host_kind == URL_HOST_OPAQUE))
		set_domain(target, url->host);
}

const struct scope_rule *
scope_find(const struct scope *scope, const struct row *row)
{
	autopool struct pool pool = POOL_NONE;
	enum scope_type type;
	int at = find_subject(row->model, &type);
	struct target target = { .has_domain = false };
	struct str text;

	if (at == -1 || scope->n == 0)
		return NULL;
	text = row->value[at].text;
	if (type == SCOPE_DOMAIN)
		set_domain(&target, same_name(&pool, text));
	else if (type == SCOPE_IP)
		target.has_block = ip_block_read(text, &target.block) == 0;
	else
		set_url(&target, text, &pool);
	for (size_t i = 0; i < scope->n; i++) {
		if (rule_matches(scope->rule[i], &target))
			return scope->rule[i];
	}
	return NULL;
}
