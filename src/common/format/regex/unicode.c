#include "regex/unicode.h"

#include "base/mem.h"

#define NAME_MOST 64 /* longer than any name there is */

/* No pointer, so that nothing is relocated when the program starts. */
struct unicode_name {
	char name[32];
	uint32_t value;
};

struct unicode_fold {
	uint32_t first, last;
	int32_t away;
};

#include "regex/unicode_table.h"

/* The ranges of a set in the table, one after the other. */
struct reader {
	const unsigned char *at, *end;
	uint32_t next;
};

static struct reader
reader_of(uint32_t set)
{
	return (struct reader){ unicode_bytes + unicode_sets[set],
		unicode_bytes + unicode_sets[set + 1], 0 };
}

static uint32_t
read_number(struct reader *r)
{
	uint32_t n = 0;
	unsigned shift = 0;

	while (*r->at >= 0x80) {
		n |= (uint32_t)(*r->at++ & 0x7f) << shift;
		shift += 7;
	}
	return n | (uint32_t)*r->at++ << shift;
}

static bool
read_range(struct reader *r, struct range *out)
{
	if (r->at == r->end)
		return false;
	out->first = r->next + read_number(r);
	r->next = out->first + read_number(r);
	out->last = r->next - 1;
	return true;
}

static void
add_table(struct set_maker *m, struct set *set, uint32_t which)
{
	struct reader r = reader_of(which);
	struct range range;

	while (read_range(&r, &range))
		set_add(m, set, range.first, range.last);
}

static bool
table_has(uint32_t which, uint32_t c)
{
	struct reader r = reader_of(which);
	struct range range;

	while (read_range(&r, &range)) {
		if (c <= range.last)
			return c >= range.first;
	}
	return false;
}

static void
add_categories(struct set_maker *m, struct set *set, uint32_t mask)
{
	for (uint32_t i = 0; i < UNICODE_CATEGORIES; i++) {
		if (mask & 1u << i)
			add_table(m, set, i);
	}
	set_sort(m, set);
}

void
unicode_add_class(struct set_maker *m, struct set *set,
    enum unicode_class which)
{
	static const uint32_t table[] = {
		[UNICODE_CLASS_DIGIT] = UNICODE_DIGIT,
		[UNICODE_CLASS_SPACE] = UNICODE_SPACE,
		[UNICODE_CLASS_WORD] = UNICODE_WORD,
	};

	add_table(m, set, table[which]);
}

/* A property with its values; without one: what stands alone. */
static const struct unicode_property {
	const char *name, *alias;
	const struct unicode_name *value;
	size_t n;
	enum {
		VALUE_TABLE,
		VALUE_CATEGORIES,
		VALUE_AGE, /* this age and all before */
	} kind;
} properties[] = {
	{ "gc", "generalcategory", unicode_gc, ARRAY_SIZE(unicode_gc),
	    VALUE_CATEGORIES },
	{ "sc", "script", unicode_sc, ARRAY_SIZE(unicode_sc), VALUE_TABLE },
	{ "scx", "scriptextensions", unicode_scx, ARRAY_SIZE(unicode_scx),
	    VALUE_TABLE },
	{ "age", "age", unicode_age, ARRAY_SIZE(unicode_age), VALUE_AGE },
	{ "gcb", "graphemeclusterbreak", unicode_gcb, ARRAY_SIZE(unicode_gcb),
	    VALUE_TABLE },
	{ "wb", "wordbreak", unicode_wb, ARRAY_SIZE(unicode_wb), VALUE_TABLE },
	{ "sb", "sentencebreak", unicode_sb, ARRAY_SIZE(unicode_sb),
	    VALUE_TABLE },
};

static const struct unicode_property binary = { "", "", unicode_binary,
	ARRAY_SIZE(unicode_binary), VALUE_TABLE };

