#include "term/cell.h"

#include "base/mem.h"
#include "base/utf8.h"

struct cell_range {
	uint32_t first, last;
};

#include "term/cell_table.h"

static bool
is_in(const struct cell_range *range, size_t n, uint32_t c)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c > range[mid].last)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && c >= range[low].first;
}

bool
cell_is_harmless(uint32_t c)
{
	if (c < 0x7f)
		return c >= 0x20 || c == '\t';
	return utf8_is_scalar(c) &&
	       !is_in(cell_unsafe, ARRAY_SIZE(cell_unsafe), c);
}

unsigned
cell_width(uint32_t c)
{
	if (c < 0x7f)
		return 1;
	if (is_in(cell_narrow, ARRAY_SIZE(cell_narrow), c))
		return 0;
	return is_in(cell_wide, ARRAY_SIZE(cell_wide), c) ? 2 : 1;
}

/* The character at the start of text, which is not empty. */
static size_t
next_cell(struct str text, unsigned *width)
{
	uint32_t c;
	size_t n = utf8_decode(text, &c);

	*width = n != 0 ? cell_width(c) : 1;
	return n != 0 ? n : 1;
}

size_t
cell_columns(struct str text)
{
	size_t columns = 0;
	unsigned width;

	while (text.n != 0) {
		text = str_from(text, next_cell(text, &width));
		columns += width;
	}
	return columns;
}

size_t
cell_cut(struct str text, size_t n)
{
	size_t at = 0;
	unsigned width;

	while (at < text.n) {
		size_t bytes = next_cell(str_from(text, at), &width);

		if (width > n)
			break;
		n -= width;
		at += bytes;
	}
	return at;
}
