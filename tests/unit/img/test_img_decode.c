/* img_decode: images through libraries; tests/data/img/make.py makes them */
#include "img/decode.h"

#include "base/buf.h"
#include "base/mem.h"
#include "file.h"

#define W 5
#define H 3

static struct str
read_image(struct pool *pool, const char *name)
{
	return file_read(pool, pool_printf(pool, "data/img/%s", name));
}

/* See make.py, sample(). */
static unsigned
sample(unsigned x, unsigned y, unsigned c)
{
	return (16 + 40 * x + 20 * y + 60 * c) & 255;
}

/* A sample as an image has it that was written with so many bits. */
static unsigned
written(unsigned v, unsigned bits)
{
	if (bits == 16)
		return v << 8 | (255 - v);
	return (v >> (8 - bits)) * 255 / ((1u << bits) - 1);
}

static unsigned
sample_of(const struct img *img, unsigned x, unsigned y, unsigned c)
{
	size_t i = ((size_t)y * img->width + x) * img->channels + c;

	return img->bits == 16 ? img->p16[i] : img->p8[i];
}

/* How many samples are not those of the picture. */
static unsigned
wrong_samples(const struct img *img, unsigned bits)
{
	unsigned n = 0;

	for (unsigned y = 0; y < H; y++) {
		for (unsigned x = 0; x < W; x++) {
			for (unsigned c = 0; c < img->channels; c++)
				n += sample_of(img, x, y, c) !=
				     written(sample(x, y, c), bits);
		}
	}
	return n;
}

