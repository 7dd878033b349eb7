/*
 * jpeg_pixels: from the coefficients of a JPEG to samples. libjpeg reads the
 * coefficients; what follows is ours because each decoder rounds in its own
 * way, and a rounding more or less turns bits of the hashes that are kept in
 * databases (img_hash.h). The rules:
 *
 *	transform	of Loeffler, Ligtenberg and Moschytz (ICASSP 1989),
 *			columns first, with factors of 12 bits; columns keep 2
 *			bits more than the samples, halves go up
 *	scaling		twice as many samples by a triangle: a sample has 3
 *			parts of the nearer and 1 of the farther neighbour;
 *			other factors repeat
 *	colour		ITU-T T.871, 7, in single precision, halves go up
 */
#ifndef IMG_JPEG_PIXELS_H
#define IMG_JPEG_PIXELS_H

#include <stddef.h>
#include <stdint.h>

#define JPEG_BLOCK 64 /* samples */

/*
 * A block of 8x8 samples: coefficients times factors, both in rows, written to
 * rows that are `step` apart. Overflow, which only a hostile file has, wraps.
 */
void jpeg_transform(const int16_t coef[JPEG_BLOCK],
    const uint16_t factor[JPEG_BLOCK], uint8_t *out, size_t step);

/* Samples of a component. */
struct jpeg_plane {
	const uint8_t *p;
	size_t step; /* from row to row */
	uint32_t width, height;
	unsigned across, down; /* how often each is repeated: 1 to 4 */
};

/*
 * Row y of the image, scaled: plane->width * plane->across samples. out has
 * room for as many and is no part of the plane.
 */
void jpeg_scale_row(const struct jpeg_plane *plane, uint32_t y, uint8_t *out);

/*
 * A row of n pixels out of its components; 3 bytes a pixel. Of CMYK, 255 is
 * all of an ink.
 */
void jpeg_row_rgb(const uint8_t *const in[3], size_t n, uint8_t *out);
void jpeg_row_ycc(const uint8_t *const in[3], size_t n, uint8_t *out);
void jpeg_row_cmyk(const uint8_t *const in[4], size_t n, uint8_t *out);

#endif
