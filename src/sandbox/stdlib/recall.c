/*
 * A question is one line, or as many as its bytes take; then the answer comes,
 * in one line or more. A connection that was recorded is a stream (memory.h)
 * whose every read and write is such a question.
 */
#include "stdlib/recall.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ipc/exchange.h"
#include "ipc/recall.h"
#include "stream/memory.h"

/* A whole answer: its last line, and the bytes of all. */
struct recalled {
	struct recall_answer last;
	struct str bytes;
};

static int
send_line(struct child *child, const struct recall *ask, struct err *err)
{
	struct buf line = BUF_NONE;
	int result;

	recall_write(&line, ask);
	result = wire_send(&child->wire, buf_str(&line), err);
	buf_clear(&line);
	return result;
}

static int
send_question(struct child *child, const struct recall *ask, struct err *err)
{
	struct recall piece = *ask;
	struct str rest = ask->bytes;

	do {
		piece.bytes = str_sub(rest, 0, RECALL_MAX_PIECE);
		rest = str_from(rest, piece.bytes.n);
		piece.has_more = rest.n != 0;
		if (send_line(child, &piece, err) == -1)
			return -1;
	} while (piece.has_more);
	return 0;
}

/* The messages of an error that was recorded. */
static int
fail_recorded(const struct slot_texts *error, struct err *err)
{
	(void)err_set_str(err, error->text[0]);
	for (size_t i = 1; i < error->n; i++)
		(void)err_wrap(err, "%.*s", STR_ARG(error->text[i]));
	return -1;
}

static int
receive_answer(struct child *child, struct pool *pool, struct recalled *out,
    struct err *err)
{
	struct buf bytes = BUF_IN(pool);

	do {
		struct str line, text;
		int result;

		if (wire_receive(&child->wire, &line, err) == -1)
			return -1;
		/* what is read views the line, which the next one replaces */
		result = recall_read_answer(pool, pool_copy(pool, line),
		    &out->last, &text, err);
		if (result == 1)
			return err_set_str(err, text);
		if (result == -1)
			return -1;
		if (out->last.bytes.n > RECALL_MAX_BYTES - bytes.n)
			return err_set(err, "more than %zu bytes of a record",
			    RECALL_MAX_BYTES);
		buf_add(&bytes, out->last.bytes);
	} while (out->last.has_more);
	out->bytes = buf_str(&bytes);
	return 0;
}

/* -1 also for an error that was recorded, but not of a read or write. */
static int
recall(struct child *child, const struct recall *ask, struct pool *pool,
    struct recalled *out, struct err *err)
{
	if (send_question(child, ask, err) == -1 ||
	    receive_answer(child, pool, out, err) == -1)
		return -1;
	if (out->last.fault == RECALL_FINE && out->last.error.n != 0)
		return fail_recorded(&out->last.error, err);
	return 0;
}

static void
set_peer(struct stream *s, struct str server)
{
	struct addr addr;

	if (server.p != NULL && addr_read(server, &addr, NULL) == 0)
		stream_set_peer(s, &addr);
}

static int
recall_http(void *arg, struct str what, struct str request, struct pool *pool,
    struct stream **out, struct err *err)
{
	struct recall ask = { RECALL_HTTP, .what = what, .bytes = request };
	struct recalled answer;

	if (recall(arg, &ask, pool, &answer, err) == -1)
		return -1;
	*out = stream_new_bytes(answer.bytes);
	set_peer(*out, answer.last.server);
	return 0;
}

static int
recall_dns(void *arg, struct str what, struct pool *pool, struct str *messages,
    struct err *err)
{
	struct recall ask = { RECALL_DNS, .what = what };
	struct recalled answer;

	if (recall(arg, &ask, pool, &answer, err) == -1)
		return -1;
	*messages = answer.bytes;
	return 0;
}

/* A connection. */
struct played {
	struct child *child;
	uint64_t id;
	bool is_tls;
	struct pool pool; /* of the last read */
};

static int
fail_read_or_write(struct stream *s, const struct recall_answer *answer,
    struct err *err)
{
	if (answer->fault == RECALL_TIMEOUT)
		return stream_fail_timeout(s, err);
	if (answer->errnum != 0 || answer->error.n == 0)
		return stream_fail_errno(s,
		    answer->errnum != 0 ? answer->errnum : EIO, err);
	(void)fail_recorded(&answer->error, err);
	return stream_fail_tls(s);
}

