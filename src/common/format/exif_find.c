#include "format/bytes.h"
#include "format/exif.h"
#include "format/exif_box.h"
#include "format/img_kind.h"
#include "format/riff.h"

#define MARKER_APP1 0xe1
#define MARKER_SOS  0xda /* the picture begins */
#define MARKER_EOI  0xd9

/* What stands in front of EXIF in a JPEG. */
static const struct str jpeg_magic = { "Exif\0\0", 6 };

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
find_in_jpeg(struct str bytes, struct str *tiff, struct err *err)
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
		if (marker == MARKER_APP1 && str_starts(segment, jpeg_magic)) {
			*tiff = str_from(segment, jpeg_magic.n);
			return 0;
		}
	}
}

/* PNG 1.2, 3.2: length, type, data, checksum. */
static int
find_in_png(struct str bytes, struct str *tiff, struct err *err)
{
	struct str rest = str_from(bytes, 8), type, data, crc;
	uint64_t n;

	for (;;) {
		if (rest.n == 0)
			return has_none(err);
		if (bytes_take_be(&rest, 4, &n) == -1 ||
		    bytes_take(&rest, 4, &type) == -1 ||
		    bytes_take(&rest, n, &data) == -1 ||
		    bytes_take(&rest, 4, &crc) == -1)
			return err_set(err, "a chunk of the PNG is cut");
		if (str_is(type, "IEND"))
			return has_none(err);
		if (str_is(type, "eXIf")) {
			*tiff = data;
			return 0;
		}
	}
}

static int
find_in_webp(struct str bytes, struct str *tiff, struct err *err)
{
	struct riff_chunk chunk;
	struct str rest;
	int status;

	if (riff_open(bytes, "WEBP", &rest, err) == -1)
		return -1;
	while ((status = riff_next(&rest, &chunk, err)) == 1) {
		if (str_is(chunk.type, "EXIF")) {
			*tiff = chunk.data;
			return 0;
		}
	}
	return status == 0 ? has_none(err) : -1;
}

int
exif_find(struct pool *pool, struct str bytes, struct str *tiff,
    struct err *err)
{
	switch (img_kind_of(bytes)) {
	case IMG_JPEG:
		return find_in_jpeg(bytes, tiff, err);
	case IMG_PNG:
		return find_in_png(bytes, tiff, err);
	case IMG_WEBP:
		return find_in_webp(bytes, tiff, err);
	case IMG_TIFF:
		*tiff = bytes;
		return 0;
	default:
		break;
	}
	if (exif_box_is(bytes))
		return exif_box_find(pool, bytes, tiff, err);
	return err_set(err, "EXIF is not looked for in this format");
}
