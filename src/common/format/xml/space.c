#include "xml/space.h"

#include <stdlib.h>

#include "base/mem.h"

/* Parts in which a quote is no attribute's. */
static const struct {
	const char *start, *end;
} skipped[] = {
	{ "<!--", "-->" },
	{ "<![CDATA[", "]]>" },
	{ "<?", "?>" },
};

/* Behind the part that starts here; `at` if none does. */
static size_t
skip_part(struct str text, size_t at)
{
	struct str rest = str_from(text, at);

	for (size_t i = 0; i < ARRAY_SIZE(skipped); i++) {
		size_t end;

		if (!str_starts(rest, str_of(skipped[i].start)))
			continue;
		end = str_find(rest, str_of(skipped[i].end));
		return end == STR_NPOS ? text.n
		                       : at + end + strlen(skipped[i].end);
	}
	return at;
}

/* Behind a document type, whose parts in brackets may hold any quotes. */
static size_t
skip_doctype(struct str text, size_t at)
{
	unsigned depth = 0;
	char quote = 0;

	for (; at < text.n; at++) {
		char c = text.p[at];
		size_t behind;

		if (quote != 0) {
			quote = c == quote ? 0 : quote;
			continue;
		}
		behind = depth != 0 ? skip_part(text, at) : at;
		if (behind != at) {
			at = behind - 1;
			continue;
		}
		if (c == '"' || c == '\'')
			quote = c;
		else if (c == '<')
			depth++;
		else if (c == '>' && --depth == 0)
			return at + 1;
	}
	return at;
}

static void
add_value_char(struct buf *out, struct str text, size_t *at)
{
	char c = text.p[*at];

	/* XML 1.0, 2.11: all ends of lines are one newline */
	if (c == '\r' && *at + 1 < text.n && text.p[*at + 1] == '\n')
		++*at;
	if (c == '\n' || c == '\r')
		buf_add(out, STR("&#10;"));
	else if (c == '\t')
		buf_add(out, STR("&#9;"));
	else
		buf_add_char(out, c);
}

int
xml_types_add(struct xml_types *all, struct pool *pool, struct str element,
    struct str name, struct str type)
{
	bool is_cdata = str_is(type, "CDATA");

	if (all->n == XML_MAX_DECLARED)
		return -1;
	all->item = pool_push(pool, all->item, all->n, sizeof(*all->item));
	all->item[all->n] = (struct xml_declared){ pool_copy(pool, element),
		pool_copy(pool, name), all->n, is_cdata };
	all->n++;
	all->has_words |= !is_cdata;
	return 0;
}

static int
compare_names(const struct xml_declared *x, const struct xml_declared *y)
{
	int order = str_cmp(x->element, y->element);

	return order != 0 ? order : str_cmp(x->name, y->name);
}

static int
compare_items(const void *a, const void *b)
{
	const struct xml_declared *x = a, *y = b;
	int order = compare_names(x, y);

	if (order != 0)
		return order;
	return (x->order > y->order) - (x->order < y->order);
}

void
xml_types_sort(struct xml_types *all)
{
	if (all->n != 0)
		qsort(all->item, all->n, sizeof(*all->item), compare_items);
}

/* White space in the value only separates words. */
static bool
is_of_words(const struct xml_types *types, struct str element, struct str name)
{
	struct xml_declared key = { .element = element, .name = name };
	size_t low = 0, high = types->n;

	/* the first that is not below the key, which has the lowest order */
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_items(&types->item[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < types->n && compare_names(&types->item[low], &key) == 0 &&
	       !types->item[low].is_cdata;
}

/* The end of the name that starts there. */
static size_t
skip_name(struct str text, size_t at)
{
	while (at < text.n && (text.p[at] == '\0' ||
				  strchr("= \t\r\n/>\"'", text.p[at]) == NULL))
		at++;
	return at;
}

/* A value without its first quote; returns behind its last. */
static size_t
copy_value(struct buf *out, struct str text, size_t at, char quote,
    bool is_of_words)
{
	for (; at < text.n && text.p[at] != quote; at++) {
		if (is_of_words)
			buf_add_char(out, text.p[at]);
		else
			add_value_char(out, text, &at);
	}
	if (at < text.n)
		buf_add_char(out, text.p[at++]);
	return at;
}

/* A tag with its values; returns where it ends. */
static size_t
copy_tag(struct buf *out, struct str text, size_t at,
    const struct xml_types *types)
{
	size_t behind = skip_name(text, at + 1);
	struct str element = str_sub(text, at + 1, behind - at - 1),
		   name = STR("");

	buf_add(out, str_sub(text, at, behind - at));
	for (at = behind; at < text.n; at = behind) {
		char c = text.p[at];

		behind = skip_name(text, at);
		if (behind != at) {
			name = str_sub(text, at, behind - at);
			buf_add(out, name);
			continue;
		}
		buf_add_char(out, c);
		behind = at + 1;
		if (c == '>')
			return behind;
		if (c == '"' || c == '\'')
			behind = copy_value(out, text, behind, c,
			    is_of_words(types, element, name));
	}
	return at;
}

struct str
xml_keep_space(struct pool *pool, struct str text,
    const struct xml_types *types)
{
	struct buf out = BUF_IN(pool);
	size_t at = 0;

	if (str_find_char(text, '\n') == STR_NPOS &&
	    str_find_char(text, '\t') == STR_NPOS &&
	    str_find_char(text, '\r') == STR_NPOS)
		return text;
	while (at < text.n) {
		size_t next = str_find_char(str_from(text, at), '<');
		size_t behind;

		if (next == STR_NPOS)
			next = text.n - at;
		buf_add(&out, str_sub(text, at, next));
		at += next;
		behind = skip_part(text, at);
		if (behind == at && str_starts(str_from(text, at), STR("<!")))
			behind = skip_doctype(text, at);
		buf_add(&out, str_sub(text, at, behind - at));
		if (behind == at && at < text.n)
			behind = copy_tag(&out, text, at, types);
		at = behind;
	}
	return buf_str(&out);
}
