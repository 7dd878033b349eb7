/* Where the text of elements ends that hold no tags. */
#include "html/lexer.h"

static int
byte_at(struct str page, size_t at)
{
	return at < page.n ? (unsigned char)page.p[at] : -1;
}

/* Whether a name stands there, and what may follow the name of a tag. */
static bool
is_name_at(struct str page, size_t at, struct str name)
{
	int after = byte_at(page, at + name.n);

	return (after == '/' || after == '>' || html_is_space(after)) &&
	       str_eq_nocase(str_sub(page, at, name.n), name);
}

static bool
is_end_tag(struct str page, size_t at, struct str name)
{
	return byte_at(page, at + 1) == '/' && is_name_at(page, at + 2, name);
}

size_t
html_raw_end(struct str page, size_t at, struct str name)
{
	for (;;) {
		size_t next = str_find_char(str_from(page, at), '<');

		if (next == STR_NPOS)
			return page.n;
		at += next;
		if (is_end_tag(page, at, name))
			return at;
		at++;
	}
}

/*
 * 13.2.5.15 to 13.2.5.31: in "<!-- <script> </script> -->" the end tag is
 * text, but the same without the inner start tag ends the script.
 */
size_t
html_script_end(struct str page, size_t at)
{
	bool is_escaped = false, is_nested = false;
	unsigned dashes = 0;

	for (; at < page.n; at++) {
		char c = page.p[at];

		if (c == '-') {
			dashes++;
			continue;
		}
		if (c == '>' && dashes >= 2)
			is_escaped = is_nested = false;
		dashes = 0;
		if (c != '<')
			continue;
		if (is_end_tag(page, at, STR("script"))) {
			if (!is_nested)
				return at;
			is_nested = false;
		} else if (!is_escaped &&
			   str_starts(str_from(page, at), STR("<!--"))) {
			is_escaped = true;
			dashes = 2;
			at += 3;
		} else if (is_escaped &&
			   is_name_at(page, at + 1, STR("script"))) {
			is_nested = true;
		}
	}
	return page.n;
}
