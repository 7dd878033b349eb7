/*
 * Both directions of the errands. What a child says is judged here as a whole:
 * framing, shape, and whether it is its turn, so that one reader stands between
 * the bytes of a child and whoever uses them.
 */
#include "ipc/errand.h"

#include "base/mem.h"
#include "ipc/event.h"
#include "ipc/variant.h"
#include "text/b64.h"
#include "value/slot.h"

#define MOST_VALUES ((size_t)8 << 10) /* of JSON, in one line */

static const char *const cause_name[ERRAND_CAUSES] = {
	[ERRAND_REQUEST] = "request",
	[ERRAND_POLICY] = "policy",
	[ERRAND_LIMIT] = "limit",
	[ERRAND_PROXY] = "proxy",
	[ERRAND_NAME] = "name",
	[ERRAND_LOOKUP] = "lookup",
	[ERRAND_REFUSED] = "refused",
	[ERRAND_TIMEOUT] = "timeout",
	[ERRAND_UNREACHABLE] = "unreachable",
	[ERRAND_TLS] = "tls",
	[ERRAND_ANSWER] = "answer",
	[ERRAND_CONTENT] = "content",
};

static const char *const expect_name[ERRAND_EXPECTS] = {
	[ERRAND_ANYTHING] = "anything",
	[ERRAND_SUFFIX_LIST] = "suffix-list",
	[ERRAND_GEOIP_CITY] = "geoip-city",
	[ERRAND_GEOIP_ASN] = "geoip-asn",
	[ERRAND_REPLY] = "reply",
};

const char *
errand_cause_name(enum errand_cause cause)
{
	return cause_name[cause];
}

const char *
errand_expect_name(enum errand_expect expect)
{
	return expect_name[expect];
}

/* A line as the tables fill it in. */
struct raw {
	uint64_t id;
	uint16_t status;
	uint32_t bytes;
	struct str method, url, cause, text, body, expect;
	const struct json *headers;
	uint32_t redirects, silence_ms;
	uint64_t timeout_ms, max_body;
};

static const struct slot ask_slots[] = {
	{ "id", SLOT_U64, 0, AT(raw, id), "of the errand" },
	{ "method", SLOT_TEXT, 0, AT(raw, method), "of the request" },
	{ "url", SLOT_TEXT, 0, AT(raw, url), "where to" },
	{ "headers", SLOT_JSON, 0, AT(raw, headers),
	    "a list of [name, value]" },
	{ "body", SLOT_TEXT, 0, AT(raw, body), "base64" },
	{ "redirects", SLOT_U32, 0, AT(raw, redirects), "to follow" },
	{ "timeout_ms", SLOT_U64, 0, AT(raw, timeout_ms), "of a hop" },
	{ "silence_ms", SLOT_U32, 0, AT(raw, silence_ms), "of a wait" },
	{ "max_body", SLOT_U64, 0, AT(raw, max_body), "bytes of the answer" },
	{ "expect", SLOT_TEXT, SLOT_OPT, AT(raw, expect),
	    "what an answer of status 200 has to be" },
	{ NULL },
};

static const struct slot head_slots[] = {
	{ "id", SLOT_U64, 0, AT(raw, id), "of the errand" },
	{ "status", SLOT_U16, 0, AT(raw, status), "of the answer" },
	{ "url", SLOT_TEXT, 0, AT(raw, url), "of the last hop" },
	{ "headers", SLOT_JSON, 0, AT(raw, headers),
	    "a list of [name, value]" },
	{ NULL },
};

static const struct slot body_slots[] = {
	{ "id", SLOT_U64, 0, AT(raw, id), "of the errand" },
	{ "bytes", SLOT_U32, 0, AT(raw, bytes), "that follow the line" },
	{ NULL },
};

static const struct slot id_slots[] = {
	{ "id", SLOT_U64, 0, AT(raw, id), "of the errand" },
	{ NULL },
};

static const struct slot failed_slots[] = {
	{ "id", SLOT_U64, 0, AT(raw, id), "of the errand" },
	{ "cause", SLOT_TEXT, 0, AT(raw, cause), "a word" },
	{ "text", SLOT_TEXT, 0, AT(raw, text), "the error" },
	{ NULL },
};