static void
lossless_samples_are_kept(void)
{
	static const struct {
		const char *name;
		unsigned channels, bits, written;
	} row[] = {
		{ "L1.png", 1, 8, 1 },
		{ "L2.png", 1, 8, 2 },
		{ "L4.png", 1, 8, 4 },
		{ "L8.png", 1, 8, 8 },
		{ "L8-adam7.png", 1, 8, 8 },
		{ "L8-key.png", 1, 8, 8 },
		{ "L16.png", 1, 16, 16 },
		{ "L16-adam7.png", 1, 16, 16 },
		{ "LA8.png", 1, 8, 8 },
		{ "LA8-adam7.png", 1, 8, 8 },
		{ "LA16.png", 1, 16, 16 },
		{ "LA16-adam7.png", 1, 16, 16 },
		{ "P4.png", 3, 8, 8 },
		{ "P8.png", 3, 8, 8 },
		{ "P8-alpha.png", 3, 8, 8 },
		{ "RGB8.png", 3, 8, 8 },
		{ "RGB8-adam7.png", 3, 8, 8 },
		{ "RGB8-key.png", 3, 8, 8 },
		{ "RGB16.png", 3, 16, 16 },
		{ "RGB16-adam7.png", 3, 16, 16 },
		{ "RGBA8.png", 3, 8, 8 },
		{ "RGBA8-adam7.png", 3, 8, 8 },
		{ "RGBA16.png", 3, 16, 16 },
		{ "RGBA16-adam7.png", 3, 16, 16 },
		{ "L1.tif", 1, 8, 1 },
		{ "L4.tif", 1, 8, 4 },
		{ "L8.tif", 1, 8, 8 },
		{ "L8-inverted.tif", 1, 8, 8 },
		{ "L16.tif", 1, 16, 16 },
		{ "L16-inverted.tif", 1, 16, 16 },
		{ "LA8.tif", 1, 8, 8 },
		{ "LA16.tif", 1, 16, 16 },
		{ "P8.tif", 3, 8, 8 },
		{ "RGB8.tif", 3, 8, 8 },
		{ "RGB8-lzw.tif", 3, 8, 8 },
		{ "RGB8-planes.tif", 3, 8, 8 },
		{ "RGB8-turned.tif", 3, 8, 8 },
		{ "RGB16.tif", 3, 16, 16 },
		{ "RGB16-planes.tif", 3, 16, 16 },
		{ "RGBA8.tif", 3, 8, 8 },
		{ "RGBA16.tif", 3, 16, 16 },
		{ "P8.gif", 3, 8, 8 },
		{ "P8-interlaced.gif", 3, 8, 8 },
		{ "P8-clear.gif", 3, 8, 8 },
		{ "RGB8.webp", 3, 8, 8 },
		{ "RGBA8.webp", 3, 8, 8 },
		{ "RGB8-animated.webp", 3, 8, 8 },
		{ "RGB8.ico", 3, 8, 8 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct img img = { 0 };
		int status = img_decode(&pool, read_image(&pool, row[i].name),
		    IMG_FOR_COLOR, &img, &err);

		CHECK_CSTR(status == 0 ? "" : err_cstr(&err), "");
		if (status == -1 || img.channels != row[i].channels ||
		    img.bits != row[i].bits || img.width != W ||
		    img.height != H || wrong_samples(&img, row[i].written))
			CHECK_CSTR(row[i].name, "right");
	}
}

/* At 2, 1 on a screen of 6x5: a column hangs over, the rest is black. */
static void
a_gif_frame_lies_on_a_black_screen(void)
{
	autopool struct pool pool = POOL_NONE;
	struct img img = { 0 };

	CHECK_INT(img_decode(&pool, read_image(&pool, "P8-moved.gif"),
		      IMG_FOR_COLOR, &img, NULL),
	    0);
	CHECK_INT(img.width, 6);
	CHECK_INT(img.height, 5);
	for (unsigned y = 0; y < img.height; y++) {
		for (unsigned x = 0; x < img.width; x++) {
			bool inside = x >= 2 && y >= 1 && y < 1 + H;

			for (unsigned c = 0; c < 3; c++)
				CHECK_INT(sample_of(&img, x, y, c),
				    inside ? sample(x - 2, y - 1, c) : 0);
		}
	}
}

/*
 * Weighted sums of all samples. Those of all but the last are what stb_image
 * gives with the rules of jpeg_pixels.h for the right edge and for colours.
 */
static void
lossy_samples_are_those_of_the_reference(void)
{
	static const struct {
		const char *name;
		unsigned channels;
		unsigned long sum;
	} row[] = {
		{ "lossy-444.jpg", 3, 21998294 },
		{ "lossy-422.jpg", 3, 22013361 },
		{ "lossy-420.jpg", 3, 22021483 },
		{ "lossy-progressive.jpg", 3, 22021483 },
		{ "lossy-gray.jpg", 1, 6550614 },
		{ "lossy-cmyk.jpg", 3, 21883034 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct img img = { 0 };
		unsigned long sum = 0;

		CHECK_INT(img_decode(&pool, read_image(&pool, row[i].name),
			      IMG_FOR_COLOR, &img, NULL),
		    0);
		for (size_t k = 0;
		     k < (size_t)img.width * img.height * img.channels; k++)
			sum += (k % 251 + 1) * img.p8[k];
		CHECK_INT(img.channels, row[i].channels);
		CHECK_INT(img.width, 24);
		CHECK_INT(img.height, 20);
		CHECK_INT(sum, row[i].sum);
	}
}

static void
a_lossy_webp_is_its_luma_in_gray(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str bytes = read_image(&pool, "lossy.webp");
	struct img luma = { 0 }, color = { 0 };

	CHECK_INT(img_decode(&pool, bytes, IMG_FOR_GRAY, &luma, NULL), 0);
	CHECK_INT(img_decode(&pool, bytes, IMG_FOR_COLOR, &color, NULL), 0);
	CHECK_INT(luma.channels, 1);
	CHECK_INT(color.channels, 3);
	/* the picture's left upper corner is blue: ITU-R BT.601, 16 is black */
	CHECK(luma.p8[0] > 30 && luma.p8[0] < 50);
	CHECK(color.p8[2] > 240);
}

/* How many rows from the top are the same in both. */
static unsigned
same_rows(const struct img *a, const struct img *b)
{
	size_t n = (size_t)a->width * a->channels * (a->bits / 8);
	unsigned y = 0;

	if (a->width != b->width || a->height != b->height ||
	    a->channels != b->channels || a->bits != b->bits)
		return 0;
	while (y < a->height && memcmp(a->p8 + y * n, b->p8 + y * n, n) == 0)
		y++;
	return y;
}

/* The library's own message is in it. */
static void
damage_is_an_error(void)
{
	static const char *const row[] = {
		"RGB8.png",
		"RGB8-adam7.png",
		"RGB8.tif",
		"RGB8-lzw.tif",
		"P8.tif",
		"P8.gif",
		"RGB8.webp",
		"RGB8-animated.webp",
		"lossy.webp",
		"lossy-420.jpg",
		"lossy-progressive.jpg",
		"RGB8.ico",
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct str all = read_image(&pool, row[i]);
		bool may_be_cut = strstr(row[i], ".gif") != NULL ||
		                  strstr(row[i], ".jpg") != NULL;
		struct img whole = { 0 };

		CHECK_INT(img_decode(&pool, all, IMG_FOR_COLOR, &whole, NULL),
		    0);
		for (size_t n = 0; n < all.n; n++) {
			autoerr struct err err = ERR_NONE;
			struct img img = { .width = 7 };
			int status = img_decode(&pool, str_sub(all, 0, n),
			    IMG_FOR_COLOR, &img, &err);

			/* what is cut off last may be of no use */
			CHECK(status == -1 || may_be_cut ||
			      same_rows(&img, &whole) == whole.height);
			CHECK(status == 0 || (err.n != 0 && img.width == 7));
		}
	}
}

/* The rows that are there are right, the more the longer the file is. */
static void
a_cut_file_is_the_rows_that_came(void)
{
	static const struct {
		const char *name;
		unsigned least; /* rows, where it is read at all */
	} row[] = {
		{ "noise.gif", 1 },
		/* chroma of the row below counts in the last one of a block */
		{ "lossy-444.jpg", 8 },
		{ "lossy-420.jpg", 15 },
		{ "lossy-gray.jpg", 8 },
		{ "lossy-cmyk.jpg", 8 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct str all = read_image(&pool, row[i].name);
		struct img whole = { 0 };
		unsigned rows = 0, cuts = 0;

		CHECK_INT(img_decode(&pool, all, IMG_FOR_COLOR, &whole, NULL),
		    0);
		for (size_t n = 0; n < all.n; n++) {
			autoerr struct err err = ERR_NONE;
			struct img img = { 0 };

			if (img_decode(&pool, str_sub(all, 0, n), IMG_FOR_COLOR,
				&img, &err) == -1) {
				CHECK_INT(rows, 0);
				continue;
			}
			CHECK_CSTR(err_cstr(&err), "");
			CHECK(same_rows(&img, &whole) >= row[i].least);
			CHECK(same_rows(&img, &whole) >= rows);
			rows = same_rows(&img, &whole);
			cuts += rows < whole.height;
		}
		CHECK_INT(rows, whole.height);
		CHECK(cuts != 0);
	}
}

/* Wherever it is cut: in a scan, in the head of one, in tables. */
static void
a_cut_progressive_jpeg_is_the_scans_that_came(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str all = read_image(&pool, "lossy-progressive.jpg");
	bool was_read = false;
	size_t first = 0;

	for (size_t n = 0; n < all.n; n++) {
		autoerr struct err err = ERR_NONE;
		struct img img = { 0 };
		int status = img_decode(&pool, str_sub(all, 0, n),
		    IMG_FOR_COLOR, &img, &err);

		if (status == 0 && !was_read)
			first = n;
		CHECK(status == 0 || !was_read);
		CHECK_INT(err.n == 0, status == 0);
		was_read = status == 0;
	}
	CHECK(first != 0 && first < all.n * 3 / 4);
}

/* Of rows that are not there yet, the one above stands for them. */
static void
a_cut_interlaced_gif_is_coarse(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str all = read_image(&pool, "noise-interlaced.gif");
	const size_t n = 64 * 3;
	unsigned coarse = 0;
	struct img whole = { 0 };

	CHECK_INT(img_decode(&pool, all, IMG_FOR_COLOR, &whole, NULL), 0);
	CHECK(memcmp(whole.p8, whole.p8 + n, n) != 0);
	for (size_t cut = 800; cut < all.n; cut++) {
		struct img img = { 0 };

		if (img_decode(&pool, str_sub(all, 0, cut), IMG_FOR_COLOR, &img,
			NULL) == -1)
			continue;
		CHECK(memcmp(img.p8, whole.p8, n) == 0);
		for (unsigned y = 1; y < 8; y++)
			coarse += memcmp(img.p8, img.p8 + y * n, n) == 0;
	}
	CHECK(coarse > 7);
}

/* From the checksum behind the samples on; libpng itself asks for the end. */
static void
a_png_with_all_rows_is_read(void)
{
	static const char *const row[] = { "L1.png", "P8.png", "RGB8.png",
		"RGB8-adam7.png", "RGBA16.png" };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct str all = read_image(&pool, row[i]);
		struct img whole = { 0 };

		CHECK_INT(img_decode(&pool, all, IMG_FOR_COLOR, &whole, NULL),
		    0);
		/* 12 of IEND, 4 of the chunk, 4 of zlib's own */
		for (size_t cut = 1; cut <= 12 + 4 + 4; cut++) {
			struct img img = { 0 };

			CHECK_INT(img_decode(&pool,
				      str_sub(all, 0, all.n - cut),
				      IMG_FOR_COLOR, &img, NULL),
			    0);
			CHECK_INT(same_rows(&img, &whole), whole.height);
		}
		/* without some samples there is no picture */
		CHECK_INT(img_decode(&pool,
			      str_sub(all, 0, all.n - 12 - 4 - 4 - 9),
			      IMG_FOR_COLOR, &(struct img){ 0 }, NULL),
		    -1);
	}
}

/* The second, with other colours, right behind the first and at the end. */
static void
of_two_palettes_the_first_counts(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str all = read_image(&pool, "P8.png");
	const size_t palette = 8 + 25, size = 12 + W * H * 3;
	const size_t at[] = { palette + size, all.n - 12 };
	struct img whole = { 0 };

	CHECK_STR(str_sub(all, palette + 4, 4), "PLTE");
	CHECK_INT(img_decode(&pool, all, IMG_FOR_COLOR, &whole, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		struct buf two = BUF_IN(&pool);
		struct img img = { 0 };

		buf_add(&two, str_sub(all, 0, at[i]));
		for (unsigned more = 0; more < 3; more++)
			buf_add(&two, STR("\0\0\0\6PLTE\1\1\1\2\2\2crc?"));
		buf_add(&two, str_from(all, at[i]));
		CHECK_INT(img_decode(&pool, buf_str(&two), IMG_FOR_COLOR, &img,
			      NULL),
		    0);
		CHECK_INT(same_rows(&img, &whole), H);
	}
}

/* Sizes are refused from the header, before there are pixels. */
static void
bombs_are_refused(void)
{
	static const struct {
		const char *name;
		size_t at[2]; /* of the sides, 2 bytes each */
		bool is_big;
	} row[] = {
		{ "P8.gif", { 6, 8 }, false },
		{ "lossy-444.jpg", { 165, 163 }, true },
		{ "RGB8.tif", { 18, 30 }, false },
		{ "huge.png", { 0, 0 }, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct str bytes = read_image(&pool, row[i].name);
		unsigned char *p = (unsigned char *)pool_cstr(&pool, bytes);
		struct img img;

		for (int k = 0; row[i].at[0] != 0 && k < 2; k++) {
			p[row[i].at[k] + !row[i].is_big] = 60000 >> 8;
			p[row[i].at[k] + row[i].is_big] = 60000 & 255;
		}
		CHECK_INT(img_decode(&pool, str_view((char *)p, bytes.n),
			      IMG_FOR_COLOR, &img, &err),
		    -1);
		CHECK_STR(err_text(&err),
		    "no image of 60000x60000 pixels is read");
	}
}

static void
other_formats_are_named(void)
{
	static const struct {
		struct str bytes;
		const char *error;
	} row[] = {
		{ STR("P1 1 1 1"), "Unsupported format: Pnm" },
		{ STR("DDS "), "Unsupported format: Dds" },
		{ STR("farbfeld"), "Unsupported format: Farbfeld" },
		{ STR("#?RADIANCE"), "Unsupported format: Hdr" },
		{ STR("\0\0\0 ftypavif"), "Unsupported format: Avif" },
		{ STR("hello"), "The image format could not be determined" },
		{ STR(""), "The image format could not be determined" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct img img;

		CHECK_INT(img_decode(&pool, row[i].bytes, IMG_FOR_COLOR, &img,
			      &err),
		    -1);
		CHECK_STR(err_text(&err), row[i].error);
	}
}

CHECK_MAIN(CASE(lossless_samples_are_kept),
    CASE(a_gif_frame_lies_on_a_black_screen),
    CASE(lossy_samples_are_those_of_the_reference),
    CASE(a_lossy_webp_is_its_luma_in_gray), CASE(damage_is_an_error),
    CASE(a_cut_file_is_the_rows_that_came),
    CASE(a_cut_progressive_jpeg_is_the_scans_that_came),
    CASE(a_cut_interlaced_gif_is_coarse), CASE(a_png_with_all_rows_is_read),
    CASE(of_two_palettes_the_first_counts), CASE(bombs_are_refused),
    CASE(other_formats_are_named))
