#include "img/img.h"

#include "base/bytes.h"

int
img_check_size(uint64_t width, uint64_t height, struct err *err)
{
	if (width == 0 || height == 0 || width > IMG_MAX_SIDE ||
	    height > IMG_MAX_SIDE || width * height > IMG_MAX_PIXELS)
		return err_set(err, "no image of %llux%llu pixels is read",
		    (unsigned long long)width, (unsigned long long)height);
	return 0;
}

struct img
img_new(struct pool *pool, uint32_t width, uint32_t height, unsigned channels,
    unsigned bits)
{
	size_t n = (size_t)width * height * channels * (bits / 8);
	struct img img = {
		.width = width,
		.height = height,
		.channels = channels,
		.bits = bits,
	};

	img.p8 = pool_zalloc(pool, n);
	return img;
}

#define ICO_ENTRY_SIZE 16

struct ico_entry {
	uint32_t pixels, bits;
	struct str place; /* size and offset, 4 bytes each */
};

static void
read_entry(struct str s, struct ico_entry *entry)
{
	/* 0 stands for 256 */
	uint32_t width = (unsigned char)s.p[0], height = (unsigned char)s.p[1];

	entry->pixels =
	    (width != 0 ? width : 256) * (height != 0 ? height : 256);
	entry->bits = (uint32_t)bytes_le(str_sub(s, 6, 2));
	entry->place = str_sub(s, 8, 8);
}

static bool
is_better(const struct ico_entry *a, const struct ico_entry *b)
{
	return a->pixels != b->pixels ? a->pixels > b->pixels
	                              : a->bits > b->bits;
}

int
img_ico_largest(struct str bytes, struct str *entry, struct err *err)
{
	struct ico_entry best = { .pixels = 0 }, next;
	struct str rest = bytes, s;
	uint64_t n, size, offset;

	if (bytes_take(&rest, 4, &s) == -1 || bytes_take_le(&rest, 2, &n) == -1)
		return err_set(err, "the icon's header is cut");
	for (uint64_t i = 0; i < n; i++) {
		if (bytes_take(&rest, ICO_ENTRY_SIZE, &s) == -1)
			return err_set(err, "the icon's directory is cut");
		read_entry(s, &next);
		if (is_better(&next, &best))
			best = next;
	}
	if (best.pixels == 0)
		return err_set(err, "the icon has no picture");
	size = bytes_le(str_sub(best.place, 0, 4));
	offset = bytes_le(str_sub(best.place, 4, 4));
	if (bytes_at(bytes, offset, size, entry) == -1)
		return err_set(err, "the icon's picture is cut");
	return 0;
}
