/*
 * One struct watch an exchange under way, all of them in a list; it fills in
 * the event that is said at the end. Bytes go through at most three steps: the
 * head of HTTP loses its cookies (head.h), the mask puts placeholders, and what
 * comes out of it fills the one piece that there is. A piece is of one part of
 * one exchange: another part sends it off.
 */
#include "evidence/evidence.h"

#include <stdlib.h>
#include <time.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "evidence/chunks.h"
#include "evidence/head.h"
#include "ipc/exchange.h"
#include "ipc/secret.h"
#include "mask/mask.h"
#include "stream/clock.h"
#include "stream/tap.h"
#include "stream/values.h"

/* Of a line, around the bytes of a piece; what it counts, or a value. */
#define PIECE_FRAME 128
#define LINE_COST   64
#define DNS_HEAD    12   /* bytes of a message, before its first question */
#define HEAD_STEP   8192 /* bytes of a head that are copied at once */

/* One direction. */
struct side {
	enum exchange_part part;
	struct mask_stream mask;
	struct head head;
	struct chunks chunks;
	bool has_head; /* the bytes begin with one of HTTP */
};

struct watch {
	struct tap tap; /* first: a tap is its watch */
	struct watch *next, **at;
	struct pool pool; /* of the texts of event */
	struct exchange event;
	int64_t began;
	struct side out, in;
	struct buf marks;
	void *digest; /* of what comes; NULL: none */
	bool is_over; /* it was said; the tap may be asked yet */
};

static struct {
	struct child *child; /* NULL: nobody wants to know */
	enum evidence level;
	bool is_blind; /* a secret cannot be looked for */
	struct mask *mask;
	struct mask_secret *secret; /* all of them, if it is blind */
	size_t secrets;

	uint64_t ids;
	struct watch *first;

	uint64_t left; /* bytes of pieces and values */
	size_t most;   /* of one */
	uint64_t holder;
	enum exchange_part part;
	struct buf piece; /* of that exchange and part */
	struct buf line;  /* as it is sent */
	struct buf head;  /* a copy that is changed */
	struct buf seen;  /* digests of certificates */
} all;

const struct evidence_digest *evidence_digest;

static bool
has_bytes(void)
{
	return all.level == EVIDENCE_FULL && !all.is_blind;
}

/* Nobody reads: the next event that matters finds out, too. */
static void
send_line(void)
{
	(void)wire_send_beside(&all.child->wire, buf_str(&all.line), NULL);
	all.line.n = 0;
}

/* However small they are: whoever reads them pays for each. */
static void
spend(uint64_t n)
{
	if (all.child->limits.of[LIMIT_EVIDENCE] != LIMIT_OFF)
		all.left -= n < all.left ? n : all.left;
}

static void
send_piece(void)
{
	const struct exchange_piece piece = { all.holder, all.part,
		buf_str(&all.piece) };

	if (all.piece.n == 0)
		return;
	exchange_write_piece(&all.line, &piece);
	all.piece.n = 0;
	spend(LINE_COST);
	send_line();
}

static struct str
within_budget(struct watch *w, struct str bytes)
{
	if (bytes.n > all.left) {
		w->event.is_cut = true;
		bytes = str_sub(bytes, 0, (size_t)all.left);
	}
	spend(bytes.n);
	return bytes;
}

static void
put(struct watch *w, enum exchange_part part, struct str bytes)
{
	bytes = within_budget(w, bytes);
	if (bytes.n != 0 && (all.holder != w->event.id || all.part != part)) {
		send_piece();
		all.holder = w->event.id;
		all.part = part;
	}
	while (bytes.n != 0) {
		struct str some = str_sub(bytes, 0, all.most - all.piece.n);

		buf_add(&all.piece, some);
		bytes = str_from(bytes, some.n);
		if (all.piece.n == all.most)
			send_piece();
	}
}

static void
put_marks(struct watch *w)
{
	put(w, EXCHANGE_MARK, buf_str(&w->marks));
	w->marks.n = 0;
}

