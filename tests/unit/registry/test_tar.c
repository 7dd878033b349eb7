/* tar: what is found in an archive, and what makes it none. */
#include "registry/tar.h"

#include "base/buf.h"
#include "base/mem.h"
#include "check.h"

struct made {
	struct pool *pool;
	struct buf out;
};

static void
put(char *block, size_t at, const char *text)
{
	memcpy(block + at, text, strlen(text));
}

/* A header of that type, with its checksum, and the bytes behind it. */
static void
add(struct made *m, char type, const char *name, struct str bytes)
{
	char block[TAR_BLOCK] = { 0 };
	unsigned sum = 0;

	put(block, 0, name);
	put(block, 124, pool_printf(m->pool, "%011zo", bytes.n));
	put(block, 136, "00000001750");
	put(block, 257, "ustar");
	put(block, 263, "00");
	block[156] = type;
	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += (unsigned char)block[i];
	put(block, 148, pool_printf(m->pool, "%06o", sum));
	buf_add(&m->out, str_view(block, TAR_BLOCK));
	buf_add(&m->out, bytes);
	while (m->out.n % TAR_BLOCK != 0)
		buf_add_char(&m->out, '\0');
}

static void
add_end(struct made *m)
{
	static const char zero[2 * TAR_BLOCK];

	buf_add(&m->out, str_view(zero, sizeof(zero)));
}

static int
read_bytes(void *ctx, uint64_t at, char *p, size_t n, struct err *err)
{
	const struct str *bytes = ctx;

	(void)err;
	CHECK(at <= bytes->n && n <= bytes->n - at);
	memcpy(p, bytes->p + at, n);
	return 0;
}

struct listing {
	struct buf out;
	struct str bytes;
};

static int
on_file(void *arg, const struct tar_file *file, struct err *err)
{
	struct listing *l = arg;

	(void)err;
	CHECK(file->at <= l->bytes.n && file->size <= l->bytes.n - file->at);
	buf_printf(&l->out, "%.*s=%.*s;", STR_ARG(file->path), (int)file->size,
	    l->bytes.p + file->at);
	CHECK_INT(file->time, 1000);
	return 0;
}

/* "path=bytes;" of each, and why there were no more. */
static struct str
list(struct pool *pool, struct str bytes)
{
	autoerr struct err err = ERR_NONE;
	struct listing l = { BUF_IN(pool), bytes };
	struct tar_in in = { read_bytes, &bytes, bytes.n };
	int status;

	status = tar_walk(&in, on_file, &l, &err);
	CHECK_INT(status == -1, err.n != 0);
	buf_printf(&l.out, "%s", err_cstr(&err));
	return buf_str(&l.out);
}

static struct str
list_made(struct made *m)
{
	return list(m->pool, buf_str(&m->out));
}

static void
files_are_found_in_order(void)
{
	static const size_t many[] = { 0, 1, 2, 3, 4, 5, 1000 };

	for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
		autopool struct pool pool = POOL_NONE;
		struct made m = { &pool, BUF_IN(&pool) };
		struct buf want = BUF_IN(&pool);

		add(&m, '5', "a/", STR(""));
		for (size_t k = 0; k < many[i]; k++) {
			const char *name = pool_printf(&pool, "./a/%zu", k);

			add(&m, k % 2 == 0 ? '0' : '\0', name,
			    str_of(name + 2));
			buf_printf(&want, "%s=%s;", name + 2, name + 2);
		}
		add_end(&m);
		CHECK_BYTES(list_made(&m), buf_str(&want));
	}
}

/* The bytes fill a block, or not, or all but one of it. */
static void
any_size_of_a_file(void)
{
	static const size_t n[] = { 0, 1, 2, 3, 4, 5, 511, 512, 513, 1000,
		1024 };

	for (size_t i = 0; i < ARRAY_SIZE(n); i++) {
		autopool struct pool pool = POOL_NONE;
		struct made m = { &pool, BUF_IN(&pool) };
		char *bytes = pool_alloc(&pool, n[i]);

		memset(bytes, 'x', n[i]);
		add(&m, '0', "a", str_view(bytes, n[i]));
		add(&m, '0', "b", STR("y"));
		add_end(&m);
		CHECK_STR(list_made(&m),
		    pool_printf(&pool, "a=%.*s;b=y;", (int)n[i], bytes));
	}
}

static void
long_names_are_read(void)
{
	static const size_t n[] = { 1, 99, 100, 101, 1000, TAR_MAX_NAME };

	for (size_t i = 0; i < ARRAY_SIZE(n); i++) {
		autopool struct pool pool = POOL_NONE;
		struct made gnu = { &pool, BUF_IN(&pool) }, pax = gnu;
		char *name = pool_alloc(&pool, n[i] + 1);
		size_t record = n[i] + strlen(" path=\n") + 1;
		const char *text;

		memset(name, 'n', n[i]);
		name[n[i]] = '\0';
		while (strlen(pool_printf(&pool, "%zu path=%s\n", record,
			   name)) != record)
			record++;
		text = pool_printf(&pool, "%zu path=%s\n", record, name);
		add(&gnu, 'L', "././@LongLink", str_view(name, n[i] + 1));
		add(&pax, 'x', "PaxHeaders/x", str_of(text));
		for (int k = 0; k < 2; k++) {
			struct made *m = k == 0 ? &gnu : &pax;

			add(m, '0', "short", STR("x"));
			add(m, '0', "next", STR("y"));
			add_end(m);
			CHECK_STR(list_made(m),
			    pool_printf(&pool, "%s=x;next=y;", name));
		}
	}
}

