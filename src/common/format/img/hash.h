/*
 * img_hash: perceptual hashes of 64 bits, equal for images that look alike.
 * They are kept in databases, so they come out the same to the bit wherever
 * single precision is that of IEEE 754. Source: docs/reference, "img_ahash".
 */
#ifndef IMG_HASH_H
#define IMG_HASH_H

#include "img/img.h"

#define IMG_HASH_SIZE 8

/*
 * The image in gray, 8 bits: 0.2126 R + 0.7152 G + 0.0722 B in single
 * precision, cut; of 16 bits the upper 8. A gray image of 8 bits is shared.
 */
struct img img_gray(struct pool *pool, const struct img *img);

/*
 * A gray image of 8 bits scaled with a Lanczos kernel of 3 lobes, first to the
 * height, then to the width, and rounded to 8 bits after each.
 */
struct img img_scale(struct pool *pool, const struct img *gray, uint32_t width,
    uint32_t height);

/*
 * Of a gray image of 8 bits. Bits go by rows of 8 pixels, the first one the
 * lowest of the first byte:
 *	ahash	the pixel is at least the mean
 *	dhash	the pixel is below the next one to its right
 *	phash	the pixel is at least the median; where the sum of the two in
 *		the middle is over 255, 256 is taken off it, as in all hashes
 *		that are stored
 */
void img_ahash(const struct img *gray, unsigned char hash[IMG_HASH_SIZE]);
void img_dhash(const struct img *gray, unsigned char hash[IMG_HASH_SIZE]);
void img_phash(const struct img *gray, unsigned char hash[IMG_HASH_SIZE]);

#endif
