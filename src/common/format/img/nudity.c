#include "img/nudity.h"

#include <stdlib.h>

#define NO_REGION       UINT32_MAX
#define NOISE_PIXELS    30 /* a region of so many or fewer is none */
#define MIN_REGIONS     3
#define MAX_REGIONS     60
#define MIN_PERCENT     15
#define LARGEST_PERCENT 45 /* of all skin */

/* Regions that touch are one: `parent` leads to the one that stands for it. */
struct region {
	uint32_t parent, pixels;
};

struct regions {
	struct pool *pool;
	struct region *of;
	size_t n;
	uint32_t from, to; /* the last two that were joined */
};

static bool
is_skin_by_rgb(int r, int g, int b, int most, int least)
{
	return r > 95 && g > 40 && g < 100 && b > 20 && most - least > 15 &&
	       abs(r - g) > 15 && r > g && r > b;
}

static bool
is_skin_by_ratio(double r, double g, double b)
{
	double s = r + g + b;

	/* without green the last term is 0, whatever the first one is */
	if (g == 0)
		return false;
	return (r / s) / (g / s) > 1.185 && r * b / (s * s) > 0.107 &&
	       r * g / (s * s) > 0.112;
}

static double
hue_of(int r, int g, int b, int most, int least)
{
	double span = most - least, hue;

	if (most == r)
		hue = (g - b) / span;
	else if (most == g)
		hue = 2 + (g - r) / span;
	else
		hue = 4 + (r - g) / span;
	hue *= 60;
	return hue < 0 ? hue + 360 : hue;
}

static bool
is_skin_by_hue(int r, int g, int b, int most, int least)
{
	double hue, saturation;

	if (most == least)
		return false;
	hue = hue_of(r, g, b, most, least);
	saturation = 1 - 3.0 * least / (r + g + b);
	return hue > 0 && hue < 35 && saturation > 0.23 && saturation < 0.68;
}

static bool
is_skin(const struct img *img, size_t i)
{
	int c[3], most, least;

	/* the samples of a gray pixel are equal, and it fails every test */
	if (img->channels == 1)
		return false;
	for (size_t k = 0; k < 3; k++)
		c[k] = img->bits == 8 ? img->p8[3 * i + k]
		                      : img->p16[3 * i + k] >> 8;
	most = c[0] > c[1] ? c[0] : c[1];
	most = c[2] > most ? c[2] : most;
	least = c[0] < c[1] ? c[0] : c[1];
	least = c[2] < least ? c[2] : least;
	return is_skin_by_rgb(c[0], c[1], c[2], most, least) ||
	       is_skin_by_ratio(c[0], c[1], c[2]) ||
	       is_skin_by_hue(c[0], c[1], c[2], most, least);
}

static uint32_t
region_add(struct regions *r)
{
	r->of = pool_push(r->pool, r->of, r->n, sizeof(*r->of));
	r->of[r->n] = (struct region){ .parent = (uint32_t)r->n };
	return (uint32_t)r->n++;
}

/* Halves the way on the way, so that ways stay short. */
static uint32_t
region_find(struct regions *r, uint32_t i)
{
	while (r->of[i].parent != i) {
		r->of[i].parent = r->of[r->of[i].parent].parent;
		i = r->of[i].parent;
	}
	return i;
}

static void
region_join(struct regions *r, uint32_t a, uint32_t b)
{
	a = region_find(r, a);
	b = region_find(r, b);
	if (a != b)
		r->of[b].parent = a;
}

/*
 * The region of a pixel with these neighbours. Not every touch joins: where
 * the last join was from or to the same region, it is left out, as ever.
 */
static uint32_t
region_at(struct regions *r, const uint32_t neighbour[4])
{
	uint32_t region = NO_REGION;

	for (int k = 0; k < 4; k++) {
		uint32_t next = neighbour[k];

		if (next == NO_REGION)
			continue;
		if (region != NO_REGION && next != region &&
		    r->from != region && r->to != next) {
			r->from = region;
			r->to = next;
			region_join(r, region, next);
		}
		region = next;
	}
	return region != NO_REGION ? region : region_add(r);
}

/*
 * The neighbours are the pixels before, and the three above, by number and
 * without regard to row ends. The last width + 1 pixels are in a ring.
 */
static void
find_regions(struct regions *r, const struct img *img)
{
	size_t size = (size_t)img->width + 1, n = size * img->height;
	uint32_t *ring = pool_array(r->pool, size, sizeof(*ring));

	n -= img->height;
	for (size_t k = 0; k < size; k++)
		ring[k] = NO_REGION;
	for (size_t i = 0, at = 0; i < n; i++) {
		size_t next = at + 1 < size ? at + 1 : 0;
		size_t after = next + 1 < size ? next + 1 : 0;
		uint32_t near[4] = {
			ring[at != 0 ? at - 1 : size - 1],
			ring[at],
			ring[next],
			/* one pixel wide, it would be the pixel itself */
			img->width != 1 ? ring[after] : NO_REGION,
		};

		ring[at] = NO_REGION;
		if (is_skin(img, i)) {
			ring[at] = region_at(r, near);
			r->of[ring[at]].pixels++;
		}
		at = next;
	}
}

/* The regions that count. */
struct summary {
	size_t n;
	double total, largest; /* pixels */
};

static struct summary
sum_up(struct regions *r)
{
	struct summary s = { 0 };

	for (uint32_t i = 0; i < r->n; i++) {
		uint32_t top = region_find(r, i);

		if (top != i)
			r->of[top].pixels += r->of[i].pixels;
	}
	for (uint32_t i = 0; i < r->n; i++) {
		double pixels = r->of[i].pixels;

		if (r->of[i].parent != i || pixels <= NOISE_PIXELS)
			continue;
		s.n++;
		s.total += pixels;
		if (pixels > s.largest)
			s.largest = pixels;
	}
	return s;
}

/* The source names shares of the second and third region too; where they
 * would count, that of the largest has decided already. */
static bool
is_nude(const struct summary *s, double skin_percent)
{
	return s->n >= MIN_REGIONS && s->n <= MAX_REGIONS &&
	       skin_percent >= MIN_PERCENT &&
	       s->largest / s->total * 100 >= LARGEST_PERCENT;
}

struct img_nudity
img_nudity(const struct img *img)
{
	autopool struct pool pool = POOL_NONE;
	struct regions regions = {
		.pool = &pool,
		.from = NO_REGION,
		.to = NO_REGION,
	};
	struct summary s;
	struct img_nudity out;

	find_regions(&regions, img);
	s = sum_up(&regions);
	out.skin_percent = 100.0 / ((double)img->width * img->height) * s.total;
	out.nude = is_nude(&s, out.skin_percent);
	return out;
}
