/* word: what is read is written in one form, which is read as the same. */
#include "enforce/word.h"

#include <assert.h>

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct buf once = BUF_IN(&pool), twice = BUF_IN(&pool);
	struct word word;

	if (word_read(str_view((const char *)p, n), &pool, &word, NULL) == -1)
		return 0;
	word_write(&once, &word);
	assert(word_read(buf_str(&once), &pool, &word, NULL) == 0);
	word_write(&twice, &word);
	assert(str_eq(buf_str(&once), buf_str(&twice)));
	return 0;
}
