/*
 * A record is passed over as it is read: its block, then the line ends behind
 * it up to the end of its member, where gzip's own sum is. Only then is it
 * whole; until then a file that ends is cut in this record.
 */
#include "warc/read.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "warc/fields.h"
#include "warc/sum.h"
#include "warc/unpack.h"

struct warc_reader {
	const char *path;
	int fd;           /* that is ours; -1 */
	struct pool pool; /* of a record */
	uint64_t at;      /* where it begins */
	uint64_t left;    /* bytes of its block */
	bool is_in;       /* one was begun and is not passed */
	bool is_broken;   /* nobody knows where the next one is */
	struct sums sums;
	struct unpack unpack;
};

static void
reader_close(void *handle)
{
	struct warc_reader *in = handle;

	unpack_end(&in->unpack);
	pool_clear(&in->pool);
	if (in->fd != -1)
		(void)close(in->fd);
	free(in);
}

static struct warc_reader *
reader_new(struct pool *pool, const char *path, int fd, struct str bytes)
{
	struct warc_reader *in = mem_zalloc(sizeof(*in));

	in->path = path != NULL ? pool_cstr(pool, str_of(path)) : NULL;
	in->fd = path != NULL ? fd : -1;
	unpack_init(&in->unpack, fd, bytes);
	pool_defer(pool, reader_close, in);
	return in;
}

struct warc_reader *
warc_read_file(struct pool *pool, const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd == -1) {
		err_sys(err, "cannot open %s", path);
		return NULL;
	}
	return reader_new(pool, path, fd, STR_NONE);
}

struct warc_reader *
warc_read_fd(struct pool *pool, int fd)
{
	return reader_new(pool, NULL, fd, STR_NONE);
}

struct warc_reader *
warc_read_part(struct pool *pool, int fd, uint64_t from, uint64_t n)
{
	struct warc_reader *in = reader_new(pool, NULL, fd, STR_NONE);

	in->unpack.from = from;
	in->unpack.most = n;
	return in;
}

struct warc_reader *
warc_read_bytes(struct pool *pool, struct str bytes)
{
	return reader_new(pool, NULL, -1, bytes);
}

bool
warc_is_cut(const struct warc_reader *in)
{
	return in->unpack.is_cut;
}

bool
warc_has_failed(const struct warc_reader *in)
{
	return in->unpack.has_failed;
}

uint64_t
warc_at(const struct warc_reader *in)
{
	return in->at;
}

void
warc_seek(struct warc_reader *in, uint64_t at)
{
	unpack_seek(&in->unpack, at);
	in->is_in = in->is_broken = false;
	in->left = 0;
	in->at = at;
}

/* What went wrong with the record, and where that is. */
static int
fail(struct warc_reader *in, struct err *err)
{
	in->is_in = false;
	in->is_broken = true;
	return err_wrap(err, "%s%srecord at %llu",
	    in->path != NULL ? in->path : "", in->path != NULL ? ": " : "",
	    (unsigned long long)in->at);
}

/* More bytes of the same record, which is in one member. */
static int
more(struct warc_reader *in, struct err *err)
{
	int status = unpack_fill(&in->unpack, err);

	if (status != 0)
		return status;
	in->unpack.is_cut = in->unpack.is_end;
	return err_set(err,
	    in->unpack.is_end ? "the file ends in the middle of it"
			      : "its member of gzip ends in the middle of it");
}

/* All line ends that follow; at the end of a member nothing does. */
static int
pass_line_ends(struct warc_reader *in, struct err *err)
{
	struct unpack *u = &in->unpack;

	for (;;) {
		while (u->at < u->n &&
		       (u->out[u->at] == '\r' || u->out[u->at] == '\n'))
			u->at++;
		if (u->at < u->n || !u->is_open)
			return 0;
		if (unpack_fill(u, err) == -1)
			return -1;
	}
}

ssize_t
warc_block(struct warc_reader *in, char *p, size_t n, struct err *err)
{
	struct unpack *u = &in->unpack;
	size_t have;

	if (!in->is_in || n == 0)
		return 0;
	if (in->left == 0) {
		if (pass_line_ends(in, err) == -1)
			return fail(in, err);
		in->is_in = false;
		return 0;
	}
	if (more(in, err) == -1)
		return fail(in, err);
	have = u->n - u->at;
	have = have < n ? have : n;
	have = have < in->left ? have : (size_t)in->left;
	memcpy(p, u->out + u->at, have);
	u->at += have;
	in->left -= have;
	sums_add(&in->sums, str_view(p, have));
	return (ssize_t)have;
}

static int
pass_record(struct warc_reader *in, struct err *err)
{
	char piece[8192];
	ssize_t n;

	while ((n = warc_block(in, piece, sizeof(piece), err)) > 0)
		;
	return (int)n;
}

int
warc_finish(struct warc_reader *in, enum warc_sum *block,
    enum warc_sum *payload, struct err *err)
{
	if (pass_record(in, err) == -1)
		return -1;
	*block = sum_end(&in->sums.block, &in->pool);
	*payload = sums_payload(&in->sums, &in->pool);
	return 0;
}

/* What ends too early and has not even begun as a record is none. */
static int
fail_head(struct warc_reader *in, const struct buf *head, struct err *err)
{
	struct str begin = str_sub(buf_str(head), 0, 5);

	if (!in->unpack.is_cut || str_starts(STR("WARC/"), begin))
		return -1;
	in->unpack.is_cut = false;
	return err_set(err, "no record begins here");
}

/* The bytes of a head, with its empty line. */
static int
collect_head(struct warc_reader *in, struct buf *head, struct err *err)
{
	struct unpack *u = &in->unpack;
	size_t line = 0; /* where the last one begins */

	for (;;) {
		if (more(in, err) == -1)
			return fail_head(in, head, err);
		while (u->at < u->n) {
			char c = (char)u->out[u->at++];

			if (head->n == WARC_MAX_HEAD)
				return err_set(err,
				    "its fields have more than %zu bytes",
				    WARC_MAX_HEAD);
			buf_add_char(head, c);
			if (c != '\n')
				continue;
			if (head->n - line <= 2 &&
			    (head->n - line == 1 || head->p[line] == '\r'))
				return 0;
			line = head->n;
		}
	}
}

/* 1: a record begins; 0: the file ends. Empty members hold none. */
static int
find_record(struct warc_reader *in, uint64_t *at, struct err *err)
{
	struct unpack *u = &in->unpack;
	bool is_inside;
	int status;

	do {
		is_inside = u->is_gzip && (u->is_open || u->at < u->n);
		if (!is_inside)
			in->at = unpack_place(u);
		status = unpack_fill(u, err);
	} while (status == 0 && !u->is_end);
	*at = is_inside ? WARC_NO_PLACE : in->at;
	return status;
}

int
warc_next(struct warc_reader *in, struct warc_entry *entry, struct err *err)
{
	struct buf head = BUF_IN(&in->pool);
	struct warc_entry e = { .n = 0 };
	int status;

	if (in->is_broken)
		return err_set(err, "the record at %llu could not be read",
		    (unsigned long long)in->at);
	in->unpack.is_cut = false;
	if (pass_record(in, err) == -1)
		return -1;
	pool_reset(&in->pool);
	status = find_record(in, &e.at, err);
	if (status == 0)
		return 0;
	if (status == -1 || collect_head(in, &head, err) == -1 ||
	    warc_read_head(&in->pool, head.p, head.n, &e, err) == -1)
		return fail(in, err);
	sums_begin(&in->sums, &in->pool, &e);
	in->left = e.length;
	in->is_in = true;
	*entry = e;
	return 1;
}
