/* x509: as PEM, and the same bytes as DER */
#include "crypt/x509.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str in = str_view((const char *)p, n);
	struct x509_names names;

	x509_read_pem(&pool, in, &names, &err);
	x509_read_der(&pool, in, &names, &err);
	return 0;
}
