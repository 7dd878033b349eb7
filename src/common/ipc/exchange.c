#include "ipc/exchange.h"

#include "base/closest.h"
#include "base/mem.h"
#include "base/num.h"
#include "stream/addr.h"
#include "text/b64.h"
#include "text/codec.h"
#include "value/slot.h"

static const char *const evidence_names[] = { "off", "digest", "full", NULL };

static const char *const kind_names[] = {
	[EXCHANGE_HTTP] = "http",
	[EXCHANGE_DNS] = "dns",
	[EXCHANGE_TCP] = "tcp",
	[EXCHANGE_TLS] = "tls",
	[EXCHANGE_WS] = "ws",
	[EXCHANGE_MQTT] = "mqtt",
	[EXCHANGE_KINDS] = NULL,
};

static const char *const part_names[] = {
	[EXCHANGE_REQUEST] = "request",
	[EXCHANGE_RESPONSE] = "response",
	[EXCHANGE_QUERY] = "query",
	[EXCHANGE_ANSWER] = "answer",
	[EXCHANGE_OUT] = "out",
	[EXCHANGE_IN] = "in",
	[EXCHANGE_MARK] = "mark",
	[EXCHANGE_CHAIN] = "chain",
	[EXCHANGE_PARTS] = NULL,
};

/* What a line has, before it is looked at. */
struct raw_exchange {
	struct str kind, what, error, server, sha256, certificate, part, bytes;
	bool is_open, is_proxied, is_tls, is_cut;
	uint64_t id, connection, started, ms, sent, received, body, answers;
	uint16_t status;
	struct slot_texts redacted;
};

static const struct slot exchange_slots[] = {
	{ "id", SLOT_U64, 0, AT(raw_exchange, id), "of the exchange" },
	{ "kind", SLOT_TEXT, 0, AT(raw_exchange, kind), "a word" },
	{ "what", SLOT_TEXT, 0, AT(raw_exchange, what), "what was asked" },
	{ "open", SLOT_BOOL, 0, AT(raw_exchange, is_open), "it goes on" },
	{ "status", SLOT_U16, SLOT_OPT, AT(raw_exchange, status),
	    "of the answer" },
	{ "answers", SLOT_U64, SLOT_OPT, AT(raw_exchange, answers),
	    "records in it" },
	{ "error", SLOT_TEXT, SLOT_OPT, AT(raw_exchange, error), "the text" },
	{ "connection", SLOT_U64, SLOT_OPT, AT(raw_exchange, connection),
	    "the broker's number" },
	{ "server", SLOT_TEXT, SLOT_OPT, AT(raw_exchange, server), "IP:PORT" },
	{ "proxied", SLOT_BOOL, 0, AT(raw_exchange, is_proxied),
	    "the server is a proxy" },
	{ "tls", SLOT_BOOL, SLOT_ELSE, AT(raw_exchange, is_tls), "with TLS" },
	{ "started", SLOT_U64, 0, AT(raw_exchange, started), "milliseconds" },
	{ "ms", SLOT_U64, 0, AT(raw_exchange, ms), "that it took" },
	{ "sent", SLOT_U64, 0, AT(raw_exchange, sent), "bytes" },
	{ "received", SLOT_U64, 0, AT(raw_exchange, received), "bytes" },
	{ "bytes", SLOT_U64, 0, AT(raw_exchange, body), "bytes" },
	{ "sha256", SLOT_TEXT, SLOT_OPT, AT(raw_exchange, sha256), "of these" },
	{ "certificate", SLOT_TEXT, SLOT_OPT, AT(raw_exchange, certificate),
	    "SHA-256 of the server's" },
	{ "redacted", SLOT_TEXTS, 0, AT(raw_exchange, redacted),
	    "parts with secrets" },
	{ "cut", SLOT_BOOL, 0, AT(raw_exchange, is_cut), "bytes are missing" },
	{ NULL },
};

