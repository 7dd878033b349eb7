#include <setjmp.h>

#include <png.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "img/decode.h"
#include "img/png_mend.h"

/* One file. What setjmp must not lose lives here. */
struct job {
	struct pool *pool;
	struct str rest;
	struct err *err;
	struct img img;
	png_structp png;
	png_infop info;
	png_bytep *row;
	uint64_t rows; /* that are still to come, of all passes */
};

static bool
has_all_rows(const struct job *job)
{
	return job->row != NULL && job->rows == 0;
}

static void
on_error(png_structp png, png_const_charp text)
{
	struct job *job = png_get_error_ptr(png);

	/* nobody looks for what is wrong behind the picture */
	if (!has_all_rows(job))
		(void)err_set(job->err, "the PNG is damaged: %s", text);
	png_longjmp(png, 1);
}

static void
on_warning(png_structp png, png_const_charp text)
{
	(void)png;
	(void)text;
}

static void
on_read(png_structp png, png_bytep out, size_t n)
{
	struct job *job = png_get_io_ptr(png);
	struct str s;

	if (bytes_take(&job->rest, n, &s) == -1)
		png_error(png, "it is cut");
	memcpy(out, s.p, n);
}

static png_structp
open_png(struct job *job)
{
	png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, job,
	    on_error, on_warning);

	if (png == NULL)
		return NULL;
	job->info = png_create_info_struct(png);
	png_set_read_fn(png, job, on_read);
	/* sizes have a check of ours, with a message that says them */
	png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
	/* chunks that do not change the samples are skipped unread */
	png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
	return png;
}

/* For each row that there is, before it is put where it belongs. */
static void
on_row(png_structp png, png_row_infop info, png_bytep data)
{
	struct job *job = png_get_user_transform_ptr(png);

	(void)info;
	(void)data;
	job->rows--;
}

static uint64_t
count_rows(const struct job *job)
{
	uint32_t width = png_get_image_width(job->png, job->info);
	uint32_t height = png_get_image_height(job->png, job->info);
	uint64_t n = 0;

	if (png_get_interlace_type(job->png, job->info) == PNG_INTERLACE_NONE)
		return height;
	for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; pass++) {
		if (PNG_PASS_COLS(width, pass) != 0)
			n += PNG_PASS_ROWS(height, pass);
	}
	return n;
}

/* Gray or red, green, blue, of 8 or 16 bits in our byte order. */
static void
set_transforms(struct job *job)
{
	png_structp png = job->png;

	if (png_get_color_type(png, job->info) == PNG_COLOR_TYPE_PALETTE)
		png_set_palette_to_rgb(png);
	else if (png_get_bit_depth(png, job->info) < 8)
		png_set_expand_gray_1_2_4_to_8(png);
	png_set_strip_alpha(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (png_get_bit_depth(png, job->info) == 16)
		png_set_swap(png);
#endif
	(void)png_set_interlace_handling(png);
	png_set_read_user_transform_fn(png, on_row);
	png_set_user_transform_info(png, job, 0, 0);
	png_read_update_info(png, job->info);
}

static int
make_image(struct job *job)
{
	uint32_t width = png_get_image_width(job->png, job->info);
	uint32_t height = png_get_image_height(job->png, job->info);
	size_t row;

	if (img_check_size(width, height, job->err) == -1)
		return -1;
	set_transforms(job);
	job->img = img_new(job->pool, width, height,
	    png_get_channels(job->png, job->info),
	    png_get_bit_depth(job->png, job->info));
	row = png_get_rowbytes(job->png, job->info);
	if (row != (size_t)width * job->img.channels * (job->img.bits / 8))
		png_error(job->png, "its rows are of another size");
	job->rows = count_rows(job);
	job->row = pool_array(job->pool, height, sizeof(*job->row));
	for (uint32_t y = 0; y < height; y++)
		job->row[y] = job->img.p8 + y * row;
	return 0;
}

static int
read_image(struct job *job)
{
	if (setjmp(png_jmpbuf(job->png)) != 0)
		return has_all_rows(job) ? 0 : -1;
	if (job->info == NULL)
		png_error(job->png, "no memory for its header");
	png_read_info(job->png, job->info);
	if (make_image(job) == -1)
		return -1;
	png_read_image(job->png, job->row);
	png_read_end(job->png, NULL);
	return 0;
}

int
img_read_png(struct pool *pool, struct str bytes, struct img *out,
    struct err *err)
{
	struct job job = { .pool = pool,
		.rest = png_mend(pool, bytes),
		.err = err };
	int status;

	job.png = open_png(&job);
	if (job.png == NULL)
		return err_set(err, "libpng does not start");
	status = read_image(&job);
	png_destroy_read_struct(&job.png, &job.info, NULL);
	if (status == 0)
		*out = job.img;
	return status;
}
