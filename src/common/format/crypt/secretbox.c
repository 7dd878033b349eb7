#include "crypt/secretbox.h"

#include <sodium.h>

_Static_assert(SECRETBOX_NONCE == crypto_secretbox_NONCEBYTES, "nonce");
_Static_assert(SECRETBOX_MAC == crypto_secretbox_MACBYTES, "mac");
_Static_assert(SECRETBOX_KEY == crypto_secretbox_KEYBYTES, "key");

void
secretbox_prepare(void)
{
	/* without it the portable code does the same */
	if (sodium_init() == -1)
		return;
}

int
secretbox_open(struct pool *pool, struct str sealed, struct str key,
    struct str *plain, struct err *err)
{
	const unsigned char *p = (const unsigned char *)sealed.p;
	unsigned char *out;

	if (sealed.n <= SECRETBOX_NONCE)
		return err_set(err, "Encrypted message is too short");
	if (key.n != SECRETBOX_KEY)
		return err_set(err, "Key has wrong length");
	out = pool_alloc(pool, sealed.n - SECRETBOX_NONCE);
	/* it checks that there is a whole MAC */
	if (crypto_secretbox_open_easy(out, p + SECRETBOX_NONCE,
		sealed.n - SECRETBOX_NONCE, p,
		(const unsigned char *)key.p) == -1)
		return err_set(err, "Failed to decrypt secretbox");
	*plain =
	    str_view((char *)out, sealed.n - SECRETBOX_NONCE - SECRETBOX_MAC);
	return 0;
}