static const struct slot piece_slots[] = {
	{ "id", SLOT_U64, 0, AT(raw_exchange, id), "of the exchange" },
	{ "part", SLOT_TEXT, 0, AT(raw_exchange, part), "a word" },
	{ "bytes", SLOT_TEXT, 0, AT(raw_exchange, bytes), "base64" },
	{ NULL },
};

/* As it is in a line: a number, or hexadecimal digits. */
struct raw_value {
	struct str what;
	const struct json *value;
};

static const struct slot value_slots[] = {
	{ "what", SLOT_TEXT, 0, AT(raw_value, what), "a word" },
	{ "value", SLOT_JSON, 0, AT(raw_value, value), "a number, or hex" },
	{ NULL },
};

/* -1: none of them. */
static int
index_of(const char *const *name, struct str word)
{
	for (int i = 0; name[i] != NULL; i++) {
		if (str_is(word, name[i]))
			return i;
	}
	return -1;
}

const char *
evidence_name(enum evidence evidence)
{
	return evidence_names[evidence];
}

static const char *
evidence_at(const void *list, size_t i)
{
	return ((const char *const *)list)[i];
}

int
evidence_by_name(struct str name, enum evidence *out, struct err *err)
{
	int i = index_of(evidence_names, name);
	const char *closest;

	if (i != -1) {
		*out = (enum evidence)i;
		return 0;
	}
	closest = closest_name(name, evidence_at, evidence_names);
	if (closest != NULL)
		return err_set(err,
		    "no such evidence: \"%.*s\", did you mean %s?",
		    STR_ARG(name), closest);
	return err_set(err, "no such evidence: \"%.*s\" (off, digest, full)",
	    STR_ARG(name));
}

const char *
exchange_kind_name(enum exchange_kind kind)
{
	return kind_names[kind];
}

const char *
exchange_part_name(enum exchange_part part)
{
	return part_names[part];
}

/* 0 to 9 and a to f; -1: another. */
static int
digit_of(char c)
{
	return num_is_lower_hex(c) ? num_hex_digit(c) : -1;
}

static int
check_digest(const char *name, struct str text, struct err *err)
{
	bool is_one = text.p == NULL || text.n == EXCHANGE_DIGEST_SIZE;

	for (size_t i = 0; is_one && i < text.n; i++)
		is_one = digit_of(text.p[i]) != -1;
	return is_one ? 0 : err_set(err, "a %s that is no SHA-256", name);
}

static int
check_numbers(const struct raw_exchange *raw, struct err *err)
{
	const uint64_t n[] = { raw->id, raw->connection, raw->started, raw->ms,
		raw->sent, raw->received, raw->body, raw->answers };

	if (raw->id == 0)
		return err_set(err, "an exchange without a number");
	for (size_t i = 0; i < ARRAY_SIZE(n); i++) {
		if (n[i] > EXCHANGE_MAX_NUMBER)
			return err_set(err, "a number of %llu in an exchange",
			    (unsigned long long)n[i]);
	}
	return 0;
}

static int
check_texts(const struct raw_exchange *raw, struct err *err)
{
	struct addr addr;

	if (raw->what.n == 0 || raw->what.n > EXCHANGE_MAX_WHAT)
		return err_set(err, "an exchange that asks %zu bytes",
		    raw->what.n);
	if (raw->error.n > EXCHANGE_MAX_ERROR)
		return err_set(err, "an error of %zu bytes in an exchange",
		    raw->error.n);
	if (raw->server.p != NULL && addr_read(raw->server, &addr, NULL) == -1)
		return err_set(err, "an exchange with a server that is none");
	if (check_digest("body", raw->sha256, err) == -1)
		return -1;
	return check_digest("certificate", raw->certificate, err);
}

static int
read_part(struct str word, enum exchange_part *out, struct err *err)
{
	int i = index_of(part_names, word);

	if (i == -1)
		return err_set(err, "a part of an exchange that is none");
	*out = (enum exchange_part)i;
	return 0;
}