void
evidence_flush(void)
{
	for (struct watch *w = all.first; w != NULL; w = w->next)
		put_marks(w);
	if (all.child != NULL)
		send_piece();
}

static void
redact(struct watch *w, enum exchange_part part)
{
	w->event.redacted |= 1U << part;
}

/* A secret too short for the mask, each time it stands there. */
static struct str
hide_short(struct pool *pool, struct str text)
{
	for (size_t i = 0; all.is_blind && i < all.secrets; i++) {
		struct str value = all.secret[i].value;
		struct buf out = BUF_IN(pool);
		size_t at;

		if (value.n == 0)
			continue;
		while ((at = str_find(text, value)) != STR_NPOS) {
			buf_add(&out, str_sub(text, 0, at));
			buf_add(&out,
			    mask_placeholder(pool, all.secret[i].name));
			text = str_from(text, at + value.n);
		}
		buf_add(&out, text);
		text = buf_str(&out);
	}
	return text;
}

/* UTF-8 of at most so many bytes, without secrets, in pool. */
static struct str
hide_text(struct pool *pool, struct str text, size_t most, bool *is_altered)
{
	text = mask_text(all.mask, pool, text, is_altered);
	text = hide_short(pool, utf8_lossy(pool, text));
	return pool_copy(pool, utf8_cut(text, most));
}

/* What is known of a side from its beginning on. */
static void
init_side(struct side *side, enum exchange_part part, bool has_head)
{
	side->part = part;
	side->has_head = has_head;
	side->head = (struct head)HEAD_FIRST;
	mask_stream_init(&side->mask, all.mask, NULL);
}

static void
put_masked(struct watch *w, struct side *side, struct str bytes)
{
	if (has_bytes())
		put(w, side->part, bytes);
	if (side->mask.is_altered)
		redact(w, side->part);
}

/* Where a body in chunks goes. */
struct into {
	struct watch *w;
	struct side *side;
};

static void
put_into(void *arg, struct str bytes)
{
	struct into *into = arg;

	put_masked(into->w, into->side, bytes);
}

static void
feed_body(struct watch *w, struct side *side, struct str bytes)
{
	struct into into = { w, side };

	if (side->head.is_chunked && !mask_is_empty(all.mask))
		chunks_feed(&side->chunks, &side->mask, bytes, put_into, &into);
	else
		put_masked(w, side, mask_stream_feed(&side->mask, bytes));
}

static void
finish_side(struct watch *w, struct side *side)
{
	struct into into = { w, side };

	if (side->chunks.has_begun)
		chunks_finish(&side->chunks, &side->mask, put_into, &into);
	else
		put_masked(w, side, mask_stream_finish(&side->mask));
}

/* The beginning of bytes, of which n are a copy without cookies. */
static size_t
hide_head(struct watch *w, struct side *side, struct str bytes)
{
	size_t n;

	all.head.n = 0;
	buf_add(&all.head, bytes);
	n = head_hide(&side->head, all.head.p, all.head.n);
	if (side->head.is_altered)
		redact(w, side->part);
	put_masked(w, side,
	    mask_stream_feed(&side->mask, str_view(all.head.p, n)));
	return n;
}

static void
feed(struct watch *w, struct side *side, struct str bytes)
{
	while (side->has_head && !side->head.is_over && bytes.n != 0)
		bytes = str_from(bytes,
		    hide_head(w, side, str_sub(bytes, 0, HEAD_STEP)));
	if (bytes.n != 0)
		feed_body(w, side, bytes);
}

static struct str
hex_of(struct pool *pool, const unsigned char digest[TAP_DIGEST_SIZE])
{
	static const char digit[] = "0123456789abcdef";
	char *out = pool_alloc(pool, 2 * TAP_DIGEST_SIZE);

	for (size_t i = 0; i < TAP_DIGEST_SIZE; i++) {
		out[2 * i] = digit[digest[i] >> 4];
		out[2 * i + 1] = digit[digest[i] & 15];
	}
	return str_view(out, 2 * TAP_DIGEST_SIZE);
}

