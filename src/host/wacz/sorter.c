/*
 * Pieces follow each other in the file; each is read through a window of its
 * own, which is filled again when no whole line is left in it.
 */
#include "wacz/sorter.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/read.h"

#define WINDOW ((size_t)128 << 10) /* a line is shorter */

struct piece {
	uint64_t at, end; /* in the file: what is not in the window yet */
	char *p;          /* WINDOW */
	size_t from, n;   /* of the window */
	struct str line;  /* the next; n 0: none */
};

struct sorter {
	struct pool *pool;
	int fd;
	size_t most;
	struct buf text;
	size_t *begin; /* of each line in text */
	size_t n, room;
	struct piece *piece;
	size_t pieces;
	uint64_t at; /* of the file */
};

static void
sorter_end(void *handle)
{
	struct sorter *s = handle;

	buf_clear(&s->text);
	free(s->begin);
}

struct sorter *
sorter_new(struct pool *pool, int fd, size_t most)
{
	struct sorter *s = pool_zalloc(pool, sizeof(*s));

	s->pool = pool;
	s->fd = fd;
	s->most = most;
	pool_defer(pool, sorter_end, s);
	return s;
}

static int
by_text(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return str_cmp(*x, *y);
}

/* The lines in memory, in order. */
static struct str *
sort(const struct sorter *s, struct pool *pool)
{
	struct str *line = pool_array(pool, s->n + 1, sizeof(*line));

	for (size_t i = 0; i < s->n; i++) {
		size_t end = i + 1 < s->n ? s->begin[i + 1] : s->text.n;

		line[i] =
		    str_sub(buf_str(&s->text), s->begin[i], end - s->begin[i]);
	}
	qsort(line, s->n, sizeof(*line), by_text);
	return line;
}

static int
put(struct sorter *s, struct str bytes, struct err *err)
{
	while (bytes.n != 0) {
		ssize_t n = pwrite(s->fd, bytes.p, bytes.n, (off_t)s->at);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_sys(err, "cannot keep what is sorted");
		s->at += (uint64_t)n;
		bytes = str_from(bytes, (size_t)n);
	}
	return 0;
}

/* What is in memory becomes a piece. */
static int
put_piece(struct sorter *s, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str *line = sort(s, &pool);
	struct buf out = BUF_IN(&pool);
	uint64_t begin = s->at;

	for (size_t i = 0; i < s->n; i++) {
		buf_add(&out, line[i]);
		if (out.n < WINDOW && i + 1 < s->n)
			continue;
		if (put(s, buf_str(&out), err) == -1)
			return -1;
		out.n = 0;
	}
	s->piece = pool_push(s->pool, s->piece, s->pieces, sizeof(*s->piece));
	s->piece[s->pieces++] = (struct piece){ .at = begin, .end = s->at };
	s->text.n = s->n = 0;
	return 0;
}

int
sorter_add(struct sorter *s, struct str line, struct err *err)
{
	if (line.n >= WINDOW)
		return err_set(err, "a line of %zu bytes", line.n);
	if (s->text.n + line.n > s->most && s->n != 0 &&
	    put_piece(s, err) == -1)
		return -1;
	if (s->n == s->room) {
		s->room = s->room != 0 ? 2 * s->room : 1024;
		s->begin = mem_realloc(s->begin, s->room * sizeof(*s->begin));
	}
	s->begin[s->n++] = s->text.n;
	buf_add(&s->text, line);
	return 0;
}

/* What is left of the window moves to its front, and more comes behind. */
static int
fill(const struct sorter *s, struct piece *piece, struct err *err)
{
	size_t n = WINDOW;
	ssize_t got;

	piece->n -= piece->from;
	memmove(piece->p, piece->p + piece->from, piece->n);
	piece->from = 0;
	n -= piece->n;
	if (n > piece->end - piece->at)
		n = (size_t)(piece->end - piece->at);
	got = read_full_at(s->fd, piece->p + piece->n, n, (off_t)piece->at);
	if (got != (ssize_t)n)
		return err_sys(err, "cannot read what is sorted");
	piece->at += n;
	piece->n += n;
	return 0;
}

static int
next_line(const struct sorter *s, struct piece *piece, struct err *err)
{
	struct str left =
	    str_view(piece->p + piece->from, piece->n - piece->from);
	size_t end = str_find_char(left, '\n');

	if (end == STR_NPOS && piece->at != piece->end) {
		if (fill(s, piece, err) == -1)
			return -1;
		left = str_view(piece->p, piece->n);
		end = str_find_char(left, '\n');
	}
	piece->line = end == STR_NPOS ? STR_NONE : str_sub(left, 0, end + 1);
	piece->from += piece->line.n;
	return 0;
}

static struct piece *
least(const struct sorter *s)
{
	struct piece *found = NULL;

	for (size_t i = 0; i < s->pieces; i++) {
		struct piece *piece = &s->piece[i];

		if (piece->line.n != 0 &&
		    (found == NULL || str_cmp(piece->line, found->line) < 0))
			found = piece;
	}
	return found;
}

static int
merge(struct sorter *s,
    int (*each)(void *ctx, struct str line, struct err *err), void *ctx,
    struct err *err)
{
	struct piece *piece;

	for (size_t i = 0; i < s->pieces; i++) {
		s->piece[i].p = pool_alloc(s->pool, WINDOW);
		if (next_line(s, &s->piece[i], err) == -1)
			return -1;
	}
	while ((piece = least(s)) != NULL) {
		if (each(ctx, piece->line, err) == -1 ||
		    next_line(s, piece, err) == -1)
			return -1;
	}
	return 0;
}

int
sorter_each(struct sorter *s,
    int (*each)(void *ctx, struct str line, struct err *err), void *ctx,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str *line;

	if (s->pieces != 0) {
		if (s->n != 0 && put_piece(s, err) == -1)
			return -1;
		return merge(s, each, ctx, err);
	}
	line = sort(s, &pool);
	for (size_t i = 0; i < s->n; i++) {
		if (each(ctx, line[i], err) == -1)
			return -1;
	}
	return 0;
}