static int
read_field(const struct json *v, struct errand_field *out, struct err *err)
{
	if (v->kind != JSON_LIST || v->list.n != 2 ||
	    v->list.item[0].kind != JSON_STR ||
	    v->list.item[1].kind != JSON_STR)
		return err_set(err, "a header that is no pair of texts");
	out->name = v->list.item[0].str;
	out->value = v->list.item[1].str;
	return 0;
}

static int
read_fields(struct pool *pool, const struct json *v,
    const struct errand_field **out, size_t *n, struct err *err)
{
	struct errand_field *field;

	if (v == NULL || v->kind != JSON_LIST || v->list.n > ERRAND_MAX_FIELDS)
		return err_set(err, "headers that are no list of them");
	field = pool_array(pool, v->list.n, sizeof(*field));
	for (size_t i = 0; i < v->list.n; i++) {
		if (read_field(&v->list.item[i], &field[i], err) == -1)
			return -1;
	}
	*out = field;
	*n = v->list.n;
	return 0;
}

/* A word that is not there expects nothing. */
static int
read_expect(struct str word, enum errand_expect *out, struct err *err)
{
	*out = ERRAND_ANYTHING;
	if (word.p == NULL)
		return 0;
	for (int i = 0; i < ERRAND_EXPECTS; i++) {
		if (!str_is(word, expect_name[i]))
			continue;
		*out = (enum errand_expect)i;
		return 0;
	}
	return err_set(err, "an expectation that is none");
}

int
errand_take(struct pool *pool, struct str line, struct errand *out,
    struct err *err)
{
	struct errand errand;
	struct raw raw = { 0 };
	struct json v;

	if (json_read_most(pool, line, MOST_VALUES, &v, err) == -1 ||
	    slot_read(ask_slots, "an errand", &v, pool, &raw, err) == -1)
		return -1;
	errand = (struct errand){
		.id = raw.id,
		.method = raw.method,
		.url = raw.url,
		.redirects = raw.redirects,
		.timeout_ms = raw.timeout_ms,
		.silence_ms = raw.silence_ms,
		.max_body = raw.max_body,
	};
	if (read_fields(pool, raw.headers, &errand.field, &errand.fields,
		err) == -1 ||
	    read_expect(raw.expect, &errand.expect, err) == -1 ||
	    b64_read(pool, raw.body, &errand.body, err) == -1)
		return -1;
	*out = errand;
	return 0;
}

/* Of what comes back. */
static const struct variant kinds[] = {
	[ERRAND_HEAD] = { "Head", VARIANT_PAYLOAD },
	[ERRAND_BODY] = { "Body", VARIANT_PAYLOAD },
	[ERRAND_ALIVE] = { "Alive", VARIANT_PAYLOAD },
	[ERRAND_END] = { "End", VARIANT_PAYLOAD },
	[ERRAND_FAILED] = { "Failed", VARIANT_PAYLOAD },
	[ERRAND_NOTE] = { "Log", VARIANT_PAYLOAD },
	[ERRAND_EXIT] = { "Exit", VARIANT_PAYLOAD },
	{ NULL },
};

static const struct slot *const slots_of[] = {
	[ERRAND_HEAD] = head_slots,
	[ERRAND_BODY] = body_slots,
	[ERRAND_ALIVE] = id_slots,
	[ERRAND_END] = id_slots,
	[ERRAND_FAILED] = failed_slots,
};

void
errand_begin(struct errand_reader *r, const struct errand *errand)
{
	r->id = errand->id;
	r->has_head = false;
	r->left = errand->max_body;
	r->alive = 0;
}

void
errand_reader_clear(struct errand_reader *r)
{
	buf_clear(&r->line);
}

/* 1; -1: it is not the turn of that. */
static int
take_head(struct errand_reader *r, struct pool *pool, const struct raw *raw,
    struct errand_event *out, struct err *err)
{
	if (r->has_head)
		return err_set(err, "a second head");
	if (raw->status < 100 || raw->status > 999)
		return err_set(err, "a status of %u", raw->status);
	r->has_head = true;
	out->status = raw->status;
	out->url = raw->url;
	return read_fields(pool, raw->headers, &out->field, &out->fields,
		   err) == -1
	           ? -1
	           : 1;
}