static struct watch *
watch_of(struct tap *tap)
{
	return (struct watch *)tap;
}

static void
send_event(struct watch *w)
{
	int64_t took = clock_ms() - w->began;

	w->event.ms = took > 0 ? (uint64_t)took : 0;
	exchange_write(&all.line, &w->event);
	send_line();
}

static void
on_route(struct tap *tap, const struct tap_route *route)
{
	struct watch *w = watch_of(tap);
	char text[ADDR_TEXT_MAX];

	w->event.connection = route->number;
	w->event.is_proxied = route->is_proxied;
	w->event.is_tls = route->is_tls;
	if (route->server.port != 0)
		w->event.server = pool_copy(&w->pool,
		    str_of(addr_text(&route->server, text)));
}

static void
on_stands(struct tap *tap, uint16_t status)
{
	struct watch *w = watch_of(tap);

	w->event.has_status = status != 0;
	w->event.status = status;
	w->event.is_open = true;
	send_event(w);
	w->event.is_open = false;
}

/* Of these the bytes are told whole. */
static bool
is_told_whole(const struct watch *w)
{
	return w->event.kind == EXCHANGE_HTTP || w->event.kind == EXCHANGE_WS;
}

/* A hash and the mark that something is altered need all bytes, too. */
static bool
is_looked_at(const struct watch *w)
{
	return has_bytes() || (w->digest != NULL &&
				  (w->in.has_head || !mask_is_empty(all.mask)));
}

static void
on_sent(struct tap *tap, struct str bytes)
{
	struct watch *w = watch_of(tap);

	w->event.sent += bytes.n;
	if (!is_told_whole(w) && has_bytes() && !w->is_over)
		feed(w, &w->out, bytes);
}

static void
on_came(struct tap *tap, struct str bytes)
{
	struct watch *w = watch_of(tap);

	w->event.received += bytes.n;
	if (w->is_over)
		return;
	if (w->digest != NULL)
		evidence_digest->add(w->digest, bytes);
	if (is_looked_at(w))
		feed(w, &w->in, bytes);
}

/*
 * The placeholder stands there as it is, so that a request can be told again
 * where keys are placeholders; so the length of the body is made to fit.
 */
static void
put_request(struct watch *w, struct str head, struct str body)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	bool is_altered = false;
	struct str masked = mask_text(all.mask, &pool, body, &is_altered);

	head_write(&out, head, masked.n != body.n, masked.n, &is_altered);
	put(w, w->out.part,
	    mask_text(all.mask, &pool, buf_str(&out), &is_altered));
	put(w, w->out.part, masked);
	if (is_altered)
		redact(w, w->out.part);
}

/* Half a secret is not found: what did not go whole is not told. */
static void
on_request(struct tap *tap, struct str head, struct str body, size_t n)
{
	struct watch *w = watch_of(tap);

	if (!has_bytes() || w->is_over)
		return;
	if (n >= head.n)
		put_request(w, head, n == head.n + body.n ? body : STR_NONE);
	if (n != head.n + body.n)
		w->event.is_cut = true;
}

static struct str
on_hide(struct tap *tap, struct pool *pool, struct str payload)
{
	struct watch *w = watch_of(tap);
	bool is_altered = false;

	if (!has_bytes())
		return payload;
	payload = mask_text(all.mask, pool, payload, &is_altered);
	if (is_altered)
		redact(w, w->out.part);
	return payload;
}

static void
on_wrapped(struct tap *tap, struct str bytes)
{
	struct watch *w = watch_of(tap);

	if (has_bytes() && !w->is_over)
		put(w, w->out.part, bytes);
}

/* What did not fit into its packet is asked for again. */
static void
note_answer(struct watch *w, struct str message)
{
	w->event.received += message.n;
	if (message.n < DNS_HEAD || (message.p[2] & 0x02) != 0)
		return;
	w->event.has_answers = true;
	w->event.answers += bytes_be(str_sub(message, 6, 2));
}

