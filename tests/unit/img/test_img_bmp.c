/* img: BMP and ICO, made here byte by byte */
#include "img/img.h"

#include "base/buf.h"
#include "base/mem.h"
#include "check.h"

static void
add_le(struct buf *out, size_t n, uint64_t v)
{
	for (size_t i = 0; i < n; i++)
		buf_add_char(out, (char)(v >> 8 * i));
}

struct recipe {
	uint32_t size; /* of the header: 12, 40, 108, 124 */
	int32_t width, height;
	unsigned bits, coding;
	uint32_t colors;  /* as the header says */
	struct str extra; /* masks behind a header of 40, and colours */
	struct str pixels;
	uint32_t masks[3]; /* in a header over 40 */
};

static void
add_header(struct buf *out, const struct recipe *r)
{
	size_t start = out->n;

	add_le(out, 4, r->size);
	add_le(out, r->size == 12 ? 2 : 4, (uint32_t)r->width);
	add_le(out, r->size == 12 ? 2 : 4, (uint32_t)r->height);
	add_le(out, 2, 1);
	add_le(out, 2, r->bits);
	if (r->size != 12) {
		add_le(out, 4, r->coding);
		add_le(out, 4, 0);
		add_le(out, 8, 0);
		add_le(out, 4, r->colors);
		add_le(out, 4, 0);
	}
	for (int i = 0; i < 3 && r->size > 40; i++)
		add_le(out, 4, r->masks[i]);
	while (out->n - start < r->size)
		buf_add_char(out, '\0');
}

static struct str
bmp_of(struct pool *pool, const struct recipe *r)
{
	struct buf out = BUF_IN(pool);
	size_t start = 14 + r->size + r->extra.n;

	buf_add(&out, STR("BM"));
	add_le(&out, 4, (uint32_t)(start + r->pixels.n));
	add_le(&out, 4, 0);
	add_le(&out, 4, (uint32_t)start);
	add_header(&out, r);
	buf_add(&out, r->extra);
	buf_add(&out, r->pixels);
	return buf_str(&out);
}

static struct str
samples_of(const struct img *img)
{
	return str_view((const char *)img->p8,
	    (size_t)img->width * img->height * img->channels);
}

#define BLACK_RED_GREEN_BLUE                                                   \
	STR("\0\0\0\0"                                                         \
	    "\0\0\xff\0"                                                       \
	    "\0\xff\0\0"                                                       \
	    "\xff\0\0\0")
#define K "\0\0\0"
#define R "\xff\0\0"
#define G "\0\xff\0"
#define B "\0\0\xff"

