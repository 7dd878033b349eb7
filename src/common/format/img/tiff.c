#include <stdlib.h>

#include <tiffio.h>

#include "base/bytes.h"
#include "img/decode.h"

#define MAX_ALLOC   (512u << 20) /* of libtiff, in one piece */
#define MAX_SAMPLES 8            /* of a pixel, those left out included */

struct job {
	struct pool *pool;
	struct str bytes;
	uint64_t at;
	struct err *err;
	TIFF *tif;
};

/* What the directory says. */
struct layout {
	uint32_t width, height;
	uint16_t bits, samples, format, photometric, planar;
};

static int
on_error(TIFF *tif, void *handle, const char *where, const char *fmt,
    va_list args)
{
	struct job *job = handle;
	char text[256];

	(void)tif;
	(void)where;
	/* the first message is the cause */
	if (job->err != NULL && job->err->n == 0) {
		(void)vsnprintf(text, sizeof(text), fmt, args);
		(void)err_set(job->err, "the TIFF is damaged: %s", text);
	}
	return 1;
}

static int
on_warning(TIFF *tif, void *handle, const char *where, const char *fmt,
    va_list args)
{
	(void)tif;
	(void)handle;
	(void)where;
	(void)fmt;
	(void)args;
	return 1;
}

static tmsize_t
on_read(thandle_t handle, void *out, tmsize_t n)
{
	struct job *job = handle;
	size_t most = job->at < job->bytes.n ? job->bytes.n - job->at : 0;

	if (n < 0)
		return -1;
	if ((size_t)n < most)
		most = (size_t)n;
	if (most != 0)
		memcpy(out, job->bytes.p + job->at, most);
	job->at += most;
	return (tmsize_t)most;
}

static tmsize_t
on_write(thandle_t handle, void *in, tmsize_t n)
{
	(void)handle;
	(void)in;
	(void)n;
	return -1;
}

static toff_t
on_seek(thandle_t handle, toff_t offset, int whence)
{
	struct job *job = handle;

	switch (whence) {
	case SEEK_CUR:
		offset += job->at;
		break;
	case SEEK_END:
		offset += job->bytes.n;
		break;
	default:
		break;
	}
	job->at = offset;
	return offset;
}

static int
on_close(thandle_t handle)
{
	(void)handle;
	return 0;
}

static toff_t
on_size(thandle_t handle)
{
	struct job *job = handle;

	return job->bytes.n;
}

/* Anything that ends here without a message of libtiff's has this one. */
static int
tiff_failed(struct job *job, const char *text)
{
	if (job->err != NULL && job->err->n != 0)
		return -1;
	return err_set(job->err, "the TIFF is damaged: %s", text);
}

static int
read_layout(struct job *job, struct layout *l)
{
	TIFF *tif = job->tif;

	if (!TIFFGetField(tif, TIFFTAG_IMAGEWIDTH, &l->width) ||
	    !TIFFGetField(tif, TIFFTAG_IMAGELENGTH, &l->height) ||
	    !TIFFGetField(tif, TIFFTAG_PHOTOMETRIC, &l->photometric))
		return tiff_failed(job, "a tag is missing");
	(void)TIFFGetFieldDefaulted(tif, TIFFTAG_BITSPERSAMPLE, &l->bits);
	(void)TIFFGetFieldDefaulted(tif, TIFFTAG_SAMPLESPERPIXEL, &l->samples);
	(void)TIFFGetFieldDefaulted(tif, TIFFTAG_SAMPLEFORMAT, &l->format);
	(void)TIFFGetFieldDefaulted(tif, TIFFTAG_PLANARCONFIG, &l->planar);
	return img_check_size(l->width, l->height, job->err);
}

static bool
is_gray(const struct layout *l)
{
	return l->photometric == PHOTOMETRIC_MINISBLACK ||
	       l->photometric == PHOTOMETRIC_MINISWHITE;
}

/* The samples are taken as they are: no rounding, and alpha changes nothing. */
static bool
is_plain(const struct job *job, const struct layout *l)
{
	return (l->bits == 8 || l->bits == 16) &&
	       l->format == SAMPLEFORMAT_UINT && l->samples <= MAX_SAMPLES &&
	       (is_gray(l) ||
		   (l->photometric == PHOTOMETRIC_RGB && l->samples >= 3)) &&
	       !TIFFIsTiled(job->tif);
}

