/* exif: places in pictures, made here byte by byte */
#include "img/exif.h"

#include <stdint.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "check.h"
#include "img/exif_png.h"

/* A GPS tag; value is the number of the entry, or the bytes it points to. */
struct entry {
	unsigned tag, type;
	uint32_t count;
	struct str value;
};

static bool is_big;

static void
add(struct buf *out, size_t n, uint32_t v)
{
	for (size_t i = 0; i < n; i++)
		buf_add_char(out, (char)(v >> 8 * (is_big ? n - 1 - i : i)));
}

static struct str
rationals(struct pool *pool, const uint32_t *v, size_t n)
{
	struct buf out = BUF_IN(pool);

	for (size_t i = 0; i < 2 * n; i++)
		add(&out, 4, v[i]);
	return buf_str(&out);
}

#define RATIONALS(...)                                                         \
	rationals(pool, (uint32_t[]){ __VA_ARGS__ },                           \
	    sizeof((uint32_t[]){ __VA_ARGS__ }) / 8)

/* A main directory with a pointer to GPS, and that. */
static struct str
exif_of(struct pool *pool, const struct entry *entry, size_t n)
{
	struct buf out = BUF_IN(pool), tail = BUF_IN(pool);
	uint32_t start = 8 + 2 + 12 + 4, end;

	buf_add(&out, is_big ? STR("MM\0*") : STR("II*\0"));
	add(&out, 4, 8);
	add(&out, 2, 1);
	add(&out, 2, 0x8825);
	add(&out, 2, 4);
	add(&out, 4, 1);
	add(&out, 4, start);
	add(&out, 4, 0);
	add(&out, 2, (uint32_t)n);
	end = start + 2 + 12 * (uint32_t)n + 4;
	for (size_t i = 0; i < n; i++) {
		add(&out, 2, entry[i].tag);
		add(&out, 2, entry[i].type);
		add(&out, 4, entry[i].count);
		if (entry[i].value.n > 4) {
			add(&out, 4, end + (uint32_t)tail.n);
			buf_add(&tail, entry[i].value);
		} else {
			buf_add(&out, entry[i].value);
			for (size_t k = entry[i].value.n; k < 4; k++)
				buf_add_char(&out, '\0');
		}
	}
	add(&out, 4, 0);
	buf_add(&out, buf_str(&tail));
	return buf_str(&out);
}

struct gps {
	struct entry entry[4];
};

static struct gps
usual(struct pool *pool)
{
	return (struct gps){ {
	    { 1, 2, 2, STR("N\0") },
	    { 2, 5, 3, RATIONALS(43, 1, 28, 1, 176400000, 100000000) },
	    { 3, 2, 2, STR("W\0") },
	    { 4, 5, 3, RATIONALS(11, 1, 53, 1, 7423422, 1000000) },
	} };
}

static int
place_of(struct pool *pool, const struct gps *gps, struct exif_place *place)
{
	*place = (struct exif_place){ 0 };
	return exif_read(exif_of(pool, gps->entry, 4), place, NULL);
}

static void
a_place_is_read_in_both_byte_orders(void)
{
	for (int k = 0; k < 2; k++) {
		autopool struct pool pool = POOL_NONE;
		struct exif_place place;
		struct gps gps;

		is_big = k == 1;
		gps = usual(&pool);
		CHECK_INT(place_of(&pool, &gps, &place), 1);
		CHECK(place.has_latitude && place.has_longitude);
		CHECK(place.latitude == 43.467157);
		CHECK(place.longitude == -11.885395);
	}
}