static void
each_kind_of_pixels_is_read(void)
{
	const struct {
		struct recipe recipe;
		struct str want;
	} row[] = {
		/* bits of a byte from the left; rows from below, of 4 bytes */
		{ { 40, 3, 2, 1, 0, 2, STR("\0\0\xff\0\0\xff\0\0"),
		      STR("\x40\0\0\0\xa0\0\0\0") },
		    STR(G R G R G R) },
		{ { 40, 3, 1, 4, 0, 4, BLACK_RED_GREEN_BLUE,
		      STR("\x12\x30\0\0") },
		    STR(R G B) },
		{ { 40, 5, 1, 2, 0, 4, BLACK_RED_GREEN_BLUE,
		      STR("\x1b\x80\0\0") },
		    STR(K R G B G) },
		/* a colour that is not there is black */
		{ { 40, 3, 1, 4, 0, 4, BLACK_RED_GREEN_BLUE,
		      STR("\x14\x3f\0\0") },
		    STR(R K B) },
		{ { 40, 2, -2, 8, 0, 4, BLACK_RED_GREEN_BLUE,
		      STR("\1\2\0\0\3\0\0\0") },
		    STR(R G B K) },
		/* OS/2: colours of 3 bytes, all of them */
		{ { 12, 2, 1, 1, 0, 0, STR("\xff\0\0\0\0\xff"),
		      STR("\x40\0\0\0") },
		    STR(B R) },
		{ { 40, 1, 2, 24, 0, 0, STR(""), STR("\3\2\1\0\6\5\4\0") },
		    STR("\4\5\6\1\2\3") },
		{ { 12, 1, 1, 24, 0, 0, STR(""), STR("\3\2\1\0") },
		    STR("\1\2\3") },
		{ { 40, 1, 1, 32, 0, 0, STR(""), STR("\3\2\1\x80") },
		    STR("\1\2\3") },
		/* 5 bits each, stretched: 16, 8, 1 of 31 */
		{ { 40, 1, 1, 16, 0, 0, STR(""), STR("\x01\x41\0\0") },
		    STR("\x84\x42\x08") },
		/* 5, 6 and 5 bits: 31 of 31, 32 of 63, 0 */
		{ { 40, 1, 1, 16, 3, 0, STR("\0\xf8\0\0\xe0\x07\0\0\x1f\0\0\0"),
		      STR("\0\xfc\0\0") },
		    STR("\xff\x82\0") },
		/* masks and the one of alpha */
		{ { 40, 1, 1, 32, 6, 0,
		      STR("\0\0\0\xff\0\0\xff\0\0\xff\0\0\xff\0\0\0"),
		      STR("\x80\3\2\1") },
		    STR("\1\2\3") },
		/* 10 bits each: the upper 8 count */
		{ { 108, 1, 1, 32, 3, 0, STR(""), STR("\x03\x08\x00\x3f"),
		      { 0x3ff00000, 0xffc00, 0x3ff } },
		    STR("\xfc\x00\x00") },
		{ { 124, 1, 1, 32, 3, 0, STR(""), STR("\1\2\3\4"),
		      { 0xff, 0xff00, 0 } },
		    STR("\1\2\0") },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct img img = { 0 };
		struct str bytes = bmp_of(&pool, &row[i].recipe);

		CHECK_INT(img_read_bmp(&pool, bytes, &img, &err), 0);
		CHECK_CSTR(err_cstr(&err), "");
		CHECK_INT(img.channels, 3);
		CHECK_INT(img.bits, 8);
		CHECK_BYTES(samples_of(&img), row[i].want);
	}
}

