/*
 * exif_box: EXIF in a file of boxes: HEIF and AVIF. Sources: ISO/IEC 14496-12,
 * 4.2 and 8.11; ISO/IEC 23008-12, A.2.
 */
#ifndef IMG_EXIF_BOX_H
#define IMG_EXIF_BOX_H

#include "base/err.h"

/* The file begins with an ftyp box. */
bool exif_box_is(struct str bytes);

/* See exif_find. What lies in pieces is put together in pool. */
int exif_box_find(struct pool *pool, struct str bytes, struct str *tiff,
    struct err *err);

#endif
