/* img_kind: image formats by their first bytes */
#include "img/kind.h"

#include "base/mem.h"
#include "check.h"

static void
a_format_is_told_by_its_magic(void)
{
	static const struct {
		struct str bytes;
		const char *name, *mime;
	} row[] = {
		{ STR("\x89PNG\r\n\x1a\n"), "Png", "image/png" },
		{ STR("\xff\xd8\xff\xe0"), "Jpeg", "image/jpeg" },
		{ STR("GIF87a"), "Gif", "image/gif" },
		{ STR("GIF89a..."), "Gif", "image/gif" },
		{ STR("RIFF"), "WebP", "image/webp" },
		{ STR("MM\0*"), "Tiff", "image/tiff" },
		{ STR("II*\0"), "Tiff", "image/tiff" },
		{ STR("BM"), "Bmp", "image/bmp" },
		{ STR("\0\0\1\0"), "Ico", "image/vnd.microsoft.icon" },
		{ STR("\0\0\0 ftypavif"), "Avif", NULL },
		{ STR("\0\0\0\x1c"
		      "ftypavif"),
		    "Avif", NULL },
		{ STR("DDS |"), "Dds", NULL },
		{ STR("farbfeld"), "Farbfeld", NULL },
		{ STR("#?RADIANCE\n"), "Hdr", NULL },
		{ STR("P1 1 1 1"), "Pnm", NULL },
		{ STR("P7\n"), "Pnm", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		CHECK_CSTR(img_kind_name(img_kind_of(row[i].bytes)),
		    row[i].name);
		CHECK_CSTR(img_mime(row[i].bytes), row[i].mime);
	}
}

static void
everything_else_is_none(void)
{
	static const struct str row[] = {
		STR(""),
		STR("hello"),
		STR("\x89PNG\r\n\x1a"),
		STR("\x89PNG\n\n\x1a\n"),
		STR("GIF88a"),
		STR("\xff\xd8"),
		STR("MM*\0"),
		STR("II\0*"),
		STR("\0\0\2\0"), /* a cursor */
		STR("P0"),
		STR("P8"),
		STR("\0\0\0 ftyp"),
		STR("<svg"),
		STR("B"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		CHECK_INT(img_kind_of(row[i]), IMG_NONE);
		CHECK(img_mime(row[i]) == NULL);
	}
}

CHECK_MAIN(CASE(a_format_is_told_by_its_magic), CASE(everything_else_is_none))
