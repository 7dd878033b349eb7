/*
 * consent: permissions.json is read whole or not at all; what is found in it is
 * words in their form.
 */
#include "enforce/consent.h"

#include <assert.h>

#include "enforce/word.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check(const struct slot_texts *words, struct pool *pool)
{
	for (size_t i = 0; i < words->n; i++) {
		struct str again;

		assert(word_normal(words->text[i], pool, &again, NULL) == 0);
		assert(str_eq(words->text[i], again));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct consent consent;
	struct json all;

	if (consent_read(&pool, str_view((const char *)p, n), &all, NULL) == -1)
		return 0;
	for (size_t i = 0; i < all.map.n; i++) {
		consent_find(&all, all.map.member[i].name, STR_NONE, &pool,
		    &consent);
		check(&consent.allow, &pool);
		check(&consent.deny, &pool);
	}
	return 0;
}