static const struct unicode_name *
find_value(const struct unicode_property *property, const char *name)
{
	size_t low = 0, high = property->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, property->value[middle].name);

		if (order == 0)
			return &property->value[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static int
add_value(struct set_maker *m, struct set *set,
    const struct unicode_property *property, const char *name)
{
	const struct unicode_name *v = find_value(property, name);

	if (v == NULL)
		return -1;
	if (property->kind == VALUE_CATEGORIES) {
		add_categories(m, set, v->value);
	} else if (property->kind == VALUE_AGE) {
		for (uint32_t i = UNICODE_FIRST_AGE; i <= v->value; i++)
			add_table(m, set, i);
		set_sort(m, set);
	} else {
		add_table(m, set, v->value);
	}
	return 0;
}

/* UAX #44, UAX44-LM3. What is too long for a name is none: "". */
static void
make_loose(char out[NAME_MOST], struct str text)
{
	bool is = str_eq_nocase(str_sub(text, 0, 2), STR("is"));
	size_t n = 0;

	for (size_t i = is ? 2 : 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == ' ' || c == '_' || c == '-' || c >= 0x80)
			continue;
		if (n == NAME_MOST - 1) {
			n = 0;
			break;
		}
		out[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	out[n] = '\0';
	/* "isc" is an alias of a property, and not one of ours */
	if (is && strcmp(out, "c") == 0)
		memcpy(out, "isc", 4);
}

/* Where NAME ends; *n bytes stand between it and VALUE. STR_NPOS: no value. */
static size_t
find_operator(struct str text, size_t *n)
{
	size_t at = str_find(text, STR("!="));

	*n = at != STR_NPOS ? 2 : 1;
	if (at == STR_NPOS)
		at = str_find_char(text, ':');
	if (at == STR_NPOS)
		at = str_find_char(text, '=');
	return at;
}

int
unicode_add_property(struct set_maker *m, struct set *set, struct str text,
    bool *is_negated)
{
	char name[NAME_MOST], value[NAME_MOST];
	size_t n, at = find_operator(text, &n);

	*is_negated = false;
	make_loose(name, str_sub(text, 0, at != STR_NPOS ? at : text.n));
	if (at == STR_NPOS) {
		if (add_value(m, set, &binary, name) == 0)
			return 0;
		if (add_value(m, set, &properties[0], name) == 0)
			return 0;
		return add_value(m, set, &properties[1], name);
	}
	make_loose(value, str_from(text, at + n));
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
		if (strcmp(name, properties[i].name) == 0 ||
		    strcmp(name, properties[i].alias) == 0) {
			*is_negated = n == 2;
			return add_value(m, set, &properties[i], value);
		}
	}
	return -1;
}

/* The first run that ends at c or behind it. */
static size_t
find_fold(uint32_t c)
{
	size_t low = 0, high = ARRAY_SIZE(unicode_folds);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (unicode_folds[middle].last < c)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint32_t
next_in_run(const struct unicode_fold *f, uint32_t c)
{
	if (f->away != 0)
		return c + (uint32_t)f->away;
	return (c - f->first) % 2 == 0 ? c + 1 : c - 1;
}

uint32_t
unicode_fold_next(uint32_t c)
{
	size_t i = find_fold(c);

	if (i == ARRAY_SIZE(unicode_folds) || c < unicode_folds[i].first)
		return c;
	return next_in_run(&unicode_folds[i], c);
}

/* Adds what folds like the characters of one run from first to last. */
static void
add_folds(struct set_maker *m, struct set *set, const struct unicode_fold *f,
    uint32_t first, uint32_t last)
{
	if (first < f->first)
		first = f->first;
	if (last > f->last)
		last = f->last;
	for (uint32_t c = first; c <= last; c++) {
		uint32_t other = next_in_run(f, c);

		while (other != c) {
			set_add(m, set, other, other);
			other = unicode_fold_next(other);
		}
	}
}

void
unicode_fold(struct set_maker *m, struct set *set)
{
	size_t n;

	set_sort(m, set);
	n = set->n;
	for (size_t i = 0; i < n; i++) {
		struct range r = set->range[i];

		for (size_t k = find_fold(r.first);
		     k < ARRAY_SIZE(unicode_folds) &&
		     unicode_folds[k].first <= r.last;
		     k++)
			add_folds(m, set, &unicode_folds[k], r.first, r.last);
	}
	set_sort(m, set);
}

bool
unicode_is_space(uint32_t c)
{
	return table_has(UNICODE_SPACE, c);
}

bool
unicode_is_name_start(uint32_t c)
{
	return c == '_' || table_has(UNICODE_ALPHABETIC, c);
}

bool
unicode_is_name(uint32_t c)
{
	if (unicode_is_name_start(c) || c == '.' || c == '[' || c == ']')
		return true;
	for (uint32_t i = 0; i < UNICODE_CATEGORIES; i++) {
		if (UNICODE_NUMBERS & 1u << i && table_has(i, c))
			return true;
	}
	return false;
}