static void
runs_are_read(void)
{
	const struct {
		unsigned bits, coding;
		int width, height;
		struct str pixels, want;
	} row[] = {
		{ 8, 1, 3, 1, STR("\3\1\0\1"), STR(R R R) },
		/* two rows, and the end without the end of a row */
		{ 8, 1, 2, 2, STR("\2\1\0\0\2\2\0\1"), STR(G G R R) },
		/* pixels as they stand, filled up */
		{ 8, 1, 3, 1, STR("\0\3\1\2\3\0\0\1"), STR(R G B) },
		/* a jump leaves black */
		{ 8, 1, 3, 2, STR("\1\1\0\2\1\1\1\2\0\1"), STR(K K G R K K) },
		/* what runs over the row is lost */
		{ 8, 1, 2, 1, STR("\5\1\0\1"), STR(R R) },
		{ 8, 1, 2, 1, STR("\1\1\0\2\7\0\1\1\0\1"), STR(R K) },
		/* over the top as well; the end need not be told then */
		{ 8, 1, 1, 1, STR("\1\1\0\2\0\7"), STR(R) },
		{ 8, 1, 1, 1, STR("\1\1\0\0"), STR(R) },
		/* two colours in turn */
		{ 4, 2, 5, 1, STR("\5\x12\0\1"), STR(R G R G R) },
		{ 4, 2, 5, 1, STR("\0\5\x12\x30\x10\0\0\1"), STR(R G B K R) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct recipe r = { 40, row[i].width, row[i].height,
			row[i].bits, row[i].coding, 4, BLACK_RED_GREEN_BLUE,
			row[i].pixels };
		struct img img = { 0 };

		CHECK_INT(img_read_bmp(&pool, bmp_of(&pool, &r), &img, &err),
		    0);
		CHECK_CSTR(err_cstr(&err), "");
		CHECK_BYTES(samples_of(&img), row[i].want);
	}
}

static void
what_makes_no_sense_is_refused(void)
{
	const struct {
		struct recipe recipe;
		const char *error;
	} row[] = {
		{ { 41, 1, 1, 24, 0, 0, STR(""), STR("\0\0\0\0") },
		    "no header of a BMP that is known" },
		{ { 40, 0, 1, 24, 0, 0, STR(""), STR("\0\0\0\0") },
		    "no image of 0x1 pixels is read" },
		{ { 40, 1, 0, 24, 0, 0, STR(""), STR("\0\0\0\0") },
		    "no image of 1x0 pixels is read" },
		{ { 40, -1, 1, 24, 0, 0, STR(""), STR("\0\0\0\0") },
		    "a BMP with -1 columns" },
		{ { 40, 1, INT32_MIN, 24, 0, 0, STR(""), STR("\0\0\0\0") },
		    "no image of 1x2147483648 pixels is read" },
		{ { 40, 65535, 65535, 24, 0, 0, STR(""), STR("\0\0\0\0") },
		    "no image of 65535x65535 pixels is read" },
		{ { 40, 65536, 1, 24, 0, 0, STR(""), STR("\0\0\0\0") },
		    "no image of 65536x1 pixels is read" },
		{ { 40, 1, 1, 3, 0, 0, STR(""), STR("\0\0\0\0") },
		    "a BMP of 3 bits in the coding 0" },
		{ { 40, 1, 1, 2, 0, 5, STR(""), STR("\0\0\0\0") },
		    "a BMP of 2 bits with 5 colours" },
		{ { 40, 1, -1, 8, 1, 0, STR(""), STR("\0\0\0\0") },
		    "a BMP of 8 bits in the coding 1" },
		{ { 40, 1, 1, 24, 4, 0, STR(""), STR("\0\0\0\0") },
		    "a BMP of 24 bits in the coding 4" },
		{ { 40, 1, 1, 32, 3, 0, STR(""), STR("") },
		    "the masks of a BMP are cut" },
		{ { 40, 1, 1, 32, 3, 0, STR("\1\1\0\0\0\0\0\0\0\0\0\0"),
		      STR("\0\0\0\0") },
		    "the mask 00000101 of a BMP has a hole" },
		{ { 40, 1, 1, 4, 0, 17, STR(""), STR("\0\0\0\0") },
		    "a BMP of 4 bits with 17 colours" },
		{ { 40, 1, 1, 8, 0, 0, STR(""), STR("\0\0\0\0") },
		    "the colours of a BMP are cut" },
		{ { 40, 2, 2, 24, 0, 0, STR(""),
		      STR("\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0") },
		    "the rows of a BMP are cut" },
		{ { 40, 9, 1, 8, 1, 4, BLACK_RED_GREEN_BLUE, STR("\2\1") },
		    "the runs of a BMP are cut" },
		{ { 40, 9, 1, 8, 1, 4, BLACK_RED_GREEN_BLUE,
		      STR("\0\3\1\2\3") },
		    "the runs of a BMP are cut" },
		{ { 40, 9, 1, 8, 1, 4, BLACK_RED_GREEN_BLUE, STR("\0\2\1") },
		    "the runs of a BMP are cut" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct img img = { .width = 7 };
		struct str bytes = bmp_of(&pool, &row[i].recipe);

		CHECK_INT(img_read_bmp(&pool, bytes, &img, &err), -1);
		CHECK_STR(err_text(&err), row[i].error);
		CHECK_INT(img.width, 7);
	}
}

static void
a_cut_header_is_an_error(void)
{
	autopool struct pool pool = POOL_NONE;
	struct recipe r = { 40, 1, 1, 24, 0, 0, STR(""), STR("\1\2\3") };
	struct str all = bmp_of(&pool, &r);
	struct img img;

	/* the filler of the last row may be missing */
	CHECK_INT(img_read_bmp(&pool, all, &img, NULL), 0);
	for (size_t n = 0; n < all.n; n++)
		CHECK_INT(img_read_bmp(&pool, str_sub(all, 0, n), &img, NULL),
		    -1);
}

/* A picture of one row, and half of the height for its mask. */
static struct str
icon_picture(struct pool *pool, const char *rgb)
{
	struct str pixel = str_of(rgb);
	struct recipe r = { 40, 1, 2, 24, 0, 0, STR(""), pixel };
	struct buf out = BUF_IN(pool);

	add_header(&out, &r);
	buf_add(&out, pixel);
	return buf_str(&out);
}

static void
an_icon_shows_its_largest_entry(void)
{
	static const struct {
		unsigned char width, height;
		uint16_t bits;
	} entry[] = { { 32, 16, 32 }, { 16, 32, 24 }, { 16, 32, 33 },
		{ 48, 2, 32 } };
	autopool struct pool pool = POOL_NONE;
	struct buf icon = BUF_IN(&pool);
	struct img img = { 0 };
	struct str found = STR_NONE;
	struct str picture[] = { icon_picture(&pool, "aaa"),
		icon_picture(&pool, "bbb"), icon_picture(&pool, "cba"),
		icon_picture(&pool, "ddd") };
	size_t at = 6 + 16 * ARRAY_SIZE(entry);

	buf_add(&icon, STR("\0\0\1\0\4\0"));
	for (size_t i = 0; i < ARRAY_SIZE(entry); i++) {
		buf_add_char(&icon, (char)entry[i].width);
		buf_add_char(&icon, (char)entry[i].height);
		add_le(&icon, 2, 0);
		add_le(&icon, 2, 1);
		add_le(&icon, 2, entry[i].bits);
		add_le(&icon, 4, (uint32_t)picture[i].n);
		add_le(&icon, 4, (uint32_t)at);
		at += picture[i].n;
	}
	for (size_t i = 0; i < ARRAY_SIZE(entry); i++)
		buf_add(&icon, picture[i]);
	CHECK_INT(img_ico_largest(buf_str(&icon), &found, NULL), 0);
	CHECK_BYTES(found, picture[2]);
	CHECK_INT(img_read_icon_bmp(&pool, found, &img, NULL), 0);
	CHECK_INT(img.height, 1);
	CHECK_BYTES(samples_of(&img), STR("abc"));
}

static void
a_side_of_0_is_256(void)
{
	struct str found = STR_NONE;

	CHECK_INT(img_ico_largest(STR("\0\0\1\0\2\0"
				      "\x20\x20\0\0\1\0\x20\0\1\0\0\0\x26\0\0\0"
				      "\0\0\0\0\1\0\1\0\1\0\0\0\x27\0\0\0ab"),
		      &found, NULL),
	    0);
	CHECK_STR(found, "b");
}

static void
broken_icons_are_refused(void)
{
	static const struct {
		struct str bytes;
		const char *error;
	} row[] = {
		{ STR("\0\0\1\0\1"), "the icon's header is cut" },
		{ STR("\0\0\1\0\0\0"), "the icon has no picture" },
		{ STR("\0\0\1\0\1\0"
		      "\x20\x20\0\0\1\0\x20\0\1\0\0\0\x16\0\0"),
		    "the icon's directory is cut" },
		{ STR("\0\0\1\0\1\0"
		      "\x20\x20\0\0\1\0\x20\0\1\0\0\0\x16\0\0\0"),
		    "the icon's picture is cut" },
		{ STR("\0\0\1\0\1\0"
		      "\x20\x20\0\0\1\0\x20\0\xff\xff\xff\xff\xff\xff\xff\xff"),
		    "the icon's picture is cut" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct str entry = STR("kept");

		CHECK_INT(img_ico_largest(row[i].bytes, &entry, &err), -1);
		CHECK_STR(err_text(&err), row[i].error);
		CHECK_STR(entry, "kept");
	}
}

CHECK_MAIN(CASE(each_kind_of_pixels_is_read), CASE(runs_are_read),
    CASE(what_makes_no_sense_is_refused), CASE(a_cut_header_is_an_error),
    CASE(an_icon_shows_its_largest_entry), CASE(a_side_of_0_is_256),
    CASE(broken_icons_are_refused))
