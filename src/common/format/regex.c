#include "format/regex.h"

#include <stdlib.h>

#include "base/mem.h"
#include "format/regex_run.h"

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
	if (regex_compile(re, node, err) == -1) {
		regex_free(re);
		return NULL;
	}
	regex_hint(re, node, &pool);
	return re;
}

void
regex_free(struct regex *re)
{
	if (re == NULL)
		return;
	pool_clear(&re->pool);
	free(re);
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

struct regex_search *
regex_search_new(const struct regex *re, struct str text, struct pool *pool,
    struct err *err)
{
	struct regex_search *s = pool_zalloc(pool, sizeof(*s));
	uint64_t places = text.n + 1, rows = re->rows;

	if (text.n > REGEX_MAX_TEXT) {
		err_set(err, "text is too long: %zu bytes", text.n);
		return NULL;
	}
	s->re = re;
	s->pool = pool;
	s->text = (const unsigned char *)text.p;
	s->n = (uint32_t)text.n;
	s->last_end = REGEX_NONE;
	s->starts = last_start(s);
	s->slot = pool_array(pool, 2 * re->groups, sizeof(*s->slot));
	if ((rows + re->pushes) * places <= BACKTRACK_MOST) {
		s->bits = pool_zalloc(pool, (rows * places + 63) / 64 * 8);
		return s;
	}
	s->pike = pike_new(re, pool);
	if (s->pike == NULL) {
		err_set(err, "pattern is too large for a text of %zu bytes",
		    text.n);
		return NULL;
	}
	return s;
}

static bool
find(struct regex_search *s)
{
	uint32_t width, at = s->at;

	if (s->pike != NULL)
		return pike_run(s, at);
	while ((at = search_start(s, at)) != REGEX_NONE) {
		if (backtrack_run(s, at)) {
			backtrack_forget(s);
			return true;
		}
		if (at == s->n)
			return false;
		(void)text_char(s, at, &width);
		at += width;
	}
	return false;
}

bool
regex_search_next(struct regex_search *s)
{
	while (s->at <= s->n && find(s)) {
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