/* A letter for the other axis will do; only the first one counts. */
static void
the_letter_is_the_sign(void)
{
	static const struct {
		struct str north, east;
		int latitude, longitude; /* 0: nothing is usable */
	} row[] = {
		{ STR("N\0"), STR("E\0"), 1, 1 },
		{ STR("S\0"), STR("W\0"), -1, -1 },
		{ STR("W\0"), STR("S\0"), -1, -1 },
		{ STR("E"), STR("N"), 1, 1 },
		{ STR("South"), STR("East\0"), -1, 1 },
		{ STR("n\0"), STR("E\0"), 0, 0 },
		{ STR("N\0"), STR("w\0"), 0, 0 },
		{ STR("X\0"), STR("E\0"), 0, 0 },
		{ STR(" N\0"), STR("E\0"), 0, 0 },
		{ STR("\0N"), STR("E\0"), 0, 0 },
		{ STR(""), STR("E\0"), 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct gps gps = usual(&pool);
		struct exif_place place;
		bool usable = row[i].latitude != 0;

		gps.entry[0].value = row[i].north;
		gps.entry[0].count = (uint32_t)row[i].north.n;
		gps.entry[2].value = row[i].east;
		gps.entry[2].count = (uint32_t)row[i].east.n;
		CHECK_INT(place_of(&pool, &gps, &place), usable);
		CHECK(place.latitude == row[i].latitude * 43.467157);
		CHECK(place.longitude == row[i].longitude * 11.885395);
	}
}

static void
what_is_no_position_is_unusable(void)
{
	for (int k = 0; k < 10; k++) {
		autopool struct pool pool = POOL_NONE;
		struct gps gps = usual(&pool);
		struct exif_place place;

		switch (k) {
		case 0: /* a text */
			gps.entry[1].type = 2;
			gps.entry[1].value = STR("43 28 1 ");
			gps.entry[1].count = 8;
			break;
		case 1: /* bytes without a meaning */
			gps.entry[3].type = 7;
			break;
		case 2:
			gps.entry[1].count = 2;
			break;
		case 3:
			gps.entry[3].count = 0;
			break;
		case 4: /* letters that are numbers */
			gps.entry[0].type = 1;
			break;
		case 5: /* a type that nobody knows */
			gps.entry[1].type = 77;
			break;
		default: /* a tag is missing */
			gps.entry[k - 6].tag = 9;
			break;
		}
		CHECK_INT(place_of(&pool, &gps, &place), 0);
	}
}

/* Three numbers of any type; their own sign says nothing. */
static void
a_position_may_be_of_any_number(void)
{
	static const struct {
		unsigned type;
		uint32_t count;
		struct str value; /* in the order of "MM" */
		double want;
	} row[] = {
		{ 1, 3, STR("\x21\x33\x24"), 33.86 },
		{ 3, 3, STR("\0\x21\0\x33\0\x24"), 33.86 },
		{ 4, 3, STR("\0\0\0\x21\0\0\0\x33\0\0\0\x24"), 33.86 },
		{ 5, 4,
		    STR("\0\0\0\x21\0\0\0\1\0\0\0\x33\0\0\0\1\0\0\0\x24\0\0\0\1"
			"\0\0\0\1\0\0\0\0"),
		    33.86 },
		{ 6, 3, STR("\xdf\x33\xdc"), 33.86 },
		{ 8, 3, STR("\xff\xdf\0\x33\0\x24"), 33.86 },
		{ 9, 3, STR("\xff\xff\xff\xdf\0\0\0\x33\0\0\0\x24"), 33.86 },
		{ 10, 3,
		    STR("\0\0\0\x21\0\0\0\1\0\0\0\x33\0\0\0\1\0\0\0\x24"
			"\0\0\0\1"),
		    33.86 },
		/* -33/1 51/1 -36/1, and a sign below */
		{ 10, 3,
		    STR("\xff\xff\xff\xdf\0\0\0\1\0\0\0\x33\0\0\0\1"
			"\xff\xff\xff\xdc\0\0\0\1"),
		    33.86 },
		{ 10, 3,
		    STR("\0\0\0\x21\xff\xff\xff\xff\0\0\0\x33\0\0\0\1\0\0\0\x24"
			"\0\0\0\1"),
		    33.86 },
		{ 10, 3,
		    STR("\x80\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1"),
		    2147483648.0 },
		{ 11, 3, STR("\xc2\4\0\0\x42\x4c\0\0\x42\x10\0\0"), 33.86 },
		{ 12, 3,
		    STR("\x40\x40\x80\0\0\0\0\0\x40\x49\x80\0\0\0\0\0"
			"\x40\x42\0\0\0\0\0\0"),
		    33.86 },
	};

	is_big = true;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct gps gps = usual(&pool);
		struct exif_place place;

		gps.entry[0].value = STR("S\0");
		gps.entry[1].type = row[i].type;
		gps.entry[1].count = row[i].count;
		gps.entry[1].value = row[i].value;
		CHECK_INT(place_of(&pool, &gps, &place), 1);
		CHECK(place.has_latitude && place.latitude == -row[i].want);
	}
	is_big = false;
}