static int
take_body(struct errand_reader *r, const struct raw *raw, struct err *err)
{
	if (!r->has_head)
		return err_set(err, "a body without a head");
	if (raw->bytes == 0 || raw->bytes > ERRAND_MAX_PIECE)
		return err_set(err, "a piece of %u bytes", raw->bytes);
	if (raw->bytes > r->left)
		return err_set(err, "a longer body than was asked for");
	r->left -= raw->bytes;
	r->piece = raw->bytes;
	return 0;
}

static int
take_failed(struct errand_reader *r, const struct raw *raw,
    struct errand_event *out, struct err *err)
{
	for (int i = 0; i < ERRAND_CAUSES; i++) {
		if (!str_is(raw->cause, cause_name[i]))
			continue;
		r->id = 0;
		out->cause = (enum errand_cause)i;
		out->text = raw->text;
		return 1;
	}
	return err_set(err, "a cause that is none");
}

/* What belongs to the errand under way. As read_line(). */
static int
take_step(struct errand_reader *r, struct pool *pool, const struct raw *raw,
    struct errand_event *out, struct err *err)
{
	if (r->id == 0 || raw->id != r->id)
		return err_set(err, "an answer to what was not asked (%llu)",
		    (unsigned long long)raw->id);
	switch (out->kind) {
	case ERRAND_HEAD:
		return take_head(r, pool, raw, out, err);
	case ERRAND_BODY:
		return take_body(r, raw, err);
	case ERRAND_FAILED:
		return take_failed(r, raw, out, err);
	case ERRAND_ALIVE:
		if (++r->alive > ERRAND_MAX_ALIVE)
			return err_set(err, "nothing but signs of life");
		return 1;
	default: /* ERRAND_END */
		if (!r->has_head)
			return err_set(err, "an end without a head");
		r->id = 0;
		return 1;
	}
}

/* What any child of ours says of itself. */
static int
take_word(struct errand_reader *r, struct pool *pool, struct str line,
    struct errand_event *out, struct err *err)
{
	struct event event;

	if (event_read(pool, line, &event, err) != 0)
		return -1;
	if (event.kind == EVENT_EXIT_OK)
		return err_set(err, "an end that nobody asked for");
	if (out->kind == ERRAND_NOTE && ++r->notes > ERRAND_MAX_NOTES)
		return err_set(err, "too many words about itself");
	/* what else it logs stands in the last line, too */
	if (out->kind == ERRAND_NOTE && event.log != LOG_WARN_ONCE)
		return 0;
	r->has_exited = out->kind == ERRAND_EXIT;
	out->text = event.text;
	return 1;
}

/* 1: an event; 0: none yet, the bytes of a piece follow; -1. */
static int
read_line(struct errand_reader *r, struct pool *pool, struct str line,
    struct errand_event *out, struct err *err)
{
	const struct json *payload;
	struct raw raw = { 0 };
	struct json v;
	uint32_t column;
	int kind;

	if (r->has_exited)
		return err_set(err, "a line after the last");
	if (json_read_most(pool, line, MOST_VALUES, &v, err) == -1)
		return -1;
	kind = variant_read(kinds, &v, &payload, &column, err);
	if (kind == -1)
		return -1;
	*out = (struct errand_event){ .kind = (enum errand_kind)kind };
	if (out->kind == ERRAND_NOTE || out->kind == ERRAND_EXIT)
		return take_word(r, pool, line, out, err);
	if (slot_read(slots_of[kind], "a step of an errand", payload, pool,
		&raw, err) == -1)
		return -1;
	return take_step(r, pool, &raw, out, err);
}

static int
take_piece(struct errand_reader *r, struct str *in, struct errand_event *out)
{
	*out = (struct errand_event){ .kind = ERRAND_BODY };
	out->bytes = str_sub(*in, 0, r->piece);
	*in = str_from(*in, out->bytes.n);
	r->piece -= out->bytes.n;
	return 1;
}

