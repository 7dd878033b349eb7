#include "text/uuid.h"

#include <sys/random.h>

#include "text/codec.h"

struct str
uuid_new(struct pool *pool)
{
	unsigned char b[16];
	struct str hex;

	while (getrandom(b, sizeof(b), 0) != sizeof(b))
		;
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	hex = hex_write(pool, str_view((char *)b, sizeof(b)));
	return str_of(pool_printf(pool, "%.8s-%.4s-%.4s-%.4s-%.12s", hex.p,
	    hex.p + 8, hex.p + 12, hex.p + 16, hex.p + 20));
}
