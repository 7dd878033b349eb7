/*
 * The search of Knuth, Morris and Pratt over what a document means: each byte
 * is read once a form and spelling, whatever the value is. Where a byte stood in
 * what is there is kept for as many bytes as the value has, and one before it.
 */
#include "trace/trace.h"

#include "trace/unit.h"
#include "trace/value.h"

const char *const trace_form_text[TRACE_FORMS] = {
	[TRACE_PLAIN] = "as it is",
	[TRACE_JSON] = "as JSON",
	[TRACE_HTML] = "as HTML",
	[TRACE_TEXT] = "as HTML between tags",
	[TRACE_PERCENT] = "in percent encoding",
	[TRACE_FORM] = "in a form",
};

#define TRAIL                                                                  \
	(2 * TRACE_MOST_VALUE) /* a power of two, over the value's bytes */

/* The last bytes of what the document means. */
struct trail {
	size_t from[TRAIL];
	char byte[TRAIL];
};

#define AT(k) ((k) & (TRAIL - 1))

_Static_assert((TRAIL & (TRAIL - 1)) == 0, "of the ring");

struct search {
	const struct spelling *spelling;
	bool folds;
	enum trace_form form;
	struct str text;
	struct trail trail;
	size_t k;       /* bytes that were read */
	size_t matched; /* of the value */
	bool is_ended;  /* it was, with the byte before k */
	size_t end;     /* behind it, in what is there */
};

static bool
goes_on(char c)
{
	unsigned char u = char_lower(c);

	return (u >= 'a' && u <= 'z') || char_is_digit(c) || u == '-' ||
	       u == '_' || u >= 0x80;
}

static char
fold(const struct search *s, char c)
{
	return s->folds ? (char)char_lower(c) : c;
}

/* next: the byte behind it; -1: there is none. */
static void
make_hit(const struct search *s, int next, struct trace_hit *hit)
{
	size_t n = s->spelling->text.n, first = s->k - n;
	struct str text = s->spelling->text;

	hit->form = s->form;
	hit->is_other = s->spelling->is_other;
	hit->at = s->trail.from[AT(first)];
	hit->n = s->end - hit->at;
	hit->is_part =
	    (first > 0 && goes_on(text.p[0]) &&
		goes_on(s->trail.byte[AT(first - 1)])) ||
	    (next != -1 && goes_on(text.p[n - 1]) && goes_on((char)next));
}

/* One that stands alone ends the search; the first part is kept. */
static bool
judge(struct search *s, int next, struct trace_hit *hit, bool *has_part)
{
	struct trace_hit found;

	if (!s->is_ended)
		return false;
	s->is_ended = false;
	make_hit(s, next, &found);
	if (!found.is_part || !*has_part)
		*hit = found;
	*has_part = true;
	return !found.is_part;
}

static void
take_byte(struct search *s, char c, size_t from, size_t end)
{
	struct str text = s->spelling->text;
	char folded = fold(s, c);

	s->trail.from[AT(s->k)] = from;
	s->trail.byte[AT(s->k)] = c;
	s->k++;
	while (s->matched > 0 &&
	       (s->matched == text.n || text.p[s->matched] != folded))
		s->matched = s->spelling->back[s->matched - 1];
	if (text.p[s->matched] == folded)
		s->matched++;
	s->is_ended = s->matched == text.n;
	s->end = end;
}

/* 1: it stands there alone; 0: it does not, but see *has_part. */
static bool
run(struct search *s, struct trace_hit *hit, bool *has_part)
{
	struct unit unit;

	for (size_t at = 0; at < s->text.n; at += unit.size) {
		char c = s->text.p[at];

		/* most bytes of most documents */
		if (!unit_may_begin(s->form, c) && !s->is_ended) {
			take_byte(s, c, at, at + 1);
			unit.size = 1;
			continue;
		}
		unit_take(s->form, s->text, at, &unit);
		for (size_t i = 0; i < unit.n; i++) {
			if (judge(s, (unsigned char)unit.byte[i], hit,
				has_part))
				return true;
			take_byte(s, unit.byte[i], at, at + unit.size);
		}
	}
	return judge(s, -1, hit, has_part);
}

bool
trace_find(const struct trace_value *value, struct str bytes,
    struct trace_hit *hit)
{
	struct search s = { .folds = value->folds, .text = bytes };
	bool has_part = false;

	for (int form = 0; form < TRACE_FORMS; form++) {
		if (!unit_has_any((enum trace_form)form, bytes))
			continue;
		for (size_t i = 0; i < value->n; i++) {
			s.spelling = &value->spelling[i];
			s.form = (enum trace_form)form;
			s.k = s.matched = 0;
			s.is_ended = false;
			if (run(&s, hit, &has_part))
				return true;
		}
	}
	return has_part;
}
