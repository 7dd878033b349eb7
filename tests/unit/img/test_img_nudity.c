/* img_nudity: colours, regions, and the verdict */
#include "img/nudity.h"

#include <stdlib.h>

#include "base/mem.h"
#include "check.h"

static const uint8_t skin[] = { 200, 90, 50 };

static struct img
white(struct pool *pool, uint32_t width, uint32_t height)
{
	struct img img = img_new(pool, width, height, 3, 8);

	memset(img.p8, 255, (size_t)width * height * 3);
	return img;
}

static void
paint(struct img *img, uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
	for (uint32_t i = y; i < y + height; i++) {
		for (uint32_t k = x; k < x + width; k++)
			memcpy(img->p8 + ((size_t)i * img->width + k) * 3, skin,
			    3);
	}
}

/* Is a picture of 40 pixels of this colour all skin? */
static void
skin_is_told_by_colour(void)
{
	static const struct {
		uint8_t rgb[3];
		bool is_skin;
	} row[] = {
		{ { 200, 90, 50 }, true },
		{ { 255, 224, 189 }, false }, /* pale */
		{ { 224, 172, 105 }, true }, { { 255, 255, 255 }, false },
		{ { 0, 0, 0 }, false }, { { 128, 128, 128 }, false },
		{ { 0, 0, 255 }, false }, { { 0, 200, 0 }, false },
		{ { 255, 0, 0 }, false },     /* no green, no hue */
		{ { 96, 41, 21 }, true },     /* just in each bound */
		{ { 200, 197, 150 }, false }, /* hue 56 */
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct img img = img_new(&pool, 8, 5, 3, 8);
		struct img wide = img_new(&pool, 8, 5, 3, 16);
		double want = row[i].is_skin ? 100 : 0;

		for (size_t k = 0; k < 8 * 5 * 3; k++) {
			img.p8[k] = row[i].rgb[k % 3];
			wide.p16[k] = (uint16_t)(row[i].rgb[k % 3] << 8 | 99);
		}
		if (img_nudity(&img).skin_percent != want ||
		    img_nudity(&wide).skin_percent != want) {
			CHECK(!"the colour is skin");
			printf("#   row %zu\n", i);
		}
	}
}

static void
gray_is_no_skin(void)
{
	autopool struct pool pool = POOL_NONE;
	struct img img = img_new(&pool, 9, 9, 1, 8);

	memset(img.p8, 150, 81);
	CHECK(img_nudity(&img).skin_percent == 0);
}

static void
small_regions_do_not_count(void)
{
	autopool struct pool pool = POOL_NONE;
	struct img img = white(&pool, 20, 20);

	paint(&img, 2, 2, 6, 5);
	CHECK(img_nudity(&img).skin_percent == 0);
	paint(&img, 8, 6, 1, 1);
	CHECK(img_nudity(&img).skin_percent == 100.0 / 400 * 31);
}

static void
three_regions_and_a_large_one_are_nude(void)
{
	static const struct {
		uint32_t width[3]; /* of regions 10 high in 40x40 */
		bool nude;
	} row[] = {
		{ { 10, 6, 5 }, true },
		{ { 9, 6, 5 }, true },   /* just 45 percent of it */
		{ { 8, 6, 5 }, false },  /* 42 percent */
		{ { 10, 6, 0 }, false }, /* two regions */
		{ { 9, 7, 5 }, false },  /* 42.9 percent */
		{ { 12, 6, 6 }, true },  /* just 15 percent of the image */
		{ { 12, 5, 6 }, false }, /* 14.4 percent */
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		bool is_large = row[i].width[0] == 12;
		struct img img = white(&pool, 40, is_large ? 40 : 30);

		for (uint32_t k = 0; k < 3; k++)
			paint(&img, k * 13, 0, row[i].width[k], 10);
		if (img_nudity(&img).nude != row[i].nude) {
			CHECK(!"the verdict");
			printf("#   row %zu\n", i);
		}
	}
}

static void
too_many_regions_are_not(void)
{
	for (uint32_t more = 0; more < 2; more++) {
		autopool struct pool pool = POOL_NONE;
		struct img img = white(&pool, 100, 200);

		paint(&img, 0, 0, 98, 80);
		for (uint32_t i = 0; i < 59 + more; i++)
			paint(&img, i % 10 * 8, 90 + i / 10 * 9, 6, 6);
		CHECK_INT(img_nudity(&img).nude, more == 0);
	}
}

