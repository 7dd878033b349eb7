#include <assert.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "img/decode.h"
#include "img/jpeg_pixels.h"

/* Each scan costs a walk over all blocks; no encoder writes so many. */
#define MAX_SCANS 100
#define MAX_INKS  4
/* Tables and the head of one scan; each is tried to be left out. */
#define MAX_HEADS 8

/* One file. What setjmp must not lose lives here. */
struct job {
	struct jpeg_decompress_struct jpeg;
	struct jpeg_error_mgr errors;
	struct jpeg_progress_mgr progress;
	jmp_buf fatal;
	struct err *err;
	struct pool *pool; /* of the image */
	struct pool work;
	struct jpeg_plane plane[MAX_INKS];
	bool is_at_end; /* of the file, which has more to come */
	struct img img;
};

static void
on_error(j_common_ptr jpeg)
{
	struct job *job = jpeg->client_data;
	char text[JMSG_LENGTH_MAX];

	jpeg->err->format_message(jpeg, text);
	(void)err_set(job->err, "the JPEG is damaged: %s", text);
	longjmp(job->fatal, 1);
}

/* libjpeg goes on after damage, with gray; we do not. */
static bool
is_damage(int code)
{
	switch (code) {
	case JWRN_ARITH_BAD_CODE:
	case JWRN_HIT_MARKER:
	case JWRN_HUFF_BAD_CODE:
	case JWRN_MUST_RESYNC:
		return true;
	default:
		return false;
	}
}

/* There is a row of blocks, and the file ends before the others. */
static bool
is_cut(const struct job *job)
{
	return job->is_at_end && (job->jpeg.input_scan_number > 1 ||
				     job->jpeg.input_iMCU_row != 0);
}

/*
 * A file that is cut is what a browser shows of it: all blocks that came, and
 * gray for the rest. What is wrong behind the cut follows from it.
 */
static void
on_message(j_common_ptr jpeg, int level)
{
	struct job *job = jpeg->client_data;
	int code = jpeg->err->msg_code;

	if (level < 0 && code == JWRN_JPEG_EOF)
		job->is_at_end = true;
	else if (level < 0 && is_damage(code) && !is_cut(job))
		on_error(jpeg);
}

static void
on_progress(j_common_ptr jpeg)
{
	struct job *job = jpeg->client_data;

	if (job->jpeg.input_scan_number <= MAX_SCANS)
		return;
	(void)err_set(job->err, "the JPEG has over %d scans", MAX_SCANS);
	longjmp(job->fatal, 1);
}

/* The factors of a component, in rows. */
static void
read_factors(struct job *job, const jpeg_component_info *comp,
    uint16_t factor[JPEG_BLOCK])
{
	/* kept from before its first scan, as later ones may redefine it */
	if (comp->quant_table == NULL) {
		ERREXIT1(&job->jpeg, JERR_NO_QUANT_TABLE, comp->quant_tbl_no);
		return;
	}
	memcpy(factor, comp->quant_table->quantval,
	    JPEG_BLOCK * sizeof(*factor));
}

static void
make_plane(struct job *job, const jpeg_component_info *comp,
    jvirt_barray_ptr coefs, struct jpeg_plane *plane)
{
	j_common_ptr common = (j_common_ptr)&job->jpeg;
	uint16_t factor[JPEG_BLOCK];
	size_t step = (size_t)comp->width_in_blocks * 8;
	uint8_t *out = pool_array(&job->work, comp->height_in_blocks * 8, step);

	read_factors(job, comp, factor);
	plane->p = out;
	plane->step = step;
	for (JDIMENSION y = 0; y < comp->height_in_blocks; y++) {
		JBLOCKARRAY row = job->jpeg.mem->access_virt_barray(common,
		    coefs, y, 1, FALSE);

		for (JDIMENSION x = 0; x < comp->width_in_blocks; x++)
			jpeg_transform(row[0][x], factor,
			    out + (size_t)y * 8 * step + x * 8, step);
	}
}

static uint32_t
divide_up(uint32_t a, uint32_t b)
{
	return a / b + (a % b != 0);
}

static void
set_scale(struct job *job, const jpeg_component_info *comp,
    struct jpeg_plane *plane)
{
	const struct jpeg_decompress_struct *jpeg = &job->jpeg;
	unsigned across = (unsigned)jpeg->max_h_samp_factor;
	unsigned down = (unsigned)jpeg->max_v_samp_factor;
	unsigned h = (unsigned)comp->h_samp_factor;
	unsigned v = (unsigned)comp->v_samp_factor;

	if (across % h != 0 || down % v != 0)
		ERREXIT(&job->jpeg, JERR_FRACT_SAMPLE_NOTIMPL);
	plane->across = across / h;
	plane->down = down / v;
	plane->width = divide_up(jpeg->image_width * h, across);
	plane->height = divide_up(jpeg->image_height * v, down);
}

static void
make_planes(struct job *job)
{
	struct jpeg_decompress_struct *jpeg = &job->jpeg;
	jvirt_barray_ptr *coefs = jpeg_read_coefficients(jpeg);

	for (int i = 0; i < jpeg->num_components; i++) {
		set_scale(job, &jpeg->comp_info[i], &job->plane[i]);
		make_plane(job, &jpeg->comp_info[i], coefs[i], &job->plane[i]);
	}
	(void)jpeg_finish_decompress(jpeg);
}

