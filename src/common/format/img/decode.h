/*
 * img_decode: images of every format that we read (img_kind.h), through
 * libjpeg, libpng, giflib, libwebp and libtiff from memory. The libraries
 * open no file and print nothing, and their fatal errors end in an err.
 *
 * The whole image is decoded, and damage is an error. A cut file has no image
 * but for what browsers do, too: what is wrong behind the last row of a PNG
 * does not matter, and of a GIF or JPEG that ends early there are the rows
 * that came, then black or gray. Sizes are checked before anything is decoded
 * (img.h).
 *
 *	PNG	all colour types, 1 to 16 bits, interlaced
 *	JPEG	sequential and progressive; 1, 3 and 4 components
 *	GIF	the first frame on a black canvas of the size of the screen
 *	WebP	lossy and lossless; of an animation the first frame, likewise
 *	TIFF	the first image, as it lies in the file
 *	BMP	see img.h
 *	ICO	the largest entry, BMP or PNG
 */
#ifndef IMG_DECODE_H
#define IMG_DECODE_H

#include "img/img.h"

enum img_use {
	IMG_FOR_COLOR,
	/* a lossy WebP is its luma plane: hashes have always been made so */
	IMG_FOR_GRAY,
};

/* -1 also: "Unsupported format: Dds" and the like, of what is not read. */
int img_decode(struct pool *pool, struct str bytes, enum img_use use,
    struct img *out, struct err *err);

/* A format each; bytes begin with its magic. */
int img_read_gif(struct pool *pool, struct str bytes, struct img *out,
    struct err *err);
int img_read_jpeg(struct pool *pool, struct str bytes, struct img *out,
    struct err *err);
int img_read_png(struct pool *pool, struct str bytes, struct img *out,
    struct err *err);
int img_read_tiff(struct pool *pool, struct str bytes, struct img *out,
    struct err *err);
int img_read_webp(struct pool *pool, struct str bytes, enum img_use use,
    struct img *out, struct err *err);

#endif
