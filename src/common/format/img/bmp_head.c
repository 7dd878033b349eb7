#include "img/bmp_head.h"

#include <limits.h>

#include "base/bytes.h"

#define FILE_HEADER_SIZE 14

/* Sizes of the headers; in between are those with some masks. */
#define CORE_SIZE  12
#define INFO_SIZE  40
#define MASKS_END  52
#define ALPHA_END  56
#define OS2_2_SIZE 64 /* like INFO_SIZE, the rest is for printers */
#define V4_SIZE    108
#define V5_SIZE    124

static bool
is_header_size(uint64_t n)
{
	return n == CORE_SIZE || n == INFO_SIZE || n == MASKS_END ||
	       n == ALPHA_END || n == OS2_2_SIZE || n == V4_SIZE ||
	       n == V5_SIZE;
}

static uint32_t
number_at(struct str s, size_t at, size_t n)
{
	return (uint32_t)bytes_le(str_sub(s, at, n));
}

static int
set_size(struct bmp_head *head, int64_t width, int64_t height, bool in_icon,
    struct err *err)
{
	head->top_down = height < 0;
	if (head->top_down)
		height = -height;
	if (in_icon)
		height /= 2;
	if (width < 0)
		return err_set(err, "a BMP with %lld columns",
		    (long long)width);
	if (img_check_size((uint64_t)width, (uint64_t)height, err) == -1)
		return -1;
	head->width = (uint32_t)width;
	head->height = (uint32_t)height;
	return 0;
}

static int
check_coding(const struct bmp_head *head, uint32_t coding, struct err *err)
{
	unsigned bits = head->bits;
	bool good = false;

	switch (coding) {
	case BMP_PLAIN:
		good = bits == 1 || bits == 2 || bits == 4 || bits == 8 ||
		       bits == 16 || bits == 24 || bits == 32;
		break;
	case BMP_RLE8:
		good = bits == 8 && !head->top_down;
		break;
	case BMP_RLE4:
		good = bits == 4 && !head->top_down;
		break;
	case BMP_MASKS:
	case BMP_ALPHA_MASKS:
		good = bits == 16 || bits == 32;
		break;
	default:
		break;
	}
	return good ? 0
	            : err_set(err, "a BMP of %u bits in the coding %u", bits,
			  coding);
}

/* The bits of a mask lie side by side, or it is no mask. */
static int
set_mask(struct bmp_mask *mask, uint32_t bits, struct err *err)
{
	struct bmp_mask made = { 0, 0 };
	uint32_t rest = bits;

	for (; rest != 0 && (rest & 1) == 0; rest >>= 1)
		made.shift++;
	for (; (rest & 1) != 0; rest >>= 1)
		made.width++;
	if (rest != 0)
		return err_set(err, "the mask %08x of a BMP has a hole", bits);
	*mask = made;
	return 0;
}

static void
set_usual_masks(struct bmp_head *head)
{
	unsigned width = head->bits == 16 ? 5 : 8;

	for (unsigned i = 0; i < 3; i++)
		head->mask[i] = (struct bmp_mask){ (2 - i) * width, width };
}

/*
 * Masks are a part of the newer headers; behind an INFO_SIZE one they follow,
 * and are cut off *rest.
 */
static int
read_masks(struct bmp_head *head, struct str header, struct str *rest,
    struct err *err)
{
	size_t n = head->coding == BMP_ALPHA_MASKS ? 16 : 12;
	struct str s = str_from(header, INFO_SIZE);

	if (head->coding != BMP_MASKS && head->coding != BMP_ALPHA_MASKS) {
		set_usual_masks(head);
		return 0;
	}
	if ((header.n == INFO_SIZE || header.n == OS2_2_SIZE) &&
	    bytes_take(rest, n, &s) == -1)
		return err_set(err, "the masks of a BMP are cut");
	for (unsigned i = 0; i < 3; i++) {
		if (set_mask(&head->mask[i], number_at(s, i * 4, 4), err) == -1)
			return -1;
	}
	return 0;
}

static int
read_colors(struct bmp_head *head, struct str header, struct str *rest,
    struct err *err)
{
	size_t size = header.n == CORE_SIZE ? 3 : 4, most, n = 0;
	struct str all;

	/* with more bits it is a hint for poor screens */
	if (head->bits > 8)
		return 0;
	most = (size_t)1 << head->bits;
	if (header.n != CORE_SIZE)
		n = number_at(header, 32, 4);
	if (n == 0)
		n = most;
	if (n > most)
		return err_set(err, "a BMP of %u bits with %zu colours",
		    head->bits, n);
	if (bytes_take(rest, n * size, &all) == -1)
		return err_set(err, "the colours of a BMP are cut");
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < 3; k++)
			head->color[i][k] =
			    (unsigned char)all.p[i * size + 2 - k];
	}
	return 0;
}

static int
read_header(struct bmp_head *head, struct str *rest, struct str *header,
    bool in_icon, struct err *err)
{
	uint32_t size, coding = BMP_PLAIN;
	struct str s;

	if (bytes_at(*rest, 0, 4, &s) == -1 ||
	    !is_header_size(size = number_at(s, 0, 4)) ||
	    bytes_take(rest, size, header) == -1)
		return err_set(err, "no header of a BMP that is known");
	s = *header;
	if (size == CORE_SIZE) {
		head->bits = number_at(s, 10, 2);
		if (set_size(head, number_at(s, 4, 2), number_at(s, 6, 2),
			in_icon, err) == -1)
			return -1;
	} else {
		head->bits = number_at(s, 14, 2);
		coding = number_at(s, 16, 4);
		if (set_size(head, (int32_t)number_at(s, 4, 4),
			(int32_t)number_at(s, 8, 4), in_icon, err) == -1)
			return -1;
	}
	if (check_coding(head, coding, err) == -1)
		return -1;
	head->coding = (enum bmp_coding)coding;
	return 0;
}

int
bmp_head_read(struct bmp_head *head, struct str bytes, bool in_icon,
    struct err *err)
{
	struct str rest = bytes, header = STR_NONE, file;

	memset(head, 0, sizeof(*head));
	if (!in_icon && bytes_take(&rest, FILE_HEADER_SIZE, &file) == -1)
		return err_set(err, "the header of a BMP is cut");
	if (read_header(head, &rest, &header, in_icon, err) == -1 ||
	    read_masks(head, header, &rest, err) == -1 ||
	    read_colors(head, header, &rest, err) == -1)
		return -1;
	head->pixels = rest;
	if (!in_icon)
		head->pixels = str_from(bytes, number_at(file, 10, 4));
	return 0;
}
