/* A pattern, a newline and a text: both ways to run it find the same. */
#include <assert.h>

#include "base/utf8.h"
#include "regex/run.h"

/* Programs of a size that a fuzzer is done with soon. */
#define PATTERN_MOST 256
#define TEXT_MOST    256
#define PROGRAM_MOST 2000

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check_span(struct str text, struct regex_span span)
{
	if (span.from == REGEX_NONE) {
		assert(span.to == REGEX_NONE);
		return;
	}
	assert(span.from <= span.to && span.to <= text.n);
	assert(utf8_is_valid(str_sub(text, span.from, span.to - span.from)));
}

static void
compare(const struct regex *re, struct str text)
{
	autopool struct pool pool = POOL_NONE;
	struct regex_search *a = regex_search_new(re, text, &pool, NULL);
	struct regex_search *b = regex_search_new(re, text, &pool, NULL);
	bool found;

	b->pike = pike_new(re, &pool);
	do {
		found = regex_search_next(a);
		assert(regex_search_next(b) == found);
		for (size_t i = 0; found && i < regex_groups(re); i++) {
			struct regex_span x = regex_search_group(a, i);
			struct regex_span y = regex_search_group(b, i);

			assert(x.from == y.from && x.to == y.to);
			check_span(text, x);
		}
	} while (found);
	/* for all matches together: the notes are kept between them */
	assert(a->steps <= 4 * ((uint64_t)re->n + 1) * (text.n + 1));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str text = str_view((const char *)p, n);
	struct str pattern = str_cut(&text, '\n');
	struct regex *re;

	if (pattern.n > PATTERN_MOST || text.n > TEXT_MOST)
		return 0;
	re = regex_new(pattern, NULL);
	if (re != NULL && re->n <= PROGRAM_MOST && utf8_is_valid(text))
		compare(re, text);
	regex_free(re);
	return 0;
}
