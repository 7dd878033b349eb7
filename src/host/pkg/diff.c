/*
 * The shortest script of edits, by E. Myers, "An O(ND) Difference Algorithm and
 * Its Variations" (1986), on what is left when equal lines at both ends are put
 * aside. On diagonal k (x - y, x lines of the old text and y of the new one) at[k]
 * is how far d edits come; one of these rows is kept for each d, and the way back
 * through them is the script. Two texts that share nothing would cost the square
 * of their lines: after so many edits or steps the old lines all go and the new
 * ones come.
 */
#include "pkg/diff.h"

#include <stdint.h>

struct line {
	struct str text; /* with its newline, if it has one */
	uint32_t hash;
};

struct side {
	struct line *line;
	size_t n;
};

/* A script has a letter a line: ' ' both, '-' the old one, '+' the new one. */
struct search {
	struct pool *pool;
	const struct line *a, *b;
	int n, m;
	size_t steps;
	int **row; /* of each d, from -d to d; -1: nobody comes there */
};

static uint32_t
hash(struct str s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 16777619u;
	return h;
}

static struct side
split(struct pool *pool, struct str text)
{
	struct side side = { NULL, 0 };

	while (text.n != 0) {
		size_t at = str_find_char(text, '\n');
		struct str line =
		    at == STR_NPOS ? text : str_sub(text, 0, at + 1);

		side.line =
		    pool_push(pool, side.line, side.n, sizeof(*side.line));
		side.line[side.n++] = (struct line){ line, hash(line) };
		text = str_from(text, line.n);
	}
	return side;
}

static bool
is_same(const struct line *a, const struct line *b)
{
	return a->hash == b->hash && str_eq(a->text, b->text);
}

/* How far d edits come on diagonal k of the row of d. */
static int
reach(const int *row, int d, int k)
{
	return k < -d || k > d ? -1 : row[k + d];
}

/*
 * Where the last of d edits leads on diagonal k, before equal lines: down, a new
 * line, or across, an old one gone. -1: out of the texts.
 */
static int
step(const struct search *s, int d, int k, bool *is_down)
{
	int down = reach(s->row[d - 1], d - 1, k + 1);
	int across = reach(s->row[d - 1], d - 1, k - 1);

	if (down != -1 && down - k > s->m)
		down = -1;
	across = across != -1 && across < s->n ? across + 1 : -1;
	*is_down = down >= across;
	return *is_down ? down : across;
}

static int
slide(struct search *s, int x, int k)
{
	while (x != -1 && x < s->n && x - k < s->m &&
	       is_same(&s->a[x], &s->b[x - k])) {
		s->steps++;
		x++;
	}
	s->steps++;
	return x;
}

/* The row of d; true: it has the end. */
static bool
advance(struct search *s, int d)
{
	int *row = pool_array(s->pool, 2 * (size_t)d + 1, sizeof(*row));
	bool is_down;

	for (int i = 0; i < 2 * d + 1; i++)
		row[i] = -1;
	s->row[d] = row;
	for (int k = -d; k <= d && s->steps < DIFF_MAX_STEPS; k += 2) {
		int x = d == 0 ? 0 : step(s, d, k, &is_down);

		row[k + d] = slide(s, x, k);
		if (row[k + d] == s->n && s->n - k == s->m)
			return true;
	}
	return false;
}

/* The edits, last first. */
static void
go_back(const struct search *s, int d, struct buf *edits)
{
	int x = s->n, y = s->m;

	for (; d > 0; d--) {
		bool is_down;
		int from = step(s, d, x - y, &is_down);

		for (; x > from; x--, y--)
			buf_add_char(edits, ' ');
		buf_add_char(edits, is_down ? '+' : '-');
		x -= !is_down;
		y -= is_down;
	}
	for (; x > 0; x--)
		buf_add_char(edits, ' ');
}

/* All old lines, then all new ones; last first. */
static void
replace(const struct search *s, struct buf *edits)
{
	for (int i = 0; i < s->m; i++)
		buf_add_char(edits, '+');
	for (int i = 0; i < s->n; i++)
		buf_add_char(edits, '-');
}

static void
find(struct search *s, struct buf *edits)
{
	s->row = pool_array(s->pool, DIFF_MAX_EDITS + 1, sizeof(*s->row));
	for (int d = 0; d <= DIFF_MAX_EDITS && s->steps < DIFF_MAX_STEPS; d++) {
		if (advance(s, d)) {
			go_back(s, d, edits);
			return;
		}
	}
	replace(s, edits);
}

