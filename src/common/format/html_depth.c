#include "format/html_depth.h"

#include "base/mem.h"
#include "format/html.h"

/*
 * Void elements, and those that the next one of their kind ends, wherever they
 * are (in foreign content they end that, too).
 */
static const char *const uncounted[] = { "area", "base", "br", "col", "dd",
	"dt", "embed", "hr", "img", "input", "li", "link", "meta", "p", "param",
	"source", "track", "wbr" };

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct str
tag_name(struct str text, size_t at)
{
	size_t n = 0;

	while (at + n < text.n && strchr(" \t\r\n\f/>", text.p[at + n]) == NULL)
		n++;
	return str_sub(text, at, n);
}

static bool
is_counted(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(uncounted); i++) {
		if (str_eq_nocase(name, str_of(uncounted[i])))
			return false;
	}
	return true;
}

int
html_check_depth(struct str text, struct err *err)
{
	size_t depth = 0;

	for (size_t i = 0; i + 1 < text.n; i++) {
		bool is_end;

		if (text.p[i] != '<')
			continue;
		is_end = text.p[i + 1] == '/';
		if (i + 1 + is_end >= text.n ||
		    !is_letter(text.p[i + 1 + is_end]))
			continue;
		if (!is_counted(tag_name(text, i + 1 + is_end)))
			continue;
		if (is_end)
			depth -= depth != 0;
		else if (++depth > HTML_MAX_DEPTH)
			return err_set(err,
			    "more than %d elements are open at once",
			    HTML_MAX_DEPTH);
	}
	return 0;
}
