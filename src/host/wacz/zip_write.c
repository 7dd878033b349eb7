/*
 * A member is written behind a header that is made when its size and its sum
 * are known: pwrite(2) puts it there. Room is left for the short form; should a
 * member become one that needs 64 bits, it moves, once, by what the long form
 * has more.
 */
#include "wacz/zip.h"

#include <errno.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/read.h"
#include "text/codec.h"
#include "wacz/crc.h"

#define BUFFER ((size_t)256 << 10)

static int
put_at(const struct zip_writer *zip, struct str bytes, uint64_t at,
    struct err *err)
{
	while (bytes.n != 0) {
		ssize_t n = pwrite(zip->fd, bytes.p, bytes.n, (off_t)at);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_sys(err, "cannot write it");
		bytes = str_from(bytes, (size_t)n);
		at += (uint64_t)n;
	}
	return 0;
}

static int
send_waiting(struct zip_writer *zip, struct err *err)
{
	struct str bytes = buf_str(&zip->waiting);

	if (put_at(zip, bytes, zip->at, err) == -1)
		return -1;
	zip->at += bytes.n;
	zip->waiting.n = 0;
	return 0;
}

int
zip_begin(struct zip_writer *zip, const char *name, struct err *err)
{
	struct zip_member *m;

	if (zip_check_name(str_of(name), err) == -1)
		return -1;
	if (zip->n == ZIP_MAX_MEMBERS)
		return err_set(err, "more than %d members", ZIP_MAX_MEMBERS);
	zip->member =
	    pool_push(zip->pool, zip->member, zip->n, sizeof(*zip->member));
	m = &zip->member[zip->n++];
	*m = (struct zip_member){ .at = zip->at };
	memcpy(m->name, name, strlen(name));
	zip_add_header(&zip->waiting, m, zip->most);
	m->data_at = m->at + zip->waiting.n;
	if (send_waiting(zip, err) == -1)
		return -1;
	zip->digest = digest_new(&zip->one, DIGEST_SHA2_256);
	return 0;
}

int
zip_add(struct zip_writer *zip, struct str bytes, struct err *err)
{
	struct zip_member *m = &zip->member[zip->n - 1];

	m->size += bytes.n;
	m->crc = crc32_add(m->crc, bytes);
	digest_add(zip->digest, bytes);
	if (bytes.n < BUFFER) {
		buf_add(&zip->waiting, bytes);
		return zip->waiting.n < BUFFER ? 0 : send_waiting(zip, err);
	}
	if (send_waiting(zip, err) == -1 ||
	    put_at(zip, bytes, zip->at, err) == -1)
		return -1;
	zip->at += bytes.n;
	return 0;
}

/* From behind, so that nothing is written over before it was read. */
static int
move_data(struct zip_writer *zip, struct zip_member *m, uint64_t by,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	char *piece = pool_alloc(&pool, BUFFER);

	for (uint64_t left = m->size; left != 0;) {
		size_t n = left < BUFFER ? (size_t)left : BUFFER;

		left -= n;
		if (read_full_at(zip->fd, piece, n,
			(off_t)(m->data_at + left)) != (ssize_t)n)
			return err_sys(err, "cannot read it again");
		if (put_at(zip, str_view(piece, n), m->data_at + by + left,
			err) == -1)
			return -1;
	}
	m->data_at += by;
	zip->at += by;
	return 0;
}

int
zip_end(struct zip_writer *zip, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct zip_member *m = &zip->member[zip->n - 1];
	struct buf header = BUF_IN(&pool);
	struct str sum;

	if (send_waiting(zip, err) == -1)
		return -1;
	sum = hex_write(&pool, digest_sum(zip->digest, &pool));
	memcpy(m->sha256, sum.p, ZIP_SUM - 1);
	pool_clear(&zip->one);
	zip_add_header(&header, m, zip->most);
	if (m->at + header.n != m->data_at &&
	    move_data(zip, m, m->at + header.n - m->data_at, err) == -1)
		return -1;
	return put_at(zip, buf_str(&header), m->at, err);
}

int
zip_finish(struct zip_writer *zip, struct err *err)
{
	uint64_t at = zip->at;

	if (zip_check_once(zip->member, zip->n, err) == -1)
		return -1;
	for (size_t i = 0; i < zip->n; i++) {
		zip_add_entry(&zip->waiting, &zip->member[i], zip->most);
		if (zip->waiting.n >= BUFFER && send_waiting(zip, err) == -1)
			return -1;
	}
	zip_add_end(&zip->waiting, zip->n, at, zip->at + zip->waiting.n - at,
	    zip->most);
	return send_waiting(zip, err);
}

void
zip_writer_clear(struct zip_writer *zip)
{
	pool_clear(&zip->one);
	buf_clear(&zip->waiting);
}
