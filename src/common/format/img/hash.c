#include "img/hash.h"

#include <math.h>
#include <stdlib.h>

#define SIDE   8 /* of the pixels that are hashed */
#define PIXELS (SIDE * SIDE)

#define LOBES 3.0f
#define PI    3.14159265358979323846f

/* The weights of the samples left to right - 1 in one sample of a pass. */
struct kernel {
	uint32_t left, right;
	float *weight;
	float sum;
};

static inline float
gray_of(float red, float green, float blue)
{
	return 0.2126f * red + 0.7152f * green + 0.0722f * blue;
}

static uint8_t
gray_at(const struct img *img, size_t i)
{
	if (img->channels == 1)
		return (uint8_t)(img->p16[i] >> 8);
	if (img->bits == 8) {
		const uint8_t *p = img->p8 + i * 3;

		return (uint8_t)gray_of(p[0], p[1], p[2]);
	}
	const uint16_t *p = img->p16 + i * 3;

	return (uint8_t)((uint16_t)gray_of(p[0], p[1], p[2]) >> 8);
}

struct img
img_gray(struct pool *pool, const struct img *img)
{
	struct img gray;

	if (img->channels == 1 && img->bits == 8)
		return *img;
	gray = img_new(pool, img->width, img->height, 1, 8);
	for (size_t i = 0; i < (size_t)img->width * img->height; i++)
		gray.p8[i] = gray_at(img, i);
	return gray;
}

static float
sinc(float x)
{
	float a = x * PI;

	return x == 0.0f ? 1.0f : sinf(a) / a;
}

static float
lanczos(float x)
{
	return fabsf(x) < LOBES ? sinc(x) * sinc(x / LOBES) : 0.0f;
}

static uint32_t
clamp_index(float x, uint32_t least, uint32_t most)
{
	int64_t i = (int64_t)x;

	if (i < (int64_t)least)
		return least;
	return i > (int64_t)most ? most : (uint32_t)i;
}

/* Sample i of `to` ones, made from `from` ones. */
static struct kernel
kernel_of(struct pool *pool, uint32_t from, uint32_t to, uint32_t i)
{
	float ratio = (float)from / (float)to;
	float scale = ratio < 1.0f ? 1.0f : ratio;
	float middle = ((float)i + 0.5f) * ratio;
	struct kernel k = { .sum = 0 };

	k.left = clamp_index(floorf(middle - LOBES * scale), 0, from - 1);
	k.right = clamp_index(ceilf(middle + LOBES * scale), k.left + 1, from);
	k.weight = pool_array(pool, k.right - k.left, sizeof(*k.weight));
	middle -= 0.5f;
	for (uint32_t at = k.left; at < k.right; at++) {
		float w = lanczos(((float)at - middle) / scale);

		k.weight[at - k.left] = w;
		k.sum += w;
	}
	return k;
}

static inline uint8_t
to_sample(float x)
{
	if (!(x > 0.0f))
		return 0;
	return (uint8_t)roundf(x < 255.0f ? x : 255.0f);
}

/* A row of the result at a time, as the samples of a row lie together. */
static void
scale_height(struct pool *pool, const struct img *in, struct img *out)
{
	float *sum = pool_array(pool, in->width, sizeof(*sum));

	for (uint32_t y = 0; y < out->height; y++) {
		struct kernel k = kernel_of(pool, in->height, out->height, y);
		uint8_t *to = out->p8 + (size_t)y * in->width;

		memset(sum, 0, in->width * sizeof(*sum));
		for (uint32_t at = k.left; at < k.right; at++) {
			const uint8_t *from = in->p8 + (size_t)at * in->width;
			float w = k.weight[at - k.left];

			for (uint32_t x = 0; x < in->width; x++)
				sum[x] += (float)from[x] * w;
		}
		for (uint32_t x = 0; x < in->width; x++)
			to[x] = to_sample(sum[x] / k.sum);
	}
}

static void
scale_width(struct pool *pool, const struct img *in, struct img *out)
{
	for (uint32_t x = 0; x < out->width; x++) {
		struct kernel k = kernel_of(pool, in->width, out->width, x);

		for (uint32_t y = 0; y < in->height; y++) {
			const uint8_t *from = in->p8 + (size_t)y * in->width;
			float sum = 0;

			for (uint32_t at = k.left; at < k.right; at++)
				sum += (float)from[at] * k.weight[at - k.left];
			out->p8[(size_t)y * out->width + x] =
			    to_sample(sum / k.sum);
		}
	}
}

struct img
img_scale(struct pool *pool, const struct img *gray, uint32_t width,
    uint32_t height)
{
	autopool struct pool work = POOL_NONE;
	struct img between = img_new(&work, gray->width, height, 1, 8);
	struct img out = img_new(pool, width, height, 1, 8);

	scale_height(&work, gray, &between);
	scale_width(&work, &between, &out);
	return out;
}

static void
set_bit(unsigned char hash[IMG_HASH_SIZE], unsigned i, bool bit)
{
	if (bit)
		hash[i / 8] |= (unsigned char)(1u << i % 8);
}

static void
set_where_least(unsigned char hash[IMG_HASH_SIZE], const uint8_t *pixel,
    unsigned least)
{
	memset(hash, 0, IMG_HASH_SIZE);
	for (unsigned i = 0; i < PIXELS; i++)
		set_bit(hash, i, pixel[i] >= least);
}

void
img_ahash(const struct img *gray, unsigned char hash[IMG_HASH_SIZE])
{
	autopool struct pool pool = POOL_NONE;
	struct img small = img_scale(&pool, gray, SIDE, SIDE);
	unsigned sum = 0;

	for (unsigned i = 0; i < PIXELS; i++)
		sum += small.p8[i];
	set_where_least(hash, small.p8, sum / PIXELS);
}

void
img_dhash(const struct img *gray, unsigned char hash[IMG_HASH_SIZE])
{
	autopool struct pool pool = POOL_NONE;
	struct img small = img_scale(&pool, gray, SIDE + 1, SIDE);

	memset(hash, 0, IMG_HASH_SIZE);
	for (unsigned i = 0; i < PIXELS; i++) {
		const uint8_t *p = small.p8 + i / SIDE * (SIDE + 1) + i % SIDE;

		set_bit(hash, i, p[1] > p[0]);
	}
}

static int
order_samples(const void *a, const void *b)
{
	return (int)*(const uint8_t *)a - (int)*(const uint8_t *)b;
}

void
img_phash(const struct img *gray, unsigned char hash[IMG_HASH_SIZE])
{
	autopool struct pool pool = POOL_NONE;
	struct img small = img_scale(&pool, gray, SIDE, SIDE);
	uint8_t sorted[PIXELS];

	memcpy(sorted, small.p8, PIXELS);
	qsort(sorted, PIXELS, 1, order_samples);
	set_where_least(hash, small.p8,
	    (sorted[PIXELS / 2 - 1] + sorted[PIXELS / 2]) % 256u / 2);
}