static int
read_redacted(const struct slot_texts *words, unsigned *out, struct err *err)
{
	unsigned redacted = 0;

	for (size_t i = 0; i < words->n; i++) {
		enum exchange_part part;

		if (read_part(words->text[i], &part, err) == -1)
			return -1;
		redacted |= 1U << part;
	}
	*out = redacted;
	return 0;
}

static bool
has_number(const struct json *v, const char *name)
{
	const struct json *number = json_member(v, name);

	return number != NULL && number->kind != JSON_NULL;
}

int
exchange_read(struct pool *pool, const struct json *v, struct exchange *out,
    struct err *err)
{
	struct raw_exchange raw = { .id = 0 };
	unsigned redacted;
	int kind;

	if (slot_read(exchange_slots, "struct ExchangeEvent", v, pool, &raw,
		err) == -1 ||
	    check_numbers(&raw, err) == -1 || check_texts(&raw, err) == -1 ||
	    read_redacted(&raw.redacted, &redacted, err) == -1)
		return -1;
	kind = index_of(kind_names, raw.kind);
	if (kind == -1)
		return err_set(err, "an exchange of a kind that is none");
	*out = (struct exchange){
		.id = raw.id,
		.kind = (enum exchange_kind)kind,
		.what = raw.what,
		.is_open = raw.is_open,
		.has_status = has_number(v, "status"),
		.status = raw.status,
		.has_answers = has_number(v, "answers"),
		.answers = raw.answers,
		.error = raw.error,
		.connection = raw.connection,
		.server = raw.server,
		.is_proxied = raw.is_proxied,
		.is_tls = raw.is_tls,
		.started = raw.started,
		.ms = raw.ms,
		.sent = raw.sent,
		.received = raw.received,
		.bytes = raw.body,
		.sha256 = raw.sha256,
		.certificate = raw.certificate,
		.redacted = redacted,
		.is_cut = raw.is_cut,
	};
	return 0;
}

int
exchange_read_piece(struct pool *pool, const struct json *v,
    struct exchange_piece *out, struct err *err)
{
	struct raw_exchange raw = { .id = 0 };
	struct exchange_piece piece;

	if (slot_read(piece_slots, "struct PieceEvent", v, pool, &raw, err) ==
		-1 ||
	    check_numbers(&raw, err) == -1 ||
	    read_part(raw.part, &piece.part, err) == -1)
		return -1;
	/* before it is decoded: four for each three that are begun */
	if (raw.bytes.n > (EXCHANGE_MAX_PIECE + 2) / 3 * 4 ||
	    b64_read(pool, raw.bytes, &piece.bytes, err) == -1 ||
	    piece.bytes.n == 0 || piece.bytes.n > EXCHANGE_MAX_PIECE)
		return err_set(err, "a piece that is none");
	piece.id = raw.id;
	*out = piece;
	return 0;
}

/* Pairs of digits. p NULL: they are none, or too many. */
static struct str
read_hex(struct pool *pool, struct str text)
{
	char *out;

	if (text.n == 0 || text.n % 2 != 0 || text.n > 2 * VALUES_MAX_BYTES)
		return STR_NONE;
	out = pool_alloc(pool, text.n / 2);
	for (size_t i = 0; i < text.n; i += 2) {
		int high = digit_of(text.p[i]), low = digit_of(text.p[i + 1]);

		if (high == -1 || low == -1)
			return STR_NONE;
		out[i / 2] = (char)(high << 4 | low);
	}
	return str_view(out, text.n / 2);
}

static int
values_by_name(struct str word)
{
	for (int i = 0; i < VALUES_KINDS; i++) {
		if (str_is(word, values_name((enum values_kind)i)))
			return i;
	}
	return -1;
}

int
exchange_read_value(struct pool *pool, const struct json *v,
    struct exchange_value *out, struct err *err)
{
	struct exchange_value value = { .number = 0 };
	struct raw_value raw = { .value = NULL };
	int kind;

