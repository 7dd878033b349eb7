/* zip: what is written is read back, and nothing else is. */
#include "wacz/zip.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/read.h"
#include "check.h"
#include "wacz/crc.h"

#define FEW 100 /* in place of 4 GiB */

struct made {
	struct str bytes;
	uint64_t data; /* of the members, all together */
};

static struct str
filled(struct pool *pool, size_t n)
{
	char *p = pool_alloc(pool, n);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)(i * 7 + i / 251);
	return str_view(p, n);
}

static int
temporary(void)
{
	char name[] = "/tmp/test-zip-XXXXXX";
	int fd = mkstemp(name);

	CHECK(fd != -1);
	(void)unlink(name);
	return fd;
}

static struct str
file_bytes(struct pool *pool, int fd)
{
	off_t n = lseek(fd, 0, SEEK_END);
	char *p = pool_alloc(pool, (size_t)n + 1);

	CHECK_INT(read_full_at(fd, p, (size_t)n, 0), n);
	return str_view(p, (size_t)n);
}

/* Members of these sizes, the last 0; each piece by piece. */
static struct made
make(struct pool *pool, const size_t *size, size_t n, uint64_t most)
{
	int fd = temporary();
	struct zip_writer zip = ZIP_WRITER(fd, pool);
	struct made made = { .data = 0 };

	zip.most = most;
	for (size_t i = 0; i < n; i++) {
		struct str bytes = filled(pool, size[i]);

		CHECK_INT(zip_begin(&zip, pool_printf(pool, "a/%zu.x", i),
			      NULL),
		    0);
		for (size_t at = 0; at < bytes.n; at += 97)
			CHECK_INT(zip_add(&zip, str_sub(bytes, at, 97), NULL),
			    0);
		CHECK_INT(zip_end(&zip, NULL), 0);
		made.data += bytes.n;
	}
	CHECK_INT(zip_finish(&zip, NULL), 0);
	made.bytes = file_bytes(pool, fd);
	zip_writer_clear(&zip);
	(void)close(fd);
	return made;
}

static int
read_memory(void *ctx, uint64_t at, char *p, size_t n, struct err *err)
{
	const struct str *bytes = ctx;

	(void)err;
	memcpy(p, bytes->p + at, n);
	return 0;
}

struct seen {
	int status;
	size_t n, others;
	uint64_t data;
	char sha256[ZIP_SUM]; /* of the last one */
};

static struct seen
look(struct str bytes, uint64_t most)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct zip_source from = { read_memory, &bytes, bytes.n };
	struct zip_reader zip = ZIP_READER(from, &pool);
	struct seen seen = { .n = 0 };
	struct zip_member *m;
	char piece[61];
	ssize_t n;

	zip.most = most;
	while ((seen.status = zip_next(&zip, &m, &err)) == 1) {
		/* every other one is left to zip_next() */
		while (zip.n % 2 == 0 &&
		       (n = zip_read(&zip, piece, sizeof(piece), &err)) > 0)
			;
		seen.data += m->size;
	}
	if (seen.status == 0)
		seen.status = zip_check_end(&zip, &err);
	seen.n = zip.n;
	for (size_t i = 0; i < zip.n; i++)
		seen.others += zip.member[i].is_other;
	if (zip.n != 0)
		memcpy(seen.sha256, zip.member[zip.n - 1].sha256, ZIP_SUM);
	zip_reader_clear(&zip);
	CHECK_INT(seen.status == -1, err.n != 0);
	return seen;
}

static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 99, 100, 101, 1000, 70000,
	300000 };

static void
what_is_written_is_read(void)
{
	autopool struct pool pool = POOL_NONE;
	static const uint64_t most[] = { ZIP_MAX_32, FEW };

	for (size_t k = 0; k < ARRAY_SIZE(most); k++) {
		struct made made =
		    make(&pool, sizes, ARRAY_SIZE(sizes), most[k]);
		struct seen seen = look(made.bytes, most[k]);

		CHECK_INT(seen.status, 0);
		CHECK_INT(seen.n, ARRAY_SIZE(sizes));
		CHECK_INT(seen.others, 0);
		CHECK_INT(seen.data, made.data);
		CHECK_BYTES(str_of(seen.sha256),
		    digest_hex(&pool, DIGEST_SHA2_256, filled(&pool, 300000)));
	}
}

