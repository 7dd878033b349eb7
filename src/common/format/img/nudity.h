/*
 * img_nudity: how much skin an image shows, by the colours of its pixels and
 * the regions that they form. Source: docs/reference, "img_nudity".
 */
#ifndef IMG_NUDITY_H
#define IMG_NUDITY_H

#include "img/img.h"

struct img_nudity {
	bool nude;
	double skin_percent; /* 0..100, of the pixels */
};

/* Of 16 bits the upper 8 count. Linear in the number of pixels. */
struct img_nudity img_nudity(const struct img *img);

#endif
