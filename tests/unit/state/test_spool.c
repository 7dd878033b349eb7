/* spool: what it keeps, and what it leaves where it is not kept. */
#include "state/spool.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "place.h"
#include "state/file.h"

/* So many bytes, none of them like its neighbour. */
static struct str
bytes_of(struct pool *pool, size_t n)
{
	char *p = pool_alloc(pool, n);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)(i * 7 + i / 251);
	return str_view(p, n);
}

static void
fill(struct spool *spool, const char *folder, struct str bytes, size_t piece)
{
	*spool = (struct spool)SPOOL_NONE;
	CHECK_INT(spool_open(spool, folder, NULL), 0);
	while (bytes.n != 0) {
		struct str part = str_sub(bytes, 0, piece);

		CHECK_INT(spool_add(spool, part, NULL), 0);
		bytes = str_from(bytes, part.n);
	}
}

/* How many names, whatever they are. */
static size_t
count_names(const char *folder)
{
	DIR *dir = opendir(folder);
	const char *name;
	size_t n = 0;

	CHECK(dir != NULL);
	while (file_next(dir, folder, &name, NULL) == 1)
		n++;
	(void)closedir(dir);
	return n;
}

/* Around the sizes in which it is compared and copied. */
static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 1000, 32767, 32768, 32769,
	65536, 65537, 1000003 };

static int
add_piece(void *arg, struct str bytes, struct err *err)
{
	struct buf *out = arg;

	if (out->n > 65536)
		return err_set(err, "no more is wanted");
	buf_add(out, bytes);
	return 0;
}

/* All of it and in order, until it is enough. */
static void
it_is_read_in_pieces(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct str bytes = bytes_of(&pool, sizes[i]);
		struct buf out = BUF_IN(&pool);
		struct spool spool;
		bool is_long = sizes[i] > 100000;

		fill(&spool, place_new(&pool), bytes, 1000);
		CHECK_INT(spool_each(&spool, add_piece, &out, &err),
		    is_long ? -1 : 0);
		CHECK_BYTES(buf_str(&out), str_sub(bytes, 0, out.n));
		CHECK(is_long || out.n == sizes[i]);
		CHECK_CSTR(err_cstr(&err), is_long ? "no more is wanted" : "");
		spool_close(&spool);
	}
}

static void
it_becomes_a_file(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		autopool struct pool pool = POOL_NONE;
		const char *place = place_new(&pool);
		const char *path = place_path(&pool, place, "list");
		struct str bytes = bytes_of(&pool, sizes[i]), got;
		struct spool spool;

		fill(&spool, place, bytes, 999);
		CHECK(!spool_is_as(&spool, path)); /* there is none */
		CHECK_INT(count_names(place), 0);
		CHECK_INT(spool_become(&spool, path, NULL), 0);
		CHECK(spool_is_as(&spool, path));
		CHECK_INT(spool_become(&spool, path, NULL), 0);
		spool_close(&spool);
		CHECK_INT(spool.fd, -1);
		CHECK_INT(file_read(&pool, path, 2000000, &got, NULL), 1);
		CHECK(str_eq(got, bytes));
		CHECK_INT(count_names(place), 1);
	}
}

static void
one_byte_makes_another(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		autopool struct pool pool = POOL_NONE;
		const char *place = place_new(&pool);
		const char *path = place_path(&pool, place, "list");
		size_t n = sizes[i];
		char *more = pool_zalloc(&pool, n + 1);
		struct spool spool;

		memcpy(more, bytes_of(&pool, n).p, n);
		fill(&spool, place, str_view(more, n), 32768);
		CHECK_INT(file_write(path, str_view(more, n + 1), NULL), 0);
		CHECK(!spool_is_as(&spool, path));
		for (size_t k = 0; k < 2 && n != 0; k++) {
			char *at = &more[k == 0 ? 0 : n - 1];

			CHECK_INT(file_write(path, str_view(more, n - 1), NULL),
			    0);
			CHECK(!spool_is_as(&spool, path));
			*at = (char)~*at;
			CHECK_INT(file_write(path, str_view(more, n), NULL), 0);
			CHECK(!spool_is_as(&spool, path));
			*at = (char)~*at;
		}
		CHECK_INT(file_write(path, str_view(more, n), NULL), 0);
		CHECK(spool_is_as(&spool, path));
		spool_close(&spool);
	}
}

static void
what_is_not_kept_leaves_nothing(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = place_new(&pool);
	struct spool spool;

	fill(&spool, place, bytes_of(&pool, 100000), 1000);
	CHECK_INT(count_names(place), 0);
	spool_close(&spool);
	spool_close(&spool);
	CHECK_INT(count_names(place), 0);
}

static void
what_fails_is_said(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *place = place_new(&pool);
	autoerr struct err err = ERR_NONE;
	struct spool spool = SPOOL_NONE;

	CHECK_INT(spool_open(&spool, place_path(&pool, place, "none"), &err),
	    -1);
	CHECK_STR(str_of(err_cstr(&err)),
	    pool_printf(&pool,
		"cannot make a file in %s/none: No such file or directory "
		"(os error 2)",
		place));
	spool_close(&spool);

	fill(&spool, place, STR("x"), 1);
	CHECK_INT(spool_become(&spool, place_path(&pool, place, "none/list"),
		      &err),
	    -1);
	CHECK_INT(count_names(place), 0);
	spool_close(&spool);

	spool.fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	spool.folder = "/dev";
	CHECK_INT(spool_add(&spool, STR("x"), &err), -1);
	CHECK_STR(str_of(err_cstr(&err)),
	    "cannot write what comes in /dev: No space left on device "
	    "(os error 28)");
	spool_close(&spool);
}

CHECK_MAIN(CASE(it_is_read_in_pieces), CASE(it_becomes_a_file),
    CASE(one_byte_makes_another), CASE(what_is_not_kept_leaves_nothing),
    CASE(what_fails_is_said))
