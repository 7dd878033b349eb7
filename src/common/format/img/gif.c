#include <gif_lib.h>

#include "base/bytes.h"
#include "img/decode.h"

struct frame {
	GifFileType *gif;
	const ColorMapObject *map;
	uint32_t left, top, width, height;
	GifPixelType *line;
};

static int
on_read(GifFileType *gif, GifByteType *out, int n)
{
	struct str *rest = gif->UserData, s;
	size_t most = n > 0 ? (size_t)n : 0;

	/* the empty block that should end the picture, or no record */
	if (rest->n == 0 && n == 1) {
		*out = 0;
		return 1;
	}
	if (most > rest->n)
		most = rest->n;
	(void)bytes_take(rest, most, &s);
	if (most != 0)
		memcpy(out, s.p, most);
	return (int)most;
}

static int
gif_failed(const GifFileType *gif, struct err *err)
{
	const char *text = GifErrorString(gif->Error);

	return err_set(err, "the GIF is damaged: %s",
	    text != NULL ? text : "it ends too early");
}

static int
skip_extension(GifFileType *gif)
{
	GifByteType *block;
	int code;

	if (DGifGetExtension(gif, &code, &block) == GIF_ERROR)
		return -1;
	while (block != NULL) {
		if (DGifGetExtensionNext(gif, &block) == GIF_ERROR)
			return -1;
	}
	return 0;
}

/* Reads up to the description of the first frame. */
static int
find_frame(GifFileType *gif, struct err *err)
{
	GifRecordType type;

	for (;;) {
		if (DGifGetRecordType(gif, &type) == GIF_ERROR)
			return gif_failed(gif, err);
		switch (type) {
		case IMAGE_DESC_RECORD_TYPE:
			return DGifGetImageDesc(gif) == GIF_ERROR
			           ? gif_failed(gif, err)
			           : 0;
		case EXTENSION_RECORD_TYPE:
			if (skip_extension(gif) == -1)
				return gif_failed(gif, err);
			break;
		default:
			return err_set(err, "the GIF has no picture");
		}
	}
}

static int
open_frame(struct pool *pool, GifFileType *gif, struct frame *f,
    struct err *err)
{
	const GifImageDesc *image = &gif->Image;

	f->gif = gif;
	f->left = (uint32_t)image->Left;
	f->top = (uint32_t)image->Top;
	f->width = (uint32_t)image->Width;
	f->height = (uint32_t)image->Height;
	f->map = image->ColorMap != NULL ? image->ColorMap : gif->SColorMap;
	if (f->map == NULL)
		return err_set(err, "the GIF has no colours");
	if (img_check_size(f->width, f->height, err) == -1)
		return -1;
	f->line = pool_array(pool, f->width, sizeof(*f->line));
	return 0;
}

/* What lies outside the canvas is left out; no colour is black. */
static void
put_line(const struct frame *f, uint32_t row, const struct img *img)
{
	uint32_t y = f->top + row, n = f->width;
	uint8_t *out;

	if (y >= img->height || f->left >= img->width)
		return;
	if (n > img->width - f->left)
		n = img->width - f->left;
	out = img->p8 + ((size_t)y * img->width + f->left) * 3;
	for (uint32_t x = 0; x < n; x++, out += 3) {
		if (f->line[x] < f->map->ColorCount) {
			const GifColorType *color = &f->map->Colors[f->line[x]];

			out[0] = color->Red;
			out[1] = color->Green;
			out[2] = color->Blue;
		}
	}
}

/* Not damaged: the file was at its end when the library asked for more. */
static bool
is_cut(const GifFileType *gif)
{
	const struct str *rest = gif->UserData;

	return rest->n == 0;
}

/*
 * GIF89a, appendix E: every 8th row, every 8th from 4, and so on. A row stands
 * for those below it until they come: of a file that is cut there is what a
 * browser shows, which is all that came, if that is a row.
 */
static int
read_lines(struct frame *f, const struct img *img, struct err *err)
{
	static const uint32_t from[] = { 0, 4, 2, 1 }, step[] = { 8, 8, 4, 2 };
	bool interlaced = f->gif->Image.Interlace;

	for (int pass = 0; pass < (interlaced ? 4 : 1); pass++) {
		uint32_t by = interlaced ? step[pass] : 1;
		uint32_t high = pass == 0 ? by : by / 2;

		for (uint32_t y = from[pass]; y < f->height; y += by) {
			if (DGifGetLine(f->gif, f->line, (int)f->width) ==
			    GIF_ERROR)
				return is_cut(f->gif) && (y != 0 || pass != 0)
				           ? 0
				           : gif_failed(f->gif, err);
			for (uint32_t i = 0; i < high && y + i < f->height; i++)
				put_line(f, y + i, img);
		}
	}
	return 0;
}

static int
read_image(struct pool *pool, GifFileType *gif, struct img *out,
    struct err *err)
{
	uint32_t width = (uint32_t)gif->SWidth, height = (uint32_t)gif->SHeight;
	struct frame frame = { 0 };
	struct img img;

	if (img_check_size(width, height, err) == -1 ||
	    find_frame(gif, err) == -1 ||
	    open_frame(pool, gif, &frame, err) == -1)
		return -1;
	img = img_new(pool, width, height, 3, 8);
	if (read_lines(&frame, &img, err) == -1)
		return -1;
	*out = img;
	return 0;
}

int
img_read_gif(struct pool *pool, struct str bytes, struct img *out,
    struct err *err)
{
	struct str rest = bytes;
	int code = 0, status;
	GifFileType *gif = DGifOpen(&rest, on_read, &code);

	if (gif == NULL)
		return err_set(err, "the header of the GIF is damaged");
	status = read_image(pool, gif, out, err);
	(void)DGifCloseFile(gif, &code);
	return status;
}
