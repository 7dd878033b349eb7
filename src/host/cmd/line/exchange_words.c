/*
 * "Connection seen" is what the broker has: that there was such a connection at
 * that time, and that no more was said to have gone over it than did. What the
 * URL was, and what was answered, only the worker says.
 */
#include "line/exchange_words.h"

#include <stdio.h>

#include "term/term.h"

#define HASH_SHOWN 12
#define MOST_WHAT  400 /* bytes of a URL in a line */

static struct str
text_of(const struct row *row, const char *column)
{
	const struct value *value =
	    &row->value[model_field(row->model, column)];

	return value->is_set ? value->text : STR_NONE;
}

static bool
number_of(const struct row *row, const char *column, int64_t *n)
{
	const struct value *value =
	    &row->value[model_field(row->model, column)];

	*n = value->is_set ? value->i : 0;
	return value->is_set;
}

/* "12,310" */
static void
add_grouped(struct buf *out, int64_t n)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%lld", (long long)n);

	for (int i = 0; i < length; i++) {
		if (i != 0 && digits[i - 1] != '-' && (length - i) % 3 == 0)
			buf_add_char(out, ',');
		buf_add_char(out, digits[i]);
	}
}

/* Its status is no status of HTTP. */
static bool
is_dns(const struct row *x)
{
	return str_eq(text_of(x, "kind"), STR("dns"));
}

static void
add_answer(struct buf *out, struct pool *pool, const struct row *x)
{
	struct str error = text_of(x, "error"), hash = text_of(x, "sha256");
	int64_t n;

	buf_add(out, STR("  "));
	if (number_of(x, "status", &n))
		buf_printf(out, "%s%lld, ", is_dns(x) ? "rcode " : "",
		    (long long)n);
	if (error.p != NULL) {
		error = term_safe(pool, str_sub(error, 0, MOST_WHAT));
		buf_printf(out, "no answer: %.*s, ", STR_ARG(error));
	}
	if (number_of(x, "bytes", &n)) {
		add_grouped(out, n);
		buf_add(out, STR(" bytes, "));
	} else {
		buf_add(out, STR("not ended, "));
	}
	hash = term_safe(pool, str_sub(hash, 0, HASH_SHOWN));
	if (hash.n != 0)
		buf_printf(out, "sha256 %.*s..., ", STR_ARG(hash));
}

static const char *
seen_of(const struct row *x)
{
	const struct value *seen = &x->value[model_field(x->model, "seen")];

	if (!seen->is_set)
		return "not compared with the broker yet";
	return seen->b ? "connection seen" : "claimed only";
}

void
exchange_words(struct buf *out, struct pool *pool, const struct row *x)
{
	struct str what = text_of(x, "what"), proxy = text_of(x, "proxy"),
		   redacted = text_of(x, "redacted");
	const char *more = what.n > MOST_WHAT ? "..." : "";

	what = term_safe(pool, str_sub(what, 0, MOST_WHAT));
	buf_printf(out, "%.*s%s", STR_ARG(what), more);
	add_answer(out, pool, x);
	buf_add(out, str_of(seen_of(x)));
	if (proxy.n != 0) {
		proxy = term_safe(pool, proxy);
		buf_printf(out, " (by proxy %.*s)", STR_ARG(proxy));
	}
	if (redacted.n != 0) {
		redacted = term_safe(pool, redacted);
		buf_printf(out, ", secrets replaced in %.*s",
		    STR_ARG(redacted));
	}
	if (x->value[model_field(x->model, "cut")].b)
		buf_add(out, STR(", cut"));
}
