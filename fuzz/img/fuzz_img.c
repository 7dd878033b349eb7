/*
 * Images through their libraries, by their magic, and all that is made of
 * them. Large ones are left out: they only take time.
 */
#include <stdint.h>

#include "img/decode.h"
#include "img/hash.h"
#include "img/nudity.h"

#define MAX_PIXELS (1u << 16)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str bytes = str_view((const char *)p, n);
	unsigned char hash[IMG_HASH_SIZE];
	struct img img, gray;

	if (img_decode(&pool, bytes, IMG_FOR_GRAY, &img, NULL) == -1 ||
	    (size_t)img.width * img.height > MAX_PIXELS)
		return 0;
	gray = img_gray(&pool, &img);
	img_ahash(&gray, hash);
	img_dhash(&gray, hash);
	img_phash(&gray, hash);
	(void)img_nudity(&img);
	return 0;
}
