#include "script/script.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/num.h"

void
script_init(struct script *script)
{
	*script = (struct script){ .pool = POOL_NONE };
	script->last = &script->first;
}

void
script_clear(struct script *script)
{
	for (struct script_exchange *x = script->first; x != NULL;
	     x = x->next) {
		for (int i = 0; i < EXCHANGE_PARTS; i++)
			buf_clear(&x->part[i]);
	}
	for (struct script_chain *c = script->chain; c != NULL; c = c->next)
		buf_clear(&c->pem);
	pool_clear(&script->pool);
	script_init(script);
}

struct buf *
script_new_chain(struct script *script, struct str certificate)
{
	struct script_chain *chain = pool_zalloc(&script->pool, sizeof(*chain));

	chain->next = script->chain;
	chain->certificate = pool_copy(&script->pool, certificate);
	script->chain = chain;
	return &chain->pem;
}

/*
 * Where it is in the tree, or would be. An odd factor gives each id other bits,
 * so none is further down than it has bits, whoever has chosen the ids.
 */
static struct script_exchange **
place_of(struct script *script, uint64_t id)
{
	struct script_exchange **at = &script->root;
	uint64_t bits = id * 0x9e3779b97f4a7c15u;

	for (; *at != NULL && (*at)->said.id != id; bits <<= 1)
		at = &(*at)->below[bits >> 63];
	return at;
}

struct script_exchange *
script_exchange(struct script *script, uint64_t id)
{
	return *place_of(script, id);
}

static struct script_exchange *
exchange_of(struct script *script, uint64_t id)
{
	struct script_exchange **at = place_of(script, id), *x = *at;

	if (x != NULL)
		return x;
	x = *at = pool_zalloc(&script->pool, sizeof(*x));
	x->said.id = id;
	*script->last = x;
	script->last = &x->next;
	return x;
}

int
script_take_bytes(struct script *script, uint64_t id, enum exchange_part part,
    struct str bytes, struct err *err)
{
	if (bytes.n > SCRIPT_MAX_BYTES - script->bytes)
		return err_set(err, "more than %zu bytes of one attempt",
		    SCRIPT_MAX_BYTES);
	script->bytes += bytes.n;
	buf_add(&exchange_of(script, id)->part[part], bytes);
	return 0;
}

static int
take_exchange(struct script *script, const struct json *v, struct err *err)
{
	struct exchange said;
	struct script_exchange *x;

	if (exchange_read(&script->pool, v, &said, err) == -1)
		return -1;
	x = exchange_of(script, said.id);
	x->has_stood = x->has_stood || said.is_open;
	x->said = said;
	return 0;
}

static int
take_piece(struct script *script, const struct json *v, struct err *err)
{
	struct exchange_piece piece;

	if (exchange_read_piece(&script->pool, v, &piece, err) == -1)
		return -1;
	return script_take_bytes(script, piece.id, piece.part, piece.bytes,
	    err);
}

static int
take_value(struct script *script, const struct json *v, struct err *err)
{
	struct exchange_value value;
	struct script_value *added;

	if (exchange_read_value(&script->pool, v, &value, err) == -1)
		return -1;
	script->value = pool_push(&script->pool, script->value, script->values,
	    sizeof(*script->value));
	added = &script->value[script->values++];
	*added = (struct script_value){ v, value.kind, false };
	return 0;
}

/* {"Exchange":...} and what else is said for the record alone. */
static const struct {
	const char *name;
	int (*take)(struct script *script, const struct json *v,
	    struct err *err);
} evidence[] = {
	{ "Exchange", take_exchange },
	{ "Piece", take_piece },
	{ "Value", take_value },
};

/* 1: it was one; 0: another event; -1. */
static int
take_evidence(struct script *script, struct str line, struct err *err)
{
	struct json *v;

	for (size_t i = 0; i < ARRAY_SIZE(evidence); i++) {
		struct str rest = str_from(line, 2), name;

		if (!str_starts(line, STR("{\"")))
			return 0;
		name = str_cut(&rest, '"');
		if (!str_is(name, evidence[i].name))
			continue;
		v = pool_alloc(&script->pool, sizeof(*v));
		if (json_read(&script->pool, pool_copy(&script->pool, line), v,
			err) == -1)
			return -1;
		if (json_member(v, evidence[i].name) == NULL)
			return err_set(err, "no event: \"%.*s\"",
			    STR_ARG(str_sub(line, 0, 40)));
		return evidence[i].take(script,
			   json_member(v, evidence[i].name), err) == -1
		           ? -1
		           : 1;
	}
	return 0;
}

