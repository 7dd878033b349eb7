/*
 * The first byte says which alphabet. What is read is written back as the
 * same text, unless padding stood inside it.
 */
#include <assert.h>
#include <stdint.h>

#include "text/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str text, bytes, back;
	struct alphabet a;

	if (n == 0)
		return 0;
	text = str_view((const char *)p + 1, n - 1);
	(void)alphabet_init(&a, *p & 1 ? ALPHABET_32 : ALPHABET_64,
	    *p & 1 ? STR("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
		   : STR("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef"
			 "ghijklmnopqrstuvwxyz0123456789+/"),
	    *p & 2 ? STR("=") : STR_NONE, NULL);
	if (alphabet_read(&pool, &a, text, &bytes, NULL) == -1)
		return 0;
	back = alphabet_write(&pool, &a, bytes);
	assert(back.n <= text.n);
	assert(str_find_char(text, '=') < back.n || str_eq(back, text));
	return 0;
}
