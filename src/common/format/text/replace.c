#include "text/replace.h"

#include "base/utf8.h"

/* Where the next occurrence is; STR_NPOS: none. */
static size_t
find_next(struct str s, struct str search, size_t from)
{
	size_t at = str_find(str_from(s, from), search);

	return at != STR_NPOS ? from + at : STR_NPOS;
}

static size_t
count_matches(struct str s, struct str search)
{
	size_t n = 0, at = 0;

	while ((at = find_next(s, search, at)) != STR_NPOS) {
		at += search.n;
		n++;
	}
	return n;
}

static size_t
char_length(struct str s)
{
	uint32_t cp;
	size_t n = utf8_decode(s, &cp);

	return n != 0 || s.n == 0 ? n : 1;
}

static size_t
count_chars(struct str s)
{
	size_t n = 0;

	while (s.n != 0) {
		s = str_from(s, char_length(s));
		n++;
	}
	return n;
}

static void
fill_between(struct buf *out, struct str s, struct str by)
{
	size_t n;

	do {
		n = char_length(s);
		buf_add(out, by);
		buf_add(out, str_sub(s, 0, n));
		s = str_from(s, n);
	} while (n != 0);
}

static void
fill_replaced(struct buf *out, struct str s, struct str search, struct str by)
{
	size_t from = 0, at;

	while ((at = find_next(s, search, from)) != STR_NPOS) {
		buf_add(out, str_sub(s, from, at - from));
		buf_add(out, by);
		from = at + search.n;
	}
	buf_add(out, str_from(s, from));
}

int
replace_all(struct pool *pool, struct str s, struct str search, struct str by,
    struct str *out, struct err *err)
{
	struct buf made = BUF_IN(pool);
	size_t n, added, total;

	n = search.n != 0 ? count_matches(s, search) : count_chars(s) + 1;
	if (n == 0) {
		*out = s;
		return 0;
	}
	if (__builtin_mul_overflow(n, by.n, &added) ||
	    __builtin_add_overflow(s.n - n * search.n, added, &total) ||
	    total > REPLACE_MAX_BYTES)
		return err_set(err, "result is too long");
	buf_room(&made, total);
	if (search.n != 0)
		fill_replaced(&made, s, search, by);
	else
		fill_between(&made, s, by);
	*out = buf_str(&made);
	return 0;
}
