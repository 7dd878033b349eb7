#include "export/quote.h"

#include "base/utf8.h"

static bool
needs_quotes(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c < ' ' || c == '"' || c == ',')
			return true;
	}
	return text.n == 0 || text.p[0] == ' ' || text.p[text.n - 1] == ' ';
}

void
quote_csv(struct buf *out, struct pool *pool, struct str text)
{
	text = utf8_lossy(pool, text);
	if (!needs_quotes(text)) {
		buf_add(out, text);
		return;
	}
	buf_add_char(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, text.p[i]);
	}
	buf_add_char(out, '"');
}

/* Production 2 of XML 1.0; text is UTF-8. */
static bool
is_xml_char(uint32_t c)
{
	return (c >= ' ' && c != 0xfffe && c != 0xffff) || c == '\t' ||
	       c == '\n' || c == '\r';
}

static void
add_xml_char(struct buf *out, uint32_t c)
{
	if (!is_xml_char(c))
		buf_printf(out, "\\u{%x}", (unsigned)c);
	else if (c == '&')
		buf_add(out, STR("&amp;"));
	else if (c < ' ' || c == '"' || c == '<' || c == '>')
		buf_printf(out, "&#%u;", (unsigned)c);
	else
		utf8_add(out, c);
}

void
quote_xml(struct buf *out, struct pool *pool, struct str text)
{
	uint32_t c;
	size_t n;

	text = utf8_lossy(pool, text);
	while ((n = utf8_decode(text, &c)) != 0) {
		add_xml_char(out, c);
		text = str_from(text, n);
	}
}

void
quote_dot(struct buf *out, struct str text)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '&') {
			buf_add(out, STR("&amp;"));
			continue;
		}
		if (text.p[i] == '"' || text.p[i] == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, text.p[i]);
	}
	buf_add_char(out, '"');
}
