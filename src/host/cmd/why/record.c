/*
 * What was recorded of an exchange, from the archive of its run: only the
 * records that the row names are read, by their offset, whatever else is in the
 * file. They are foreign: before the first one is read this process locks itself
 * as import does, but for the prompt, which goes on.
 */
#include "why/record.h"

#include <stdlib.h>

#include "base/num.h"
#include "lock/lock.h"
#include "text/b64.h"
#include "warc/read.h"

#define MOST_RECORDS 64 /* of one exchange */
#define MOST_TWINS                                                             \
	64 /* exchanges among which an earlier answer is looked for */

static int
lock_host(struct why *why, struct err *err)
{
	struct program *p = why->p;
	const char *const path[] = {
		p->ws.folder,
		p->ws.blobs,
		db_folder(p->db), /* of a link's target */
		NULL,
	};
	struct buf what = BUF_IN(why->pool);

	if (why->is_locked || p->is_prompt)
		return 0;
	db_stay_in_folder(p->db);
	if (lock_apply(path, &what, err) == -1)
		return err_wrap(err, "cannot lock the host");
	why->is_locked = true;
	return 0;
}

/* As RFC 9562 writes it: it becomes a part of a path. */
static bool
is_uuid(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
		char c = s.p[i];

		if (is_dash ? c != '-' : !num_is_lower_hex(c))
			return false;
	}
	return s.n == 36;
}

static struct warc_reader *
open_archive(struct why *why, struct str uuid, struct pool *pool,
    struct err *err)
{
	if (!is_uuid(uuid))
		return err_set(err, "its run has no number"), NULL;
	return warc_read_file(pool,
	    pool_printf(pool, "%s/evidence/%.*s.warc.gz", why->p->ws.folder,
		STR_ARG(uuid)),
	    err);
}

/* The block; *is_long: it goes on. Its digest is compared if all was read. */
static int
read_block(struct warc_reader *in, struct pool *pool, struct str *block,
    bool *is_long, struct err *err)
{
	struct buf out = BUF_NONE;
	enum warc_sum sum = WARC_SUM_NONE, payload;
	ssize_t n = 0;

	*is_long = false;
	while (out.n < RECORD_MOST &&
	       (n = warc_block(in, buf_room(&out, RECORD_STEP), RECORD_STEP,
		    err)) > 0)
		out.n += (size_t)n;
	if (n != -1 && out.n >= RECORD_MOST)
		*is_long = true;
	else if (n != -1 && warc_finish(in, &sum, &payload, err) == -1)
		n = -1;
	*block = pool_copy(pool, buf_str(&out));
	buf_clear(&out);
	if (n == -1)
		return -1;
	if (sum == WARC_SUM_WRONG)
		return err_set(err,
		    "the digest of the record at byte %llu is wrong: it was "
		    "changed",
		    (unsigned long long)warc_at(in));
	return 0;
}

static struct str *
part_of(struct record *out, const struct warc_entry *e)
{
	static const struct {
		const char *name;
		enum warc_type kind; /* without a name */
		size_t at;
	} row[] = {
		{ "response", WARC_RESPONSE,
		    offsetof(struct record, response) },
		{ "response", WARC_REVISIT, offsetof(struct record, response) },
		{ "request", WARC_REQUEST, offsetof(struct record, request) },
		{ "query", WARC_TYPES, offsetof(struct record, query) },
		{ "answer", WARC_TYPES, offsetof(struct record, answer) },
		{ "in", WARC_TYPES, offsetof(struct record, in) },
		{ "out", WARC_TYPES, offsetof(struct record, out) },
		{ "chain", WARC_TYPES, offsetof(struct record, chain) },
	};
	struct str part = warc_field_value(e, "X-Sn0int-Part", 0);

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		if (part.p != NULL ? str_is(part, row[i].name)
				   : row[i].kind == e->kind)
			return (struct str *)(void *)((char *)out + row[i].at);
	}
	return NULL;
}

/* "application/dns-message", and not the same as text beside it. */
static bool
is_wanted(const struct warc_entry *e, struct str number)
{
	struct str of = warc_field_value(e, "X-Sn0int-Exchange", 0);

	return (of.p == NULL || str_eq(of, number)) &&
	       !str_starts(e->content_type, STR("text/dns"));
}

static int
read_records(struct warc_reader *in, const struct row *exchange,
    struct pool *pool, struct record *out, struct err *err)
{
	uint64_t at = (uint64_t)row_column_number(exchange, "place", 0),
		 end = at + (uint64_t)row_column_number(exchange, "length", 1);
	struct str number = str_of(pool_printf(pool, "%lld",
	    (long long)row_column_number(exchange, "number", 0)));
	struct warc_entry e;
	bool is_there = false;
	int status = 0;

	warc_seek(in, at);
	for (int i = 0; i < MOST_RECORDS &&
			(status = warc_next(in, &e, err)) == 1 && e.at < end;
	     i++) {
		struct str *part =
		    is_wanted(&e, number) ? part_of(out, &e) : NULL;
		bool is_long;

		is_there = is_there || is_wanted(&e, number);
		if (part == NULL || part->p != NULL)
			continue;
		if (part == &out->response && e.kind == WARC_REVISIT)
			out->refers_to = pool_copy(pool,
			    warc_field_value(&e, "WARC-Refers-To", 0));
		if (part == &out->response)
			out->id = pool_copy(pool, e.id);
		if (read_block(in, pool, part, &is_long, err) == -1)
			return -1;
		out->is_long = out->is_long || is_long;
		/* the answer comes last: what is behind it is not looked at */
		if (part == &out->response || part == &out->answer ||
		    part == &out->in)
			return 0;
	}
	if (status == -1)
		return -1;
	/* of a connection over which nothing came there is only its mark */
	if (!is_there)
		return err_set(err, "there is no record of it at byte %llu",
		    (unsigned long long)at);
	return 0;
}

