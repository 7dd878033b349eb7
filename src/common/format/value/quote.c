#include "value/quote.h"

#include "base/mem.h"
#include "base/utf8.h"

struct quote_range {
	uint32_t low, high;
};

#include "value/quote_table.h"

static bool
is_escaped(uint32_t cp)
{
	size_t low = 0, high = ARRAY_SIZE(quote_range);

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (cp > quote_range[mid].high)
			low = mid + 1;
		else
			high = mid;
	}
	return low < ARRAY_SIZE(quote_range) && cp >= quote_range[low].low;
}

static void
add_ascii_escape(struct buf *out, char c)
{
	switch (c) {
	case '\0':
		buf_add(out, STR("\\0"));
		break;
	case '\t':
		buf_add(out, STR("\\t"));
		break;
	case '\n':
		buf_add(out, STR("\\n"));
		break;
	case '\r':
		buf_add(out, STR("\\r"));
		break;
	case '"':
	case '\\':
		buf_add_char(out, '\\');
		buf_add_char(out, c);
		break;
	default:
		buf_printf(out, "\\u{%x}", (unsigned char)c);
		break;
	}
}

/* The length of the start of s that stands for itself. */
static size_t
plain_length(struct str s)
{
	size_t i = 0;

	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];
		uint32_t cp;
		size_t n;

		if (c < 0x80) {
			if (c < 0x20 || c == 0x7f || c == '"' || c == '\\')
				return i;
			i++;
			continue;
		}
		n = utf8_decode(str_from(s, i), &cp);
		if (n == 0 || is_escaped(cp))
			return i;
		i += n;
	}
	return i;
}

void
quote_add(struct buf *out, struct str s)
{
	size_t bad;

	buf_add_char(out, '"');
	for (;;) {
		size_t n = plain_length(s);
		uint32_t cp;

		buf_add(out, str_sub(s, 0, n));
		s = str_from(s, n);
		if (s.n == 0)
			break;
		n = utf8_decode(s, &cp);
		if (n == 0) {
			utf8_add(out, UTF8_REPLACEMENT);
			(void)utf8_valid_up_to(s, &bad);
			n = bad != 0 ? bad : s.n;
		} else if (n == 1) {
			add_ascii_escape(out, s.p[0]);
		} else {
			buf_printf(out, "\\u{%x}", cp);
		}
		s = str_from(s, n);
	}
	buf_add_char(out, '"');
}

struct str
quote_text(struct pool *pool, struct str s)
{
	struct buf out = BUF_IN(pool);

	quote_add(&out, s);
	(void)buf_cstr(&out);
	return buf_str(&out);
}