/* A byte in a member makes that one another; any other, no zip at all. */
static void
each_byte_that_changes_is_seen(void)
{
	autopool struct pool pool = POOL_NONE;
	static const size_t small[] = { 3, 120, 0, 1 };
	static const uint64_t most[] = { ZIP_MAX_32, FEW };

	for (size_t k = 0; k < ARRAY_SIZE(most); k++) {
		struct made made =
		    make(&pool, small, ARRAY_SIZE(small), most[k]);
		char *p = pool_alloc(&pool, made.bytes.n);
		size_t unseen = 0, data = 0;

		memcpy(p, made.bytes.p, made.bytes.n);
		for (size_t i = 0; i < 8 * made.bytes.n; i++) {
			struct seen seen;

			p[i / 8] ^= (char)(1 << i % 8);
			seen = look(str_view(p, made.bytes.n), most[k]);
			unseen += seen.status == 0 && seen.others == 0;
			data += seen.status == 0 && seen.others == 1;
			p[i / 8] ^= (char)(1 << i % 8);
		}
		CHECK_INT(unseen, 0);
		CHECK_INT(data, 8 * made.data);
	}
}

static void
what_is_cut_or_longer_is_none(void)
{
	autopool struct pool pool = POOL_NONE;
	static const size_t small[] = { 3, 0, 1 };
	struct made made = make(&pool, small, ARRAY_SIZE(small), ZIP_MAX_32);
	char *longer = pool_zalloc(&pool, made.bytes.n + 1);

	for (size_t n = 0; n < made.bytes.n; n++)
		CHECK_INT(look(str_sub(made.bytes, 0, n), ZIP_MAX_32).status,
		    -1);
	memcpy(longer, made.bytes.p, made.bytes.n);
	CHECK_INT(look(str_view(longer, made.bytes.n + 1), ZIP_MAX_32).status,
	    -1);
}

static void
a_zip_of_nothing_is_none(void)
{
	CHECK_INT(look(STR("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
		      ZIP_MAX_32)
		      .status,
	    -1);
}

static void
a_name_is_one_folder_deep_and_has_a_dot(void)
{
	static const struct {
		const char *in;
		int want;
	} row[] = {
		{ "archive/a.warc.gz", 0 },
		{ "datapackage.json", 0 },
		{ "sn0int/a-B_c.x.lua", 0 },
		{ "", -1 },
		{ "a", -1 },
		{ "a/b", -1 },
		{ "a/b/c.x", -1 },
		{ "/a.x", -1 },
		{ "a/.x", -1 },
		{ "../a.x", -1 },
		{ "a/..", -1 },
		{ "a\\b.x", -1 },
		{ "a b.x", -1 },
		{ "\xc3\xa4.x", -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_INT(zip_check_name(str_of(row[i].in), NULL), row[i].want);
}

static void
a_name_stands_there_once(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	int fd = temporary();
	struct zip_writer zip = ZIP_WRITER(fd, &pool);

	for (int i = 0; i < 2; i++) {
		CHECK_INT(zip_begin(&zip, "a.x", NULL), 0);
		CHECK_INT(zip_end(&zip, NULL), 0);
	}
	CHECK_INT(zip_finish(&zip, &err), -1);
	CHECK_STR(err_text(&err), "there are two members 'a.x'");
	zip_writer_clear(&zip);
	(void)close(fd);
}

/* ISO 3309's check value, and the same in pieces of each size. */
static void
sums_are_those_of_zip(void)
{
	struct str text = STR("123456789");

	CHECK_INT(crc32_add(0, text), 0xcbf43926);
	for (size_t n = 0; n <= text.n; n++)
		CHECK_INT(crc32_add(crc32_add(0, str_sub(text, 0, n)),
			      str_from(text, n)),
		    0xcbf43926);
}

CHECK_MAIN(CASE(what_is_written_is_read), CASE(each_byte_that_changes_is_seen),
    CASE(what_is_cut_or_longer_is_none), CASE(a_zip_of_nothing_is_none),
    CASE(a_name_is_one_folder_deep_and_has_a_dot),
    CASE(a_name_stands_there_once), CASE(sums_are_those_of_zip))
