/* A place in a picture: what is found is a number. */
#include <assert.h>
#include <math.h>
#include <stdint.h>

#include "img/exif.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str bytes = str_view((const char *)p, n), tiff;
	struct exif_place place;

	if (exif_find(&pool, bytes, &tiff, NULL) == -1)
		return 0;
	if (exif_read(tiff, &place, NULL) == 1) {
		assert(!place.has_latitude || isfinite(place.latitude));
		assert(!place.has_longitude || isfinite(place.longitude));
	}
	return 0;
}
