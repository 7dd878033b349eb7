/* box: any bytes are an error, or a head within its limits */
#include "seal/box.h"

#include <assert.h>
#include <string.h>

#include "seal/sodium.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str box = str_view((const char *)p, n), text;
	struct box_key key;

	memset(&key, 0, sizeof(key));
	seal_crypto_use(&seal_crypto_sodium);
	if (box_read(box, &key.head, &err) == -1) {
		assert(err.n != 0);
		err_clear(&err);
	} else {
		assert(key.head.turns <= BOX_MAX_TURNS);
		assert(key.head.kib <= BOX_MAX_KIB);
	}
	assert(box_fits(box, &key, &err) != 1);
	err_clear(&err);
	assert(box_open(&pool, box, &key, &text, &err) == -1);
	return 0;
}