/* As over TCP, where there may be many. */
static void
on_message(struct tap *tap, bool is_query, struct str bytes)
{
	struct watch *w = watch_of(tap);
	struct side *side = is_query ? &w->out : &w->in;
	const char length[] = { (char)(bytes.n >> 8), (char)bytes.n };

	if (is_query)
		w->event.sent += bytes.n;
	else
		note_answer(w, bytes);
	if (!has_bytes())
		return;
	put(w, side->part, str_view(length, sizeof(length)));
	feed(w, side, bytes);
	put_masked(w, side, mask_stream_finish(&side->mask));
}

static bool
is_first_seen(const unsigned char digest[TAP_DIGEST_SIZE])
{
	struct str mine = str_view((const char *)digest, TAP_DIGEST_SIZE);

	for (size_t i = 0; i < all.seen.n; i += TAP_DIGEST_SIZE) {
		if (str_eq(str_sub(buf_str(&all.seen), i, TAP_DIGEST_SIZE),
			mine))
			return false;
	}
	buf_add(&all.seen, mine);
	return true;
}

static bool
on_certificate(struct tap *tap, const unsigned char digest[TAP_DIGEST_SIZE])
{
	struct watch *w = watch_of(tap);

	w->event.certificate = hex_of(&w->pool, digest);
	return has_bytes() && is_first_seen(digest);
}

static void
on_chain(struct tap *tap, struct str pem)
{
	put(watch_of(tap), EXCHANGE_CHAIN, pem);
}

static void
add_text(struct watch *w, struct str text)
{
	autopool struct pool pool = POOL_NONE;

	json_write_str(&w->marks,
	    hide_text(&pool, text, EXCHANGE_MAX_ERROR, NULL));
}

/* Of http, where reads end does not matter. */
static bool
is_kept_mark(const struct watch *w, enum tap_mark mark)
{
	return w->event.kind != EXCHANGE_HTTP ||
	       (mark != TAP_READ && mark != TAP_WRITTEN);
}

static void
on_mark(struct tap *tap, enum tap_mark mark, size_t n, struct str text)
{
	static const struct {
		char letter;
		bool has_number, has_text;
	} form[] = {
		[TAP_READ] = { 'r', true, false },
		[TAP_WRITTEN] = { 'w', true, false },
		[TAP_READ_LATE] = { 't', false, false },
		[TAP_WRITE_LATE] = { 'y', false, false },
		[TAP_ENDED] = { 'e', false, false },
		[TAP_READ_FAILED] = { 'f', true, true },
		[TAP_WRITE_FAILED] = { 'x', true, true },
		[TAP_SECURED] = { 's', false, false },
	};
	struct watch *w = watch_of(tap);

	if (!has_bytes() || w->is_over || !is_kept_mark(w, mark))
		return;
	buf_add_char(&w->marks, form[mark].letter);
	if (form[mark].has_number)
		buf_printf(&w->marks, " %zu", n);
	if (form[mark].has_text) {
		buf_add_char(&w->marks, ' ');
		add_text(w, text);
	}
	buf_add_char(&w->marks, '\n');
	if (w->marks.n >= all.most / 2)
		put_marks(w);
}

/* "E TEXT" for each message of the error, the cause first. */
static void
note_error(struct watch *w, const struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	w->event.error =
	    hide_text(&w->pool, err_join(&pool, err), EXCHANGE_MAX_ERROR, NULL);
	for (unsigned i = 0; has_bytes() && i < err->n; i++) {
		buf_add(&w->marks, STR("E "));
		add_text(w, err->msg[i]);
		buf_add_char(&w->marks, '\n');
	}
}

