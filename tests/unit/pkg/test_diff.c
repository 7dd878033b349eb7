/* diff: whoever applies it to the old text has the new one. */
#include "pkg/diff.h"

#include "base/mem.h"
#include "base/num.h"
#include "check.h"

static struct str
diff_of(struct pool *pool, struct str old, struct str new)
{
	struct buf out = BUF_IN(pool);

	diff_write(&out, STR("a"), old, STR("b"), new);
	return out.n != 0 ? buf_str(&out) : STR("");
}

/* The line with its newline, off the front. */
static struct str
next_line(struct str *rest)
{
	size_t at = str_find_char(*rest, '\n');
	struct str line = at == STR_NPOS ? *rest : str_sub(*rest, 0, at + 1);

	*rest = str_from(*rest, line.n);
	return line;
}

/* The number in " -N,M" or " -N". */
static size_t
first_of(struct str head, char sign)
{
	size_t at = str_find_char(head, sign);
	struct str number = str_from(head, at + 1);
	uint64_t first = 0, n = 1;

	number = str_sub(number, 0, str_find_char(number, ' '));
	CHECK(num_read_u64(str_cut(&number, ','), &first) == 0);
	CHECK(number.p == NULL || num_read_u64(number, &n) == 0);
	return n == 0 ? (size_t)first : (size_t)first - 1;
}

/* The line without its sign, and without its newline where "\ No" follows. */
static struct str
text_of(struct str line, struct str *rest)
{
	if (str_starts(*rest, STR("\\ No"))) {
		(void)next_line(rest);
		line.n--;
	}
	return str_from(line, 1);
}

/* As patch(1) does it; what does not fit is told. */
static struct str
apply(struct pool *pool, struct str old, struct str patch)
{
	struct buf out = BUF_IN(pool);
	size_t at = 0;

	(void)next_line(&patch);
	(void)next_line(&patch);
	while (patch.n != 0) {
		struct str line = next_line(&patch);
		char sign = line.p[0];

		if (sign == '@') {
			for (; at < first_of(line, '-'); at++)
				buf_add(&out, next_line(&old));
			continue;
		}
		line = text_of(line, &patch);
		if (sign != '+') {
			CHECK_BYTES(line, next_line(&old));
			at++;
		}
		if (sign != '-')
			buf_add(&out, line);
	}
	buf_add(&out, old);
	return out.n != 0 ? buf_str(&out) : STR("");
}

static void
check(struct str old, struct str new)
{
	autopool struct pool pool = POOL_NONE;
	struct str patch = diff_of(&pool, old, new);

	if (str_eq(old, new))
		CHECK_STR(patch, "");
	else
		CHECK_BYTES(apply(&pool, old, patch), new);
}

static void
it_is_as_diff_writes_it(void)
{
	autopool struct pool pool = POOL_NONE;

	CHECK_STR(diff_of(&pool, STR("1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
		      STR("1\n2\n3\n4\nfive\n6\n7\n8\n9\n")),
	    "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n "
	    "8\n");
	CHECK_STR(diff_of(&pool, STR(""), STR("x")),
	    "--- a\n+++ b\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n");
	CHECK_STR(diff_of(&pool, STR("x\n"), STR("")),
	    "--- a\n+++ b\n@@ -1 +0,0 @@\n-x\n");
	CHECK_STR(diff_of(&pool, STR("x"), STR("x\n")),
	    "--- a\n+++ b\n@@ -1 +1 @@\n-x\n\\ No newline at end of "
	    "file\n+x\n");
	CHECK_STR(diff_of(&pool, STR("1\n2\n3\n4\n5\n6\n7\n8\n"),
		      STR("0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n")),
	    "--- a\n+++ b\n@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n@@ -6,3 +7,4 "
	    "@@\n 6\n 7\n 8\n+9\n");
}

/* Few letters, so that much is equal and much can be moved. */
static struct str
any_text(struct pool *pool, size_t lines, unsigned *seed)
{
	struct buf out = BUF_IN(pool);

	for (size_t i = 0; i < lines; i++) {
		*seed = *seed * 1103515245u + 12345u;
		buf_add_char(&out, (char)('a' + (*seed >> 16) % 4));
		if (i + 1 < lines || (*seed >> 20) % 4 != 0)
			buf_add_char(&out, '\n');
	}
	return out.n != 0 ? buf_str(&out) : STR("");
}

static void
any_two_texts(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 9, 1000 };
	unsigned seed = 1;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
			for (int times = 0; times < 20; times++) {
				autopool struct pool pool = POOL_NONE;

				check(any_text(&pool, sizes[i], &seed),
				    any_text(&pool, sizes[k], &seed));
			}
		}
	}
}

/* More edits than are looked for, more lines than are compared. */
static void
what_costs_too_much_is_longer_and_not_wrong(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf a = BUF_IN(&pool), b = BUF_IN(&pool);
	struct str many;

	for (int i = 0; i < 200000; i++) {
		buf_printf(&a, "a%d\n", i);
		buf_printf(&b, "b%d\n", i);
	}
	check(buf_str(&a), buf_str(&b));
	a.n = b.n = 0;
	for (int i = 0; i < 500000; i++) {
		buf_add(&a, STR("\n"));
		buf_add(&b, i % 2 == 0 ? STR("\n") : STR("x\n"));
	}
	many = buf_str(&a);
	check(many, buf_str(&b));
	check(str_from(many, 1), many);
}

CHECK_MAIN(CASE(it_is_as_diff_writes_it), CASE(any_two_texts),
    CASE(what_costs_too_much_is_longer_and_not_wrong))
