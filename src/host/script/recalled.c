/*
 * What a child asks for is looked up among the exchanges that are left: the
 * same first, of several the first; then, where a signature or a random part
 * differs from time to time, what goes to the same place. What was given once
 * is not given again.
 */
#include "script/script.h"

#include <stdarg.h>

#include "base/mem.h"
#include "ipc/reply.h"
#include "value/quote.h"

/* A kept connection did not take it; it was sent once more, which counts. */
#define AGAIN "the kept connection had ended; asked again"

static void add_miss(struct script *script, struct buf *out, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

static void
add_miss(struct script *script, struct buf *out, const char *fmt, ...)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool), line = BUF_IN(&pool);
	va_list args;

	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	if (script->miss.p == NULL)
		script->miss = pool_copy(&script->pool, buf_str(&text));
	buf_printf(&line, "not in the record: %.*s", STR_ARG(buf_str(&text)));
	reply_write_err(out, buf_str(&line));
}

/* Where those begin that nobody has asked for; NULL: there are none at all. */
static struct script_exchange *
first_left(struct script *script)
{
	if (script->left == NULL)
		script->left = script->first;
	while (script->left != NULL && script->left->is_used &&
	       script->left->next != NULL)
		script->left = script->left->next;
	return script->left;
}

static void
give_error(struct buf *out, const struct script_exchange *x)
{
	struct recall_answer answer = { .error = x->error };

	recall_write_answer(out, &answer);
}

/* Behind the empty line. */
static struct str
body_of(struct str request)
{
	size_t at = str_find(request, STR("\r\n\r\n"));

	return at == STR_NPOS ? STR("") : str_from(request, at + 4);
}

/* "POST https://example.com/x" of "POST https://example.com/x?y=z". */
static struct str
place_of(struct str what)
{
	const char *end = what.n != 0 ? memchr(what.p, '?', what.n) : NULL;

	return end != NULL ? str_sub(what, 0, (size_t)(end - what.p)) : what;
}

static struct str
first_line(struct str request)
{
	return str_cut(&request, '\r');
}

static bool
is_of_placeholder(char c)
{
	c = (char)char_lower(c);
	return c == '-' || (c >= 'a' && c <= 'z');
}

/*
 * One byte of a URL, of which a dash may be written as %2D. Behind "SECRET" no
 * dash or letter counts: in an answer, and so where it sends us, a placeholder
 * is as long as what it stands for (docs/evidence.md, "Secrets").
 */
static int
next_byte(struct str *text)
{
	bool is_secret = str_starts(*text, STR("SECRET"));
	char c;

	if (text->n == 0)
		return -1;
	if (str_eq_nocase(str_sub(*text, 0, 3), STR("%2d"))) {
		*text = str_from(*text, 3);
		return '-';
	}
	c = text->p[0];
	*text = str_from(*text, is_secret ? strlen("SECRET") : 1);
	while (is_secret && text->n != 0) {
		if (str_eq_nocase(str_sub(*text, 0, 3), STR("%2d")))
			*text = str_from(*text, 3);
		else if (is_of_placeholder(text->p[0]))
			*text = str_from(*text, 1);
		else
			break;
	}
	return (unsigned char)c;
}

static bool
is_same_place(struct str then, struct str now)
{
	int a, b;

	then = place_of(then);
	now = place_of(now);
	do {
		a = next_byte(&then);
		b = next_byte(&now);
	} while (a == b && a != -1);
	return a == b;
}

/* How well it fits: 0 not at all. */
#define FITS_BEST 4

static int
fit_http(const struct script_exchange *x, const struct recall *ask,
    struct str request)
{
	struct str then = buf_str(&x->part[EXCHANGE_REQUEST]);

	if (x->said.kind != EXCHANGE_HTTP || x->is_used ||
	    str_is(x->said.error, AGAIN))
		return 0;
	if (!str_eq(x->said.what, ask->what))
		return is_same_place(x->said.what, ask->what);
	/* the query may stand in the request alone */
	if (then.n != 0 && !str_eq(first_line(then), first_line(request)))
		return 2;
	return str_eq(body_of(then), body_of(request)) ? FITS_BEST : 3;
}

