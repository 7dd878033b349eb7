/*
 * "Connection seen" is what the broker has: that there was such a connection at
 * that time, and that no more was said to have gone over it than did. What the
 * URL was, and what was answered, only the worker says.
 */
#include "line/exchange_words.h"

#include <stdio.h>

#include "term/size.h"
#include "term/term.h"

#define HASH_SHOWN 12
#define MOST_WHAT  400 /* bytes of a URL in a line */

/* Its status is no status of HTTP. */
static bool
is_dns(const struct row *x)
{
	return str_eq(row_column_text(x, "kind"), STR("dns"));
}

static void
add_answer(struct buf *out, struct pool *pool, const struct row *x)
{
	struct str error = row_column_text(x, "error"),
		   hash = row_column_text(x, "sha256");
	const struct value *status = row_column(x, "status"),
			   *bytes = row_column(x, "bytes");

	buf_add(out, STR("  "));
	if (status != NULL)
		buf_printf(out, "%s%lld, ", is_dns(x) ? "rcode " : "",
		    (long long)status->i);
	if (error.p != NULL) {
		error = term_safe(pool, str_sub(error, 0, MOST_WHAT));
		buf_printf(out, "no answer: %.*s, ", STR_ARG(error));
	}
	if (bytes != NULL && bytes->i >= 0) {
		size_add_grouped(out, (uint64_t)bytes->i);
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
	const struct value *seen = row_column(x, "seen");

	if (seen == NULL)
		return "not compared with the broker yet";
	return seen->b ? "connection seen" : "claimed only";
}

void
exchange_words(struct buf *out, struct pool *pool, const struct row *x)
{
	struct str what = row_column_text(x, "what"),
		   proxy = row_column_text(x, "proxy"),
		   redacted = row_column_text(x, "redacted");
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