/* Nothing of what holds a secret: a short one could be guessed from it. */
static void
note_body(struct watch *w, struct str body)
{
	unsigned char digest[TAP_DIGEST_SIZE];
	void *running;

	w->event.bytes = body.n;
	if (evidence_digest == NULL || all.is_blind)
		return;
	if (mask_finds(all.mask, body) != -1) {
		redact(w, w->in.part);
		return;
	}
	running = evidence_digest->begin();
	evidence_digest->add(running, body);
	evidence_digest->end(running, digest);
	w->event.sha256 = hex_of(&w->pool, digest);
}

static void
end_digest(struct watch *w)
{
	unsigned char digest[TAP_DIGEST_SIZE];

	if (w->digest == NULL)
		return;
	evidence_digest->end(w->digest, digest);
	w->digest = NULL;
	if (!w->in.mask.is_altered && !w->in.head.is_altered &&
	    w->event.received != 0)
		w->event.sha256 = hex_of(&w->pool, digest);
}

static void
say_end(struct watch *w, const struct tap_end *end)
{
	if (end->has_status) {
		w->event.has_status = true;
		w->event.status = end->status;
	}
	if (end->err != NULL)
		note_error(w, end->err);
	finish_side(w, &w->in);
	finish_side(w, &w->out);
	put_marks(w);
	send_piece();
	if (w->event.kind != EXCHANGE_HTTP) {
		w->event.bytes = w->event.received;
		end_digest(w);
	} else if (end->has_body) {
		note_body(w, end->body);
	}
	if (all.level == EVIDENCE_FULL && all.is_blind)
		w->event.is_cut = true;
	send_event(w);
	w->is_over = true;
}

static void
free_watch(struct watch *w)
{
	*w->at = w->next;
	if (w->next != NULL)
		w->next->at = w->at;
	mask_stream_clear(&w->out.mask);
	mask_stream_clear(&w->in.mask);
	chunks_clear(&w->in.chunks);
	buf_clear(&w->marks);
	pool_clear(&w->pool);
	free(w);
}

static void
on_end(struct tap *tap, const struct tap_end *end)
{
	struct watch *w = watch_of(tap);

	if (!w->is_over)
		say_end(w, end);
	free_watch(w);
}

static const struct tap_hooks hooks = {
	.route = on_route,
	.stands = on_stands,
	.sent = on_sent,
	.came = on_came,
	.request = on_request,
	.hide = on_hide,
	.wrapped = on_wrapped,
	.message = on_message,
	.certificate = on_certificate,
	.chain = on_chain,
	.mark = on_mark,
	.end = on_end,
};

static void
init_sides(struct watch *w)
{
	static const struct {
		enum exchange_part out, in;
	} part[] = {
		[EXCHANGE_HTTP] = { EXCHANGE_REQUEST, EXCHANGE_RESPONSE },
		[EXCHANGE_DNS] = { EXCHANGE_QUERY, EXCHANGE_ANSWER },
		[EXCHANGE_TCP] = { EXCHANGE_OUT, EXCHANGE_IN },
		[EXCHANGE_TLS] = { EXCHANGE_OUT, EXCHANGE_IN },
		[EXCHANGE_WS] = { EXCHANGE_OUT, EXCHANGE_IN },
		[EXCHANGE_MQTT] = { EXCHANGE_OUT, EXCHANGE_IN },
	};

	init_side(&w->out, part[w->event.kind].out, false);
	init_side(&w->in, part[w->event.kind].in, is_told_whole(w));
}