static struct str
without_brackets(struct str id)
{
	return id.n > 2 && id.p[0] == '<' ? str_sub(id, 1, id.n - 2) : id;
}

/* Behind the head: RFC 9112, 2.1. */
static struct str
payload_of(struct str block)
{
	size_t at = str_find(block, STR("\r\n\r\n"));

	return at != STR_NPOS ? str_from(block, at + 4) : STR("");
}

/* "column = text", of those that are in an archive. */
static int
read_same(const struct row *exchange, const char *column, struct str text,
    struct pool *pool, const struct filter **filter, struct err *err)
{
	const struct str word[] = { STR("where"), STR("place"), STR("is"),
		STR("not"), STR("null"), STR("and"), str_of(column), STR("="),
		text };

	return filter_read(pool, exchange->model, word,
	    sizeof(word) / sizeof(*word), filter, err);
}

/* Exchanges with the same body; of one that was altered there is no hash. */
static int
read_twins(const struct row *exchange, struct pool *pool,
    const struct filter **filter, struct err *err)
{
	struct str hash = row_column_text(exchange, "sha256");

	if (hash.p != NULL)
		return read_same(exchange, "sha256", hash, pool, filter, err);
	return read_same(exchange, "bytes",
	    str_of(pool_printf(pool, "%lld",
		(long long)row_column_number(exchange, "bytes", -1))),
	    pool, filter, err);
}

/* The earlier answer with the same bytes, if it is in this archive. */
static int
follow(struct why *why, struct warc_reader *in, const struct row *exchange,
    struct pool *pool, struct record *out, struct err *err)
{
	const struct filter *filter;
	struct str wanted = without_brackets(out->refers_to);
	struct buf whole = BUF_IN(pool);
	struct db_rows *rows;
	struct row row;
	bool is_found = false;
	int status;

	if (read_twins(exchange, pool, &filter, err) == -1 ||
	    db_rows_open(why->p->db, exchange->model, filter, DB_BY_ID, &rows,
		err) == -1)
		return -1;
	for (int i = 0; !is_found && i < MOST_TWINS &&
			(status = db_rows_next(rows, pool, &row, err)) == 1;
	     i++) {
		struct record other = { .id = STR_NONE };

		/* of another run: there is something else at this place */
		if (row.id == exchange->id ||
		    read_records(in, &row, pool, &other, NULL) == -1 ||
		    !str_eq(other.id, wanted))
			continue;
		buf_add(&whole, out->response);
		buf_add(&whole, payload_of(other.response));
		out->response = buf_str(&whole);
		is_found = true;
	}
	db_rows_free(rows);
	if (is_found)
		return 0;
	return err_set(err, "the answer that it repeats is not there");
}

/* A chain of certificates stands once in an archive, where it came first. */
static int
follow_chain(struct why *why, struct warc_reader *in,
    const struct row *exchange, struct str certificate, struct pool *pool,
    struct record *out, struct err *err)
{
	const struct filter *filter;
	struct db_rows *rows;
	struct row row;
	int status;

	if (read_same(exchange, "certificate", certificate, pool, &filter,
		err) == -1 ||
	    db_rows_open(why->p->db, exchange->model, filter, DB_BY_ID, &rows,
		err) == -1)
		return -1;
	for (int i = 0; out->chain.p == NULL && i < MOST_TWINS &&
			(status = db_rows_next(rows, pool, &row, err)) == 1;
	     i++) {
		struct record other = { .id = STR_NONE };

		/* of another run: there is something else at this place */
		if (read_records(in, &row, pool, &other, NULL) == 0)
			out->chain = other.chain;
	}
	db_rows_free(rows);
	if (out->chain.p != NULL)
		return 0;
	return err_set(err, "its certificate is not there");
}

struct str
record_leaf(const struct record *record, struct pool *pool)
{
	struct str rest = record->chain, der;
	struct buf text = BUF_IN(pool);
	size_t at = str_find(rest, STR("-----BEGIN CERTIFICATE-----"));

	if (rest.p == NULL || at == STR_NPOS)
		return STR("");
	rest = str_from(rest, at);
	(void)str_cut(&rest, '\n');
	while (rest.p != NULL && rest.n != 0 && rest.p[0] != '-')
		buf_add(&text, str_trim(str_cut(&rest, '\n')));
	return b64_read(pool, buf_str(&text), &der, NULL) == 0 ? der : STR("");
}

int
record_load(struct why *why, struct str uuid, const struct row *exchange,
    struct pool *pool, struct record *out, struct err *err)
{
	struct warc_reader *in;
	struct str certificate;

	*out = (struct record){ .id = STR_NONE };
	if (row_column_number(exchange, "place", -1) < 0)
		return 0;
	if (lock_host(why, err) == -1)
		return -1;
	in = open_archive(why, uuid, pool, err);
	if (in == NULL || read_records(in, exchange, pool, out, err) == -1)
		return -1;
	certificate = row_column_text(exchange, "certificate");
	if (certificate.p != NULL && out->chain.p == NULL &&
	    str_eq(row_column_text(exchange, "kind"), STR("tls")) &&
	    follow_chain(why, in, exchange, certificate, pool, out, err) == -1)
		return -1;
	if (out->refers_to.p != NULL &&
	    follow(why, in, exchange, pool, out, err) == -1)
		return -1;
	return 1;
}
