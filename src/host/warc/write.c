/*
 * A record's head says how long the block is and what its digest is, and stands
 * before it: so the block is read once for that and a second time to be
 * written. Blocks that are too long for memory come from a descriptor.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/read.h"
#include "crypt/digest.h"
#include "text/codec.h"
#include "warc/inside.h"

#define PIECE ((size_t)64 << 10)

struct warc_writer {
	const char *path;
	int fd;
	uint64_t end; /* of the file, behind whole records */
	bool is_broken;
	struct member member;
	char piece[PIECE];
};

/* Calls each() with the pieces of a block, in order. */
typedef int (*piece_fn)(void *handle, struct str bytes, struct err *err);

static int
each_piece(struct warc_writer *w, const struct warc_record *r, piece_fn each,
    void *handle, struct err *err)
{
	uint64_t at = r->at, left = r->n;

	if (r->block.n != 0 && each(handle, r->block, err) == -1)
		return -1;
	while (left != 0) {
		size_t n = left < PIECE ? (size_t)left : PIECE;
		ssize_t got = read_full_at(r->fd, w->piece, n, (off_t)at);

		if (got == -1)
			return err_sys(err,
			    "cannot read what is to be recorded");
		if ((size_t)got != n)
			return err_set(err,
			    "what is to be recorded ends after %llu of %llu bytes",
			    (unsigned long long)(r->n - left + (uint64_t)got),
			    (unsigned long long)r->n);
		if (each(handle, str_view(w->piece, n), err) == -1)
			return -1;
		at += n;
		left -= n;
	}
	return 0;
}

/* The digests of a block. */
struct sums {
	struct digest *block, *payload; /* payload NULL: none */
	uint64_t skip;                  /* bytes before the payload */
};

static int
sum_piece(void *handle, struct str bytes, struct err *err)
{
	struct sums *s = handle;
	uint64_t skip = s->skip < bytes.n ? s->skip : bytes.n;

	(void)err;
	digest_add(s->block, bytes);
	s->skip -= skip;
	if (s->payload != NULL)
		digest_add(s->payload, str_from(bytes, (size_t)skip));
	return 0;
}

static struct str
sum_text(struct pool *pool, const struct digest *digest)
{
	struct str hex = hex_write(pool, digest_sum(digest, pool));

	return str_of(pool_printf(pool, "sha256:%.*s", STR_ARG(hex)));
}

static int
write_piece(void *handle, struct str bytes, struct err *err)
{
	return member_add(handle, bytes, err);
}

/* Everything of a record, behind what is there. */
static int
write_record(struct warc_writer *w, const struct warc_record *r,
    struct pool *pool, struct err *err)
{
	struct sums sums = { .block = digest_new(pool, DIGEST_SHA2_256),
		.skip = r->payload };
	struct str payload = r->payload_digest, head, sample = r->block;
	uint64_t n = r->block.n + r->n;

	if (r->payload != WARC_NO_PAYLOAD && payload.p == NULL)
		sums.payload = digest_new(pool, DIGEST_SHA2_256);
	if (each_piece(w, r, sum_piece, &sums, err) == -1)
		return -1;
	if (sums.payload != NULL)
		payload = sum_text(pool, sums.payload);
	head = warc_head(pool, r, sum_text(pool, sums.block), payload, n);
	if (r->n > sample.n) /* the last piece that was read */
		sample =
		    str_view(w->piece, r->n < PIECE ? (size_t)r->n : PIECE);
	member_begin(&w->member, sample);
	if (member_add(&w->member, head, err) == -1 ||
	    each_piece(w, r, write_piece, &w->member, err) == -1 ||
	    member_add(&w->member, STR("\r\n\r\n"), err) == -1)
		return -1;
	return member_finish(&w->member, err);
}

static int
check_record(const struct warc_writer *w, const struct warc_record *r,
    struct err *err)
{
	if (w->is_broken)
		return err_set(err, "nothing more can be recorded in %s",
		    w->path);
	if (r->n > UINT64_MAX / 2 || r->at > INT64_MAX - r->n ||
	    r->block.n > UINT64_MAX / 4)
		return err_set(err, "a record of %llu bytes is too large",
		    (unsigned long long)r->n);
	return 0;
}

int
warc_append(struct warc_writer *writer, const struct warc_record *record,
    struct warc_place *place, struct err *err)
{
	autopool struct pool pool = POOL_NONE;

	if (check_record(writer, record, err) == -1)
		return -1;
	if (write_record(writer, record, &pool, err) == -1) {
		writer->is_broken =
		    ftruncate(writer->fd, (off_t)writer->end) == -1;
		return err_wrap(err, "%s", writer->path);
	}
	if (place != NULL)
		*place = (struct warc_place){ writer->end, writer->member.n };
	writer->end += writer->member.n;
	return 0;
}

static int
open_new(const char *path)
{
	return open(path,
	    O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
	    0600);
}

/* A folder can only be made before the host is locked, so it is tried last. */
static int
open_in_folder(struct pool *pool, const char *path)
{
	const char *slash = strrchr(path, '/');
	int fd = open_new(path);

	if (fd != -1 || errno != ENOENT || slash == NULL)
		return fd;
	if (mkdir(pool_cstr(pool, str_view(path, (size_t)(slash - path))),
		0700) == -1 &&
	    errno != EEXIST)
		return -1;
	return open_new(path);
}

static void
writer_close(void *handle)
{
	struct warc_writer *w = handle;

	member_end(&w->member);
	(void)close(w->fd);
	free(w);
}

/* What the file is: the first record. */
static int
write_info(struct warc_writer *w, const struct warc_field *field, size_t n,
    int64_t date_ms, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	static const char format[] =
	    "format: WARC File Format 1.1\r\nconformsTo: "
	    "http://iipc.github.io/warc-specifications/specifications/"
	    "warc-format/warc-1.1/\r\n";
	const char *slash = strrchr(w->path, '/');
	struct warc_field name = { "WARC-Filename",
		str_of(slash != NULL ? slash + 1 : w->path) };
	struct buf block = BUF_IN(&pool);
	struct warc_record r = { .type = WARC_WARCINFO,
		.id = warc_id(&pool),
		.date_ms = date_ms,
		.more = &name,
		.n_more = 1,
		.payload = WARC_NO_PAYLOAD };

	buf_add(&block, STR(format));
	buf_add(&block, warc_fields(&pool, field, n));
	r.block = buf_str(&block);
	return warc_append(w, &r, NULL, err);
}

struct warc_writer *
warc_create(struct pool *pool, const char *path, const struct warc_field *field,
    size_t n, int64_t date_ms, struct err *err)
{
	int fd = open_in_folder(pool, path);
	struct warc_writer *w;

	if (fd == -1) {
		err_sys(err, "cannot make %s", path);
		return NULL;
	}
	w = mem_zalloc(sizeof(*w));
	w->path = pool_cstr(pool, str_of(path));
	w->fd = fd;
	member_init(&w->member, fd);
	pool_defer(pool, writer_close, w);
	if (write_info(w, field, n, date_ms, err) == -1)
		return NULL;
	return w;
}

int
warc_sync(struct warc_writer *writer, struct err *err)
{
	if (fdatasync(writer->fd) == 0)
		return 0;
	return err_sys(err, "cannot write %s to the disk", writer->path);
}
