/* verify: each byte of a bundle that is another is found, and said where. */
#include "bundle/verify.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/read.h"
#include "check.h"
#include "wacz/package.h"

struct made {
	struct pool pool;
	char *p;
	size_t n;
	const struct zip_member *member;
	size_t members;
};

struct told {
	size_t bad, good;
	char where[8][ZIP_MAX_NAME + 1]; /* of what is bad */
};

static void
add(struct zip_writer *zip, const char *name, struct str text)
{
	CHECK_INT(zip_begin(zip, name, NULL), 0);
	CHECK_INT(zip_add(zip, text, NULL), 0);
	CHECK_INT(zip_end(zip, NULL), 0);
}

static void
add_lists(struct zip_writer *zip, struct pool *pool)
{
	const struct package package = { .title = STR("t"),
		.created = STR("2026-11-30T00:00:00Z"),
		.software = STR("s") };
	struct package_digest digest = { .sshsig = STR_NONE };
	struct buf list = BUF_IN(pool), out = BUF_IN(pool);

	package_write(&list, &package, zip->member, zip->n);
	add(zip, PACKAGE_FILE, buf_str(&list));
	digest.hash = str_of(zip->member[zip->n - 1].sha256);
	package_digest_write(&out, &digest);
	add(zip, PACKAGE_DIGEST, buf_str(&out));
}

static void
make(struct made *made)
{
	char name[] = "/tmp/test-verify-XXXXXX";
	int fd = mkstemp(name);
	struct zip_writer zip = ZIP_WRITER(fd, &made->pool);

	CHECK(fd != -1);
	(void)unlink(name);
	add(&zip, "indexes/index.cdx", STR(""));
	add(&zip, "sn0int/rows.jsonl", STR("{\"table\":\"domains\"}\n"));
	add(&zip, "sn0int/runs.jsonl", STR("{}\n"));
	add_lists(&zip, &made->pool);
	CHECK_INT(zip_finish(&zip, NULL), 0);
	made->n = (size_t)lseek(fd, 0, SEEK_END);
	made->p = pool_alloc(&made->pool, made->n + 1);
	CHECK_INT(read_full_at(fd, made->p, made->n, 0), made->n);
	made->member = zip.member;
	made->members = zip.n;
	zip_writer_clear(&zip);
	(void)close(fd);
}

static int
read_memory(void *ctx, uint64_t at, char *p, size_t n, struct err *err)
{
	(void)err;
	memcpy(p, (const char *)ctx + at, n);
	return 0;
}

static void
on_tell(void *ctx, enum verify_kind kind, struct str where, struct str text)
{
	struct told *told = ctx;

	(void)text;
	told->good += kind == VERIFY_GOOD;
	if (kind == VERIFY_BAD && told->bad < ARRAY_SIZE(told->where))
		memcpy(told->where[told->bad++], where.p, where.n);
}

static struct told
look(const struct made *made, size_t n)
{
	struct told told = { .bad = 0 };
	const struct verify_options options = {
		.from = { read_memory, made->p, n },
		.fd = -1,
		.tell = on_tell,
		.ctx = &told,
	};
	struct verify_count count;

	bundle_verify(&options, &count);
	CHECK_INT(count.bad != 0, told.bad != 0);
	return told;
}

static bool
says(const struct told *told, const char *where)
{
	for (size_t i = 0; i < told->bad; i++) {
		if (strcmp(told->where[i], where) == 0)
			return true;
	}
	return false;
}

/* Whose byte that is. */
static const char *
owner(const struct made *made, size_t at)
{
	for (size_t i = 0; i < made->members; i++) {
		const struct zip_member *m = &made->member[i];

		if (at >= m->data_at && at - m->data_at < m->size)
			return m->name;
	}
	return "the zip itself";
}

static void
one_that_was_made_is_well(void)
{
	struct made made = { .pool = POOL_NONE };
	struct told told;

	make(&made);
	told = look(&made, made.n);
	CHECK_INT(told.bad, 0);
	CHECK_INT(told.good, 3);
	pool_clear(&made.pool);
}

static void
each_byte_that_changes_is_found_and_named(void)
{
	struct made made = { .pool = POOL_NONE };
	size_t unseen = 0, unnamed = 0;

	make(&made);
	for (size_t i = 0; i < made.n; i++) {
		struct told told;

		made.p[i] ^= (char)(1 << i % 8);
		told = look(&made, made.n);
		unseen += told.bad == 0;
		if (!says(&told, owner(&made, i))) {
			unnamed++;
			printf("# byte %zu of %s: %s\n", i, owner(&made, i),
			    told.where[0]);
		}
		made.p[i] ^= (char)(1 << i % 8);
	}
	CHECK_INT(unseen, 0);
	CHECK_INT(unnamed, 0);
	pool_clear(&made.pool);
}

static void
what_is_cut_is_found(void)
{
	struct made made = { .pool = POOL_NONE };

	make(&made);
	for (size_t n = 0; n < made.n; n++)
		CHECK(look(&made, n).bad != 0);
	pool_clear(&made.pool);
}

CHECK_MAIN(CASE(one_that_was_made_is_well),
    CASE(each_byte_that_changes_is_found_and_named), CASE(what_is_cut_is_found))
