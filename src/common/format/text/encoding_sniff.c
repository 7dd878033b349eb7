/*
 * Browsers read the start of a page twice: once as bytes, for the tag that says
 * what they mean, and then as text. This is the first reading. It is no reader
 * of HTML: it knows comments, tags and their attributes, and steps over the
 * rest byte by byte. What is cut at the end of the bytes says nothing.
 */
#include "text/encoding_sniff.h"

#include "base/mem.h"

/* HTML standard, "ASCII whitespace". */
static bool
is_space(char c)
{
	return char_is_blank(c) || c == '\f';
}

static bool
is_letter(char c)
{
	return char_lower(c) >= 'a' && char_lower(c) <= 'z';
}

static bool
starts_nocase(struct str s, struct str word)
{
	return str_eq_nocase(str_sub(s, 0, word.n), word);
}

static struct str
skip_spaces(struct str s)
{
	while (s.n != 0 && is_space(s.p[0]))
		s = str_from(s, 1);
	return s;
}

/* Behind the first `what`; nothing if it is not there. */
static struct str
skip_past(struct str s, struct str what)
{
	size_t at = str_find(s, what);

	return at != STR_NPOS ? str_from(s, at + what.n) : STR_NONE;
}

/* From a quote to the next of its kind; false: there is none. */
static bool
cut_quoted(struct str *s, struct str *out)
{
	size_t n = str_find_char(str_from(*s, 1), s->p[0]);

	if (n == STR_NPOS)
		return false;
	*out = str_sub(*s, 1, n);
	*s = str_from(*s, n + 2);
	return true;
}

static struct str
cut_until(struct str *s, const char *ends)
{
	struct str all = *s;
	size_t n = 0;

	while (n < all.n && !is_space(all.p[n]) &&
	       (all.p[n] == '\0' || strchr(ends, all.p[n]) == NULL))
		n++;
	*s = str_from(all, n);
	return str_sub(all, 0, n);
}

/*
 * The label behind `word` and "=", in quotes or (is_free) up to a blank or a
 * semicolon: as it stands in the content of a <meta>, or in a declaration.
 */
static struct str
label_behind(struct str s, struct str word, bool is_free)
{
	while (s.n >= word.n) {
		struct str label = STR_NONE;

		if (!starts_nocase(s, word)) {
			s = str_from(s, 1);
			continue;
		}
		s = skip_spaces(str_from(s, word.n));
		if (s.n == 0 || s.p[0] != '=')
			continue;
		s = skip_spaces(str_from(s, 1));
		if (s.n != 0 && (s.p[0] == '"' || s.p[0] == '\'')) {
			(void)cut_quoted(&s, &label);
			return label;
		}
		return is_free ? cut_until(&s, ";") : STR_NONE;
	}
	return STR_NONE;
}

struct attr {
	struct str name, value;
};

/*
 * The next attribute of the tag. False: there is none, and *s is at the ">" or
 * at the end of the bytes.
 */
static bool
cut_attr(struct str *s, struct attr *out)
{
	*out = (struct attr){ .value = STR("") };
	while (s->n != 0 && (is_space(s->p[0]) || s->p[0] == '/'))
		*s = str_from(*s, 1);
	if (s->n == 0 || s->p[0] == '>')
		return false;
	if (s->p[0] == '=') { /* it belongs to the name */
		struct str all = *s;

		*s = str_from(*s, 1);
		out->name = str_sub(all, 0, 1 + cut_until(s, "=/>").n);
	} else {
		out->name = cut_until(s, "=/>");
	}
	*s = skip_spaces(*s);
	if (s->n == 0 || s->p[0] != '=')
		return true;
	*s = skip_spaces(str_from(*s, 1));
	if (s->n != 0 && (s->p[0] == '"' || s->p[0] == '\'')) {
		if (cut_quoted(s, &out->value))
			return true;
		*s = STR_NONE;
		return false;
	}
	out->value = cut_until(s, ">");
	return true;
}

