/* pgp: armor where there is some, then packets */
#include "crypt/pgp.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str in = str_view((const char *)p, n), bytes;
	struct pgp_key key;

	if (pgp_unarmor(&pool, in, &bytes, &err) == 0 && bytes.n != 0)
		in = bytes;
	pgp_read(&pool, in, &key, &err);
	return 0;
}