/* A header of that type and name alone. */
static void
what_is_refused_is_named(void)
{
	static const struct {
		char type;
		const char *name, *want;
	} row[] = {
		{ '0', "/etc/passwd", "\"/etc/passwd\" is an absolute name" },
		{ '0', "../x", "\"../x\" leads out of the archive" },
		{ '0', "a/../../x", "\"a/../../x\" leads out of the archive" },
		{ '0', "a/..", "\"a/..\" leads out of the archive" },
		{ '0', "./../x", "\"./../x\" leads out of the archive" },
		{ '0', "a//b", "\"a//b\" has an empty part" },
		{ '0', "a/./b", "\"a/./b\" has an empty part" },
		{ '0', "a/", "\"a/\" has an empty part" },
		{ '0', "", "\"\" has an empty part" },
		{ '5', "../", "\"../\" leads out of the archive" },
		{ '5', "/", "\"/\" is an absolute name" },
		{ '5', "./", "" },
		{ '5', ".", "" },
		{ '0', "..a", "..a=;" },
		{ '1', "a/b", "\"a/b\" is a link" },
		{ '2', "a/b", "\"a/b\" is a link" },
		{ '3', "a/b", "\"a/b\" is neither a file nor a folder" },
		{ '4', "a/b", "\"a/b\" is neither a file nor a folder" },
		{ '6', "a/b", "\"a/b\" is neither a file nor a folder" },
		{ 'S', "a/b", "\"a/b\" is neither a file nor a folder" },
		{ '0', "\x1b[1m", "\x1b[1m=;" },
		{ '2', "\x1b[1m", "\"\\u{1b}[1m\" is a link" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct made m = { &pool, BUF_IN(&pool) };

		add(&m, row[i].type, row[i].name, STR(""));
		add_end(&m);
		CHECK_STR(list_made(&m), row[i].want);
	}
}

/* Wherever it ends, it says so, and tells of no file that is not whole. */
static void
an_archive_that_is_cut_says_so(void)
{
	autopool struct pool pool = POOL_NONE;
	struct made m = { &pool, BUF_IN(&pool) };
	struct str all;

	add(&m, '0', "a", STR("1"));
	add(&m, '0', "b", STR("2"));
	add_end(&m);
	all = buf_str(&m.out);
	for (size_t n = 0; n <= all.n; n++) {
		struct str got = list(&pool, str_sub(all, 0, n));

		CHECK_INT(str_find(got, STR("it is cut")) == STR_NPOS,
		    n >= 5 * TAR_BLOCK);
		CHECK_INT(str_starts(got, STR("a=1;")), n >= 2 * TAR_BLOCK);
		CHECK_INT(str_find(got, STR("b=2;")) != STR_NPOS,
		    n >= 4 * TAR_BLOCK);
	}
}

/* No byte of a header may be another, or it is seen; of a file each may. */
static void
a_header_that_was_changed_is_none(void)
{
	autopool struct pool pool = POOL_NONE;
	struct made m = { &pool, BUF_IN(&pool) };

	add(&m, '0', "a", STR("1"));
	add_end(&m);
	for (size_t i = 0; i < TAR_BLOCK; i++) {
		m.out.p[i] ^= 1;
		CHECK(str_starts(list_made(&m), STR("it is no tar archive: ")));
		m.out.p[i] ^= 1;
	}
	CHECK_STR(list_made(&m), "a=1;");
}

static void
extra_headers_are_checked(void)
{
	static const struct {
		char type;
		const char *text, *want;
	} row[] = {
		{ 'g', "13 comment=x\n", "a=1;" },
		{ 'x', "12 mtime=1.5\n",
		    "it is no tar archive: a wrong pax "
		    "header at byte 0" },
		{ 'x', "13 mtime=1.5\n", "a=1;" },
		{ 'g', "10 path=x\n",
		    "it is no tar archive: one name for all "
		    "files at byte 0" },
		{ 'x', "10 size=1\n", "a=1;" },
		{ 'x', "10 size=9\n", "a=1\0;" },
		{ 'x', "10 size=x\n",
		    "it is no tar archive: no size at byte 0" },
		{ 'x', "29 size=18446744073709551615\n",
		    "it is cut: a file of 18446744073709551615 bytes begins at "
		    "byte 1024 of 3072" },
		{ 'x', "22 GNU.sparse.major=1\n",
		    "it is no tar archive: a file with holes at byte 0" },
		{ 'x', "x",
		    "it is no tar archive: a wrong pax header at byte 0" },
		{ 'x', "99999999999999999999 path=x\n",
		    "it is no tar archive: a wrong pax header at byte 0" },
		{ 'x', "3 \n",
		    "it is no tar archive: a wrong pax header at "
		    "byte 0" },
		{ 'x', "5 ab\n",
		    "it is no tar archive: a wrong pax header at "
		    "byte 0" },
		{ 'x', "0 a=b\n",
		    "it is no tar archive: a wrong pax header at "
		    "byte 0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct made m = { &pool, BUF_IN(&pool) };
		struct str got;

		add(&m, row[i].type, "x", str_of(row[i].text));
		add(&m, '0', "a", STR("1"));
		add_end(&m);
		got = list_made(&m);
		/* of a larger size zeros follow */
		CHECK_STR(str_sub(got, 0, strlen(row[i].want)), row[i].want);
	}
}

CHECK_MAIN(CASE(files_are_found_in_order), CASE(any_size_of_a_file),
    CASE(long_names_are_read), CASE(what_is_refused_is_named),
    CASE(an_archive_that_is_cut_says_so),
    CASE(a_header_that_was_changed_is_none), CASE(extra_headers_are_checked))