/* 1: a line is whole, in pool; 0: not yet; -1. */
static int
take_line(struct errand_reader *r, struct pool *pool, struct str *in,
    struct str *line, struct err *err)
{
	size_t at = str_find_char(*in, '\n');
	struct str part = str_sub(*in, 0, at);

	if (part.n > ERRAND_MAX_LINE - r->line.n)
		return err_set(err, "a line of more than %zu bytes",
		    ERRAND_MAX_LINE);
	buf_add(&r->line, part);
	*in = str_from(*in, at != STR_NPOS ? at + 1 : in->n);
	if (at == STR_NPOS)
		return 0;
	*line = pool_copy(pool, buf_str(&r->line));
	r->line.n = 0;
	return 1;
}

int
errand_read(struct errand_reader *r, struct pool *pool, struct str *in,
    struct errand_event *out, struct err *err)
{
	while (in->n != 0) {
		struct str line = STR_NONE;
		int status;

		if (r->piece != 0)
			return take_piece(r, in, out);
		status = take_line(r, pool, in, &line, err);
		if (status == 1)
			status = read_line(r, pool, line, out, err);
		if (status != 0)
			return status;
	}
	return 0;
}

static void
open_step(struct buf *out, enum errand_kind kind, uint64_t id)
{
	buf_printf(out, "{\"%s\":{\"id\":", kinds[kind].name);
	buf_add_uint(out, id);
}

static void
close_step(struct buf *out)
{
	buf_add(out, STR("}}\n"));
}

static void
add_text(struct buf *out, const char *name, struct str text)
{
	buf_printf(out, ",\"%s\":", name);
	json_write_str(out, text);
}

static void
add_uint(struct buf *out, const char *name, uint64_t n)
{
	buf_printf(out, ",\"%s\":", name);
	buf_add_uint(out, n);
}

static void
add_fields(struct buf *out, const struct errand_field *field, size_t n)
{
	buf_add(out, STR(",\"headers\":["));
	for (size_t i = 0; i < n; i++) {
		buf_add(out, i != 0 ? STR(",[") : STR("["));
		json_write_str(out, field[i].name);
		buf_add_char(out, ',');
		json_write_str(out, field[i].value);
		buf_add_char(out, ']');
	}
	buf_add_char(out, ']');
}

void
errand_write(struct buf *out, const struct errand *errand)
{
	buf_add(out, STR("{\"id\":"));
	buf_add_uint(out, errand->id);
	add_text(out, "method", errand->method);
	add_text(out, "url", errand->url);
	add_fields(out, errand->field, errand->fields);
	buf_add(out, STR(",\"body\":\""));
	b64_add(out, errand->body);
	buf_add_char(out, '"');
	add_uint(out, "redirects", errand->redirects);
	add_uint(out, "timeout_ms", errand->timeout_ms);
	add_uint(out, "silence_ms", errand->silence_ms);
	add_uint(out, "max_body", errand->max_body);
	add_text(out, "expect", str_of(expect_name[errand->expect]));
	buf_add(out, STR("}\n"));
}

void
errand_write_head(struct buf *out, uint64_t id, unsigned status, struct str url,
    const struct errand_field *field, size_t fields)
{
	open_step(out, ERRAND_HEAD, id);
	add_uint(out, "status", status);
	add_text(out, "url", url);
	add_fields(out, field, fields);
	close_step(out);
}

void
errand_write_body(struct buf *out, uint64_t id, size_t bytes)
{
	open_step(out, ERRAND_BODY, id);
	add_uint(out, "bytes", bytes);
	close_step(out);
}

void
errand_write_alive(struct buf *out, uint64_t id)
{
	open_step(out, ERRAND_ALIVE, id);
	close_step(out);
}

void
errand_write_end(struct buf *out, uint64_t id)
{
	open_step(out, ERRAND_END, id);
	close_step(out);
}

void
errand_write_failed(struct buf *out, uint64_t id, enum errand_cause cause,
    struct str text)
{
	open_step(out, ERRAND_FAILED, id);
	add_text(out, "cause", str_of(cause_name[cause]));
	add_text(out, "text", text);
	close_step(out);
}
