/* A BMP, or with a first byte of 1 a bitmap of an icon behind it. */
#include <assert.h>
#include <stdint.h>

#include "img/img.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str bytes = str_view((const char *)p, n);
	struct img img;
	int status;

	if (n != 0 && p[0] == 1)
		status =
		    img_read_icon_bmp(&pool, str_from(bytes, 1), &img, NULL);
	else
		status = img_read_bmp(&pool, bytes, &img, NULL);
	if (status == 0) {
		assert(img.width >= 1 && img.width <= IMG_MAX_SIDE);
		assert(img.height >= 1 && img.height <= IMG_MAX_SIDE);
	}
	return 0;
}