/* Adobe's programs write inks the other way round. */
static void
invert(uint8_t *row, size_t n)
{
	for (size_t x = 0; x < n; x++)
		row[x] = (uint8_t)~row[x];
}

/* YCCK: the inks are coded as colours, which are inverted inks already. */
static void
put_ycck(uint8_t *const row[MAX_INKS], size_t n, uint8_t *out)
{
	const uint8_t *const in[] = { row[0], row[1], row[2] };

	jpeg_row_ycc(in, n, out);
	for (size_t x = 0; x < n; x++) {
		for (unsigned i = 0; i < 3; i++)
			row[i][x] = out[3 * x + i];
	}
}

static void
put_row(const struct job *job, uint8_t *const row[MAX_INKS], uint8_t *out)
{
	const uint8_t *const in[] = { row[0], row[1], row[2], row[3] };
	size_t n = job->img.width;
	bool inverted = job->jpeg.saw_Adobe_marker;

	switch (job->jpeg.jpeg_color_space) {
	case JCS_GRAYSCALE:
		memcpy(out, row[0], n);
		return;
	case JCS_RGB:
		jpeg_row_rgb(in, n, out);
		return;
	case JCS_YCbCr:
		jpeg_row_ycc(in, n, out);
		return;
	case JCS_YCCK:
		put_ycck(row, n, out);
		break;
	default:
		for (unsigned i = 0; inverted && i < 3; i++)
			invert(row[i], n);
		break;
	}
	if (inverted)
		invert(row[3], n);
	jpeg_row_cmyk(in, n, out);
}

/* What put_row knows. */
static bool
is_known(const struct jpeg_decompress_struct *jpeg)
{
	switch (jpeg->jpeg_color_space) {
	case JCS_GRAYSCALE:
		return jpeg->num_components == 1;
	case JCS_RGB:
	case JCS_YCbCr:
		return jpeg->num_components == 3;
	case JCS_CMYK:
	case JCS_YCCK:
		return jpeg->num_components == 4;
	default:
		return false;
	}
}

static void
make_pixels(struct job *job)
{
	uint8_t *row[MAX_INKS] = { NULL };
	struct img *img = &job->img;

	assert(is_known(&job->jpeg));
	for (int i = 0; i < MAX_INKS; i++)
		row[i] = pool_array(&job->work, job->plane[i].width,
		    job->plane[i].across);
	for (uint32_t y = 0; y < img->height; y++) {
		for (int i = 0; i < job->jpeg.num_components; i++)
			jpeg_scale_row(&job->plane[i], y, row[i]);
		put_row(job, row,
		    img->p8 + (size_t)y * img->width * img->channels);
	}
}

static int
read_image(struct job *job, struct str bytes)
{
	struct jpeg_decompress_struct *jpeg = &job->jpeg;

	if (setjmp(job->fatal) != 0)
		return -1;
	jpeg_create_decompress(jpeg);
	jpeg->progress = &job->progress;
	jpeg_mem_src(jpeg, (const unsigned char *)bytes.p, bytes.n);
	(void)jpeg_read_header(jpeg, TRUE);
	if (img_check_size(jpeg->image_width, jpeg->image_height, job->err) ==
	    -1)
		return -1;
	if (!is_known(jpeg))
		return err_set(job->err, "a JPEG of %d components",
		    jpeg->num_components);
	make_planes(job);
	job->img = img_new(job->pool, jpeg->image_width, jpeg->image_height,
	    jpeg->num_components == 1 ? 1 : 3, 8);
	make_pixels(job);
	return 0;
}

/* 1: cut behind blocks that came, and yet not readable. */
static int
try_read(struct pool *pool, struct str bytes, struct img *out, struct err *err)
{
	struct job job = { .pool = pool, .err = err };
	int status;

	job.jpeg.err = jpeg_std_error(&job.errors);
	job.jpeg.client_data = &job;
	job.errors.error_exit = on_error;
	job.errors.emit_message = on_message;
	job.progress.progress_monitor = on_progress;
	status = read_image(&job, bytes);
	if (status == -1 && is_cut(&job))
		status = 1;
	jpeg_destroy_decompress(&job.jpeg);
	pool_clear(&job.work);
	if (status == 0)
		*out = job.img;
	return status;
}

/* What stands before the last table or head of a scan. */
static struct str
before_last_head(struct str bytes)
{
	static const char heads[] = "\xc4\xcc\xda\xdb\xdd";
	size_t at = bytes.n;

	while (at >= 2 && (bytes.p[at - 2] != '\xff' ||
			      memchr(heads, bytes.p[at - 1], 5) == NULL))
		at--;
	return str_sub(bytes, 0, at >= 2 ? at - 2 : 0);
}

/*
 * A file cut inside the head of a scan, or the tables before it, is the scans
 * that came; libjpeg takes half a head for a wrong one.
 */
int
img_read_jpeg(struct pool *pool, struct str bytes, struct img *out,
    struct err *err)
{
	autoerr struct err first = ERR_NONE;
	int status = try_read(pool, bytes, out, &first);

	for (int i = 0; status == 1 && i < MAX_HEADS; i++) {
		bytes = before_last_head(bytes);
		status = try_read(pool, bytes, out, NULL);
	}
	if (status != 0 && err != NULL)
		err_move(err, &first);
	return status == 0 ? 0 : -1;
}
