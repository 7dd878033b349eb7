#include "term/clean.h"

#include "base/utf8.h"
#include "term/cell.h"

#define SURROGATES 0x10000 /* RFC 8259, 7: two escapes from here on */

/* The length of the start of text that stands for itself. */
static size_t
clean_length(struct str text, enum clean_as as)
{
	size_t at = 0;

	while (at < text.n) {
		uint32_t c;
		size_t n = utf8_decode(str_from(text, at), &c);

		if (n == 0 ||
		    (!cell_is_harmless(c) && (c != '\n' || as == CLEAN_LINE)))
			break;
		at += n;
	}
	return at;
}

static void
add_escape(struct buf *out, uint32_t c, enum clean_as as)
{
	if (as != CLEAN_JSON)
		buf_printf(out, "\\u{%x}", (unsigned)c);
	else if (c < SURROGATES)
		buf_printf(out, "\\u%04x", (unsigned)c);
	else
		buf_printf(out, "\\u%04x\\u%04x",
		    0xd800 + (unsigned)((c - SURROGATES) >> 10),
		    0xdc00 + (unsigned)((c - SURROGATES) & 0x3ff));
}

/* Of a text that starts with what is not clean: its escape, and its length. */
static size_t
add_unclean(struct buf *out, struct str text, enum clean_as as)
{
	uint32_t c;
	size_t bad, n = utf8_decode(text, &c);

	if (n != 0) {
		add_escape(out, c, as);
		return n;
	}
	utf8_add(out, UTF8_REPLACEMENT);
	(void)utf8_valid_up_to(text, &bad);
	return bad != 0 ? bad : text.n;
}

void
clean_add(struct buf *out, struct str text, enum clean_as as)
{
	while (text.n != 0) {
		size_t n = clean_length(text, as);

		buf_add(out, str_sub(text, 0, n));
		text = str_from(text, n);
		if (text.n != 0)
			text = str_from(text, add_unclean(out, text, as));
	}
}

bool
clean_is(struct str text, enum clean_as as)
{
	return clean_length(text, as) == text.n;
}
