#include "ipc/peek.h"

/* What is left of the line. */
struct rest {
	const char *p, *end;
};

/* The next character that is not blank; 0: there is none. */
static char
next(struct rest *r)
{
	while (r->p < r->end && char_is_blank(*r->p))
		r->p++;
	return r->p < r->end ? *r->p : '\0';
}

static bool
take_char(struct rest *r, char c)
{
	if (next(r) != c || r->p == r->end)
		return false;
	r->p++;
	return true;
}

/* Steps over a string that begins here; false: it does not end. */
static bool
skip_string(struct rest *r)
{
	for (r->p++; r->p < r->end; r->p++) {
		if (*r->p == '\\')
			r->p++;
		else if (*r->p == '"')
			break;
	}
	if (r->p >= r->end)
		return false;
	r->p++;
	return true;
}

/* A member's name, without escapes. */
static bool
take_name(struct rest *r, struct str *name)
{
	const char *from;

	if (next(r) != '"')
		return false;
	from = r->p + 1;
	if (!skip_string(r))
		return false;
	*name = str_view(from, (size_t)(r->p - from) - 1);
	return str_find_char(*name, '\\') == STR_NPOS;
}

/*
 * A value, up to the comma or bracket behind it. Brackets are counted and not
 * matched: where they do not match, the line is refused by who reads it.
 */
static bool
take_value(struct rest *r, struct str *value)
{
	const char *from;
	size_t depth = 0;

	(void)next(r);
	from = r->p;
	while (r->p < r->end) {
		char c = *r->p;

		if (depth == 0 && (c == ',' || c == '}'))
			break;
		if (c == '"') {
			if (!skip_string(r))
				return false;
			continue;
		}
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && depth > 0)
			depth--;
		r->p++;
	}
	*value = str_view(from, (size_t)(r->p - from));
	return r->p < r->end;
}

/* Of equal names the last one counts, as in start_read(). */
static bool
note_member(struct peek *out, struct str name, struct str value)
{
	struct str *member = str_is(name, "proxy")        ? &out->proxy
	                     : str_is(name, "dns_config") ? &out->dns_config
	                                                  : NULL;

	if (member == NULL)
		return true;
	*member = value;
	return value.n <= PEEK_MAX_BYTES;
}

bool
peek_read(struct str line, struct peek *out)
{
	struct rest r = { line.p, line.p + line.n };
	struct peek found = { STR_NONE, STR_NONE };

	if (line.n == 0 || !take_char(&r, '{'))
		return false;
	if (next(&r) != '}') {
		do {
			struct str name, value;

			if (!take_name(&r, &name) || !take_char(&r, ':') ||
			    !take_value(&r, &value) ||
			    !note_member(&found, name, value))
				return false;
		} while (take_char(&r, ','));
	}
	if (!take_char(&r, '}'))
		return false;
	*out = found;
	return true;
}