static void
recall_http(struct script *script, const struct recall *ask, struct str request,
    struct buf *out)
{
	struct script_exchange *found = NULL;
	struct recall_answer answer = { .has_more = false };
	int best = 0;

	for (struct script_exchange *x = first_left(script);
	     x != NULL && best < FITS_BEST; x = x->next) {
		int fit = fit_http(x, ask, request);

		if (fit > best) {
			best = fit;
			found = x;
		}
	}
	if (found == NULL) {
		add_miss(script, out, "%.*s", STR_ARG(ask->what));
		return;
	}
	found->is_used = true;
	if (found->error.n != 0) {
		give_error(out, found);
		return;
	}
	if (found->said.is_cut) {
		add_miss(script, out,
		    "all of the answer to %.*s (cut by the limit evidence)",
		    STR_ARG(ask->what));
		return;
	}
	answer.bytes = buf_str(&found->part[EXCHANGE_RESPONSE]);
	if (!found->said.is_proxied)
		answer.server = found->said.server;
	recall_write_answers(out, &answer);
}

static struct script_exchange *
find(struct script *script, bool (*is_kind)(enum exchange_kind kind),
    struct str what)
{
	for (struct script_exchange *x = first_left(script); x != NULL;
	     x = x->next) {
		if (!x->is_used && is_kind(x->said.kind) &&
		    str_eq_nocase(x->said.what, what))
			return x;
	}
	return NULL;
}

static bool
is_dns(enum exchange_kind kind)
{
	return kind == EXCHANGE_DNS;
}

static bool
is_tls(enum exchange_kind kind)
{
	return kind == EXCHANGE_TLS;
}

static bool
is_connection(enum exchange_kind kind)
{
	return kind == EXCHANGE_TCP || kind == EXCHANGE_WS ||
	       kind == EXCHANGE_MQTT;
}

static void
recall_dns(struct script *script, const struct recall *ask, struct str bytes,
    struct buf *out)
{
	struct script_exchange *x = find(script, is_dns, ask->what);
	struct recall_answer answer = { .has_more = false };

	(void)bytes;
	if (x == NULL) {
		add_miss(script, out, "dns %.*s", STR_ARG(ask->what));
		return;
	}
	x->is_used = true;
	answer.bytes = buf_str(&x->part[EXCHANGE_ANSWER]);
	if (x->error.n != 0)
		give_error(out, x);
	else if (x->said.is_cut || answer.bytes.n == 0)
		add_miss(script, out, "all of the answer to dns %.*s",
		    STR_ARG(ask->what));
	else
		recall_write_answers(out, &answer);
}

static void
recall_connect(struct script *script, const struct recall *ask,
    struct str bytes, struct buf *out)
{
	struct script_exchange *x = find(script, is_connection, ask->what);
	struct recall_answer answer = { .has_more = false };

	(void)bytes;
	if (x == NULL) {
		add_miss(script, out, "a connection to %.*s",
		    STR_ARG(ask->what));
		return;
	}
	x->is_used = true;
	if (!x->has_stood && x->marks == 0 && x->error.n != 0) {
		give_error(out, x);
		return;
	}
	answer.id = x->said.id;
	if (!x->said.is_proxied)
		answer.server = x->said.server;
	recall_write_answers(out, &answer);
}

static struct script_exchange *
connection(struct script *script, const struct recall *ask, struct buf *out)
{
	struct script_exchange *x = script_exchange(script, ask->id);

	if (x != NULL && is_connection(x->said.kind))
		return x;
	add_miss(script, out, "connection %llu", (unsigned long long)ask->id);
	return NULL;
}

/* The next of its kind; *at is where it looks from. NULL: there is none. */
static const struct script_mark *
next_mark(const struct script_exchange *x, size_t *at, unsigned kinds)
{
	while (*at < x->marks) {
		const struct script_mark *mark = &x->mark[(*at)++];

		if ((kinds >> mark->kind & 1) != 0)
			return mark;
	}
	return NULL;
}