static enum stream_io
played_read(struct stream *s, void *arg, struct str *bytes, struct err *err)
{
	struct played *p = arg;
	struct recall ask = { RECALL_READ, .id = p->id };
	struct recalled answer;

	pool_reset(&p->pool);
	if (recall(p->child, &ask, &p->pool, &answer, err) == -1) {
		(void)stream_fail_tls(s);
		return STREAM_IO_FAILED;
	}
	if (answer.last.fault == RECALL_END)
		return STREAM_IO_END;
	if (answer.last.fault != RECALL_FINE) {
		(void)fail_read_or_write(s, &answer.last, err);
		return STREAM_IO_FAILED;
	}
	*bytes = answer.bytes;
	return bytes->n != 0 ? STREAM_IO_DONE : STREAM_IO_END;
}

static int
played_write(struct stream *s, void *arg, struct str bytes, struct err *err)
{
	struct played *p = arg;
	autopool struct pool pool = POOL_NONE;
	struct recall ask = { RECALL_WRITE, .id = p->id, .bytes = bytes };
	struct recalled answer;

	if (recall(p->child, &ask, &pool, &answer, err) == -1)
		return stream_fail_tls(s);
	return answer.last.fault == RECALL_FINE
	           ? 0
	           : fail_read_or_write(s, &answer.last, err);
}

static bool
played_is_tls(const void *arg)
{
	const struct played *p = arg;

	return p->is_tls;
}

static void
played_free(void *arg)
{
	struct played *p = arg;

	pool_clear(&p->pool);
	free(p);
}

static const struct memory_source played = {
	.read = played_read,
	.write = played_write,
	.is_tls = played_is_tls,
	.free = played_free,
};

static int
recall_connect(void *arg, struct str what, bool is_tls, struct stream **out,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct recall ask = { RECALL_CONNECT, .what = what, .is_tls = is_tls };
	struct recalled answer;
	struct played *p;

	if (recall(arg, &ask, &pool, &answer, err) == -1)
		return -1;
	p = mem_zalloc(sizeof(*p));
	p->child = arg;
	p->id = answer.last.id;
	p->is_tls = is_tls;
	*out = stream_new_memory(&played, p);
	set_peer(*out, answer.last.server);
	return 0;
}

/* The blocks of one text of PEM, each with all its lines. */
static struct str *
split_chain(struct pool *pool, struct str text, size_t *n)
{
	static const struct str end = { "-----END CERTIFICATE-----", 25 };
	struct str *pem = NULL;
	size_t at;

	*n = 0;
	while ((at = str_find(text, end)) != STR_NPOS) {
		size_t size = at + end.n;

		while (size < text.n &&
		       (text.p[size] == '\r' || text.p[size] == '\n'))
			size++;
		pem = pool_push(pool, pem, *n, sizeof(*pem));
		pem[(*n)++] = str_sub(text, 0, size);
		text = str_from(text, size);
	}
	return pem;
}

static int
recall_tls(void *arg, struct stream *s, struct pool *pool, struct str **pem,
    size_t *n, struct err *err)
{
	struct played *p = stream_memory(s, &played);
	struct recall ask = { RECALL_TLS };
	struct recalled answer;

	ask.id = p->id;
	stream_take(s, stream_held(s).n);
	if (recall(arg, &ask, pool, &answer, err) == -1)
		return stream_fail_tls(s);
	p->is_tls = true;
	*pem = split_chain(pool, answer.bytes, n);
	return 0;
}

struct record
recall_record(struct child *child)
{
	return (struct record){
		.http = recall_http,
		.dns = recall_dns,
		.connect = recall_connect,
		.start_tls = recall_tls,
		.arg = child,
	};
}

/* The next value of the kind; -1: nobody recorded one, which the host knows. */
static int
recall_value(struct child *child, enum values_kind kind, struct pool *pool,
    struct exchange_value *out)
{
	struct recall ask = { RECALL_VALUE, .what = str_of(values_name(kind)) };
	struct recalled answer;

	if (recall(child, &ask, pool, &answer, NULL) == -1 ||
	    answer.last.value == NULL ||
	    exchange_read_value(pool, answer.last.value, out, NULL) == -1)
		return -1;
	return out->kind == kind ? 0 : -1;
}

static int64_t
recall_clock(void *arg)
{
	autopool struct pool pool = POOL_NONE;
	struct exchange_value value;

	return recall_value(arg, VALUES_CLOCK, &pool, &value) == 0
	           ? (int64_t)value.number
	           : values_system_clock();
}

static void
recall_random(void *arg, enum values_kind kind, void *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct exchange_value value;

	if (recall_value(arg, kind, &pool, &value) == 0 && value.bytes.n == n)
		memcpy(p, value.bytes.p, n);
	else
		values_system_random(p, n);
}

static bool
recall_sleep(void *arg, uint64_t ms)
{
	(void)arg;
	(void)ms;
	return true;
}

void
recall_values(struct child *child)
{
	static struct values_source source = {
		.clock = recall_clock,
		.random = recall_random,
		.sleep = recall_sleep,
	};

	source.arg = child;
	values_source = &source;
}
