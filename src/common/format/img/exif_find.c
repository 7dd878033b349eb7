#include "base/bytes.h"
#include "img/exif.h"
#include "img/exif_box.h"
#include "img/exif_png.h"
#include "img/kind.h"
#include "img/riff.h"

#define MARKER_APP1 0xe1
#define MARKER_SOS  0xda /* the picture begins */
#define MARKER_EOI  0xd9

static int
has_none(struct err *err)
{
	return err_set(err, "the image has no EXIF");
}

/* Markers that stand alone: RST0 to RST7, SOI, TEM. */
static bool
is_bare(unsigned marker)
{
	return (marker >= 0xd0 && marker <= 0xd8) || marker == 0x01;
}

/* Cuts the next marker off. It may be filled up with 0xff in front. */
static int
take_marker(struct str *rest, unsigned *marker)
{
	struct str s;

	if (bytes_take(rest, 1, &s) == -1 || (unsigned char)s.p[0] != 0xff)
		return -1;
	do {
		if (bytes_take(rest, 1, &s) == -1)
			return -1;
	} while ((unsigned char)s.p[0] == 0xff);
	*marker = (unsigned char)s.p[0];
	return 0;
}

/* ITU-T T.81, B.1.1.4: the length of a segment counts itself. */
static int
find_in_jpeg(struct str bytes, struct str *exif, struct err *err)
{
	struct str rest = str_from(bytes, 2), segment;
	unsigned marker;
	uint64_t n;

	for (;;) {
		if (take_marker(&rest, &marker) == -1)
			return err_set(err, "a marker of the JPEG is missing");
		if (is_bare(marker))
			continue;
		if (marker == MARKER_SOS || marker == MARKER_EOI)
			return has_none(err);
		if (bytes_take_be(&rest, 2, &n) == -1 || n < 2 ||
		    bytes_take(&rest, n - 2, &segment) == -1)
			return err_set(err, "a segment of the JPEG is cut");
		if (marker == MARKER_APP1 &&
		    str_starts(segment, STR(EXIF_MAGIC))) {
			*exif = segment;
			return 0;
		}
	}
}

static int
find_in_webp(struct str bytes, struct str *exif, struct err *err)
{
	struct riff_chunk chunk;
	struct str rest;
	int status;

	if (riff_open(bytes, "WEBP", &rest, err) == -1)
		return -1;
	while ((status = riff_next(&rest, &chunk, err)) == 1) {
		if (str_is(chunk.type, "EXIF")) {
			*exif = chunk.data;
			return 0;
		}
	}
	return status == 0 ? has_none(err) : -1;
}

static int
find_exif(struct pool *pool, struct str bytes, struct str *exif,
    struct err *err)
{
	switch (img_kind_of(bytes)) {
	case IMG_JPEG:
		return find_in_jpeg(bytes, exif, err);
	case IMG_PNG:
		return exif_png_find(pool, bytes, exif, err);
	case IMG_WEBP:
		return find_in_webp(bytes, exif, err);
	case IMG_TIFF:
		*exif = bytes;
		return 0;
	default:
		break;
	}
	if (exif_box_is(bytes))
		return exif_box_find(pool, bytes, exif, err);
	return err_set(err, "EXIF is not looked for in this format");
}

/*
 * Only a JPEG must say EXIF_MAGIC in front; writers that convert from one leave
 * it there in every other container.
 */
int
exif_find(struct pool *pool, struct str bytes, struct str *tiff,
    struct err *err)
{
	struct str exif;

	if (find_exif(pool, bytes, &exif, err) == -1)
		return -1;
	*tiff = str_starts(exif, STR(EXIF_MAGIC))
	            ? str_from(exif, EXIF_MAGIC_SIZE)
	            : exif;
	return 0;
}