/*
 * The text of a limit stands in what a child says when one has ended it
 * (limits_note()): that does not happen at the same place again.
 */
static bool
is_end_by_limit(struct str line)
{
	for (int i = 0; i < LIMITS; i++) {
		char text[64];

		(void)snprintf(text, sizeof(text),
		    "(limit %s=", limit_rows[i].name);
		if (str_find(line, str_of(text)) != STR_NPOS)
			return true;
	}
	return false;
}

static int
take_event(struct script *script, struct str line, struct err *err)
{
	int status = take_evidence(script, line, err);

	if (status != 0)
		return status == 1 ? 0 : -1;
	if (str_starts(line, STR("{\"Exit\":"))) {
		if (is_end_by_limit(line))
			return 0;
		script->has_ended = true;
	}
	script->event = pool_push(&script->pool, script->event, script->events,
	    sizeof(*script->event));
	script->event[script->events++] = pool_copy(&script->pool, line);
	return 0;
}

static int
take_answer(struct script *script, struct str line, struct err *err)
{
	(void)err;
	script->answer = pool_push(&script->pool, script->answer,
	    script->answers, sizeof(*script->answer));
	script->answer[script->answers++] = pool_copy(&script->pool, line);
	return 0;
}

static int
take_start(struct script *script, struct str line, struct err *err)
{
	if (script->start.p != NULL)
		return err_set(err, "a second start line");
	script->start = pool_copy(&script->pool, line);
	return 0;
}

static const struct slot head_slots[] = {
	{ "program", SLOT_TEXT, SLOT_OPT, AT(script_head, program),
	    "version of the program" },
	{ "module", SLOT_TEXT, SLOT_OPT, AT(script_head, module), "its name" },
	{ "sha256", SLOT_TEXT, SLOT_OPT, AT(script_head, sha256),
	    "of its text" },
	{ "target", SLOT_TEXT, SLOT_OPT, AT(script_head, target),
	    "what it ran on" },
	{ "data", SLOT_JSON, SLOT_OPT, AT(script_head, data),
	    "files of data, and their hashes" },
	{ NULL },
};

static int
take_head(struct script *script, struct str line, struct err *err)
{
	struct json *v = pool_alloc(&script->pool, sizeof(*v));

	if (json_read_most(&script->pool, pool_copy(&script->pool, line), 1000,
		v, err) == -1)
		return -1;
	return slot_read(head_slots, "struct Head", v, &script->pool,
	    &script->head, err);
}

static const struct {
	const char *open; /* in front of the value; a brace is behind it */
	int (*take)(struct script *script, struct str line, struct err *err);
} lines[] = {
	{ "{\"event\":", take_event },
	{ "{\"answer\":", take_answer },
	{ "{\"start\":", take_start },
	{ "{\"head\":", take_head },
};

int
script_take(struct script *script, struct str line, struct err *err)
{
	if (script->lines++ == SCRIPT_MAX_LINES)
		return err_set(err, "more than %zu lines of one attempt",
		    SCRIPT_MAX_LINES);
	if (line.n > SCRIPT_MAX_LINE ||
	    line.n > SCRIPT_MAX_BYTES - script->bytes)
		return err_set(err, "more than %zu bytes of one attempt",
		    SCRIPT_MAX_BYTES);
	script->bytes += line.n;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct str open = str_of(lines[i].open);

		if (str_starts(line, open) && line.n > open.n &&
		    line.p[line.n - 1] == '}')
			return lines[i].take(script,
			    str_sub(line, open.n, line.n - open.n - 1), err);
	}
	return err_set(err, "no line of a script: \"%.*s\"",
	    STR_ARG(str_sub(line, 0, 40)));
}

int
script_take_all(struct script *script, struct str text, struct err *err)
{
	while (text.n != 0) {
		struct str line = str_cut(&text, '\n');

		if (script_take(script, line, err) == -1)
			return -1;
	}
	return script_finish(script, err);
}

static void
write_line(struct buf *out, const char *open, struct str line)
{
	if (line.n != 0 && line.p[line.n - 1] == '\n')
		line.n--;
	buf_add(out, str_of(open));
	buf_add(out, line);
	buf_add(out, STR("}\n"));
}

void
script_write_event(struct buf *out, struct str line)
{
	write_line(out, "{\"event\":", line);
}

void
script_write_answer(struct buf *out, struct str line)
{
	write_line(out, "{\"answer\":", line);
}

void
script_write_start(struct buf *out, struct str line)
{
	write_line(out, "{\"start\":", line);
}

