#include "url/psl.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "url/idna.h"
#include "url/punycode.h"

enum rule_kind {
	RULE_PLAIN,
	RULE_WILDCARD,  /* "*.ck": each label in front of it belongs to it */
	RULE_EXCEPTION, /* "!www.ck": but not this one */
};

/* What stands in front of the name. */
static const struct str prefixes[] = {
	[RULE_PLAIN] = { "", 0 },
	[RULE_WILDCARD] = { "*.", 2 },
	[RULE_EXCEPTION] = { "!", 1 },
};

struct rule {
	enum rule_kind kind;
	struct str name; /* and what follows it in the line */
	unsigned labels; /* of the suffixes it makes */
	uint32_t hash;
};

/* A hash of the places where rules stand. */
struct psl {
	struct str text;
	uint32_t *slot; /* 0: free; place + 1 */
	size_t mask;
	unsigned most_labels;
};

/* FNV-1a over lower case */
#define HASH_START 2166136261u
#define HASH_PRIME 16777619u

static uint32_t
hash_char(uint32_t hash, char c)
{
	return (hash ^ char_lower(c)) * HASH_PRIME;
}

static size_t
hash_end(const struct psl *psl, uint32_t hash, enum rule_kind kind)
{
	hash = (hash ^ (uint32_t)kind) * HASH_PRIME;
	return (hash ^ hash >> 15) & psl->mask;
}

static uint32_t
hash_name(struct str name)
{
	uint32_t hash = HASH_START;

	for (size_t i = 0; i < name.n; i++)
		hash = hash_char(hash, name.p[i]);
	return hash;
}

static bool
is_blank(char c)
{
	return (unsigned char)c <= ' ';
}

static bool
stands_at(const struct psl *psl, size_t place, enum rule_kind kind,
    struct str name)
{
	struct str prefix = prefixes[kind];
	struct str from = str_from(psl->text, place);
	struct str behind = str_from(from, prefix.n + name.n);

	return str_starts(from, prefix) &&
	       str_eq_nocase(str_sub(from, prefix.n, name.n), name) &&
	       (behind.n == 0 || is_blank(behind.p[0]));
}

static bool
has_rule(const struct psl *psl, enum rule_kind kind, struct str name,
    uint32_t hash)
{
	size_t i = hash_end(psl, hash, kind);

	for (; psl->slot[i] != 0; i = (i + 1) & psl->mask) {
		if (stands_at(psl, psl->slot[i] - 1, kind, name))
			return true;
	}
	return false;
}

static void
add_rule(struct psl *psl, const struct rule *rule, size_t place)
{
	size_t i = hash_end(psl, rule->hash, rule->kind);

	while (psl->slot[i] != 0)
		i = (i + 1) & psl->mask;
	psl->slot[i] = (uint32_t)place + 1;
	if (rule->labels > psl->most_labels)
		psl->most_labels = rule->labels;
}

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_' ||
	       (unsigned char)c >= 0x80;
}

/* Labels between dots, up to a blank: one look at each character. */
static int
read_name(struct rule *rule)
{
	struct str s = rule->name;
	bool is_start = true;
	size_t i;

	rule->labels = 1;
	rule->hash = HASH_START;
	for (i = 0; i < s.n && !is_blank(s.p[i]); i++) {
		if (s.p[i] == '.' && !is_start)
			rule->labels++;
		else if (!is_name_char(s.p[i]))
			return -1;
		is_start = s.p[i] == '.';
		rule->hash = hash_char(rule->hash, s.p[i]);
	}
	return is_start || i > PSL_MAX_RULE || rule->labels > PSL_MAX_LABELS
	           ? -1
	           : 0;
}

static int
read_rule(struct str line, struct rule *rule)
{
	rule->kind = RULE_PLAIN;
	if (line.p[0] == '!')
		rule->kind = RULE_EXCEPTION;
	else if (str_starts(line, prefixes[RULE_WILDCARD]))
		rule->kind = RULE_WILDCARD;
	rule->name = str_from(line, prefixes[rule->kind].n);
	if (read_name(rule) == -1)
		return -1;
	if (rule->kind == RULE_WILDCARD)
		rule->labels++;
	/* it must leave a suffix */
	if (rule->kind == RULE_EXCEPTION && --rule->labels == 0)
		return -1;
	return 0;
}

static int
read_lines(struct psl *psl, struct err *err)
{
	struct str rest = psl->text;

	for (size_t number = 1; rest.n != 0; number++) {
		size_t place = (size_t)(rest.p - psl->text.p);
		struct str line = str_cut(&rest, '\n');
		struct rule rule;

		if (line.n == 0 || is_blank(line.p[0]) ||
		    str_starts(line, STR("//")))
			continue;
		if (read_rule(line, &rule) == -1)
			return err_set(err, "line %zu is no rule: %.*s", number,
			    STR_ARG(str_sub(line, 0, 64)));
		add_rule(psl, &rule, place);
	}
	return psl->most_labels != 0 ? 0 : err_set(err, "no rule in it");
}

