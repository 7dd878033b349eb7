/*
 * The archives come first in a bundle. Of each record that an index may have a
 * number is kept, made of its file, its place, its length and its URL; a line of
 * the index is right if its number is among them. Memory: 8 bytes a record.
 */
#include "bundle/verify_warc.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "wacz/cdxj.h"
#include "warc/read.h"

#define PIECE     ((size_t)64 << 10)
#define MOST_BAD  10 /* of one archive, or one index, that are told */
#define FILE_NAME "archive/"

static uint64_t
number_of(struct str file, uint64_t at, uint64_t length, struct str url)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);

	buf_add(&text, file);
	buf_printf(&text, "\n%llu %llu\n", (unsigned long long)at,
	    (unsigned long long)length);
	buf_add(&text, url);
	return bytes_be(
	    str_sub(digest_of(&pool, DIGEST_SHA2_256, buf_str(&text)), 0, 8));
}

struct archive_check {
	struct verifier *v;
	const struct zip_member *m;
	struct str file; /* its name in the index */
	uint64_t records, sums, bad;
	uint64_t at; /* of the last record, */
	struct buf url;
	bool has_url;
};

/* The last record goes up to `end`. */
static void
keep_record(struct archive_check *c, uint64_t end)
{
	if (c->has_url)
		numbers_add(&c->v->records,
		    number_of(c->file, c->at, end - c->at, buf_str(&c->url)));
	c->has_url = false;
}

static void
begin_record(struct archive_check *c, const struct warc_entry *e)
{
	keep_record(c, e->at);
	c->records++;
	c->at = e->at;
	c->url.n = 0;
	c->has_url = e->target_uri.p != NULL && e->at != WARC_NO_PLACE;
	if (c->has_url)
		buf_add(&c->url, e->target_uri);
}

static void
check_sum(struct archive_check *c, enum warc_sum sum, const char *what)
{
	c->sums += sum == WARC_SUM_RIGHT;
	if (sum != WARC_SUM_WRONG || c->bad++ >= MOST_BAD)
		return;
	verify_say(c->v, VERIFY_BAD, str_of(c->m->name),
	    "the digest of the %s of the record at %llu is of other bytes",
	    what, (unsigned long long)c->at);
}

static int
read_records(struct archive_check *c, struct warc_reader *in, struct err *err)
{
	struct warc_entry e;
	int status;

	while ((status = warc_next(in, &e, err)) == 1) {
		enum warc_sum block, payload;

		begin_record(c, &e);
		if (warc_finish(in, &block, &payload, err) == -1)
			return -1;
		check_sum(c, block, "block");
		check_sum(c, payload, "payload");
	}
	return status;
}

void
warc_verify(struct verifier *v, const struct zip_member *m)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct archive_check c = { .v = v,
		.m = m,
		.file = str_from(str_of(m->name), sizeof(FILE_NAME) - 1),
		.url = BUF_NONE };
	struct warc_reader *in =
	    warc_read_part(&pool, v->options->fd, m->data_at, m->size);

	if (read_records(&c, in, &err) == -1) {
		c.bad++;
		v->is_unread |= warc_has_failed(in);
		if (warc_has_failed(in))
			verify_say_err(v, VERIFY_UNKNOWN, str_of(m->name),
			    "was not read to its end", &err);
		else
			verify_say_err(v, VERIFY_BAD, str_of(m->name),
			    warc_is_cut(in) ? "is cut"
					    : "is no archive of records",
			    &err);
	} else {
		keep_record(&c, m->size);
	}
	if (c.bad == 0)
		verify_say(v, VERIFY_GOOD, str_of(m->name),
		    "%llu records, %llu digests of them are right",
		    (unsigned long long)c.records, (unsigned long long)c.sums);
	buf_clear(&c.url);
}

/* ---- the index ---- */

struct index_check {
	struct verifier *v;
	struct str where;
	uint64_t lines, bad;
	struct buf rest; /* of a line that has begun */
};

static void
check_line(struct index_check *c, struct str text)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct cdxj line;

	c->lines++;
	if (cdxj_read(&pool, text, &line, &err) == -1) {
		if (c->bad++ < MOST_BAD)
			verify_say_err(c->v, VERIFY_BAD, c->where,
			    pool_printf(&pool, "line %llu is none",
				(unsigned long long)c->lines),
			    &err);
		return;
	}
	if (!numbers_has(&c->v->records,
		number_of(line.file, line.offset, line.length, line.url)) &&
	    c->bad++ < MOST_BAD)
		verify_say(c->v, VERIFY_BAD, c->where,
		    "line %llu leads to no record of %.*s",
		    (unsigned long long)c->lines, STR_ARG(line.url));
}

/* Whole lines of a piece; -1: one that is too long. */
static int
check_lines(struct index_check *c, struct str piece)
{
	while (piece.n != 0) {
		size_t end = str_find_char(piece, '\n');

		buf_add(&c->rest, str_sub(piece, 0, end));
		if (c->rest.n > CDXJ_MAX_LINE) {
			c->bad++;
			verify_say(c->v, VERIFY_BAD, c->where,
			    "line %llu is too long",
			    (unsigned long long)(c->lines + 1));
			return -1;
		}
		if (end == STR_NPOS)
			break;
		check_line(c, buf_str(&c->rest));
		c->rest.n = 0;
		piece = str_from(piece, end + 1);
	}
	return 0;
}

int
index_verify(struct verifier *v, struct zip_reader *zip,
    const struct zip_member *m, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct index_check c = { .v = v,
		.where = str_of(m->name),
		.rest = BUF_NONE };
	char *piece = pool_alloc(&pool, PIECE);
	ssize_t n;

	numbers_seal(&v->records);
	if (v->is_unread) {
		verify_say(v, VERIFY_UNKNOWN, c.where,
		    "was not checked: not all archives could be read");
		return 0;
	}
	while ((n = zip_read(zip, piece, PIECE, err)) > 0) {
		if (check_lines(&c, str_view(piece, (size_t)n)) == -1)
			break;
	}
	if (n == 0 && c.rest.n != 0)
		check_line(&c, buf_str(&c.rest));
	if (n != -1 && c.bad == 0)
		verify_say(v, VERIFY_GOOD, c.where,
		    "%llu lines, each leads to its record",
		    (unsigned long long)c.lines);
	buf_clear(&c.rest);
	return n == -1 ? -1 : 0;
}