void
script_write_head(struct buf *out, const struct script_head *head)
{
	autopool struct pool pool = POOL_NONE;
	struct json map = json_map();
	struct buf line = BUF_IN(&pool);

	(void)json_set(&pool, &map, STR("program"), json_str(head->program));
	(void)json_set(&pool, &map, STR("module"), json_str(head->module));
	(void)json_set(&pool, &map, STR("sha256"), json_str(head->sha256));
	(void)json_set(&pool, &map, STR("target"), json_str(head->target));
	if (head->data != NULL)
		(void)json_set(&pool, &map, STR("data"), *head->data);
	json_write(&line, &map, 0);
	write_line(out, "{\"head\":", buf_str(&line));
}

static const struct {
	char letter;
	enum script_mark_kind kind;
	bool has_number, has_text;
} mark_rows[] = {
	{ 'r', MARK_READ, true, false },
	{ 'w', MARK_WRITE, true, false },
	{ 't', MARK_READ_TIMEOUT, false, false },
	{ 'y', MARK_WRITE_TIMEOUT, false, false },
	{ 'e', MARK_END, false, false },
	{ 'f', MARK_READ_FAILED, true, true },
	{ 'x', MARK_WRITE_FAILED, true, true },
	{ 's', MARK_TLS, false, false },
};

/* A string of JSON. */
static int
read_text(struct pool *pool, struct str text, struct str *out, struct err *err)
{
	struct json v;

	if (json_read_most(pool, text, 1, &v, err) == -1)
		return -1;
	if (v.kind != JSON_STR)
		return err_set(err, "no text");
	*out = v.str;
	return 0;
}

static int
fail_mark(struct str line, struct err *err)
{
	return err_set(err, "no mark of a connection: \"%.*s\"",
	    STR_ARG(str_sub(line, 0, 40)));
}

static int
read_mark(struct pool *pool, struct str line, struct script_mark *out,
    struct err *err)
{
	struct str rest = line, letter = str_cut(&rest, ' '), number;

	for (size_t i = 0; i < ARRAY_SIZE(mark_rows); i++) {
		if (letter.n != 1 || letter.p[0] != mark_rows[i].letter)
			continue;
		*out = (struct script_mark){ .kind = mark_rows[i].kind };
		if (mark_rows[i].has_number) {
			number = str_cut(&rest, ' ');
			if (num_read_max(number, INT32_MAX, &out->n) == -1)
				return fail_mark(line, err);
		}
		return mark_rows[i].has_text && rest.p != NULL
		           ? read_text(pool, rest, &out->text, err)
		           : 0;
	}
	return fail_mark(line, err);
}

static int
add_error(struct script *script, struct script_exchange *x, struct str text,
    struct err *err)
{
	struct str *list = (struct str *)x->error.text;

	if (x->error.n == RECALL_MAX_ERRORS)
		return err_set(err, "an error of more than %d messages",
		    RECALL_MAX_ERRORS);
	list = pool_push(&script->pool, list, x->error.n, sizeof(*list));
	list[x->error.n++] = text;
	x->error.text = list;
	return 0;
}

static int
read_marks(struct script *script, struct script_exchange *x, struct err *err)
{
	struct str rest = buf_str(&x->part[EXCHANGE_MARK]), text;

	while (rest.n != 0) {
		struct str line = str_cut(&rest, '\n');
		struct script_mark mark;

		if (str_starts(line, STR("E "))) {
			if (read_text(&script->pool, str_from(line, 2), &text,
				err) == -1 ||
			    add_error(script, x, text, err) == -1)
				return -1;
			continue;
		}
		if (read_mark(&script->pool, line, &mark, err) == -1)
			return -1;
		x->mark = pool_push(&script->pool, x->mark, x->marks,
		    sizeof(*x->mark));
		x->mark[x->marks++] = mark;
	}
	return 0;
}

int
script_finish(struct script *script, struct err *err)
{
	for (struct script_exchange *x = script->first; x != NULL;
	     x = x->next) {
		if (x->said.what.p == NULL)
			return err_set(err,
			    "bytes of exchange %llu, which nobody told of",
			    (unsigned long long)x->said.id);
		if (read_marks(script, x, err) == -1)
			return err_wrap(err, "exchange %llu",
			    (unsigned long long)x->said.id);
		if (x->error.n == 0 && x->said.error.p != NULL &&
		    add_error(script, x, x->said.error, err) == -1)
			return -1;
	}
	return script->start.p != NULL
	           ? 0
	           : err_set(err, "it has no start line: the run was not "
				  "recorded with --evidence full");
}