static void
give_fault(struct script *script, const struct script_mark *mark,
    struct buf *out)
{
	struct recall_answer answer = { .fault = RECALL_FAILED,
		.errnum = (int32_t)mark->n };
	struct str *text;

	if (mark->kind == MARK_END)
		answer.fault = RECALL_END;
	else if (mark->kind == MARK_READ_TIMEOUT ||
		 mark->kind == MARK_WRITE_TIMEOUT)
		answer.fault = RECALL_TIMEOUT;
	else if (mark->n == 0) {
		text = pool_alloc(&script->pool, sizeof(*text));
		*text = mark->text.p != NULL ? mark->text : STR("");
		answer.error = (struct slot_texts){ text, 1 };
	}
	recall_write_answer(out, &answer);
}

static void
recall_read_of(struct script *script, const struct recall *ask,
    struct str bytes, struct buf *out)
{
	const unsigned kinds = 1u << MARK_READ | 1u << MARK_READ_TIMEOUT |
	                       1u << MARK_END | 1u << MARK_READ_FAILED;
	struct script_exchange *x = connection(script, ask, out);
	struct recall_answer answer = { .has_more = false };
	const struct script_mark *mark;
	struct str in;

	(void)bytes;
	if (x == NULL)
		return;
	mark = next_mark(x, &x->read, kinds);
	if (mark == NULL) {
		add_miss(script, out, "another read from %.*s",
		    STR_ARG(x->said.what));
		return;
	}
	if (mark->kind != MARK_READ) {
		give_fault(script, mark, out);
		return;
	}
	in = str_from(buf_str(&x->part[EXCHANGE_IN]), x->read_bytes);
	if (in.n < mark->n) {
		add_miss(script, out, "all that came from %.*s",
		    STR_ARG(x->said.what));
		return;
	}
	answer.bytes = str_sub(in, 0, mark->n);
	x->read_bytes += mark->n;
	recall_write_answers(out, &answer);
}

/* From where they differ: each in quotes, in pool. */
#define SHOWN_BYTES 32

static struct str
shown(struct pool *pool, struct str bytes, size_t from)
{
	if (from >= bytes.n)
		return STR("nothing more");
	return quote_text(pool, str_sub(bytes, from, SHOWN_BYTES));
}

static struct str
name_difference(struct pool *pool, struct str what, bool is_masked,
    struct str then, struct str now)
{
	size_t same = 0;

	if (is_masked) /* RFC 6455, 5.3: nobody can read it */
		return str_of(pool_printf(pool,
		    "other bytes are written to %.*s", STR_ARG(what)));
	while (same < then.n && same < now.n && then.p[same] == now.p[same])
		same++;
	return str_of(pool_printf(pool,
	    "other bytes are written to %.*s: %.*s, and then it was %.*s",
	    STR_ARG(what), STR_ARG(shown(pool, now, same)),
	    STR_ARG(shown(pool, then, same))));
}

/* What was written is compared: the first difference is kept. */
static void
compare_written(struct script *script, struct script_exchange *x,
    const struct script_mark *mark, struct str bytes)
{
	struct str then =
	    str_sub(str_from(buf_str(&x->part[EXCHANGE_OUT]), x->out_bytes), 0,
		mark->n);

	x->out_bytes += then.n;
	/* a placeholder has another length there */
	if (script->strange.p != NULL || x->said.is_cut ||
	    (x->said.redacted >> EXCHANGE_OUT & 1) != 0 || str_eq(then, bytes))
		return;
	script->strange = name_difference(&script->pool, x->said.what,
	    x->said.kind == EXCHANGE_WS, then, bytes);
}

static void
recall_write_to(struct script *script, const struct recall *ask,
    struct str bytes, struct buf *out)
{
	const unsigned kinds = 1u << MARK_WRITE | 1u << MARK_WRITE_TIMEOUT |
	                       1u << MARK_WRITE_FAILED;
	struct script_exchange *x = connection(script, ask, out);
	struct recall_answer answer = { .has_more = false };
	const struct script_mark *mark;

