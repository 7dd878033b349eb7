/*
 * img_kind: which image format bytes are in, told by their first bytes alone.
 * Source: docs/reference, "img_load".
 */
#ifndef IMG_KIND_H
#define IMG_KIND_H

#include "base/str.h"

enum img_kind {
	IMG_NONE, /* no image that we know */
	IMG_PNG,
	IMG_JPEG,
	IMG_GIF,
	IMG_WEBP,
	IMG_TIFF,
	IMG_BMP,
	IMG_ICO,

	/* known, but not read */
	IMG_AVIF,
	IMG_DDS,
	IMG_FARBFELD,
	IMG_HDR,
	IMG_PNM,
};

enum img_kind img_kind_of(struct str bytes);

/* "Png", "Jpeg", ...; "None" of IMG_NONE. */
const char *img_kind_name(enum img_kind kind);

/* NULL: a format that is not read. */
const char *img_mime(struct str bytes);

#endif