static size_t
same_at_the_start(const struct side *a, const struct side *b)
{
	size_t i = 0;

	while (i < a->n && i < b->n && is_same(&a->line[i], &b->line[i]))
		i++;
	return i;
}

static size_t
same_at_the_end(const struct side *a, const struct side *b, size_t start)
{
	size_t i = 0;

	while (start + i < a->n && start + i < b->n &&
	       is_same(&a->line[a->n - 1 - i], &b->line[b->n - 1 - i]))
		i++;
	return i;
}

static void
add_equal(struct buf *edits, size_t n)
{
	while (n-- > 0)
		buf_add_char(edits, ' ');
}

static struct str
make_script(struct pool *pool, const struct side *a, const struct side *b)
{
	size_t start = same_at_the_start(a, b);
	size_t end = same_at_the_end(a, b, start);
	struct search s = { pool, a->line + start, b->line + start,
		(int)(a->n - start - end), (int)(b->n - start - end), 0, NULL };
	struct buf middle = BUF_IN(pool), edits = BUF_IN(pool);

	add_equal(&edits, start);
	find(&s, &middle);
	while (middle.n > 0)
		buf_add_char(&edits, middle.p[--middle.n]);
	add_equal(&edits, end);
	return buf_str(&edits);
}

/* The end of the hunk that begins at `from`, which is a change. */
static size_t
hunk_end(struct str script, size_t from)
{
	size_t end = from, equal = 0;

	for (size_t i = from; i < script.n && equal <= 2 * DIFF_CONTEXT; i++) {
		equal = script.p[i] == ' ' ? equal + 1 : 0;
		if (equal == 0)
			end = i + 1;
	}
	return end;
}

static size_t
count(struct str script, char other)
{
	size_t n = 0;

	for (size_t i = 0; i < script.n; i++)
		n += script.p[i] != other;
	return n;
}

/* Lines are counted from 1; of none the one before is named. */
static void
add_range(struct buf *out, char sign, size_t first, size_t n)
{
	buf_printf(out, " %c%zu", sign, n == 0 ? first : first + 1);
	if (n != 1)
		buf_printf(out, ",%zu", n);
}

static void
add_line(struct buf *out, char edit, struct str text)
{
	buf_add_char(out, edit);
	buf_add(out, text);
	if (!str_ends(text, STR("\n")))
		buf_add(out, STR("\n\\ No newline at end of file\n"));
}

static void
add_hunk(struct buf *out, struct str script, size_t x, size_t y,
    const struct side *a, const struct side *b)
{
	buf_add(out, STR("@@"));
	add_range(out, '-', x, count(script, '+'));
	add_range(out, '+', y, count(script, '-'));
	buf_add(out, STR(" @@\n"));
	for (size_t i = 0; i < script.n; i++) {
		char edit = script.p[i];

		add_line(out, edit,
		    edit == '+' ? b->line[y].text : a->line[x].text);
		x += edit != '+';
		y += edit != '-';
	}
}

static void
add_hunks(struct buf *out, struct str script, const struct side *a,
    const struct side *b)
{
	size_t x = 0, y = 0, at = 0;

	for (size_t i = 0; i < script.n; i++) {
		size_t from, to;

		if (script.p[i] == ' ')
			continue;
		from = i - at < DIFF_CONTEXT ? at : i - DIFF_CONTEXT;
		to = hunk_end(script, i);
		i = to - 1;
		to =
		    script.n - to < DIFF_CONTEXT ? script.n : to + DIFF_CONTEXT;
		x += count(str_sub(script, at, from - at), '+');
		y += count(str_sub(script, at, from - at), '-');
		add_hunk(out, str_sub(script, from, to - from), x, y, a, b);
		x += count(str_sub(script, from, to - from), '+');
		y += count(str_sub(script, from, to - from), '-');
		at = to;
	}
}

void
diff_write(struct buf *out, struct str old_name, struct str old,
    struct str new_name, struct str new)
{
	autopool struct pool pool = POOL_NONE;
	struct side a, b;

	if (str_eq(old, new))
		return;
	a = split(&pool, old);
	b = split(&pool, new);
	buf_printf(out, "--- %.*s\n+++ %.*s\n", STR_ARG(old_name),
	    STR_ARG(new_name));
	add_hunks(out, make_script(&pool, &a, &b), &a, &b);
}