	if (x == NULL)
		return;
	mark = next_mark(x, &x->written, kinds);
	if (mark == NULL) {
		add_miss(script, out, "another write to %.*s",
		    STR_ARG(x->said.what));
		return;
	}
	if (mark->kind != MARK_WRITE) {
		give_fault(script, mark, out);
		return;
	}
	compare_written(script, x, mark, bytes);
	recall_write_answer(out, &answer);
}

/* Once a run, with whichever exchange showed it first. */
static struct str
chain_of(const struct script *script, struct str certificate)
{
	for (const struct script_exchange *x = script->first; x != NULL;
	     x = x->next) {
		if (x->part[EXCHANGE_CHAIN].n != 0 &&
		    str_eq(x->said.certificate, certificate))
			return buf_str(&x->part[EXCHANGE_CHAIN]);
	}
	for (const struct script_chain *c = script->chain; c != NULL;
	     c = c->next) {
		if (str_eq(c->certificate, certificate))
			return buf_str(&c->pem);
	}
	return script->chains != NULL ? chain_of(script->chains, certificate)
	                              : STR("");
}

/* Where its last certificate begins. */
static size_t
last_begin(struct str chain)
{
	static const struct str begin = { "-----BEGIN CERTIFICATE-----", 27 };
	size_t last = 0, at;

	while ((at = str_find(str_from(chain, last + 1), begin)) != STR_NPOS)
		last += 1 + at;
	return last;
}

/* The leaf stands first in a record, and last for a module. */
static struct str
turned(struct pool *pool, struct str chain)
{
	struct buf out = BUF_IN(pool);

	while (chain.n != 0) {
		size_t from = last_begin(chain);

		buf_add(&out, str_from(chain, from));
		chain = str_sub(chain, 0, from);
	}
	return buf_str(&out);
}

static void
recall_tls_of(struct script *script, const struct recall *ask, struct str bytes,
    struct buf *out)
{
	struct script_exchange *x = connection(script, ask, out), *tls;
	struct recall_answer answer = { .has_more = false };

	(void)bytes;
	if (x == NULL)
		return;
	tls = find(script, is_tls, x->said.what);
	if (tls == NULL) {
		add_miss(script, out, "TLS with %.*s", STR_ARG(x->said.what));
		return;
	}
	tls->is_used = true;
	if (tls->error.n != 0) {
		give_error(out, tls);
		return;
	}
	answer.bytes =
	    turned(&script->pool, chain_of(script, tls->said.certificate));
	recall_write_answers(out, &answer);
}

static void
recall_value_of(struct script *script, const struct recall *ask,
    struct str bytes, struct buf *out)
{
	(void)bytes;
	while (script->values_used < script->values &&
	       script->value[script->values_used].is_used)
		script->values_used++;
	for (size_t i = script->values_used; i < script->values; i++) {
		struct script_value *value = &script->value[i];
		struct recall_answer answer = { .value = value->v };

		if (value->is_used ||
		    !str_is(ask->what, values_name(value->kind)))
			continue;
		value->is_used = true;
		recall_write_answer(out, &answer);
		return;
	}
	add_miss(script, out, "another value of %.*s", STR_ARG(ask->what));
}

void
script_recall(struct script *script, const struct recall *ask, struct str bytes,
    struct buf *out)
{
	static void (*const give[RECALL_KINDS])(struct script * script,
	    const struct recall *ask, struct str bytes, struct buf *out) = {
		[RECALL_HTTP] = recall_http,
		[RECALL_DNS] = recall_dns,
		[RECALL_CONNECT] = recall_connect,
		[RECALL_TLS] = recall_tls_of,
		[RECALL_READ] = recall_read_of,
		[RECALL_WRITE] = recall_write_to,
		[RECALL_VALUE] = recall_value_of,
	};

	give[ask->kind](script, ask, bytes, out);
}