static void
a_zero_below_leaves_its_coordinate_out(void)
{
	static const uint32_t row[][6] = {
		{ 43, 1, 30, 1, 0, 0 },
		{ 43, 1, 30, 1, 7, 0 },
		{ 43, 1, 0, 0, 36, 1 },
		{ 1, 0, 30, 1, 0, 1 },
		{ 0, 0, 0, 0, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		for (unsigned type = 5; type <= 10; type += 5) {
			autopool struct pool pool = POOL_NONE;
			struct gps gps = usual(&pool);
			struct exif_place place;

			gps.entry[1].type = type;
			gps.entry[1].value = rationals(&pool, row[i], 3);
			CHECK_INT(place_of(&pool, &gps, &place), 1);
			CHECK(!place.has_latitude);
			CHECK(place.has_longitude);
			gps.entry[3] = gps.entry[1];
			gps.entry[3].tag = 4;
			CHECK_INT(place_of(&pool, &gps, &place), 1);
			CHECK(!place.has_latitude && !place.has_longitude);
		}
	}
}

/* Not finite, or too large for six places. */
static void
a_double_may_be_no_number(void)
{
	static const struct str row[] = {
		STR("\x7f\xf0\0\0\0\0\0\0"),
		STR("\x7f\xf8\0\0\0\0\0\0"),
		STR("\x7f\xef\xff\xff\xff\xff\xff\xff"),
	};

	is_big = true;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct gps gps = usual(&pool);
		struct buf value = BUF_IN(&pool);
		struct exif_place place;

		for (size_t k = 0; k < 3; k++)
			buf_add(&value, row[i]);
		gps.entry[1].type = 12;
		gps.entry[1].value = buf_str(&value);
		CHECK_INT(place_of(&pool, &gps, &place), 1);
		CHECK(!place.has_latitude);
		CHECK(place.has_longitude);
	}
	is_big = false;
}

static void
numbers_are_rounded_to_six_places(void)
{
	static const struct {
		uint32_t v[6];
		double want;
	} row[] = {
		{ { 1, 1, 0, 1, 0, 1 }, 1 },
		{ { 1, 2, 0, 1, 0, 1 }, 0.5 },
		{ { 0, 1, 90, 1, 3600, 1 }, 2.5 },
		{ { 1, 1000000, 0, 1, 0, 1 }, 0.000001 },
		{ { 1, 2000000, 0, 1, 0, 1 }, 0.000001 },
		{ { 4, 10000000, 0, 1, 0, 1 }, 0 },
		{ { 4294967295, 1, 0, 1, 0, 1 }, 4294967295.0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct gps gps = usual(&pool);
		struct exif_place place;

		gps.entry[1].value = rationals(&pool, row[i].v, 3);
		CHECK_INT(place_of(&pool, &gps, &place), 1);
		CHECK(place.latitude == row[i].want);
	}
}

static void
damage_is_an_error(void)
{
	autopool struct pool pool = POOL_NONE;
	struct gps gps = usual(&pool);
	struct str all = exif_of(&pool, gps.entry, 4);
	struct exif_place place = { .latitude = 7 };

	for (size_t n = 0; n < all.n; n++) {
		autoerr struct err err = ERR_NONE;

		CHECK_INT(exif_read(str_sub(all, 0, n), &place, &err), -1);
		CHECK(err.n != 0);
	}
	CHECK(place.latitude == 7);
}

/* Writes at the entry of the main directory: tag 10, type 12, count 14... */
static void
hostile_pointers_end(void)
{
	static const struct {
		size_t at;
		const char *bytes;
		size_t n;
		const char *error; /* "": only that no place is there */
	} row[] = {
		/* the GPS directory is the main one again */
		{ 18, "\0\0\0\x08", 4, "" },
		{ 18, "\0\0\0\0", 4, "a pointer of the EXIF is none" },
		{ 18, "\xff\xff\xff\xff", 4, "a directory of the EXIF is cut" },
		{ 4, "\xff\xff\xff\xff", 4, "a directory of the EXIF is cut" },
		{ 8, "\xff\xff", 2, "a directory of the EXIF is cut" },
		{ 12, "\0\x05", 2, "a pointer of the EXIF is none" },
		{ 12, "\0\x02", 2, "a pointer of the EXIF is none" },
		{ 12, "\0\x4d", 2, "a pointer of the EXIF is none" },
		{ 14, "\0\0\0\0", 4, "a pointer of the EXIF is none" },
		{ 14, "\xff\xff\xff\xff", 4, "a value of the EXIF is cut" },
	};

	is_big = true;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct gps gps = usual(&pool);
		struct str all = exif_of(&pool, gps.entry, 1);
		char *p = pool_cstr(&pool, all);
		struct exif_place place;

		memcpy(p + row[i].at, row[i].bytes, row[i].n);
		CHECK_INT(exif_read(str_view(p, all.n), &place, &err),
		    row[i].error[0] != '\0' ? -1 : 0);
		CHECK_STR(err_text(&err), row[i].error);
	}
	is_big = false;
}

