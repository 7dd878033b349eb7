#include "img/jpeg_pixels.h"

#include <string.h>

/*
 * The factors of the paper's figure, made of cosines of multiples of pi/16,
 * times 4096: those that are added to the nearest number, those that are
 * subtracted half a unit more towards 0. Arithmetic is unsigned, for it may
 * wrap.
 */
#define F_0_298 1223u
#define F_0_390 1597u
#define F_0_541 2217u
#define F_0_765 3135u
#define F_0_900 3685u
#define F_1_176 4816u
#define F_1_501 6149u
#define F_1_848 7567u
#define F_1_962 8034u
#define F_2_053 8410u
#define F_2_563 10497u
#define F_3_073 12586u

#define COLUMN_SHIFT 10 /* of 12 bits of the factors, 2 stay */
#define ROW_SHIFT    17 /* 12 of the factors, 2 that stayed, 3 of the scale */

/* Output k is even[k] + odd[k], output 7 - k is even[k] - odd[k]. */
struct halves {
	uint32_t even[4], odd[4];
};

static inline void
transform_even(const uint32_t s[8], uint32_t bias, uint32_t even[4])
{
	uint32_t p = (s[2] + s[6]) * F_0_541;
	uint32_t t2 = p - s[6] * F_1_848, t3 = p + s[2] * F_0_765;
	uint32_t t0 = (s[0] + s[4]) * 4096u + bias;
	uint32_t t1 = (s[0] - s[4]) * 4096u + bias;

	even[0] = t0 + t3;
	even[1] = t1 + t2;
	even[2] = t1 - t2;
	even[3] = t0 - t3;
}

static inline void
transform_odd(const uint32_t s[8], uint32_t odd[4])
{
	uint32_t a = s[7] + s[3], b = s[5] + s[1];
	uint32_t all = (a + b) * F_1_176;
	uint32_t p1 = all - (s[7] + s[1]) * F_0_900;
	uint32_t p2 = all - (s[5] + s[3]) * F_2_563;

	a *= 0u - F_1_962;
	b *= 0u - F_0_390;
	odd[0] = s[1] * F_1_501 + p1 + b;
	odd[1] = s[3] * F_3_073 + p2 + a;
	odd[2] = s[5] * F_2_053 + p2 + b;
	odd[3] = s[7] * F_0_298 + p1 + a;
}

static inline struct halves
transform(const uint32_t s[8], uint32_t bias)
{
	struct halves h;

	transform_even(s, bias, h.even);
	transform_odd(s, h.odd);
	return h;
}

static inline uint32_t
shift(uint32_t v, unsigned n)
{
	return (uint32_t)((int32_t)v >> n);
}

static inline uint8_t
clamp_sample(int32_t v)
{
	return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v;
}

static void
transform_columns(const int16_t coef[JPEG_BLOCK],
    const uint16_t factor[JPEG_BLOCK], uint32_t between[JPEG_BLOCK])
{
	for (unsigned x = 0; x < 8; x++) {
		struct halves h;
		uint32_t s[8];

		for (unsigned k = 0; k < 8; k++)
			s[k] = (uint32_t)coef[8 * k + x] * factor[8 * k + x];
		h = transform(s, 1u << (COLUMN_SHIFT - 1));
		for (unsigned k = 0; k < 4; k++) {
			between[8 * k + x] =
			    shift(h.even[k] + h.odd[k], COLUMN_SHIFT);
			between[8 * (7 - k) + x] =
			    shift(h.even[k] - h.odd[k], COLUMN_SHIFT);
		}
	}
}

void
jpeg_transform(const int16_t coef[JPEG_BLOCK],
    const uint16_t factor[JPEG_BLOCK], uint8_t *out, size_t step)
{
	/* T.81, A.3.1: samples are shifted to be around 0 */
	const uint32_t bias = (1u << (ROW_SHIFT - 1)) + (128u << ROW_SHIFT);
	uint32_t between[JPEG_BLOCK];

	transform_columns(coef, factor, between);
	for (unsigned y = 0; y < 8; y++, out += step) {
		struct halves h = transform(between + 8 * y, bias);

		for (unsigned k = 0; k < 4; k++) {
			out[k] = clamp_sample(
			    (int32_t)shift(h.even[k] + h.odd[k], ROW_SHIFT));
			out[7 - k] = clamp_sample(
			    (int32_t)shift(h.even[k] - h.odd[k], ROW_SHIFT));
		}
	}
}

