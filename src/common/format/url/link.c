#include "url/link.h"

#include <string.h>

#include "base/buf.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void
skip(struct str *rest, size_t n)
{
	*rest = str_from(*rest, n);
}

static void
skip_blanks(struct str *rest)
{
	while (rest->n != 0 && is_blank(rest->p[0]))
		skip(rest, 1);
}

/* Is it next? Then it is taken, with blanks on both sides. */
static bool
take(struct str *rest, char c)
{
	skip_blanks(rest);
	if (rest->n == 0 || rest->p[0] != c)
		return false;
	skip(rest, 1);
	skip_blanks(rest);
	return true;
}

/* What comes before the first of these characters. */
static struct str
take_until(struct str *rest, const char *stops)
{
	struct str word = *rest;
	size_t n = 0;

	while (n < rest->n && strchr(stops, rest->p[n]) == NULL)
		n++;
	word.n = n;
	skip(rest, n);
	return str_trim(word);
}

/* Behind its first quote; without its last one it goes to the end. */
static struct str
take_quoted(struct pool *pool, struct str *rest)
{
	struct buf out = BUF_IN(pool);
	size_t i = 0;

	for (; i < rest->n && rest->p[i] != '"'; i++) {
		if (rest->p[i] == '\\' && i + 1 < rest->n)
			i++;
		buf_add_char(&out, rest->p[i]);
	}
	skip(rest, i < rest->n ? i + 1 : i);
	return buf_str(&out);
}

/* One parameter. Of those that are there twice the first counts. */
static void
take_parameter(struct pool *pool, struct str *rest, struct link *out,
    bool *has_rel)
{
	struct str name = take_until(rest, "=;,"), value = STR("");

	if (take(rest, '=')) {
		if (take(rest, '"'))
			value = take_quoted(pool, rest);
		else
			value = take_until(rest, ";,");
	}
	if (str_eq_nocase(name, STR("anchor")))
		out->has_anchor = true;
	if (*has_rel || !str_eq_nocase(name, STR("rel")))
		return;
	out->rel = value;
	*has_rel = true;
}

bool
link_next(struct pool *pool, struct str *rest, struct link *out)
{
	bool has_rel = false;
	size_t end;

	*out = (struct link){ .rel = STR("") };
	while (take(rest, ','))
		;
	if (!take(rest, '<'))
		return false;
	end = str_find(*rest, STR(">"));
	if (end == STR_NPOS)
		return false;
	out->target = str_trim(str_sub(*rest, 0, end));
	skip(rest, end + 1);
	while (take(rest, ';'))
		take_parameter(pool, rest, out, &has_rel);
	/* what is behind a value and no separator */
	(void)take_until(rest, ",");
	return true;
}