/* The pointer of type SHORT, IFD, SLONG, and one of two; all in "MM". */
static void
pointers_are_of_any_whole_number(void)
{
	static const struct {
		const char *type;
		const char *value;
	} row[] = {
		{ "\0\x03", "\0\x1a\0\0" },
		{ "\0\x04", "\0\0\0\x1a" },
		{ "\0\x09", "\0\0\0\x1a" },
		{ "\0\x0d", "\0\0\0\x1a" },
	};

	is_big = true;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct gps gps = usual(&pool);
		struct str all = exif_of(&pool, gps.entry, 4);
		char *p = pool_cstr(&pool, all);
		struct exif_place place;

		memcpy(p + 12, row[i].type, 2);
		memcpy(p + 18, row[i].value, 4);
		CHECK_INT(exif_read(str_view(p, all.n), &place, NULL), 1);
		CHECK(place.latitude == 43.467157);
	}
	is_big = false;
}

/* A main directory whose entries are of 12 bytes each, then a usual one. */
static struct str
behind(struct pool *pool, struct str entries, uint32_t next)
{
	struct buf out = BUF_IN(pool);
	struct gps gps = usual(pool);

	buf_add(&out, exif_of(pool, gps.entry, 4));
	out.p[4] = (char)(out.n >> 8 * 3);
	out.p[5] = (char)(out.n >> 8 * 2);
	out.p[6] = (char)(out.n >> 8);
	out.p[7] = (char)out.n;
	add(&out, 2, (uint32_t)entries.n / 12);
	buf_add(&out, entries);
	if (next != 0)
		add(&out, 4, next);
	return buf_str(&out);
}

#define GPS_AT_26 "\x88\x25\0\4\0\0\0\1\0\0\0\x1a"

/* exiftool reads all of these; so does a phone's owner expect. */
static void
damage_elsewhere_is_not_looked_at(void)
{
	static const struct {
		struct str entries;
		uint32_t next;
	} row[] = {
		{ STR(GPS_AT_26), 0 }, /* the file ends with the entries */
		{ STR(GPS_AT_26), UINT32_MAX }, /* a thumbnail outside */
		{ STR(GPS_AT_26), 8 },          /* a circle of thumbnails */
		/* a value outside, a count of 4 GiB, an unknown type */
		{ STR("\1\x0f\0\2\0\0\0\x10\x7f\0\0\0" GPS_AT_26), 0 },
		{ STR("\1\x0f\0\5\xff\xff\xff\xff\0\0\0\0" GPS_AT_26), 0 },
		{ STR("\1\x0f\0\x4d\xff\xff\xff\xff\0\0\0\0" GPS_AT_26), 0 },
		/* the EXIF directory is outside, or no pointer */
		{ STR("\x87\x69\0\4\0\0\0\1\x7f\0\0\0" GPS_AT_26), 0 },
		{ STR("\x87\x69\0\2\0\0\0\4\x7f\0\0\0" GPS_AT_26), 0 },
		/* two pointers to GPS: the first counts */
		{ STR(GPS_AT_26 "\x88\x25\0\4\0\0\0\1\x7f\0\0\0"), 0 },
		/* it is the EXIF directory that names GPS: 8 is exif_of's */
		{ STR("\x87\x69\0\4\0\0\0\1\0\0\0\x08"), 0 },
	};

	is_big = true;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct exif_place place = { 0 };

		CHECK_INT(exif_read(behind(&pool, row[i].entries, row[i].next),
			      &place, &err),
		    1);
		CHECK_CSTR(err_cstr(&err), "");
		CHECK(place.latitude == 43.467157);
		CHECK(place.longitude == -11.885395);
	}
	is_big = false;
}

