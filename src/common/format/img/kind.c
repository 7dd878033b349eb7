#include "img/kind.h"

#include "base/mem.h"

static const struct {
	const char *name, *mime;
} kinds[] = {
	[IMG_NONE] = { "None", NULL },
	[IMG_PNG] = { "Png", "image/png" },
	[IMG_JPEG] = { "Jpeg", "image/jpeg" },
	[IMG_GIF] = { "Gif", "image/gif" },
	[IMG_WEBP] = { "WebP", "image/webp" },
	[IMG_TIFF] = { "Tiff", "image/tiff" },
	[IMG_BMP] = { "Bmp", "image/bmp" },
	[IMG_ICO] = { "Ico", "image/vnd.microsoft.icon" },
	[IMG_AVIF] = { "Avif", NULL },
	[IMG_DDS] = { "Dds", NULL },
	[IMG_FARBFELD] = { "Farbfeld", NULL },
	[IMG_HDR] = { "Hdr", NULL },
	[IMG_PNM] = { "Pnm", NULL },
};

static const struct {
	struct str magic;
	enum img_kind kind;
} magics[] = {
	{ { "\x89PNG\r\n\x1a\n", 8 }, IMG_PNG },
	{ { "\xff\xd8\xff", 3 }, IMG_JPEG },
	{ { "GIF87a", 6 }, IMG_GIF },
	{ { "GIF89a", 6 }, IMG_GIF },
	{ { "RIFF", 4 }, IMG_WEBP },
	{ { "MM\0*", 4 }, IMG_TIFF },
	{ { "II*\0", 4 }, IMG_TIFF },
	{ { "BM", 2 }, IMG_BMP },
	{ { "\0\0\1\0", 4 }, IMG_ICO },
	{ { "DDS ", 4 }, IMG_DDS },
	{ { "farbfeld", 8 }, IMG_FARBFELD },
	{ { "#?RADIANCE", 10 }, IMG_HDR },
	{ { "P1", 2 }, IMG_PNM },
	{ { "P2", 2 }, IMG_PNM },
	{ { "P3", 2 }, IMG_PNM },
	{ { "P4", 2 }, IMG_PNM },
	{ { "P5", 2 }, IMG_PNM },
	{ { "P6", 2 }, IMG_PNM },
	{ { "P7", 2 }, IMG_PNM },
};

enum img_kind
img_kind_of(struct str bytes)
{
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++) {
		if (str_starts(bytes, magics[i].magic))
			return magics[i].kind;
	}
	/* ISO/IEC 14496-12, 4.3: the size of the first box, then its type */
	if (str_starts(str_from(bytes, 4), STR("ftypavif")))
		return IMG_AVIF;
	return IMG_NONE;
}

const char *
img_kind_name(enum img_kind kind)
{
	return kinds[kind].name;
}

const char *
img_mime(struct str bytes)
{
	return kinds[img_kind_of(bytes)].mime;
}