/* Moves `n` samples of a row, `from_step` apart, into places of the image. */
static void
put_samples(const struct layout *l, const struct img *img, const void *line,
    size_t from, size_t from_step, uint32_t y, unsigned channel)
{
	bool inverted = l->photometric == PHOTOMETRIC_MINISWHITE;
	size_t to = (size_t)y * img->width * img->channels + channel;

	for (uint32_t x = 0; x < img->width; x++) {
		if (img->bits == 8) {
			uint8_t v = ((const uint8_t *)line)[from];

			img->p8[to] = inverted ? (uint8_t)~v : v;
		} else {
			uint16_t v = ((const uint16_t *)line)[from];

			img->p16[to] = inverted ? (uint16_t)~v : v;
		}
		from += from_step;
		to += img->channels;
	}
}

static int
read_plain(struct job *job, const struct layout *l, struct img *img)
{
	bool apart = l->planar == PLANARCONFIG_SEPARATE;
	unsigned per_line = apart ? 1 : l->samples;
	unsigned passes = apart ? img->channels : 1;
	size_t n = (size_t)l->width * per_line * (l->bits / 8);
	void *line = pool_alloc(job->pool, n);

	if (TIFFScanlineSize64(job->tif) != n)
		return tiff_failed(job, "its rows are of another size");
	for (unsigned pass = 0; pass < passes; pass++) {
		for (uint32_t y = 0; y < l->height; y++) {
			if (TIFFReadScanline(job->tif, line, y,
				(uint16_t)pass) != 1)
				return tiff_failed(job, "a row is missing");
			if (apart) {
				put_samples(l, img, line, 0, 1, y, pass);
				continue;
			}
			for (unsigned c = 0; c < img->channels; c++)
				put_samples(l, img, line, c, per_line, y, c);
		}
	}
	return 0;
}

/* Everything else as libtiff shows it, in the order of the file. */
static int
read_shown(struct job *job, const struct layout *l, struct img *img)
{
	uint32_t *raster;
	TIFFRGBAImage shown;
	char text[1024] = "";
	size_t n = (size_t)l->width * l->height;
	int status;

	if (!TIFFRGBAImageBegin(&shown, job->tif, 1, text))
		return tiff_failed(job, text);
	raster = malloc(n * sizeof(*raster));
	shown.req_orientation = shown.orientation;
	status = raster != NULL &&
	         TIFFRGBAImageGet(&shown, raster, l->width, l->height);
	TIFFRGBAImageEnd(&shown);
	for (size_t i = 0; status && i < n; i++) {
		uint8_t *p = img->p8 + i * img->channels;

		p[0] = (uint8_t)TIFFGetR(raster[i]);
		if (img->channels == 3) {
			p[1] = (uint8_t)TIFFGetG(raster[i]);
			p[2] = (uint8_t)TIFFGetB(raster[i]);
		}
	}
	free(raster);
	return status ? 0 : tiff_failed(job, "its pixels");
}

static int
read_image(struct job *job, struct img *out)
{
	struct layout l = { 0 };
	struct img img;
	bool plain;

	if (read_layout(job, &l) == -1)
		return -1;
	plain = is_plain(job, &l);
	img = img_new(job->pool, l.width, l.height, is_gray(&l) ? 1 : 3,
	    plain ? l.bits : 8);
	if ((plain ? read_plain(job, &l, &img) : read_shown(job, &l, &img)) ==
	    -1)
		return -1;
	*out = img;
	return 0;
}

static TIFF *
open_tiff(struct job *job)
{
	TIFFOpenOptions *opts = TIFFOpenOptionsAlloc();
	TIFF *tif;

	if (opts == NULL)
		return NULL;
	TIFFOpenOptionsSetMaxSingleMemAlloc(opts, MAX_ALLOC);
	TIFFOpenOptionsSetErrorHandlerExtR(opts, on_error, job);
	TIFFOpenOptionsSetWarningHandlerExtR(opts, on_warning, job);
	/* m: no mapping, it is in memory */
	tif = TIFFClientOpenExt("image", "rm", job, on_read, on_write, on_seek,
	    on_close, on_size, NULL, NULL, opts);
	TIFFOpenOptionsFree(opts);
	return tif;
}

int
img_read_tiff(struct pool *pool, struct str bytes, struct img *out,
    struct err *err)
{
	struct job job = { .pool = pool, .bytes = bytes, .err = err };
	int status;

	job.tif = open_tiff(&job);
	if (job.tif == NULL)
		return tiff_failed(&job, "its header");
	status = read_image(&job, out);
	TIFFClose(job.tif);
	return status;
}