	if (slot_read(value_slots, "struct ValueEvent", v, pool, &raw, err) ==
	    -1)
		return -1;
	kind = values_by_name(raw.what);
	if (kind == -1)
		return err_set(err, "a value of a kind that is none");
	value.kind = (enum values_kind)kind;
	if (values_is_number(value.kind)) {
		if (slot_read_whole(raw.value, 0, EXCHANGE_MAX_NUMBER, "u64",
			&value.number, err) == -1)
			return -1;
	} else {
		if (raw.value->kind == JSON_STR)
			value.bytes = read_hex(pool, raw.value->str);
		if (value.bytes.p == NULL)
			return err_set(err, "a value that is none");
	}
	*out = value;
	return 0;
}

static void
add_name(struct buf *out, const char *name)
{
	buf_printf(out, ",\"%s\":", name);
}

/* p NULL: null. */
static void
add_text(struct buf *out, const char *name, struct str text)
{
	add_name(out, name);
	if (text.p != NULL)
		json_write_str(out, text);
	else
		buf_add(out, STR("null"));
}

static void
add_uint(struct buf *out, const char *name, uint64_t n)
{
	add_name(out, name);
	buf_add_uint(out, n);
}

static void
add_uint_or_null(struct buf *out, const char *name, bool is_there, uint64_t n)
{
	if (is_there)
		add_uint(out, name, n);
	else
		add_text(out, name, STR_NONE);
}

static void
add_bool(struct buf *out, const char *name, bool b)
{
	add_name(out, name);
	buf_add(out, b ? STR("true") : STR("false"));
}

static void
add_redacted(struct buf *out, unsigned redacted)
{
	const char *separator = "";

	add_name(out, "redacted");
	buf_add_char(out, '[');
	for (int i = 0; i < EXCHANGE_PARTS; i++) {
		if ((redacted & 1U << i) == 0)
			continue;
		buf_printf(out, "%s\"%s\"", separator, part_names[i]);
		separator = ",";
	}
	buf_add_char(out, ']');
}

void
exchange_write(struct buf *out, const struct exchange *e)
{
	buf_add(out, STR("{\"Exchange\":{\"id\":"));
	buf_add_uint(out, e->id);
	add_text(out, "kind", str_of(kind_names[e->kind]));
	add_text(out, "what", e->what);
	add_bool(out, "open", e->is_open);
	add_uint_or_null(out, "status", e->has_status, e->status);
	add_uint_or_null(out, "answers", e->has_answers, e->answers);
	add_text(out, "error", e->error);
	add_uint_or_null(out, "connection", e->connection != 0, e->connection);
	add_text(out, "server", e->server);
	add_bool(out, "proxied", e->is_proxied);
	add_bool(out, "tls", e->is_tls);
	add_uint(out, "started", e->started);
	add_uint(out, "ms", e->ms);
	add_uint(out, "sent", e->sent);
	add_uint(out, "received", e->received);
	add_uint(out, "bytes", e->bytes);
	add_text(out, "sha256", e->sha256);
	add_text(out, "certificate", e->certificate);
	add_redacted(out, e->redacted);
	add_bool(out, "cut", e->is_cut);
	buf_add(out, STR("}}\n"));
}

void
exchange_write_piece(struct buf *out, const struct exchange_piece *piece)
{
	buf_add(out, STR("{\"Piece\":{\"id\":"));
	buf_add_uint(out, piece->id);
	add_text(out, "part", str_of(part_names[piece->part]));
	buf_add(out, STR(",\"bytes\":\""));
	b64_add(out, piece->bytes);
	buf_add(out, STR("\"}}\n"));
}

void
exchange_write_value(struct buf *out, const struct exchange_value *value)
{
	buf_printf(out,
	    "{\"Value\":{\"what\":\"%s\",\"value\":", values_name(value->kind));
	if (values_is_number(value->kind)) {
		buf_add_uint(out, value->number);
	} else {
		buf_add_char(out, '"');
		hex_add(out, value->bytes);
		buf_add_char(out, '"');
	}
	buf_add(out, STR("}}\n"));
}
