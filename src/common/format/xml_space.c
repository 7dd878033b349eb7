#include "format/xml_space.h"

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

/* A start tag with its values; returns where it ends. */
static size_t
copy_tag(struct buf *out, struct str text, size_t at)
{
	char quote = 0;

	for (; at < text.n; at++) {
		char c = text.p[at];

		if (quote != 0 && c != quote) {
			add_value_char(out, text, &at);
			continue;
		}
		buf_add_char(out, c);
		if (quote != 0)
			quote = 0;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '>')
			return at + 1;
	}
	return at;
}

struct str
xml_keep_space(struct pool *pool, struct str text)
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
			behind = copy_tag(&out, text, at);
		at = behind;
	}
	return buf_str(&out);
}