/* A power of two, at least twice as many slots as lines. */
static size_t
slots_for(struct str text)
{
	size_t lines = 1, slots = 2, at;

	while ((at = str_find_char(text, '\n')) != STR_NPOS) {
		text = str_from(text, at + 1);
		lines++;
	}
	while (slots < 2 * lines)
		slots *= 2;
	return slots;
}

struct psl *
psl_new(struct str text, struct err *err)
{
	struct psl *psl;
	size_t slots;

	if (text.n > PSL_MAX_BYTES) {
		err_set(err, "list is too long: %zu bytes", text.n);
		return NULL;
	}
	psl = mem_zalloc(sizeof(*psl));
	slots = slots_for(text);
	psl->text = text;
	psl->slot = mem_zalloc(slots * sizeof(*psl->slot));
	psl->mask = slots - 1;
	if (read_lines(psl, err) == -1) {
		psl_free(psl);
		return NULL;
	}
	return psl;
}

void
psl_free(struct psl *psl)
{
	if (psl == NULL)
		return;
	free(psl->slot);
	free(psl);
}

/* As many as a rule, one for its wildcard, and one for the domain. */
#define TAIL_LABELS (PSL_MAX_LABELS + 2)

/* The last labels of a name, label 0 the last. */
struct tail {
	unsigned n;
	size_t from[TAIL_LABELS]; /* where each begins in the name */
	size_t at[TAIL_LABELS];   /* and in the text */
	struct str text;          /* as rules spell it */
};

/*
 * A label as rules spell it: in Unicode. What is no international label is
 * spelled as it is.
 */
static struct str
spell(struct pool *pool, struct str label)
{
	struct buf text = BUF_IN(pool);
	struct str ascii = label, prefix = STR("xn--");

	if (!str_is_ascii(label) && idna_to_ascii(pool, label, &ascii) == -1)
		return label;
	if (!str_eq_nocase(str_sub(ascii, 0, prefix.n), prefix) ||
	    !punycode_read(&text, str_from(ascii, prefix.n)))
		return label;
	return buf_str(&text);
}

/* Up to `most` labels, but none from an empty one on. */
static void
read_tail(struct pool *pool, struct str name, unsigned most, struct tail *tail)
{
	struct str label[TAIL_LABELS];
	struct buf text = BUF_IN(pool);
	size_t end = name.n;

	for (tail->n = 0; tail->n < most; tail->n++) {
		size_t dot = str_rfind_char(str_sub(name, 0, end), '.');
		size_t from = dot == STR_NPOS ? 0 : dot + 1;

		if (from >= end)
			break;
		tail->from[tail->n] = from;
		label[tail->n] = spell(pool, str_sub(name, from, end - from));
		end = from == 0 ? 0 : dot;
	}
	for (unsigned i = tail->n; i-- > 0;) {
		tail->at[i] = text.n;
		buf_add(&text, label[i]);
		if (i != 0)
			buf_add_char(&text, '.');
	}
	tail->text = buf_str(&text);
}

/* How many labels of the tail are the suffix; it has at least one. */
static unsigned
count_suffix(const struct psl *psl, const struct tail *tail)
{
	unsigned suffix = 1;

	for (unsigned i = 0; i < tail->n; i++) {
		struct str name = str_from(tail->text, tail->at[i]);
		uint32_t hash = hash_name(name);

		if (has_rule(psl, RULE_EXCEPTION, name, hash))
			return i;
		if (has_rule(psl, RULE_PLAIN, name, hash) && suffix < i + 1)
			suffix = i + 1;
		if (i + 1 < tail->n && has_rule(psl, RULE_WILDCARD, name, hash))
			suffix = i + 2;
	}
	return suffix;
}

/* Where the label in front of name[from] begins; `from` if it is empty. */
static size_t
label_before(struct str name, size_t from)
{
	size_t dot, begin;

	if (from == 0)
		return 0;
	dot = str_rfind_char(str_sub(name, 0, from - 1), '.');
	begin = dot == STR_NPOS ? 0 : dot + 1;
	return begin < from - 1 ? begin : from;
}

int
psl_split(const struct psl *psl, struct str name, struct psl_name *out,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str core = name;
	struct tail tail = { .n = 0 };
	size_t suffix, domain;

	if (core.n != 0 && core.p[core.n - 1] == '.')
		core.n--;
	if (core.n == 0)
		return err_set(err, "Failed to detect suffix");
	read_tail(&pool, core, psl->most_labels + 1, &tail);
	suffix = tail.n != 0 ? tail.from[count_suffix(psl, &tail) - 1] : 0;
	domain = label_before(core, suffix);
	if (domain == suffix)
		domain = 0;
	out->suffix = str_from(name, suffix);
	out->domain = str_from(name, domain);
	return 0;
}
