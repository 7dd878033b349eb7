/*
 * From the front: of each header only name, sum and size are taken, then what
 * the writer would have written of these is compared with what is there. The
 * directory is made of the rows, and compared in pieces.
 */
#include "wacz/zip.h"

#include "base/mem.h"
#include "text/codec.h"
#include "wacz/crc.h"

#define HEADER 30 /* in front of the name */
#define PIECE  ((size_t)64 << 10)

static uint64_t
le(const char *p, int bytes)
{
	uint64_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | (unsigned char)p[bytes];
	return v;
}

static int
read_at(struct zip_reader *zip, uint64_t at, char *p, size_t n, struct err *err)
{
	if (at > zip->from.size || n > zip->from.size - at)
		return err_set(err,
		    "it ends at byte %llu, within what is there",
		    (unsigned long long)zip->from.size);
	if (zip->from.read_at(zip->from.ctx, at, p, n, err) == 0)
		return 0;
	zip->has_failed = true;
	return -1;
}

/* That the bytes from `at` are those. */
static int
compare(struct zip_reader *zip, uint64_t at, struct str want, struct err *err)
{
	char piece[4096];

	while (want.n != 0) {
		size_t n = want.n < sizeof(piece) ? want.n : sizeof(piece);

		if (read_at(zip, at, piece, n, err) == -1)
			return -1;
		for (size_t i = 0; i < n; i++) {
			if (piece[i] != want.p[i])
				return err_set(err,
				    "byte %llu is %d in place of %d",
				    (unsigned long long)(at + i),
				    (unsigned char)piece[i],
				    (unsigned char)want.p[i]);
		}
		at += n;
		want = str_from(want, n);
	}
	return 0;
}

/* Reads what is left of a member, and closes it. */
static int
close_member(struct zip_reader *zip, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct zip_member *m;
	struct str sum;
	ssize_t n;

	if (!zip->is_open)
		return 0;
	if (zip->piece == NULL)
		zip->piece = pool_alloc(zip->pool, PIECE);
	while ((n = zip_read(zip, zip->piece, PIECE, err)) > 0)
		;
	if (n == -1)
		return -1;
	m = &zip->member[zip->n - 1];
	sum = hex_write(&pool, digest_sum(zip->digest, &pool));
	memcpy(m->sha256, sum.p, ZIP_SUM - 1);
	m->is_other = zip->crc != m->crc;
	pool_clear(&zip->one);
	zip->is_open = false;
	return 0;
}

/* Name, sum and size of the header at zip->at; nothing else is believed. */
static int
read_header(struct zip_reader *zip, struct zip_member *m, struct err *err)
{
	char head[HEADER], name[ZIP_MAX_NAME], size[20];
	size_t n;

	*m = (struct zip_member){ .at = zip->at };
	if (read_at(zip, zip->at, head, sizeof(head), err) == -1)
		return -1;
	n = (size_t)le(head + 26, 2);
	if (n > sizeof(name))
		return err_set(err, "at byte %llu a name has %zu bytes",
		    (unsigned long long)(zip->at + 26), n);
	if (read_at(zip, zip->at + HEADER, name, n, err) == -1 ||
	    zip_check_name(str_view(name, n), err) == -1)
		return -1;
	memcpy(m->name, name, n);
	m->crc = (uint32_t)le(head + 14, 4);
	m->size = le(head + 18, 4);
	if (le(head + 28, 2) == 0)
		return 0;
	if (read_at(zip, zip->at + HEADER + n, size, sizeof(size), err) == -1)
		return -1;
	m->size = le(size + 4, 8);
	return 0;
}

static int
open_member(struct zip_reader *zip, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf want = BUF_IN(&pool);
	struct zip_member m;

	if (read_header(zip, &m, err) == -1)
		return -1;
	zip_add_header(&want, &m, zip->most);
	if (compare(zip, zip->at, buf_str(&want), err) == -1)
		return -1;
	m.data_at = m.at + want.n;
	if (m.size > zip->from.size - m.data_at)
		return err_set(err,
		    "%s is said to have %llu bytes, and %llu are left", m.name,
		    (unsigned long long)m.size,
		    (unsigned long long)(zip->from.size - m.data_at));
	if (zip->n == ZIP_MAX_MEMBERS)
		return err_set(err, "more than %d members", ZIP_MAX_MEMBERS);
	zip->member =
	    pool_push(zip->pool, zip->member, zip->n, sizeof(*zip->member));
	zip->member[zip->n++] = m;
	zip->at = m.data_at;
	zip->left = m.size;
	zip->crc = 0;
	zip->digest = digest_new(&zip->one, DIGEST_SHA2_256);
	zip->is_open = true;
	return 0;
}

int
zip_next(struct zip_reader *zip, struct zip_member **m, struct err *err)
{
	char sign[4];

	if (close_member(zip, err) == -1)
		return -1;
	if (zip->is_over)
		return 0;
	if (read_at(zip, zip->at, sign, sizeof(sign), err) == -1)
		return -1;
	/* of a header, or of the directory: whatever it is, it is compared */
	if (sign[2] != 3 && zip->n != 0) {
		zip->is_over = true;
		return 0;
	}
	if (open_member(zip, err) == -1)
		return -1;
	*m = &zip->member[zip->n - 1];
	return 1;
}

ssize_t
zip_read(struct zip_reader *zip, char *p, size_t n, struct err *err)
{
	if (n > zip->left)
		n = (size_t)zip->left;
	if (n == 0)
		return 0;
	if (read_at(zip, zip->at, p, n, err) == -1)
		return -1;
	zip->crc = crc32_add(zip->crc, str_view(p, n));
	digest_add(zip->digest, str_view(p, n));
	zip->at += n;
	zip->left -= n;
	return (ssize_t)n;
}

int
zip_check_end(struct zip_reader *zip, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf want = BUF_IN(&pool);
	uint64_t at = zip->at;

	if (zip_check_once(zip->member, zip->n, err) == -1)
		return -1;
	for (size_t i = 0; i < zip->n; i++) {
		zip_add_entry(&want, &zip->member[i], zip->most);
		if (compare(zip, zip->at, buf_str(&want), err) == -1)
			return -1;
		zip->at += want.n;
		want.n = 0;
	}
	zip_add_end(&want, zip->n, at, zip->at - at, zip->most);
	if (compare(zip, zip->at, buf_str(&want), err) == -1)
		return -1;
	zip->at += want.n;
	if (zip->at != zip->from.size)
		return err_set(err, "%llu bytes stand behind its end",
		    (unsigned long long)(zip->from.size - zip->at));
	return 0;
}

void
zip_reader_clear(struct zip_reader *zip)
{
	pool_clear(&zip->one);
}
