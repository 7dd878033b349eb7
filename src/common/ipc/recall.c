#include "ipc/recall.h"

#include "base/mem.h"
#include "ipc/reply.h"
#include "text/b64.h"

/* A line: a piece in base64, what is asked for, and little else. */
#define MOST_VALUES 64

static const char *const kind_name[] = {
	[RECALL_HTTP] = "http",
	[RECALL_DNS] = "dns",
	[RECALL_CONNECT] = "connect",
	[RECALL_TLS] = "tls",
	[RECALL_READ] = "read",
	[RECALL_WRITE] = "write",
	[RECALL_VALUE] = "value",
};

static const char *const fault_name[] = {
	[RECALL_FINE] = "",
	[RECALL_END] = "end",
	[RECALL_TIMEOUT] = "timeout",
	[RECALL_FAILED] = "failed",
};

/* As it stands in a line. */
struct raw {
	struct str kind, what, bytes, server, fault;
	uint64_t id;
	bool is_tls, has_more;
	int32_t errnum;
	struct slot_texts error;
	const struct json *value;
};

static const struct slot ask_slots[] = {
	{ "kind", SLOT_TEXT, 0, AT(raw, kind), "what is asked for" },
	{ "what", SLOT_TEXT, SLOT_OPT, AT(raw, what), "its name" },
	{ "id", SLOT_U64, SLOT_OPT, AT(raw, id), "of a connection" },
	{ "tls", SLOT_BOOL, SLOT_OPT, AT(raw, is_tls), "it speaks TLS" },
	{ "bytes", SLOT_TEXT, SLOT_OPT, AT(raw, bytes), "base64" },
	{ "more", SLOT_BOOL, SLOT_OPT, AT(raw, has_more), "bytes follow" },
	{ NULL },
};

static const struct slot answer_slots[] = {
	{ "bytes", SLOT_TEXT, SLOT_OPT, AT(raw, bytes), "base64" },
	{ "more", SLOT_BOOL, SLOT_OPT, AT(raw, has_more), "bytes follow" },
	{ "id", SLOT_U64, SLOT_OPT, AT(raw, id), "of a connection" },
	{ "server", SLOT_TEXT, SLOT_OPT, AT(raw, server), "who answered" },
	{ "fault", SLOT_TEXT, SLOT_OPT, AT(raw, fault),
	    "how a read or write ended" },
	{ "errno", SLOT_I32, SLOT_OPT, AT(raw, errnum), "why it failed" },
	{ "error", SLOT_TEXTS, SLOT_OPT, AT(raw, error),
	    "its messages, the cause first" },
	{ "value", SLOT_JSON, SLOT_OPT, AT(raw, value), "a value" },
	{ NULL },
};

const char *
recall_kind_name(enum recall_kind kind)
{
	return kind_name[kind];
}

/* Behind one member or none: the next one's name. */
static void
add_name(struct buf *out, const char *name)
{
	if (out->n != 0 && out->p[out->n - 1] != '{')
		buf_add_char(out, ',');
	buf_printf(out, "\"%s\":", name);
}

static void
add_text(struct buf *out, const char *name, struct str text)
{
	add_name(out, name);
	json_write_str(out, text);
}

static void
add_bytes(struct buf *out, struct str bytes, bool has_more)
{
	add_name(out, "bytes");
	buf_add_char(out, '"');
	b64_add(out, bytes);
	buf_add_char(out, '"');
	add_name(out, "more");
	buf_add(out, has_more ? STR("true") : STR("false"));
}

static void
add_id(struct buf *out, uint64_t id)
{
	add_name(out, "id");
	buf_printf(out, "%llu", (unsigned long long)id);
}

void
recall_write(struct buf *out, const struct recall *ask)
{
	buf_add(out, STR("{\"Recall\":{"));
	add_text(out, "kind", str_of(kind_name[ask->kind]));
	if (ask->what.n != 0)
		add_text(out, "what", ask->what);
	if (ask->id != 0)
		add_id(out, ask->id);
	if (ask->is_tls) {
		add_name(out, "tls");
		buf_add(out, STR("true"));
	}
	if (ask->bytes.n != 0 || ask->has_more)
		add_bytes(out, ask->bytes, ask->has_more);
	buf_add(out, STR("}}\n"));
}

static void
add_errors(struct buf *out, const struct slot_texts *error)
{
	add_name(out, "error");
	buf_add_char(out, '[');
	for (size_t i = 0; i < error->n; i++) {
		if (i != 0)
			buf_add_char(out, ',');
		json_write_str(out, error->text[i]);
	}
	buf_add_char(out, ']');
}

