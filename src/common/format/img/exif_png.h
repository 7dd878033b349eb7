/*
 * exif_png: EXIF in a PNG, in its chunk eXIf or in a text of ImageMagick.
 * Source: PNG 1.2, 3.2 and 4.2.3, and its extensions 1.5.0 for eXIf.
 */
#ifndef IMG_EXIF_PNG_H
#define IMG_EXIF_PNG_H

#include "base/err.h"

#define EXIF_MAX_TEXT  (4u << 20) /* of text that is unpacked */
#define EXIF_MAX_TEXTS 8          /* of them */

/* See exif_find. bytes begin with the signature of a PNG. */
int exif_png_find(struct pool *pool, struct str bytes, struct str *exif,
    struct err *err);

#endif
