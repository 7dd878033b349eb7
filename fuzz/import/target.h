/*
 * target: a file of one format, whole and in pieces of each small size: the
 * rows are the same, and so is whether it is one.
 */
#ifndef FUZZ_IMPORT_TARGET_H
#define FUZZ_IMPORT_TARGET_H

#include <assert.h>
#include <stdint.h>

#include "base/mem.h"
#include "import/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What was called back, in a few bytes. */
struct target_sum {
	uint64_t rows, blobs, hash;
};

static void
target_add(struct target_sum *sum, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		sum->hash = (sum->hash ^ (unsigned char)bytes.p[i]) *
		            UINT64_C(1099511628211);
}

static int
target_row(void *ctx, const struct model *table, const struct json *columns,
    bool tool, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct target_sum *sum = ctx;
	struct buf out = BUF_IN(&pool);
	struct row row;

	(void)tool, (void)err;
	assert(table != NULL && columns->kind == JSON_MAP);
	sum->rows++;
	json_write(&out, columns, 0);
	target_add(sum, buf_str(&out));
	(void)row_read_insert(&row, table, columns, &pool, NULL);
	return 0;
}

static int
target_blob(void *ctx, struct str id, struct str bytes, struct err *err)
{
	struct target_sum *sum = ctx;

	(void)err;
	sum->blobs++;
	target_add(sum, id);
	target_add(sum, bytes);
	return 0;
}

static int
target_read(const struct import_format *format, struct str file, size_t piece,
    struct target_sum *sum)
{
	const struct import_to to = { sum, target_row, target_blob };
	autoerr struct err err = ERR_NONE;
	struct import_feed feed;
	int status = 0;

	*sum = (struct target_sum){ .hash = UINT64_C(14695981039346656037) };
	import_feed_init(&feed, format, model_by_table(STR("domains")), &to);
	for (size_t at = 0; status == 0 && at < file.n; at += piece)
		status = import_feed(&feed, str_sub(file, at, piece), &err);
	if (status == 0)
		status = import_feed_end(&feed, &err);
	import_feed_clear(&feed);
	assert(status == 0 || err.n != 0);
	assert(feed.reader.at <= file.n && feed.reader.line >= 1);
	return status;
}

static inline int
target(const struct import_format *format, const uint8_t *p, size_t n)
{
	struct str file = str_view((const char *)p, n);
	struct target_sum whole, parts;
	int status = target_read(format, file, n + 1, &whole);

	for (size_t piece = 1; n < 4096 && piece <= 5; piece++) {
		assert(target_read(format, file, piece, &parts) == status);
		assert(parts.rows == whole.rows && parts.blobs == whole.blobs &&
		       parts.hash == whole.hash);
	}
	return 0;
}

#endif
