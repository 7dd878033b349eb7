/*
 * exif: where a picture was taken, from its EXIF. The picture itself is not
 * decoded. Sources: CIPA DC-008 (Exif 2.32), 4.6; TIFF 6.0, section 2.
 *
 * EXIF is looked for in JPEG (APP1), TIFF, PNG (eXIf), WebP (EXIF) and in the
 * items of HEIF and AVIF. All of its directories must be whole: one that is
 * cut, or a value that lies outside, is damage and an error.
 */
#ifndef FORMAT_EXIF_H
#define FORMAT_EXIF_H

#include "base/err.h"

#define EXIF_MAX_BYTES   (64u << 20) /* of EXIF inside a container */
#define EXIF_MAX_DIRS    32          /* directories */
#define EXIF_MAX_ENTRIES 8192        /* of all directories together */

/* Degrees, north and east above 0. */
struct exif_place {
	bool has_latitude, has_longitude;
	double latitude, longitude;
};

/*
 * The EXIF of an image, which begins with a TIFF header, as a view of bytes or
 * in pool. -1: an unknown container, a damaged one, or one without EXIF.
 */
int exif_find(struct pool *pool, struct str bytes, struct str *tiff,
    struct err *err);

/*
 * The place in it, to six decimals. 1: found; 0: none that is usable: one of
 * the four GPS tags is missing or of another type. A coordinate with a zero
 * denominator is left out of a place that is found. -1: damage.
 */
int exif_read(struct str tiff, struct exif_place *place, struct err *err);

#endif
