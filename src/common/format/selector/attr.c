/* [name op value flag] */
#include "base/mem.h"
#include "selector/parts.h"

/* Attributes whose values HTML compares without case; HTML, "Selectors". */
static const char *const caseless[] = { "accept", "accept-charset", "align",
	"alink", "axis", "bgcolor", "charset", "checked", "clear", "codetype",
	"color", "compact", "declare", "defer", "dir", "direction", "disabled",
	"enctype", "face", "frame", "hreflang", "http-equiv", "lang",
	"language", "link", "media", "method", "multiple", "nohref", "noresize",
	"noshade", "nowrap", "readonly", "rel", "rev", "rules", "scope",
	"scrolling", "selected", "shape", "target", "text", "type", "valign",
	"valuetype", "vlink" };

static bool
is_caseless(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(caseless); i++) {
		if (str_is(name, caseless[i]))
			return true;
	}
	return false;
}

static int
read_name(struct selector_scan *s, struct simple *out)
{
	struct str name;

	scan_blanks(s);
	if (scan_peek(s, 0) == '*' && selector_is_bar(s, 1)) {
		s->at += 2;
		out->any_space = true;
	} else if (selector_is_bar(s, 0)) {
		s->at++;
	}
	if (scan_ident(s, &name) == -1)
		return -1;
	if (selector_is_bar(s, 0))
		return scan_fail(s, "an unknown namespace");
	selector_set_name(s, out, name);
	out->has_no_case = is_caseless(out->lower);
	scan_blanks(s);
	return 0;
}

static int
read_op(struct selector_scan *s, enum attr_op *op)
{
	static const struct {
		char sign;
		enum attr_op op;
	} row[] = { { '~', ATTR_WORD }, { '|', ATTR_DASH },
		{ '^', ATTR_PREFIX }, { '$', ATTR_SUFFIX },
		{ '*', ATTR_PART } };

	*op = ATTR_IS;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		if (scan_take(s, row[i].sign)) {
			*op = row[i].op;
			break;
		}
	}
	return scan_take(s, '=') ? 0 : scan_fail(s, "'=' is missing");
}

static int
read_flag(struct selector_scan *s, enum attr_case *mode)
{
	struct str flag;

	scan_blanks(s);
	if (!scan_is_ident(s))
		return 0;
	if (scan_ident(s, &flag) == -1)
		return -1;
	if (str_eq_nocase(flag, STR("i")))
		*mode = CASE_IGNORE;
	else if (str_eq_nocase(flag, STR("s")))
		*mode = CASE_EXACT;
	else
		return scan_fail(s, "an unknown flag");
	return 0;
}

/* The table of Knuth, Morris and Pratt: a search never goes back. */
static size_t *
borders_of(struct pool *pool, struct str value)
{
	size_t *border = pool_array(pool, value.n, sizeof(*border));
	size_t n = 0;

	for (size_t i = 0; i < value.n; i++) {
		struct str c = str_sub(value, i, 1);

		while (
		    i != 0 && n != 0 && !str_eq_nocase(str_sub(value, n, 1), c))
			n = border[n - 1];
		if (i != 0 && str_eq_nocase(str_sub(value, n, 1), c))
			n++;
		border[i] = n;
	}
	return border;
}

static int
read_value(struct selector_scan *s, struct simple *out)
{
	int quote;

	scan_blanks(s);
	quote = scan_peek(s, 0);
	if ((quote == '"' || quote == '\'' ? scan_string(s, &out->value)
					   : scan_ident(s, &out->value)) == -1)
		return -1;
	if (out->op == ATTR_PART)
		out->border = borders_of(s->pool, out->value);
	return read_flag(s, &out->case_mode);
}

int
selector_read_attr(struct selector_scan *s, struct simple *out)
{
	*out = (struct simple){ .kind = SIMPLE_ATTR };
	if (read_name(s, out) == -1)
		return -1;
	if (scan_peek(s, 0) != ']' && scan_peek(s, 0) != -1) {
		if (read_op(s, &out->op) == -1 || read_value(s, out) == -1)
			return -1;
		scan_blanks(s);
	}
	if (scan_peek(s, 0) != -1 && !scan_take(s, ']'))
		return scan_fail(s, "']' is missing");
	return 0;
}
