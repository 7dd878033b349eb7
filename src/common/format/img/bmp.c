#include "img/bmp_head.h"

#include "base/bytes.h"

/* A row of the file is filled up to 4 bytes; n is its bytes with pixels. */
static size_t
row_bytes(const struct bmp_head *head, size_t *n)
{
	uint64_t bits = (uint64_t)head->width * head->bits;

	*n = (size_t)((bits + 7) / 8);
	return (size_t)((bits + 31) / 32 * 4);
}

/* The filler of the last row may be missing. */
static bool
has_all_rows(const struct bmp_head *head)
{
	size_t n, step = row_bytes(head, &n);

	/* at most IMG_MAX_PIXELS of 4 bytes, and fillers: no overflow */
	return head->pixels.n >= step * (head->height - 1) + n;
}

static inline uint8_t *
pixel_at(const struct img *img, const struct bmp_head *head, uint32_t x,
    uint32_t y)
{
	uint32_t row = head->top_down ? y : head->height - 1 - y;

	return img->p8 + ((size_t)row * img->width + x) * 3;
}

static inline void
put_color(const struct bmp_head *head, unsigned index, uint8_t *out)
{
	out[0] = head->color[index][0];
	out[1] = head->color[index][1];
	out[2] = head->color[index][2];
}

static void
read_indices(const struct bmp_head *head, const unsigned char *in, uint8_t *out)
{
	unsigned bits = head->bits, per_byte = 8 / bits;
	unsigned most = (1u << bits) - 1;

	for (uint32_t x = 0; x < head->width; x++, out += 3) {
		unsigned shift = 8 - bits - x % per_byte * bits;

		put_color(head, in[x / per_byte] >> shift & most, out);
	}
}

static void
read_bytes(const struct bmp_head *head, const unsigned char *in, uint8_t *out)
{
	for (uint32_t x = 0; x < head->width; x++, in += 3, out += 3) {
		out[0] = in[2];
		out[1] = in[1];
		out[2] = in[0];
	}
}

/* A sample of fewer bits is stretched to 0..255, of one with more the upper 8
 * count. */
static inline uint8_t
sample_of(uint32_t pixel, struct bmp_mask mask)
{
	uint32_t most, v;

	if (mask.width == 0)
		return 0;
	most = UINT32_MAX >> (32 - mask.width);
	v = pixel >> mask.shift & most;
	if (mask.width >= 8)
		return (uint8_t)(v >> (mask.width - 8));
	return (uint8_t)((v * 255 + most / 2) / most);
}

static void
read_masked(const struct bmp_head *head, const unsigned char *in, uint8_t *out)
{
	size_t n = head->bits / 8;

	for (uint32_t x = 0; x < head->width; x++, in += n, out += 3) {
		uint32_t v = (uint32_t)bytes_le(str_view((const char *)in, n));

		for (unsigned i = 0; i < 3; i++)
			out[i] = sample_of(v, head->mask[i]);
	}
}

static void
read_rows(const struct bmp_head *head, struct img *img)
{
	size_t n, step = row_bytes(head, &n);
	const unsigned char *in = (const unsigned char *)head->pixels.p;

	for (uint32_t y = 0; y < head->height; y++, in += step) {
		uint8_t *out = pixel_at(img, head, 0, y);

		if (head->bits <= 8)
			read_indices(head, in, out);
		else if (head->bits == 24)
			read_bytes(head, in, out);
		else
			read_masked(head, in, out);
	}
}

/* Where the run-length decoder is; x may stand behind the row. */
struct runs {
	const struct bmp_head *head;
	struct img *img;
	struct str rest;
	uint64_t x, y;
};

static void
put_run(struct runs *r, unsigned index)
{
	if (r->x < r->head->width && r->y < r->head->height)
		put_color(r->head, index,
		    pixel_at(r->img, r->head, (uint32_t)r->x, (uint32_t)r->y));
	r->x++;
}

/* n pixels of one or two colours in turn. */
static void
repeat_pixel(struct runs *r, unsigned n, unsigned v)
{
	bool is_rle4 = r->head->coding == BMP_RLE4;

	for (unsigned i = 0; i < n; i++) {
		if (is_rle4)
			put_run(r, i % 2 == 0 ? v >> 4 : v & 15);
		else
			put_run(r, v);
	}
}

/* n pixels as they stand, filled up to 2 bytes. */
static int
copy_pixels(struct runs *r, unsigned n)
{
	bool is_rle4 = r->head->coding == BMP_RLE4;
	size_t size = is_rle4 ? (n + 1) / 2 : n;
	struct str s;

	if (bytes_take(&r->rest, (size + 1) / 2 * 2, &s) == -1)
		return -1;
	for (unsigned i = 0; i < n; i++) {
		unsigned v = (unsigned char)s.p[is_rle4 ? i / 2 : i];

		if (is_rle4)
			v = i % 2 == 0 ? v >> 4 : v & 15;
		put_run(r, v);
	}
	return 0;
}

/* 1: go on, 0: the end, -1: cut. */
static int
escape(struct runs *r, unsigned code)
{
	struct str s;

	switch (code) {
	case 0:
		r->x = 0;
		r->y++;
		return 1;
	case 1:
		return 0;
	case 2:
		if (bytes_take(&r->rest, 2, &s) == -1)
			return -1;
		r->x += (unsigned char)s.p[0];
		r->y += (unsigned char)s.p[1];
		return 1;
	default:
		return copy_pixels(r, code) == -1 ? -1 : 1;
	}
}

static int
read_runs(const struct bmp_head *head, struct img *img, struct err *err)
{
	struct runs r = { .head = head, .img = img, .rest = head->pixels };
	int status = 1;
	struct str s;

	while (status == 1 && r.y < head->height) {
		unsigned n, v;

		if (bytes_take(&r.rest, 2, &s) == -1) {
			status = -1;
			break;
		}
		n = (unsigned char)s.p[0];
		v = (unsigned char)s.p[1];
		if (n != 0)
			repeat_pixel(&r, n, v);
		else
			status = escape(&r, v);
	}
	return status != -1 ? 0 : err_set(err, "the runs of a BMP are cut");
}

static int
read_image(struct pool *pool, struct str bytes, bool in_icon, struct img *out,
    struct err *err)
{
	struct bmp_head head;
	struct img img;
	bool has_runs;

	if (bmp_head_read(&head, bytes, in_icon, err) == -1)
		return -1;
	has_runs = head.coding == BMP_RLE8 || head.coding == BMP_RLE4;
	if (!has_runs && !has_all_rows(&head))
		return err_set(err, "the rows of a BMP are cut");
	img = img_new(pool, head.width, head.height, 3, 8);
	if (!has_runs)
		read_rows(&head, &img);
	else if (read_runs(&head, &img, err) == -1)
		return -1;
	*out = img;
	return 0;
}

int
img_read_bmp(struct pool *pool, struct str bytes, struct img *out,
    struct err *err)
{
	return read_image(pool, bytes, false, out, err);
}

int
img_read_icon_bmp(struct pool *pool, struct str bytes, struct img *out,
    struct err *err)
{
	return read_image(pool, bytes, true, out, err);
}