/* "UTF-16" cannot be true of bytes that were just read as ASCII. */
static const struct encoding *
by_ascii_label(struct str label)
{
	const struct encoding *e = encoding_by_label(label);

	if (e == NULL)
		return NULL;
	if (strncmp(encoding_name(e), "UTF-16", 6) == 0)
		return encoding_by_label(STR("utf-8"));
	if (strcmp(encoding_name(e), "x-user-defined") == 0)
		return encoding_by_label(STR("windows-1252"));
	return e;
}

/* Of each name the first counts; `charset` comes before `content`. */
static const struct encoding *
read_meta(struct str *s)
{
	struct str charset = STR_NONE, content = STR_NONE, equiv = STR_NONE;
	struct attr attr;

	while (cut_attr(s, &attr)) {
		if (str_eq_nocase(attr.name, STR("charset")) &&
		    charset.p == NULL)
			charset = attr.value;
		if (str_eq_nocase(attr.name, STR("content")) &&
		    content.p == NULL)
			content = attr.value;
		if (str_eq_nocase(attr.name, STR("http-equiv")) &&
		    equiv.p == NULL)
			equiv = attr.value;
	}
	if (s->n == 0)
		return NULL;
	if (charset.p != NULL)
		return by_ascii_label(charset);
	if (!str_eq_nocase(equiv, STR("content-type")))
		return NULL;
	return by_ascii_label(label_behind(content, STR("charset"), true));
}

/* Behind the tag, comment or byte that s begins with. */
static struct str
skip_one(struct str s)
{
	size_t name = s.n > 1 && s.p[1] == '/' ? 2 : 1;
	struct attr attr;

	if (str_starts(s, STR("<!--")))
		return skip_past(str_from(s, 2), STR("-->"));
	if (s.p[0] == '<' && s.n > name && is_letter(s.p[name])) {
		(void)cut_until(&s, ">");
		while (cut_attr(&s, &attr))
			continue;
	} else if (s.p[0] == '<' && s.n > 1 &&
		   (s.p[1] == '!' || s.p[1] == '/' || s.p[1] == '?')) {
		return skip_past(s, STR(">"));
	}
	return str_from(s, 1);
}

static const struct encoding *
sniff_html(struct str s)
{
	static const struct str meta = { "<meta", 5 };

	while (s.n != 0) {
		const struct encoding *e = NULL;

		if (starts_nocase(s, meta) && s.n > meta.n &&
		    (is_space(s.p[meta.n]) || s.p[meta.n] == '/')) {
			s = str_from(s, meta.n);
			e = read_meta(&s);
		} else {
			s = skip_one(s);
		}
		if (e != NULL)
			return e;
	}
	return NULL;
}

static const struct encoding *
sniff_xml(struct str s)
{
	size_t n = str_find_char(s, '>');

	if (!str_starts(s, STR("<?xml")) || n == STR_NPOS)
		return NULL;
	return by_ascii_label(
	    label_behind(str_sub(s, 0, n), STR("encoding"), false));
}

/* RFC 9110, 8.3.1: the value may be in quotes. */
static const struct encoding *
sniff_type(struct str type)
{
	(void)str_cut(&type, ';');
	while (type.p != NULL) {
		struct str value = str_cut(&type, ';');
		struct str name = str_trim(str_cut(&value, '='));

		if (!str_eq_nocase(name, STR("charset")))
			continue;
		value = str_trim(value);
		if (value.n > 1 && value.p[0] == '"' &&
		    value.p[value.n - 1] == '"')
			value = str_sub(value, 1, value.n - 2);
		return encoding_by_label(value);
	}
	return NULL;
}

const struct encoding *
encoding_sniff(struct str media_type, struct str bytes)
{
	const struct encoding *e = sniff_type(media_type);
	struct str type = str_trim(str_cut(&media_type, ';'));
	struct str head = str_sub(bytes, 0, ENCODING_SNIFF_BYTES);
	bool is_html = type.n == 0 || str_eq_nocase(type, STR("text/html"));
	bool is_xml = is_html || str_eq_nocase(type, STR("text/xml")) ||
	              str_eq_nocase(type, STR("application/xml")) ||
	              str_ends(type, STR("+xml"));

	if (e == NULL && is_html)
		e = sniff_html(head);
	if (e == NULL && is_xml)
		e = sniff_xml(head);
	return e;
}
