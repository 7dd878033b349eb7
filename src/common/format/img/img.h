/*
 * img: a decoded image, and the readers of BMP and ICO, which need no
 * library. The other formats are in img_decode.h.
 *
 * What is not decoded: alpha is dropped, and the colour below it kept;
 * palettes are expanded; of several pictures in a file there is one.
 */
#ifndef IMG_IMG_H
#define IMG_IMG_H

#include <stdint.h>

#include "base/err.h"

/*
 * A larger image is refused before anything of it is decoded. With 16 bits a
 * sample that is 384 MiB; a child has 2 GiB (docs/jail.md, "Limits").
 */
#define IMG_MAX_PIXELS (64u << 20)
#define IMG_MAX_SIDE   65535u

struct img {
	uint32_t width, height; /* both at least 1 */
	unsigned channels;      /* 1: gray; 3: red, green, blue */
	unsigned bits;          /* of a sample: 8 or 16 */
	union {
		uint8_t *p8; /* rows from the top, without gaps */
		uint16_t *p16;
	};
};

/* -1: a side is 0 or over IMG_MAX_SIDE, or there are over IMG_MAX_PIXELS. */
int img_check_size(uint64_t width, uint64_t height, struct err *err);

/* All samples 0. The size has been checked. */
struct img img_new(struct pool *pool, uint32_t width, uint32_t height,
    unsigned channels, unsigned bits);

/*
 * BMP as Windows and OS/2 write it: 1, 4, 8, 16, 24 and 32 bits a pixel and
 * Windows CE's 2, plain, with bit masks, or run-length coded, in either order
 * of rows. Pixels that a run-length coded image leaves out are black. Damage
 * and cut files are errors.
 * Source: Microsoft, "Bitmap Storage" and "Bitmap Header Types".
 */
int img_read_bmp(struct pool *pool, struct str bytes, struct img *out,
    struct err *err);

/*
 * A bitmap inside an icon: without the file's header, and with a height that
 * counts the rows of the mask behind the picture as well.
 */
int img_read_icon_bmp(struct pool *pool, struct str bytes, struct img *out,
    struct err *err);

/*
 * The entry with the most pixels of an icon file, and of those the one with
 * the most bits a pixel: a PNG file, or a bitmap for img_read_icon_bmp.
 * Source: Microsoft, "Icons", the ICONDIR structure.
 */
int img_ico_largest(struct str bytes, struct str *entry, struct err *err);

#endif
