#include <webp/decode.h>

#include "base/bytes.h"
#include "img/decode.h"
#include "img/riff.h"

#define FRAME_HEAD_SIZE 16

/* WebPBitstreamFeatures.format */
enum format { FORMAT_MIXED, FORMAT_LOSSY, FORMAT_LOSSLESS };

/* A picture in the file, and where it lies on the canvas. */
struct frame {
	struct str data; /* a file, or the bits of a VP8 or VP8L chunk */
	uint32_t left, top, width, height;
	enum format format;
};

static const uint8_t *
bytes_of(struct str s)
{
	return (const uint8_t *)s.p;
}

static int
damaged_file(struct err *err)
{
	return err_set(err, "the WebP is damaged");
}

/* The bits of a frame, without its alpha. */
static int
find_bits(struct str chunks, struct str *bits, struct err *err)
{
	struct riff_chunk chunk;

	while (riff_next(&chunks, &chunk, err) == 1) {
		if (str_is(chunk.type, "VP8 ") || str_is(chunk.type, "VP8L")) {
			*bits = chunk.data;
			return 0;
		}
	}
	return err_set(err, "a frame of the WebP is empty");
}

/*
 * WebP Container Specification, "Animation": a frame begins with its offset,
 * halved, in numbers of 3 bytes.
 */
static int
find_frame(struct str bytes, struct frame *frame, struct err *err)
{
	struct riff_chunk chunk;
	struct str rest, head;
	int status;

	if (riff_open(bytes, "WEBP", &rest, err) == -1)
		return -1;
	while ((status = riff_next(&rest, &chunk, err)) == 1) {
		if (!str_is(chunk.type, "ANMF"))
			continue;
		if (bytes_take(&chunk.data, FRAME_HEAD_SIZE, &head) == -1)
			return err_set(err, "a frame of the WebP is cut");
		frame->left = (uint32_t)bytes_le(str_sub(head, 0, 3)) * 2;
		frame->top = (uint32_t)bytes_le(str_sub(head, 3, 3)) * 2;
		return find_bits(chunk.data, &frame->data, err);
	}
	return status == -1 ? -1
	                    : err_set(err, "the animated WebP has no frame");
}

/* The sizes of a frame's bits, which need not be those of its header. */
static int
measure_frame(struct frame *frame, struct err *err)
{
	WebPBitstreamFeatures f;

	if (WebPGetFeatures(bytes_of(frame->data), frame->data.n, &f) !=
		VP8_STATUS_OK ||
	    f.has_animation)
		return damaged_file(err);
	frame->width = (uint32_t)f.width;
	frame->height = (uint32_t)f.height;
	frame->format = (enum format)f.format;
	return img_check_size(frame->width, frame->height, err);
}

/* Puts the part of a frame that lies on the canvas there. */
static void
put_frame(const struct frame *frame, const struct img *from,
    const struct img *canvas)
{
	size_t pixel = from->channels;
	uint32_t columns = frame->width, rows = frame->height;

	if (frame->left >= canvas->width || frame->top >= canvas->height)
		return;
	if (columns > canvas->width - frame->left)
		columns = canvas->width - frame->left;
	if (rows > canvas->height - frame->top)
		rows = canvas->height - frame->top;
	for (uint32_t y = 0; y < rows; y++) {
		size_t to =
		    (size_t)(frame->top + y) * canvas->width + frame->left;

		memcpy(canvas->p8 + to * pixel,
		    from->p8 + (size_t)y * from->width * pixel,
		    columns * pixel);
	}
}

static int
read_color(struct pool *pool, const struct frame *frame, struct img *out,
    struct err *err)
{
	struct img img = img_new(pool, frame->width, frame->height, 3, 8);
	size_t row = (size_t)img.width * 3;

	if (WebPDecodeRGBInto(bytes_of(frame->data), frame->data.n, img.p8,
		row * img.height, (int)row) == NULL)
		return damaged_file(err);
	*out = img;
	return 0;
}

static int
read_luma(struct pool *pool, const struct frame *frame, struct img *out,
    struct err *err)
{
	struct img img = img_new(pool, frame->width, frame->height, 1, 8);
	int width, height, row, uv_row;
	uint8_t *u, *v;
	uint8_t *y = WebPDecodeYUV(bytes_of(frame->data), frame->data.n, &width,
	    &height, &u, &v, &row, &uv_row);

	if (y == NULL)
		return damaged_file(err);
	for (uint32_t i = 0; i < img.height; i++)
		memcpy(img.p8 + (size_t)i * img.width,
		    y + (size_t)i * (size_t)row, img.width);
	WebPFree(y); /* u and v are in the same piece */
	*out = img;
	return 0;
}

static int
read_frame(struct pool *pool, const struct frame *frame, enum img_use use,
    struct img *out, struct err *err)
{
	return use == IMG_FOR_GRAY && frame->format == FORMAT_LOSSY
	           ? read_luma(pool, frame, out, err)
	           : read_color(pool, frame, out, err);
}

int
img_read_webp(struct pool *pool, struct str bytes, enum img_use use,
    struct img *out, struct err *err)
{
	struct frame frame = { .data = bytes };
	WebPBitstreamFeatures f;
	struct img img, canvas;

	if (WebPGetFeatures(bytes_of(bytes), bytes.n, &f) != VP8_STATUS_OK)
		return damaged_file(err);
	if (img_check_size((uint32_t)f.width, (uint32_t)f.height, err) == -1)
		return -1;
	if (f.has_animation && find_frame(bytes, &frame, err) == -1)
		return -1;
	if (measure_frame(&frame, err) == -1 ||
	    read_frame(pool, &frame, use, &img, err) == -1)
		return -1;
	if (f.has_animation) {
		canvas = img_new(pool, (uint32_t)f.width, (uint32_t)f.height,
		    img.channels, 8);
		put_frame(&frame, &img, &canvas);
		img = canvas;
	}
	*out = img;
	return 0;
}