/* The row that has 3 parts, and the one with 1: above an even row, below an
 * odd one; at the edges the same. */
static void
find_rows(const struct jpeg_plane *plane, uint32_t y, const uint8_t **near,
    const uint8_t **far)
{
	uint32_t row = y / 2, other = row;

	if (y % 2 != 0 && row + 1 < plane->height)
		other++;
	else if (y % 2 == 0 && row > 0)
		other--;
	*near = plane->p + row * plane->step;
	*far = plane->p + other * plane->step;
}

static void
double_across(const uint8_t *in, uint32_t n, uint8_t *out)
{
	for (uint32_t x = 0; x < n; x++) {
		unsigned before = in[x > 0 ? x - 1 : x];
		unsigned after = in[x + 1 < n ? x + 1 : x];
		unsigned v = 3u * in[x] + 2;

		out[2 * x] = (uint8_t)((v + before) >> 2);
		out[2 * x + 1] = (uint8_t)((v + after) >> 2);
	}
}

static void
double_down(const uint8_t *near, const uint8_t *far, uint32_t n, uint8_t *out)
{
	for (uint32_t x = 0; x < n; x++)
		out[x] = (uint8_t)((3u * near[x] + far[x] + 2) >> 2);
}

static void
double_both(const uint8_t *near, const uint8_t *far, uint32_t n, uint8_t *out)
{
	unsigned v = 3u * near[0] + far[0];

	*out++ = (uint8_t)((v + 2) >> 2);
	for (uint32_t x = 1; x < n; x++) {
		unsigned next = 3u * near[x] + far[x];

		*out++ = (uint8_t)((3 * v + next + 8) >> 4);
		*out++ = (uint8_t)((3 * next + v + 8) >> 4);
		v = next;
	}
	*out = (uint8_t)((v + 2) >> 2);
}

void
jpeg_scale_row(const struct jpeg_plane *plane, uint32_t y, uint8_t *out)
{
	const uint8_t *near = plane->p + y / plane->down * plane->step;
	const uint8_t *far = near;
	unsigned across = plane->across;

	if (plane->down == 2)
		find_rows(plane, y, &near, &far);
	if (across == 2 && plane->down == 1)
		double_across(near, plane->width, out);
	else if (across == 1 && plane->down == 2)
		double_down(near, far, plane->width, out);
	else if (across == 2 && plane->down == 2)
		double_both(near, far, plane->width, out);
	else if (across == 1)
		memcpy(out, near, plane->width);
	else
		for (size_t x = 0; x < (size_t)plane->width * across; x++)
			out[x] = near[x / across];
}

void
jpeg_row_rgb(const uint8_t *const in[3], size_t n, uint8_t *out)
{
	for (size_t x = 0; x < n; x++, out += 3) {
		out[0] = in[0][x];
		out[1] = in[1][x];
		out[2] = in[2][x];
	}
}

static inline void
put_ycc(float y, float cb, float cr, uint8_t *out)
{
	cb -= 128.0f;
	cr -= 128.0f;
	out[0] = clamp_sample((int32_t)(y + 1.402f * cr + 0.5f));
	out[1] =
	    clamp_sample((int32_t)(y - 0.34414f * cb - 0.71414f * cr + 0.5f));
	out[2] = clamp_sample((int32_t)(y + 1.772f * cb + 0.5f));
}

void
jpeg_row_ycc(const uint8_t *const in[3], size_t n, uint8_t *out)
{
	for (size_t x = 0; x < n; x++, out += 3)
		put_ycc(in[0][x], in[1][x], in[2][x], out);
}

void
jpeg_row_cmyk(const uint8_t *const in[4], size_t n, uint8_t *out)
{
	for (size_t x = 0; x < n; x++, out += 3) {
		float black = (float)in[3][x] / 255.0f;

		for (unsigned i = 0; i < 3; i++) {
			float ink = (float)in[i][x] / 255.0f;

			ink = ink * (1.0f - black) + black;
			out[i] = (uint8_t)((1.0f - ink) * 255.0f);
		}
	}
}
