/* img_hash: gray, scaling, and the bits; recorded hashes are in vectors */
#include "img/hash.h"

#include "base/mem.h"
#include "check.h"

#define SIDE 8

static struct img
gray_of(struct pool *pool, uint32_t width, uint32_t height, uint8_t v)
{
	struct img img = img_new(pool, width, height, 1, 8);

	memset(img.p8, v, (size_t)width * height);
	return img;
}

static void
gray_is_weighed_and_cut(void)
{
	static const struct {
		uint8_t rgb[3], gray;
	} row[] = {
		{ { 0, 0, 0 }, 0 }, { { 255, 0, 0 }, 54 }, /* 54.2 */
		{ { 0, 255, 0 }, 182 },                    /* 182.4 */
		{ { 0, 0, 255 }, 18 },                     /* 18.4 */
		{ { 1, 1, 1 }, 1 },         /* the weights make 1 */
		{ { 0, 6, 9 }, 4 },         /* 4.94 */
		{ { 100, 150, 200 }, 142 }, /* 142.98 */
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct img img = img_new(&pool, 1, 1, 3, 8);
		struct img wide = img_new(&pool, 1, 1, 3, 16);

		for (int c = 0; c < 3; c++) {
			img.p8[c] = row[i].rgb[c];
			wide.p16[c] = (uint16_t)(row[i].rgb[c] << 8);
		}
		CHECK_INT(img_gray(&pool, &img).p8[0], row[i].gray);
		CHECK_INT(img_gray(&pool, &wide).p8[0], row[i].gray);
	}
}

/* 16 bits: the sum is cut after it, so the lower halves count. */
static void
gray_of_16_bits_is_the_upper_half(void)
{
	autopool struct pool pool = POOL_NONE;
	struct img gray = img_new(&pool, 1, 1, 1, 16);
	struct img color = img_new(&pool, 1, 1, 3, 16);

	gray.p16[0] = 0x12ff;
	CHECK_INT(img_gray(&pool, &gray).p8[0], 0x12);
	for (int c = 0; c < 3; c++)
		color.p16[c] = 0x1fff;
	CHECK_INT(img_gray(&pool, &color).p8[0], 0x1f);
}

static void
a_gray_image_of_8_bits_is_shared(void)
{
	autopool struct pool pool = POOL_NONE;
	struct img img = gray_of(&pool, 2, 2, 5);

	CHECK(img_gray(&pool, &img).p8 == img.p8);
}

static void
the_same_size_changes_nothing(void)
{
	autopool struct pool pool = POOL_NONE;
	struct img img = gray_of(&pool, 9, 5, 0), same;

	for (size_t i = 0; i < 45; i++)
		img.p8[i] = (uint8_t)(i * 83);
	same = img_scale(&pool, &img, 9, 5);
	CHECK(memcmp(img.p8, same.p8, 45) == 0);
}

static void
one_value_stays_one_value(void)
{
	static const uint32_t size[][2] = { { 1, 1 }, { 1, 100 }, { 100, 1 },
		{ 2, 3 }, { 8, 8 }, { 9, 8 }, { 640, 481 } };

	for (size_t i = 0; i < ARRAY_SIZE(size); i++) {
		autopool struct pool pool = POOL_NONE;
		struct img img = gray_of(&pool, size[i][0], size[i][1], 200);
		struct img small = img_scale(&pool, &img, 9, 8);

		for (size_t k = 0; k < 72; k++)
			CHECK_INT(small.p8[k], 200);
	}
}

static void
hash_of(void (*hash)(const struct img *, unsigned char *), struct img img,
    unsigned char out[IMG_HASH_SIZE])
{
	memset(out, 0xaa, IMG_HASH_SIZE);
	hash(&img, out);
}

static void
the_first_pixel_is_the_lowest_bit(void)
{
	autopool struct pool pool = POOL_NONE;
	struct img img = gray_of(&pool, SIDE, SIDE, 0);
	unsigned char out[IMG_HASH_SIZE];

	img.p8[0] = 255;
	img.p8[7] = 255;
	img.p8[8 * 7 + 1] = 255;
	/* the mean is 11, the median 0 */
	hash_of(img_ahash, img, out);
	CHECK(memcmp(out, "\x81\0\0\0\0\0\0\x02", 8) == 0);
	hash_of(img_phash, img, out);
	CHECK(memcmp(out, "\xff\xff\xff\xff\xff\xff\xff\xff", 8) == 0);
}

static void
dhash_tells_where_it_gets_brighter(void)
{
	autopool struct pool pool = POOL_NONE;
	struct img img = gray_of(&pool, SIDE + 1, SIDE, 9);
	unsigned char out[IMG_HASH_SIZE];

	img.p8[1] = 10;
	img.p8[9 * 3 + 8] = 10;
	img.p8[9 * 7] = 10;
	hash_of(img_dhash, img, out);
	CHECK(memcmp(out, "\x01\0\0\x80\0\0\0\0", 8) == 0);
}

/* 130 + 131 is 5 in 8 bits, and half of it 2: everything is above. */
static void
the_median_wraps(void)
{
	autopool struct pool pool = POOL_NONE;
	struct img img = gray_of(&pool, SIDE, SIDE, 130);
	unsigned char out[IMG_HASH_SIZE];

	memset(img.p8 + 32, 131, 31);
	img.p8[63] = 1;
	hash_of(img_phash, img, out);
	CHECK(memcmp(out, "\xff\xff\xff\xff\xff\xff\xff\x7f", 8) == 0);
	/* 60 + 61 does not: the median is 60 */
	memset(img.p8, 60, 32);
	memset(img.p8 + 32, 61, 32);
	img.p8[0] = 59;
	hash_of(img_phash, img, out);
	CHECK(memcmp(out, "\xfe\xff\xff\xff\xff\xff\xff\xff", 8) == 0);
}

static void
one_pixel_has_a_hash(void)
{
	autopool struct pool pool = POOL_NONE;
	struct img img = gray_of(&pool, 1, 1, 77);
	unsigned char out[IMG_HASH_SIZE];

	hash_of(img_ahash, img, out);
	CHECK(memcmp(out, "\xff\xff\xff\xff\xff\xff\xff\xff", 8) == 0);
	hash_of(img_phash, img, out);
	CHECK(memcmp(out, "\xff\xff\xff\xff\xff\xff\xff\xff", 8) == 0);
	hash_of(img_dhash, img, out);
	CHECK(memcmp(out, "\0\0\0\0\0\0\0\0", 8) == 0);
}

CHECK_MAIN(CASE(gray_is_weighed_and_cut),
    CASE(gray_of_16_bits_is_the_upper_half),
    CASE(a_gray_image_of_8_bits_is_shared), CASE(the_same_size_changes_nothing),
    CASE(one_value_stays_one_value), CASE(the_first_pixel_is_the_lowest_bit),
    CASE(dhash_tells_where_it_gets_brighter), CASE(the_median_wraps),
    CASE(one_pixel_has_a_hash))
