/*
 * Whether bytes are plain or a member of gzip is decided where none is open:
 * plain bytes are open up to the end of the file, a member up to its own. The
 * end of a member is a place of its own, at which whoever reads has to say that
 * it goes on: so a record is not mixed up with the beginning of the next.
 */
#include "warc/unpack.h"

#include "base/mem.h"
#include "base/read.h"

#define GZIP (15 + 16) /* windowBits of inflateInit2() */

void
unpack_init(struct unpack *u, int fd, struct str bytes)
{
	*u = (struct unpack){ .fd = fd, .bytes = bytes, .most = INT64_MAX };
}

void
unpack_end(struct unpack *u)
{
	if (u->has_z)
		(void)inflateEnd(&u->z);
}

void
unpack_seek(struct unpack *u, uint64_t at)
{
	u->raw = at;
	u->in_at = u->in_n = u->at = u->n = 0;
	u->is_open = u->is_end = u->is_cut = false;
}

uint64_t
unpack_place(const struct unpack *u)
{
	uint64_t place = u->raw - (u->in_n - u->in_at);

	return u->is_gzip ? place : place - (u->n - u->at);
}

/* How many were read; 0 at the end of the file. */
static ssize_t
read_raw(struct unpack *u, unsigned char *p, size_t n, struct err *err)
{
	struct str part;
	ssize_t got;

	if (u->fd == -1) {
		part = u->raw <= u->bytes.n
		           ? str_sub(u->bytes, (size_t)u->raw, n)
		           : STR_NONE;
		if (part.n != 0)
			memcpy(p, part.p, part.n);
		return (ssize_t)part.n;
	}
	if (u->raw >= u->most)
		return 0;
	if (n > u->most - u->raw)
		n = (size_t)(u->most - u->raw);
	got = read_full_at(u->fd, (char *)p, n, (off_t)(u->from + u->raw));
	if (got != -1)
		return got;
	u->has_failed = true;
	return err_sys(err, "cannot read");
}

/* Sees to it that as many bytes are there as the file has, at most n. */
static int
load(struct unpack *u, size_t n, struct err *err)
{
	ssize_t got;

	if (u->in_n - u->in_at >= n)
		return 0;
	memmove(u->in, u->in + u->in_at, u->in_n - u->in_at);
	u->in_n -= u->in_at;
	u->in_at = 0;
	got = read_raw(u, u->in + u->in_n, sizeof(u->in) - u->in_n, err);
	if (got == -1)
		return -1;
	u->raw += (uint64_t)got;
	u->in_n += (size_t)got;
	return 0;
}

static int
fail_cut(struct unpack *u, struct err *err)
{
	u->is_cut = true;
	return err_set(err, "the file ends in the middle of it");
}

/* Zeros up to the end: what some file systems leave after a crash. */
static int
pass_zeros(struct unpack *u, struct err *err)
{
	for (;;) {
		while (u->in_at < u->in_n && u->in[u->in_at] == 0)
			u->in_at++;
		if (u->in_at < u->in_n)
			return err_set(err, "no record begins here");
		if (load(u, 1, err) == -1)
			return -1;
		if (u->in_n == 0)
			return fail_cut(u, err);
	}
}

static void
begin_gzip(struct unpack *u)
{
	if (!u->has_z && inflateInit2(&u->z, GZIP) != Z_OK)
		mem_fail(sizeof(u->z));
	u->has_z = true;
	(void)inflateReset(&u->z);
}

/* 1: something has begun; 0: the end. */
static int
begin(struct unpack *u, struct err *err)
{
	if (load(u, 2, err) == -1)
		return -1;
	u->is_end = u->in_at == u->in_n;
	if (u->is_end)
		return 0;
	if (u->in[u->in_at] == 0)
		return pass_zeros(u, err);
	u->is_gzip = u->in[u->in_at] == 0x1f &&
	             (u->in_n - u->in_at < 2 || u->in[u->in_at + 1] == 0x8b);
	u->is_open = true;
	if (u->is_gzip)
		begin_gzip(u);
	return 1;
}

static int
fill_plain(struct unpack *u, struct err *err)
{
	if (load(u, 1, err) == -1)
		return -1;
	u->n = u->in_n - u->in_at;
	memcpy(u->out, u->in + u->in_at, u->n);
	u->in_at = u->in_n;
	u->is_open = u->n != 0;
	u->is_end = !u->is_open;
	return u->is_open;
}

/* One step of zlib. */
static int
inflate_some(struct unpack *u)
{
	int status;

	u->z.next_in = u->in + u->in_at;
	u->z.avail_in = (unsigned)(u->in_n - u->in_at);
	u->z.next_out = u->out;
	u->z.avail_out = sizeof(u->out);
	status = inflate(&u->z, Z_NO_FLUSH);
	u->in_at = u->in_n - u->z.avail_in;
	u->n = sizeof(u->out) - u->z.avail_out;
	return status;
}

static int
fill_gzip(struct unpack *u, struct err *err)
{
	for (;;) {
		int status;

		if (load(u, 1, err) == -1)
			return -1;
		if (u->in_at == u->in_n)
			return fail_cut(u, err);
		status = inflate_some(u);
		if (status == Z_STREAM_END)
			u->is_open = false;
		else if (status != Z_OK && status != Z_BUF_ERROR)
			return err_set(err, "gzip: %s",
			    u->z.msg != NULL ? u->z.msg : "not readable");
		if (u->n != 0 || !u->is_open)
			return u->n != 0;
	}
}

int
unpack_fill(struct unpack *u, struct err *err)
{
	int status;

	if (u->at < u->n)
		return 1;
	u->at = u->n = 0;
	if (!u->is_open && (status = begin(u, err)) != 1)
		return status;
	return u->is_gzip ? fill_gzip(u, err) : fill_plain(u, err);
}
