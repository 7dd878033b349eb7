/*
 * png_mend: PNG files with faults that browsers do not mind, as libpng, which
 * does, reads them. Internal to img_png.
 *
 *	a second palette	the first counts
 *	a file that ends inside its samples	what is there of them is read
 */
#ifndef IMG_PNG_MEND_H
#define IMG_PNG_MEND_H

#include "base/pool.h"

/* bytes itself where there is nothing to mend. */
struct str png_mend(struct pool *pool, struct str bytes);

#endif
