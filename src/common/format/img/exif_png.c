/*
 * A PNG has EXIF in a chunk eXIf, or, from before that was agreed on, in a text
 * of its own that ImageMagick invented: its keyword is "Raw profile type exif",
 * or APP1, which may be XMP instead; it says a name, the number of bytes, and
 * the bytes in hexadecimal, each on lines of its own:
 *
 *	exif
 *	      54
 *	4578696600004d4d002a00000008...
 *
 * The chunk wins; of the texts the first one counts.
 */
#include "img/exif_png.h"

#include <zlib.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/mem.h"
#include "base/num.h"
#include "img/exif.h"

#define SIGNATURE_SIZE 8
#define STEP           16384 /* bytes that inflate makes at a time */

struct chunk {
	struct str type, data;
};

/* PNG 1.2, 3.2: length, type, data, checksum. 1: one; 0: the end; -1. */
static int
next_chunk(struct str *rest, struct chunk *chunk)
{
	struct str crc;
	uint64_t n;

	if (rest->n == 0)
		return 0;
	if (bytes_take_be(rest, 4, &n) == -1 ||
	    bytes_take(rest, 4, &chunk->type) == -1 ||
	    bytes_take(rest, n, &chunk->data) == -1 ||
	    bytes_take(rest, 4, &crc) == -1)
		return -1;
	return !str_is(chunk->type, "IEND");
}

/* What is there up to the end of the stream. */
static int
inflate_into(struct buf *out, struct str in, struct err *err)
{
	z_stream z = { .next_in = (Bytef *)in.p, .avail_in = (uInt)in.n };
	int status = inflateInit(&z);

	while (status == Z_OK && out->n < EXIF_MAX_TEXT) {
		z.next_out = (Bytef *)buf_room(out, STEP);
		z.avail_out = STEP;
		status = inflate(&z, Z_NO_FLUSH);
		out->n += STEP - z.avail_out;
	}
	(void)inflateEnd(&z);
	if (status == Z_OK)
		return err_set(err, "the EXIF text of the PNG is over %u bytes",
		    EXIF_MAX_TEXT);
	if (status != Z_STREAM_END)
		return err_set(err, "the EXIF text of the PNG is damaged");
	return 0;
}

static int
unpack(struct pool *pool, struct str packed, struct str *text, struct err *err)
{
	struct buf out = BUF_IN(pool);

	if (inflate_into(&out, packed, err) == -1)
		return -1;
	*text = buf_str(&out);
	return 0;
}

/* PNG 1.2, 4.2.3: what stands behind the keyword, by the type of the chunk. */
static int
text_of(struct pool *pool, const struct chunk *chunk, struct str rest,
    struct str *text, struct err *err)
{
	struct str head = STR_NONE;
	bool is_packed = str_is(chunk->type, "zTXt");
	size_t n = is_packed ? 1 : 0;

	if (str_is(chunk->type, "iTXt"))
		n = 2;
	if (bytes_take(&rest, n, &head) == -1)
		return err_set(err, "the EXIF text of the PNG is damaged");
	if (n == 2) {
		is_packed = head.p[0] != 0;
		(void)str_cut(&rest, '\0'); /* the language */
		(void)str_cut(&rest, '\0'); /* the keyword in it */
	}
	if (is_packed)
		return unpack(pool, rest, text, err);
	*text = rest;
	return 0;
}

/* Blanks between digits do not count; what is no digit ends them. */
static struct str
read_hex(struct pool *pool, struct str text)
{
	struct buf out = BUF_IN(pool);
	int high = -1;

	for (size_t i = 0; i < text.n; i++) {
		int digit = num_hex_digit((unsigned char)text.p[i]);

		if (digit == -1 && !char_is_blank(text.p[i]))
			break;
		if (digit == -1)
			continue;
		if (high != -1)
			buf_add_char(&out, (char)(high << 4 | digit));
		high = high == -1 ? digit : -1;
	}
	return buf_str(&out);
}

/* See above. The number is not needed: the digits say how many there are. */
static struct str
read_profile(struct pool *pool, struct str text)
{
	struct str number;

	text = str_trim(text);
	(void)str_cut(&text, '\n');
	text = str_trim(text);
	number = str_trim(str_cut(&text, '\n'));
	for (size_t i = 0; i < number.n; i++) {
		if (!char_is_digit(number.p[i]))
			return STR_NONE;
	}
	return read_hex(pool, text);
}

static bool
is_text(struct str type)
{
	return str_is(type, "tEXt") || str_is(type, "zTXt") ||
	       str_is(type, "iTXt");
}

/* 1: it is EXIF; 0: another text, also XMP; -1: damage. */
static int
read_text(struct pool *pool, const struct chunk *chunk, size_t *n_read,
    struct str *exif, struct err *err)
{
	struct str rest = chunk->data, text, profile;
	struct str key = str_cut(&rest, '\0');
	bool may_be_xmp = str_is(key, "Raw profile type APP1");

	if (!is_text(chunk->type) ||
	    (!may_be_xmp && !str_is(key, "Raw profile type exif")))
		return 0;
	if (++*n_read > EXIF_MAX_TEXTS)
		return err_set(err, "the PNG has over %d EXIF texts",
		    EXIF_MAX_TEXTS);
	if (text_of(pool, chunk, rest, &text, err) == -1)
		return -1;
	profile = read_profile(pool, text);
	if (may_be_xmp && !str_starts(profile, STR(EXIF_MAGIC)))
		return 0;
	*exif = profile;
	return 1;
}

static bool
find_chunk(struct str rest, struct str *exif)
{
	struct chunk chunk;

	while (next_chunk(&rest, &chunk) == 1) {
		if (str_is(chunk.type, "eXIf")) {
			*exif = chunk.data;
			return true;
		}
	}
	return false;
}

int
exif_png_find(struct pool *pool, struct str bytes, struct str *exif,
    struct err *err)
{
	struct str rest = str_from(bytes, SIGNATURE_SIZE);
	struct chunk chunk;
	size_t n_read = 0;
	int status;

	if (find_chunk(rest, exif))
		return 0;
	while ((status = next_chunk(&rest, &chunk)) == 1) {
		status = read_text(pool, &chunk, &n_read, exif, err);
		if (status != 0)
			return status == 1 ? 0 : -1;
	}
	return status == -1 ? err_set(err, "a chunk of the PNG is cut")
	                    : err_set(err, "the image has no EXIF");
}
