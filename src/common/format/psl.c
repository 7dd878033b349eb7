#include "format/psl.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "format/idna.h"

enum rule_kind {
	RULE_PLAIN,
	RULE_WILDCARD,  /* "*.ck": each label in front of it belongs to it */
	RULE_EXCEPTION, /* "!www.ck": but not this one */
	RULE_KINDS,
};

/* What stands in front of the name. */
static const struct str prefixes[] = {
	[RULE_PLAIN] = { "", 0 },
	[RULE_WILDCARD] = { "*.", 2 },
	[RULE_EXCEPTION] = { "!", 1 },
};

struct rule {
	enum rule_kind kind;
	struct str name;
	unsigned labels; /* of the suffixes it makes */
};

/*
 * A hash of the places where rules stand. Rules that are not ASCII stand a
 * second time in `ascii`, a line each, and only those are in the hash.
 */
struct psl {
	struct str text;
	struct buf ascii;
	uint32_t *slot; /* 0: free; place + 1, with IN_ASCII or without */
	size_t mask;
	unsigned most_labels;
};

#define IN_ASCII 0x80000000u

/* FNV-1a from the right to the left, so that one more label goes on. */
#define HASH_START 2166136261u
#define HASH_PRIME 16777619u

static unsigned char
lower(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 'A' && u <= 'Z' ? u + ('a' - 'A') : u;
}

static uint32_t
hash_more(uint32_t hash, struct str s)
{
	while (s.n != 0)
		hash = (hash ^ lower(s.p[--s.n])) * HASH_PRIME;
	return hash;
}

static uint32_t
hash_kind(uint32_t hash, enum rule_kind kind)
{
	hash = (hash ^ (uint32_t)kind) * HASH_PRIME;
	return hash ^ hash >> 15;
}

/* A rule ends at the first blank (the format's "Each line is only read...") */
static struct str
first_word(struct str line)
{
	size_t n = 0;

	while (n < line.n && (unsigned char)line.p[n] > ' ')
		n++;
	return str_sub(line, 0, n);
}

static bool
stands_at(const struct psl *psl, uint32_t slot, enum rule_kind kind,
    struct str name)
{
	struct str prefix = prefixes[kind];
	size_t place = (slot & ~IN_ASCII) - 1;
	struct str from =
	    str_from(slot & IN_ASCII ? buf_str(&psl->ascii) : psl->text, place);
	struct str behind = str_from(from, prefix.n + name.n);

	return str_starts(from, prefix) &&
	       str_eq_nocase(str_sub(from, prefix.n, name.n), name) &&
	       (behind.n == 0 || (unsigned char)behind.p[0] <= ' ');
}

/* Where it is, or the free slot where it belongs. */
static uint32_t *
find(const struct psl *psl, uint32_t hash, enum rule_kind kind, struct str name)
{
	size_t i = hash_kind(hash, kind) & psl->mask;

	while (psl->slot[i] != 0 && !stands_at(psl, psl->slot[i], kind, name))
		i = (i + 1) & psl->mask;
	return &psl->slot[i];
}

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_' ||
	       (unsigned char)c >= 0x80;
}

/* How many labels; 0: it is no name. */
static unsigned
count_labels(struct str name)
{
	unsigned labels = 1;
	bool is_start = true;

	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '.' && !is_start)
			labels++;
		else if (!is_name_char(name.p[i]))
			return 0;
		is_start = name.p[i] == '.';
	}
	return is_start || labels > PSL_MAX_LABELS ? 0 : labels;
}

static int
read_rule(struct str line, struct rule *out)
{
	struct rule rule = { .kind = RULE_PLAIN };

	if (line.p[0] == '!')
		rule.kind = RULE_EXCEPTION;
	else if (str_starts(line, prefixes[RULE_WILDCARD]))
		rule.kind = RULE_WILDCARD;
	rule.name = str_from(line, prefixes[rule.kind].n);
	rule.labels = count_labels(rule.name);
	if (line.n > PSL_MAX_RULE || rule.labels == 0)
		return -1;
	if (rule.kind == RULE_WILDCARD)
		rule.labels++;
	/* it must leave a suffix */
	if (rule.kind == RULE_EXCEPTION && --rule.labels == 0)
		return -1;
	*out = rule;
	return 0;
}

/* place: of the line in text */
static void
add_rule(struct psl *psl, const struct rule *rule, size_t place)
{
	autopool struct pool pool = POOL_NONE;
	uint32_t slot = (uint32_t)place + 1, hash, *at;
	struct str name = rule->name, ascii;

	if (!str_is_ascii(name) && idna_to_ascii(&pool, name, &ascii) == 0) {
		name = ascii;
		slot = ((uint32_t)psl->ascii.n + 1) | IN_ASCII;
	}
	hash = hash_more(HASH_START, name);
	at = find(psl, hash, rule->kind, name);
	if (*at != 0)
		return;
	*at = slot;
	if (slot & IN_ASCII) {
		buf_add(&psl->ascii, prefixes[rule->kind]);
		buf_add(&psl->ascii, name);
		buf_add_char(&psl->ascii, '\n');
	}
	if (rule->labels > psl->most_labels)
		psl->most_labels = rule->labels;
}

static int
read_lines(struct psl *psl, struct err *err)
{
	struct str rest = psl->text;

	for (size_t number = 1; rest.n != 0; number++) {
		size_t place = (size_t)(rest.p - psl->text.p);
		struct str line = first_word(str_cut(&rest, '\n'));
		struct rule rule;

		if (line.n == 0 || str_starts(line, STR("//")))
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
	size_t lines = 1, slots = 2;

	for (const char *p = text.p, *end = text.p + text.n;
	     p != end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
		lines++;
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
	buf_clear(&psl->ascii);
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

/* A label as rules spell it. */
static struct str
spell(struct pool *pool, struct str label)
{
	struct str ascii;

	if (str_is_ascii(label) || idna_to_ascii(pool, label, &ascii) == -1 ||
	    str_find_char(ascii, '.') != STR_NPOS)
		return label;
	return ascii;
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
	uint32_t hash = HASH_START;
	size_t end = tail->text.n;
	unsigned suffix = 1;

	for (unsigned i = 0; i < tail->n; end = tail->at[i++]) {
		struct str name = str_from(tail->text, tail->at[i]);

		hash = hash_more(hash, str_sub(name, 0, end - tail->at[i]));
		if (*find(psl, hash, RULE_EXCEPTION, name) != 0)
			return i;
		if (*find(psl, hash, RULE_PLAIN, name) != 0 && suffix < i + 1)
			suffix = i + 1;
		if (i + 1 < tail->n &&
		    *find(psl, hash, RULE_WILDCARD, name) != 0)
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
	struct tail tail;
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
