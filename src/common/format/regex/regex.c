#include "regex/regex.h"

#include <stdlib.h>

#include "base/mem.h"
#include "regex/run.h"

#define SMALL_BITS ((size_t)64 << 10) /* bytes */

void
regex_free(struct regex *re)
{
	if (re == NULL)
		return;
	pool_clear(&re->pool);
	free(re);
}

/* The program and all that is known about it; -1: too large. */
static int
fill_program(struct regex *re, struct node *node, struct pool *pool,
    struct err *err)
{
	if (regex_compile(re, node, err) == -1)
		return -1;
	regex_hint(re, node, pool);
	if (pike_fits(re))
		return 0;
	return err_set(err, "not a regular expression: too many groups: %u",
	    re->groups - 1);
}

struct regex *
regex_new(struct str pattern, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct parser p = { .pattern = pattern, .pool = &pool, .err = err };
	struct node *node = parse_pattern(&p);
	struct regex *re;

	if (node == NULL)
		return NULL;
	re = mem_zalloc(sizeof(*re));
	re->groups = p.groups + 1;
	if (fill_program(re, node, &pool, err) == -1) {
		regex_free(re);
		return NULL;
	}
	return re;
}

size_t
regex_groups(const struct regex *re)
{
	return re->groups;
}

/* A match cannot start behind the last byte that it has to have. */
static uint32_t
last_start(const struct regex_search *s)
{
	const unsigned char *last;

	if (s->re->needed == -1)
		return s->n + 1;
	last = s->n != 0 ? memrchr(s->text, s->re->needed, s->n) : NULL;
	return last != NULL ? (uint32_t)(last - s->text) + 1 : 0;
}

/*
 * Bits that are 0. Many come from calloc(), which has them so without touching
 * them: a match may be near.
 */
static uint64_t *
make_bits(struct pool *pool, uint64_t bits)
{
	size_t n = (bits + 63) / 64 * sizeof(uint64_t);
	void *p;

	if (n <= SMALL_BITS)
		return pool_zalloc(pool, n);
	p = mem_zalloc(n);
	pool_defer(pool, free, p);
	return p;
}

struct regex_search *
regex_search_new(const struct regex *re, struct str text, struct pool *pool,
    struct err *err)
{
	struct regex_search *s = pool_zalloc(pool, sizeof(*s));
	uint64_t bits = (uint64_t)re->rows * (text.n + 1);

	if (text.n > REGEX_MAX_TEXT) {
		err_set(err, "text is too long: %zu bytes", text.n);
		return NULL;
	}
	s->re = re;
	s->pool = pool;
	/* the empty text may be NULL, to which nothing can be added */
	s->text = (const unsigned char *)(text.n != 0 ? text.p : "");
	s->n = (uint32_t)text.n;
	s->last_end = REGEX_NONE;
	s->stop = REGEX_NONE;
	s->starts = last_start(s);
	s->slot = pool_array(pool, 2 * re->groups, sizeof(*s->slot));
	if (bits <= BACKTRACK_MOST)
		s->bits = make_bits(pool, bits);
	else
		s->pike = pike_new(re, pool);
	return s;
}

static bool
find_match(struct regex_search *s)
{
	uint32_t width, at = s->at;
	bool found;

	while (s->pike == NULL && (at = search_start(s, at)) != REGEX_NONE) {
		found = backtrack_run(s, at);
		if (s->jobs.is_full) {
			s->pike = pike_new(s->re, s->pool);
			s->jobs.n = 0;
			break;
		}
		if (found) {
			backtrack_forget(s);
			return true;
		}
		if (at == s->n)
			return false;
		(void)text_char(s, at, &width);
		at += width;
	}
	return s->pike != NULL && pike_run(s, at);
}

bool
regex_search_next(struct regex_search *s)
{
	while (s->at <= s->n && find_match(s)) {
		uint32_t to = s->slot[1], width = 1;

		s->at = to;
		if (s->slot[0] < to || to != s->last_end) {
			s->last_end = to;
			return true;
		}
		if (to < s->n)
			(void)text_char(s, to, &width);
		s->at += width;
	}
	s->at = s->n + 1;
	return false;
}

struct regex_span
regex_search_group(const struct regex_search *s, size_t i)
{
	return (struct regex_span){ s->slot[2 * i], s->slot[2 * i + 1] };
}

uint64_t
regex_search_steps(const struct regex_search *s)
{
	return s->steps;
}