/* Neighbours go by number: the first pixel of a row follows the last one. */
static void
row_ends_do_not_count(void)
{
	autopool struct pool pool = POOL_NONE;
	struct img img = white(&pool, 40, 3);

	paint(&img, 20, 0, 20, 1);
	paint(&img, 0, 1, 20, 1);
	CHECK(img_nudity(&img).skin_percent == 100.0 / 120 * 40);
}

static void
one_column_works(void)
{
	autopool struct pool pool = POOL_NONE;
	struct img img = white(&pool, 1, 100);

	paint(&img, 0, 10, 1, 40);
	CHECK(img_nudity(&img).skin_percent == 40);
	img = white(&pool, 1, 1);
	paint(&img, 0, 0, 1, 1);
	CHECK(img_nudity(&img).skin_percent == 0);
}

/*
 * The rule as it is told, with lists of groups: slow. The pixels of `is_skin`
 * are numbered; returns how many are in regions that count.
 */
struct slow {
	int *region;
	int n_regions, *group; /* of a region, -1: none */
	int from, to;
};

static void
slow_merge(struct slow *s, int a, int b)
{
	static int next;
	int ga = s->group[a], gb = s->group[b];

	if (ga == -1 && gb == -1) {
		s->group[a] = s->group[b] = next++;
	} else if (ga == -1) {
		s->group[a] = gb;
	} else if (gb == -1) {
		s->group[b] = ga;
	} else if (ga != gb) {
		for (int i = 0; i < s->n_regions; i++) {
			if (s->group[i] == gb)
				s->group[i] = ga;
		}
	}
}

static int
slow_total(struct slow *s, int n)
{
	int total = 0;

	for (int i = 0; i < n; i++) {
		int r = s->region[i], size = 0;

		if (r == -1)
			continue;
		for (int k = 0; k < n; k++) {
			int q = s->region[k];

			size += q != -1 &&
			        (q == r || (s->group[r] != -1 &&
					       s->group[q] == s->group[r]));
		}
		total += size > 30;
	}
	return total;
}

static int
slow_skin(const bool *is_skin, int width, int height)
{
	int n = width * height, around[] = { 1, width + 1, width, width - 1 };
	struct slow s = { .region = calloc((size_t)n, sizeof(int)),
		.group = calloc((size_t)n, sizeof(int)),
		.from = -1,
		.to = -1 };
	int total;

	for (int i = 0; i < n; i++) {
		int seen = -1;

		s.region[i] = -1;
		for (int k = 0; is_skin[i] && k < 4; k++) {
			int at = i - around[k];

			if (at < 0 || at >= i || s.region[at] == -1)
				continue;
			if (seen != -1 && s.region[at] != seen &&
			    s.from != seen && s.to != s.region[at]) {
				s.from = seen;
				s.to = s.region[at];
				slow_merge(&s, seen, s.region[at]);
			}
			seen = s.region[at];
		}
		if (is_skin[i] && seen == -1) {
			seen = s.n_regions;
			s.group[s.n_regions++] = -1;
		}
		if (is_skin[i])
			s.region[i] = seen;
	}
	total = slow_total(&s, n);
	free(s.region);
	free(s.group);
	return total;
}

static void
regions_are_those_of_the_slow_rule(void)
{
	unsigned seed = 1;

	for (int round = 0; round < 60; round++) {
		autopool struct pool pool = POOL_NONE;
		int width = 1 + round % 31, height = 25, n = width * height;
		struct img img = white(&pool, (uint32_t)width, 25);
		bool *is_skin = pool_array(&pool, (size_t)n, sizeof(bool));
		double want;

		for (int i = 0; i < n; i++) {
			seed = seed * 1103515245 + 12345;
			is_skin[i] = (seed >> 16) % 100 < 40u + round % 3 * 10;
			if (is_skin[i])
				paint(&img, (uint32_t)(i % width),
				    (uint32_t)(i / width), 1, 1);
		}
		want = 100.0 / n * slow_skin(is_skin, width, height);
		if (img_nudity(&img).skin_percent != want) {
			CHECK(!"the percentage");
			printf("#   round %d: %f, want %f\n", round,
			    img_nudity(&img).skin_percent, want);
		}
	}
}

CHECK_MAIN(CASE(skin_is_told_by_colour), CASE(gray_is_no_skin),
    CASE(small_regions_do_not_count),
    CASE(three_regions_and_a_large_one_are_nude),
    CASE(too_many_regions_are_not), CASE(row_ends_do_not_count),
    CASE(one_column_works), CASE(regions_are_those_of_the_slow_rule))
