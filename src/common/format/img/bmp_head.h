/*
 * bmp_head: the headers of a BMP, checked, so that img_bmp.c only moves
 * pixels. Source: Microsoft, "Bitmap Header Types"; see img.h.
 */
#ifndef IMG_BMP_HEAD_H
#define IMG_BMP_HEAD_H

#include "img/img.h"

#define BMP_MAX_COLORS 256

enum bmp_coding {
	BMP_PLAIN = 0,
	BMP_RLE8 = 1,
	BMP_RLE4 = 2,
	BMP_MASKS = 3,
	BMP_ALPHA_MASKS = 6,
};

/* Where a sample is in a pixel; width 0: nowhere, the sample is 0. */
struct bmp_mask {
	unsigned shift, width;
};

struct bmp_head {
	uint32_t width, height;
	bool top_down;
	unsigned bits; /* of a pixel: 1, 2, 4, 8, 16, 24, 32 */
	enum bmp_coding coding;
	struct bmp_mask mask[3];                /* red, green, blue */
	unsigned char color[BMP_MAX_COLORS][3]; /* up to 8 bits; else black */
	struct str pixels;                      /* and all behind them */
};

/* See img_read_bmp and img_read_icon_bmp. */
int bmp_head_read(struct bmp_head *head, struct str bytes, bool in_icon,
    struct err *err);

#endif