static struct tap *
begin(void *arg, enum tap_kind kind, struct str what)
{
	static const enum exchange_kind kinds[] = {
		[TAP_HTTP] = EXCHANGE_HTTP,
		[TAP_DNS] = EXCHANGE_DNS,
		[TAP_TCP] = EXCHANGE_TCP,
		[TAP_TLS] = EXCHANGE_TLS,
		[TAP_WS] = EXCHANGE_WS,
		[TAP_MQTT] = EXCHANGE_MQTT,
	};
	struct watch *w = mem_zalloc(sizeof(*w));
	int64_t now = clock_unix_ms();

	(void)arg;
	w->tap.hooks = &hooks;
	w->began = clock_ms();
	w->event = (struct exchange){ .id = ++all.ids,
		.kind = kinds[kind],
		.started = (uint64_t)(now < 0 ? 0 : now),
		.is_cut = what.n > EXCHANGE_MAX_WHAT };
	w->event.what = hide_text(&w->pool, what, EXCHANGE_MAX_WHAT, NULL);
	init_sides(w);
	if (evidence_digest != NULL && !all.is_blind &&
	    (kind == TAP_TCP || kind == TAP_WS || kind == TAP_MQTT))
		w->digest = evidence_digest->begin();
	w->next = all.first;
	w->at = &all.first;
	if (w->next != NULL)
		w->next->at = &w->next;
	all.first = w;
	return &w->tap;
}

static const struct taps taps = { begin, NULL };

const struct taps *
evidence_taps(void)
{
	return all.child != NULL ? &taps : NULL;
}

/* Streams may hold the taps yet. */
void
evidence_end(void)
{
	static const struct tap_end end;

	for (struct watch *w = all.first; w != NULL; w = w->next) {
		if (!w->is_over)
			say_end(w, &end);
	}
}

static void
send_value(const struct exchange_value *value)
{
	if (all.left == 0)
		return;
	spend(LINE_COST);
	exchange_write_value(&all.line, value);
	send_line();
}

static int64_t
take_clock(void *arg)
{
	int64_t now = values_system_clock();

	(void)arg;
	send_value(&(struct exchange_value){ .kind = VALUES_CLOCK,
	    .number = now > 0 ? (uint64_t)now : 0 });
	return now;
}

static void
take_random(void *arg, enum values_kind kind, void *p, size_t n)
{
	(void)arg;
	values_system_random(p, n);
	send_value(
	    &(struct exchange_value){ .kind = kind, .bytes = str_view(p, n) });
}

static bool
note_sleep(void *arg, uint64_t ms)
{
	(void)arg;
	send_value(
	    &(struct exchange_value){ .kind = VALUES_SLEEP, .number = ms });
	return false;
}

static const struct values_source source = {
	.clock = take_clock,
	.random = take_random,
	.sleep = note_sleep,
};

static void
add_secret(struct str name, struct str value)
{
	struct pool *pool = &all.child->pool;

	if (value.n == 0)
		return;
	all.secret =
	    pool_push(pool, all.secret, all.secrets, sizeof(*all.secret));
	all.secret[all.secrets++] = (struct mask_secret){ name, value };
}

static void
find_secrets(const struct start *start)
{
	const struct start_key *key = start->keyring.object;
	const struct json *options = start->options;

	for (size_t i = 0; i < start->keyring.n; i++) {
		add_secret(key[i].namespace, key[i].access_key);
		add_secret(key[i].namespace, key[i].secret_key);
	}
	for (size_t i = 0; options != NULL && i < options->map.n; i++) {
		const struct json_member *m = &options->map.member[i];

		if (m->value.kind == JSON_STR && secret_is_option(m->name))
			add_secret(m->name, m->value.str);
	}
}

/* A line may be no longer than the limit. */
static size_t
piece_most(const struct limits *limits)
{
	uint64_t most = (limits->of[LIMIT_LINE] - PIECE_FRAME) / 4 * 3;

	return most < EXCHANGE_MAX_PIECE ? (size_t)most : EXCHANGE_MAX_PIECE;
}

void
evidence_begin(struct child *child)
{
	if (child->evidence == EVIDENCE_OFF)
		return;
	all.child = child;
	all.level = child->evidence;
	all.left = child->limits.of[LIMIT_EVIDENCE];
	all.most = piece_most(&child->limits);
	all.mask = secret_mask(&child->pool, &child->start, false);
	all.is_blind = mask_is_blind(all.mask);
	if (all.is_blind)
		find_secrets(&child->start);
	if (all.level == EVIDENCE_FULL)
		values_source = &source;
}