void
recall_write_answer(struct buf *out, const struct recall_answer *answer)
{
	buf_add(out, STR("{\"Ok\":{"));
	add_bytes(out, answer->bytes, answer->has_more);
	if (answer->id != 0)
		add_id(out, answer->id);
	if (answer->server.p != NULL)
		add_text(out, "server", answer->server);
	if (answer->fault != RECALL_FINE)
		add_text(out, "fault", str_of(fault_name[answer->fault]));
	if (answer->errnum != 0) {
		add_name(out, "errno");
		buf_add_int(out, answer->errnum);
	}
	if (answer->error.n != 0)
		add_errors(out, &answer->error);
	if (answer->value != NULL) {
		add_name(out, "value");
		json_write(out, answer->value, 0);
	}
	buf_add(out, STR("}}\n"));
}

void
recall_write_answers(struct buf *out, const struct recall_answer *answer)
{
	struct recall_answer last = *answer;

	while (last.bytes.n > RECALL_MAX_PIECE) {
		struct recall_answer piece = {
			.bytes = str_sub(last.bytes, 0, RECALL_MAX_PIECE),
			.has_more = true,
		};

		recall_write_answer(out, &piece);
		last.bytes = str_from(last.bytes, RECALL_MAX_PIECE);
	}
	recall_write_answer(out, &last);
}

bool
recall_is(struct str line)
{
	return str_starts(line, STR("{\"Recall\":"));
}

static int
by_name(const char *const *name, size_t n, struct str word, const char *what,
    struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (str_is(word, name[i]))
			return (int)i;
	}
	return err_set(err, "no such %s: \"%.*s\"", what,
	    STR_ARG(str_sub(word, 0, 40)));
}

static int
read_piece(struct pool *pool, struct str *bytes, struct err *err)
{
	struct str text = *bytes;

	*bytes = STR("");
	if (text.n > (RECALL_MAX_PIECE + 2) / 3 * 4)
		return err_set(err, "more than %zu bytes in one piece",
		    RECALL_MAX_PIECE);
	return text.n == 0 ? 0 : b64_read(pool, text, bytes, err);
}

int
recall_read(struct pool *pool, struct str line, struct recall *out,
    struct err *err)
{
	struct raw raw = { .what = STR(""), .bytes = STR("") };
	const struct json *ask;
	struct json v;
	int kind;

	if (json_read_most(pool, line, MOST_VALUES, &v, err) == -1)
		return -1;
	ask = json_member(&v, "Recall");
	if (ask == NULL)
		return err_set(err, "it asks for nothing of a record");
	if (slot_read(ask_slots, "struct Recall", ask, pool, &raw, err) == -1)
		return -1;
	kind = by_name(kind_name, RECALL_KINDS, raw.kind, "kind", err);
	if (kind == -1 || read_piece(pool, &raw.bytes, err) == -1)
		return -1;
	if (raw.what.n > RECALL_MAX_WHAT)
		return err_set(err, "a name of more than %zu bytes",
		    RECALL_MAX_WHAT);
	*out = (struct recall){ (enum recall_kind)kind, raw.what, raw.id,
		raw.is_tls, raw.bytes, raw.has_more };
	return 0;
}

static int
read_ok(struct pool *pool, const struct json *ok, struct recall_answer *out,
    struct err *err)
{
	struct raw raw = { .bytes = STR(""), .fault = STR("") };
	int fault;

	if (slot_read(answer_slots, "struct Recall", ok, pool, &raw, err) == -1)
		return -1;
	fault = by_name(fault_name, RECALL_FAULTS, raw.fault, "fault", err);
	if (fault == -1 || read_piece(pool, &raw.bytes, err) == -1)
		return -1;
	if (raw.error.n > RECALL_MAX_ERRORS)
		return err_set(err, "an error of more than %d messages",
		    RECALL_MAX_ERRORS);
	*out = (struct recall_answer){ raw.bytes, raw.has_more, raw.id,
		raw.server, (enum recall_fault)fault, raw.errnum, raw.error,
		raw.value };
	return 0;
}

int
recall_read_answer(struct pool *pool, struct str line,
    struct recall_answer *out, struct str *text, struct err *err)
{
	const struct json *ok;
	int result = reply_read(pool, line, &ok, text, err);

	return result != 0 ? result : read_ok(pool, ok, out, err);
}
