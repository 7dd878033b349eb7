/*
 * exif: where a picture was taken, from its EXIF. The picture itself is not
 * decoded. Sources: CIPA DC-008 (Exif 2.32), 4.6; TIFF 6.0, section 2.
 *
 * EXIF is looked for in JPEG (APP1), TIFF, PNG (eXIf, or a text
 * "Raw profile type exif"), WebP (EXIF) and in the items of HEIF and AVIF. What a place needs must be whole: its directory, the
 * ones that lead to it and its values; damage elsewhere is not looked at.
 */
#ifndef IMG_EXIF_H
#define IMG_EXIF_H

#include "base/err.h"

#define EXIF_MAX_BYTES (64u << 20) /* of EXIF inside a container */

/* May stand in front of the TIFF header. Some writers put no 0 at its end. */
#define EXIF_MAGIC      "Exif\0"
#define EXIF_MAGIC_SIZE 6

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
 * the four GPS tags is missing, or its letter is no N, E, S or W, or its parts
 * are under three or no numbers. Numbers may be of any type, signed ones too;
 * the letter alone is the sign. A coordinate with a zero denominator is left
 * out of a place that is found. -1: none, but damage where it may have been.
 */
int exif_read(struct str tiff, struct exif_place *place, struct err *err);

#endif
