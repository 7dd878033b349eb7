/* package: the two JSON files of a bundle, of a stranger. */
#include <assert.h>
#include <stdint.h>

#include "base/mem.h"
#include "wacz/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str text = str_view((const char *)p, n);
	autoerr struct err err = ERR_NONE;
	struct package_digest digest;
	struct package package;

	if (package_read(&pool, text, &package, &err) == 0) {
		for (size_t i = 0; i < package.n; i++)
			assert(package.file[i].hash.n == ZIP_SUM - 1 &&
			       zip_check_name(package.file[i].path, NULL) == 0);
	} else {
		assert(err.n != 0);
	}
	if (package_digest_read(&pool, text, &digest, NULL) == 0) {
		struct package_digest again;
		struct buf out = BUF_IN(&pool);

		/* what was read can be written, and is the same then */
		package_digest_write(&out, &digest);
		assert(package_digest_read(&pool, buf_str(&out), &again,
			   NULL) == 0);
		assert(str_eq(again.hash, digest.hash) &&
		       str_eq(again.sshsig, digest.sshsig) &&
		       str_eq(again.token, digest.token));
	}
	return 0;
}