/* A thumbnail's directory may have a place of its own; it does not count. */
static void
only_the_first_directory_counts(void)
{
	autopool struct pool pool = POOL_NONE;
	struct gps gps = usual(&pool);
	struct buf out = BUF_IN(&pool);
	struct exif_place place;
	struct str all = exif_of(&pool, gps.entry, 4);

	/* an empty main directory in front, which names the other as next */
	buf_add(&out, all);
	memcpy(out.p + 4, "\0\0\0\0", 4);
	out.p[4] = (char)all.n;
	add(&out, 2, 0);
	add(&out, 4, 8);
	CHECK_INT(exif_read(buf_str(&out), &place, NULL), 0);
}

#define TIFF "II*\0\x08\0\0\0\0\0\0\0\0\0"

static void
containers_are_opened(void)
{
	static const struct str row[] = {
		STR(TIFF),
		STR("\xff\xd8\xff\xe1\0\x16"
		    "Exif\0\0" TIFF "\xff\xd9"),
		/* other segments, fillers and bare markers in front */
		STR("\xff\xd8\xff\xe0\0\4ab\xff\xe1\0\5abc\xff\xff\xff\x01"
		    "\xff\xe1\0\x16"
		    "Exif\0\0" TIFF),
		STR("\x89PNG\r\n\x1a\n\0\0\0\1"
		    "abcd?crc.\0\0\0\x0e"
		    "eXIf" TIFF "crc."),
		STR("RIFF\x24\0\0\0WEBPVP8 \1\0\0\0?\0EXIF\x0e\0\0\0" TIFF),
		/* with what a JPEG says in front */
		STR("\x89PNG\r\n\x1a\n\0\0\0\x14"
		    "eXIfExif\0\0" TIFF "crc."),
		STR("RIFF\x20\0\0\0WEBPEXIF\x14\0\0\0"
		    "Exif\0\0" TIFF),
		STR("\xff\xd8\xff\xe1\0\x16"
		    "Exif\0\xff" TIFF "\xff\xd9"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct exif_place place;
		struct str tiff = STR_NONE;

		CHECK_INT(exif_find(&pool, row[i], &tiff, &err), 0);
		CHECK_CSTR(err_cstr(&err), "");
		CHECK(str_starts(tiff, STR(TIFF)));
		CHECK_INT(exif_read(tiff, &place, NULL), 0);
	}
}

static void
add_chunk(struct buf *out, const char *type, struct str data)
{
	is_big = true;
	add(out, 4, (uint32_t)data.n);
	is_big = false;
	buf_add(out, str_of(type));
	buf_add(out, data);
	buf_add(out, STR("crc."));
}

static struct str
packed(struct pool *pool, struct str head, struct str text)
{
	uLongf n = compressBound(text.n);
	Bytef *p = pool_alloc(pool, n);
	struct buf out = BUF_IN(pool);

	CHECK_INT(compress(p, &n, (const Bytef *)text.p, text.n), Z_OK);
	buf_add(&out, head);
	buf_add(&out, str_view((const char *)p, n));
	return buf_str(&out);
}

#define PNG       "\x89PNG\r\n\x1a\n"
#define KEY_EXIF  "Raw profile type exif\0"
#define KEY_APP1  "Raw profile type APP1\0"
#define HEX_MAGIC "457869660000"
#define HEX_TIFF  "49492a000800\n00000000 000000\n00\n"
#define PROFILE   "\nexif\n      20\n" HEX_MAGIC HEX_TIFF

static void
a_text_of_a_png_is_opened(void)
{
	static const struct {
		const char *type;
		struct str head, text;
		bool is_packed;
	} row[] = {
		{ "tEXt", STR(KEY_EXIF), STR(PROFILE), false },
		{ "tEXt", STR(KEY_APP1), STR(PROFILE), false },
		{ "tEXt", STR(KEY_EXIF), STR("\nexif\n 14\n" HEX_TIFF), false },
		{ "tEXt", STR(KEY_EXIF), STR("exif\n14\n" HEX_TIFF "..."),
		    false },
		{ "zTXt", STR(KEY_EXIF "\0"), STR(PROFILE), true },
		{ "zTXt", STR(KEY_APP1 "\0"), STR(PROFILE), true },
		{ "iTXt", STR(KEY_EXIF "\0\0\0\0"), STR(PROFILE), false },
		{ "iTXt", STR(KEY_EXIF "\1\0de\0Profil\0"), STR(PROFILE),
		    true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct buf out = BUF_IN(&pool), data = BUF_IN(&pool);
		struct str tiff = STR_NONE;

		buf_add(&data, row[i].head);
		buf_add(&data, row[i].text);
		buf_add(&out, STR(PNG));
		add_chunk(&out, "tEXt", STR("Comment\0Raw profile type exif"));
		add_chunk(&out, "tEXt", STR(KEY_APP1 "\nAPP1\n 4\n68747470\n"));
		add_chunk(&out, row[i].type,
		    row[i].is_packed ? packed(&pool, row[i].head, row[i].text)
				     : buf_str(&data));
		CHECK_INT(exif_find(&pool, buf_str(&out), &tiff, &err), 0);
		CHECK_CSTR(err_cstr(&err), "");
		CHECK_BYTES(tiff, STR(TIFF));
	}
}

static void
the_chunk_wins_over_texts(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct str tiff = STR_NONE;

	buf_add(&out, STR(PNG));
	add_chunk(&out, "zTXt", STR(KEY_EXIF "\0damaged"));
	add_chunk(&out, "eXIf", STR(TIFF));
	CHECK_INT(exif_find(&pool, buf_str(&out), &tiff, NULL), 0);
	CHECK_BYTES(tiff, STR(TIFF));
}

static void
a_damaged_text_is_an_error(void)
{
	autopool struct pool pool = POOL_NONE;
	char *many = pool_zalloc(&pool, EXIF_MAX_TEXT + 1);
	struct str whole = packed(&pool, STR(KEY_EXIF "\0"), STR(PROFILE));
	struct {
		const char *type;
		struct str data;
		size_t times;
		const char *error;
	} row[] = {
		{ "zTXt", STR(KEY_EXIF "\0damaged"), 1,
		    "the EXIF text of the PNG is damaged" },
		{ "zTXt", str_sub(whole, 0, whole.n - 5), 1,
		    "the EXIF text of the PNG is damaged" },
		{ "zTXt", STR(KEY_EXIF), 1,
		    "the EXIF text of the PNG is damaged" },
		{ "iTXt", STR(KEY_EXIF "\0"), 1,
		    "the EXIF text of the PNG is damaged" },
		{ "zTXt",
		    packed(&pool, STR(KEY_EXIF "\0"),
			str_view(many, EXIF_MAX_TEXT + 1)),
		    1, "the EXIF text of the PNG is over 4194304 bytes" },
		{ "tEXt", STR(KEY_APP1), EXIF_MAX_TEXTS,
		    "the image has no EXIF" },
		{ "tEXt", STR(KEY_APP1), EXIF_MAX_TEXTS + 1,
		    "the PNG has over 8 EXIF texts" },
		{ "tEXt", STR("Raw profile type icc\0" PROFILE), 1,
		    "the image has no EXIF" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct buf out = BUF_IN(&pool);
		struct str tiff = STR("kept");

		buf_add(&out, STR(PNG));
		for (size_t k = 0; k < row[i].times; k++)
			add_chunk(&out, row[i].type, row[i].data);
		CHECK_INT(exif_find(&pool, buf_str(&out), &tiff, &err), -1);
		CHECK_STR(err_text(&err), row[i].error);
		CHECK_STR(tiff, "kept");
	}
}

static void
what_has_no_exif_is_an_error(void)
{
	static const struct {
		struct str bytes;
		const char *error;
	} row[] = {
		{ STR(""), "EXIF is not looked for in this format" },
		{ STR("GIF89a"), "EXIF is not looked for in this format" },
		{ STR("BM"), "EXIF is not looked for in this format" },
		{ STR("\xff\xd8\xff\xd9"), "the image has no EXIF" },
		{ STR("\xff\xd8\xff\xda"), "the image has no EXIF" },
		{ STR("\xff\xd8\xff"), "a marker of the JPEG is missing" },
		{ STR("\xff\xd8\xff\xe0\0\2?"),
		    "a marker of the JPEG is missing" },
		{ STR("\xff\xd8\xff\xe1\0"), "a segment of the JPEG is cut" },
		{ STR("\xff\xd8\xff\xe1\0\1"), "a segment of the JPEG is cut" },
		{ STR("\xff\xd8\xff\xe1\0\7Exif"),
		    "a segment of the JPEG is cut" },
		{ STR("\x89PNG\r\n\x1a\n"), "the image has no EXIF" },
		{ STR("\x89PNG\r\n\x1a\n\0\0\0\0IENDcrc.\0\0\0\0eXIfcrc."),
		    "the image has no EXIF" },
		{ STR("\x89PNG\r\n\x1a\n\xff\xff\xff\xff"
		      "eXIfcrc."),
		    "a chunk of the PNG is cut" },
		{ STR("RIFF\4\0\0\0WEBP"), "the image has no EXIF" },
		{ STR("RIFF\4\0\0\0WAVE"),
		    "no whole RIFF file of the form WEBP" },
		{ STR("RIFF\x0c\0\0\0WEBPEXIF\1\0\0\0"),
		    "a chunk of the RIFF file is cut" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct str tiff = STR("kept");

		CHECK_INT(exif_find(&pool, row[i].bytes, &tiff, &err), -1);
		CHECK_STR(err_text(&err), row[i].error);
		CHECK_STR(tiff, "kept");
	}
}

#define FTYP                                                                   \
	"\0\0\0\x0c"                                                           \
	"ftypheic"
#define INFE "\0\0\0\x15infe\2\0\0\0\0\7\0\0Exif\0"
#define IINF "\0\0\0\x23iinf\0\0\0\0\0\1" INFE
#define TAIL "\0\0\0\6Exif\0\0" TIFF

/* Item 7, which lies in 24 bytes of the file, or of the box idat. */
static void
boxes_are_opened(void)
{
	static const struct str row[] = {
		/* the file, offsets of 4 bytes: it begins at 12 + 81 + 8 */
		STR(FTYP
		    "\0\0\0\x51meta\0\0\0\0" IINF
		    "\0\0\0\x22iloc\0\0\0\0\x44\x40\0\1\0\7\0\0\0\0\0\0\0\1"
		    "\0\0\0\x65\0\0\0\x18"
		    "\0\0\0\x20mdat" TAIL),
		/* the box, in two pieces, with numbers of 1 byte each */
		STR(FTYP "\0\0\0\x77meta\0\0\0\0" IINF "\0\0\0\x20idat" TAIL
			 "\0\0\0\x28iloc\1\0\0\0\x44\0\0\1\0\7\0\1\0\0\0\2"
			 "\0\0\0\0\0\0\0\4\0\0\0\4\0\0\0\x14"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct str tiff = STR_NONE;

		CHECK_INT(exif_find(&pool, row[i], &tiff, &err), 0);
		CHECK_CSTR(err_cstr(&err), "");
		CHECK_BYTES(tiff, STR(TIFF));
	}
}

CHECK_MAIN(CASE(a_place_is_read_in_both_byte_orders),
    CASE(the_letter_is_the_sign), CASE(what_is_no_position_is_unusable),
    CASE(a_position_may_be_of_any_number),
    CASE(a_zero_below_leaves_its_coordinate_out),
    CASE(a_double_may_be_no_number), CASE(numbers_are_rounded_to_six_places),
    CASE(damage_is_an_error), CASE(hostile_pointers_end),
    CASE(pointers_are_of_any_whole_number),
    CASE(damage_elsewhere_is_not_looked_at),
    CASE(only_the_first_directory_counts), CASE(containers_are_opened),
    CASE(a_text_of_a_png_is_opened), CASE(the_chunk_wins_over_texts),
    CASE(a_damaged_text_is_an_error), CASE(what_has_no_exif_is_an_error),
    CASE(boxes_are_opened))
