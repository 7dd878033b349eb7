/*
 * The reader of headers stops at the first fault. So that all of them are
 * found, each line is given to it in a header of its own that is right but for
 * that line; only what is missing is looked for here.
 */
#include "lint/inside.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "state/header.h"
#include "state/module_about.h"
#include "text/semver.h"

static const struct {
	const char *key, *line;
} needed[] = {
	{ "Description", "-- Description: x\n" },
	{ "Version", "-- Version: 1.0.0\n" },
	{ "License", "-- License: MIT\n" },
};

#define KEYS ARRAY_SIZE(needed)

/* "-- Key: " */
static bool
has_key(struct str line, const char *key)
{
	struct str head = STR("-- "), tail = STR(": ");
	struct str name = str_of(key);

	return str_starts(line, head) &&
	       str_eq(str_sub(line, head.n, name.n), name) &&
	       str_starts(str_from(line, head.n + name.n), tail);
}

/* "Failed to parse header: line 3: what" without what it begins with. */
static struct str
cause_of(struct pool *pool, const struct err *err)
{
	struct str text = pool_copy(pool, err_join(pool, err));
	size_t line = str_find(text, STR(": line "));
	size_t colon;

	if (line == STR_NPOS)
		return text;
	text = str_from(text, line + 2);
	colon = str_find(text, STR(": "));
	return colon != STR_NPOS ? str_from(text, colon + 2) : text;
}

static bool
belongs_below(struct str line)
{
	for (const struct header_row *row = module_about_rows;
	     row->name != NULL; row++) {
		if (has_key(line, row->name))
			return true;
	}
	return false;
}

/* It runs with any, and is published with one of these alone. */
static void
check_version(struct lint *l, struct str version, unsigned number)
{
	struct semver v;

	if (semver_read(version, &v, NULL) == -1)
		lint_add(l, LINT_HEADER, number, 1,
		    "%s is no version as 0.1.0 is one, and cannot be "
		    "published",
		    lint_quote(l, version));
}

static void
check_line(struct lint *l, struct str line, unsigned number)
{
	autoerr struct err err = ERR_NONE;
	struct module module = { .source = SOURCE_NONE };
	struct buf text = BUF_IN(l->pool);
	struct str why;

	for (size_t i = 0; i < KEYS; i++) {
		if (!has_key(line, needed[i].key))
			buf_add(&text, str_of(needed[i].line));
	}
	buf_add(&text, line);
	buf_add(&text, STR("\n\n"));
	if (header_read(&module, buf_str(&text), l->pool, &err) == 0) {
		if (has_key(line, "Version"))
			check_version(l, module.version, number);
		return;
	}
	why = belongs_below(line)
	          ? STR("this line belongs below the empty line that ends "
			"the header")
	          : cause_of(l->pool, &err);
	lint_add(l, LINT_HEADER, number, 1, "%.*s", STR_ARG(why));
}

/* Up to its empty line; returns the number of that one. */
static unsigned
check_lines(struct lint *l, bool seen[KEYS])
{
	struct str rest = l->code;

	for (unsigned n = 1;; n++) {
		struct str line = str_cut(&rest, '\n');

		if (line.n == 0 && rest.p != NULL)
			return n;
		if (rest.p == NULL || !str_starts(line, STR("--"))) {
			lint_add(l, LINT_HEADER, n, 1,
			    "an empty line ends a header");
			return n;
		}
		check_line(l, line, n);
		for (size_t i = 0; i < KEYS; i++)
			seen[i] = seen[i] || has_key(line, needed[i].key);
	}
}

void
lint_header(struct lint *l)
{
	bool seen[KEYS] = { false };
	unsigned end;

	if (!utf8_is_valid(l->code)) {
		lint_add(l, LINT_HEADER, 1, 1, "the text is not UTF-8");
		return;
	}
	if (str_starts(l->code, STR("\n"))) {
		lint_add(l, LINT_HEADER, 1, 1,
		    "a header begins in the first line, and this one is "
		    "empty");
		return;
	}
	end = check_lines(l, seen);
	for (size_t i = 0; i < KEYS; i++) {
		if (!seen[i])
			lint_add(l, LINT_HEADER, end, 1, "%s is required",
			    needed[i].key);
	}
	l->has_header = header_read(&l->module, l->code, l->pool, NULL) == 0;
}
