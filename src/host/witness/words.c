/*
 * "Connection seen" is what the broker has: that there was such a connection at
 * that time, and that no more was said to have gone over it than did. What the
 * URL was, and what was answered, only the worker says.
 */
#include "witness/words.h"

#include <stdio.h>

#include "term/size.h"
#include "term/term.h"

#define HASH_SHOWN 12
#define MOST_WHAT  400 /* bytes of a URL in a line */

static void
add_what(struct buf *out, struct pool *pool, struct str what)
{
	const char *more = what.n > MOST_WHAT ? "..." : "";

	what = term_safe(pool, str_sub(what, 0, MOST_WHAT));
	buf_printf(out, "%.*s%s  ", STR_ARG(what), more);
}

/* The status of a look-up is none of HTTP. */
static void
add_status(struct buf *out, bool is_dns, int64_t status)
{
	buf_printf(out, "%s%lld, ", is_dns ? "rcode " : "", (long long)status);
}

static void
add_error(struct buf *out, struct pool *pool, const char *word,
    struct str error)
{
	error = term_safe(pool, str_sub(error, 0, MOST_WHAT));
	buf_printf(out, "%s: %.*s, ", word, STR_ARG(error));
}

static void
add_bytes(struct buf *out, uint64_t n, const char *word)
{
	size_add_grouped(out, n);
	buf_printf(out, n == 1 ? " byte%s, " : " bytes%s, ", word);
}

static void
add_answer(struct buf *out, struct pool *pool, const struct row *x)
{
	struct str error = row_column_text(x, "error"),
		   hash = row_column_text(x, "sha256");
	const struct value *status = row_column(x, "status"),
			   *bytes = row_column(x, "bytes");

	if (status != NULL)
		add_status(out, str_eq(row_column_text(x, "kind"), STR("dns")),
		    status->i);
	if (error.p != NULL)
		add_error(out, pool, "no answer", error);
	if (bytes != NULL && bytes->i >= 0)
		add_bytes(out, (uint64_t)bytes->i, "");
	else
		buf_add(out, STR("not ended, "));
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
	struct str proxy = row_column_text(x, "proxy"),
		   redacted = row_column_text(x, "redacted");

	add_what(out, pool, row_column_text(x, "what"));
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

/* A question has an answer; of what goes both ways there are two sums. */
static bool
is_question(const struct exchange *x)
{
	return x->kind == EXCHANGE_HTTP || x->kind == EXCHANGE_DNS;
}

static void
add_end(struct buf *out, struct pool *pool, const struct exchange *x)
{
	if (x->has_status)
		add_status(out, x->kind == EXCHANGE_DNS, x->status);
	if (x->error.p != NULL)
		add_error(out, pool, is_question(x) ? "no answer" : "failed",
		    x->error);
	if (x->has_answers)
		buf_printf(out, "%llu answer%s, ",
		    (unsigned long long)x->answers, x->answers == 1 ? "" : "s");
	if (is_question(x)) {
		add_bytes(out, x->bytes, "");
	} else {
		add_bytes(out, x->sent, " sent");
		add_bytes(out, x->received, " received");
	}
	size_add_grouped(out, x->ms);
	buf_add(out, STR(" ms"));
}

void
exchange_line(struct buf *out, struct pool *pool, const struct exchange *x)
{
	if (!is_question(x))
		buf_printf(out, "%s ", exchange_kind_name(x->kind));
	add_what(out, pool, x->what);
	if (x->is_open)
		buf_add(out, STR("not ended"));
	else
		add_end(out, pool, x);
	if (x->is_proxied)
		buf_add(out, STR(" (by proxy)"));
}
