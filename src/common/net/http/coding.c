/*
 * The codings of the list are undone from the last to the first. Each step
 * reads one buffer and fills another, bounded by `most`: what grows without
 * end is found out by what came of it, not by what came in.
 */
#include "http/coding.h"

#include <limits.h>

#define ZLIB_CONST
#include <zlib.h>

#include "base/mem.h"

#define STEP ((size_t)64 << 10)

/* What zlib is to expect: windowBits of inflateInit2(). */
enum { WRAP_GZIP = 15 + 16, WRAP_ZLIB = 15, WRAP_NONE = -15 };

enum coding { GZIP, DEFLATE, IDENTITY, UNKNOWN };

static enum coding
coding_by_name(struct str name)
{
	if (str_eq_nocase(name, STR("gzip")) ||
	    str_eq_nocase(name, STR("x-gzip")))
		return GZIP;
	if (str_eq_nocase(name, STR("deflate")))
		return DEFLATE;
	/* chunks are undone already, wherever they were */
	if (name.n == 0 || str_eq_nocase(name, STR("identity")) ||
	    str_eq_nocase(name, STR("chunked")))
		return IDENTITY;
	return UNKNOWN;
}

static int
fail_large(size_t most, struct err *err)
{
	return err_set(err, "body is too large: more than %zu bytes", most);
}

/* Another member of a gzip file follows: RFC 1952, 2.2. */
static bool
goes_on(z_stream *z, int wrap)
{
	return wrap == WRAP_GZIP && z->avail_in >= 2 && z->next_in[0] == 0x1f &&
	       z->next_in[1] == 0x8b && inflateReset(z) == Z_OK;
}

/* 1: *out has all of it; 0: it is no such thing; -1. */
static int
run_inflate(z_stream *z, int wrap, size_t most, struct buf *out,
    struct err *err)
{
	for (;;) {
		char *to = buf_room(out, STEP);
		int status;

		z->next_out = (unsigned char *)to;
		z->avail_out = (unsigned)STEP;
		status = inflate(z, Z_NO_FLUSH);
		out->n += STEP - z->avail_out;
		if (out->n > most)
			return fail_large(most, err);
		if (status == Z_STREAM_END) {
			if (!goes_on(z, wrap))
				return 1;
		} else if (status != Z_OK) {
			return 0;
		}
	}
}

static int
inflate_all(struct str in, int wrap, size_t most, struct buf *out,
    struct err *err)
{
	z_stream z = { .next_in = (const unsigned char *)in.p,
		.avail_in = (unsigned)in.n };
	int result;

	if (in.n > UINT_MAX || inflateInit2(&z, wrap) != Z_OK)
		return 0;
	result = run_inflate(&z, wrap, most, out, err);
	(void)inflateEnd(&z);
	return result;
}

static int
undo_coding(enum coding coding, struct str in, size_t most, struct buf *out,
    struct err *err)
{
	int result = inflate_all(in, coding == GZIP ? WRAP_GZIP : WRAP_ZLIB,
	    most, out, err);

	if (result != 0 || coding == GZIP)
		return result;
	buf_clear(out);
	return inflate_all(in, WRAP_NONE, most, out, err);
}

/* The codings in their order; -1: more or others than we know. */
static int
read_list(struct str list, enum coding coding[HTTP_MAX_CODINGS])
{
	int n = 0;

	while (list.p != NULL) {
		struct str word = str_cut(&list, ',');
		enum coding next =
		    coding_by_name(str_trim(str_cut(&word, ';')));

		if (next == IDENTITY)
			continue;
		if (next == UNKNOWN || n == HTTP_MAX_CODINGS)
			return -1;
		coding[n++] = next;
	}
	return n;
}

bool
http_coding_is_any(struct str list)
{
	enum coding coding[HTTP_MAX_CODINGS];

	return read_list(list, coding) > 0;
}

int
http_coding_read(struct str list, struct str body, size_t most, struct buf *out,
    struct err *err)
{
	enum coding coding[HTTP_MAX_CODINGS];
	int n = read_list(list, coding), result = 1;

	if (n <= 0 || body.n == 0)
		return 0;
	while (n-- > 0 && result == 1) {
		struct buf next = BUF_NONE;

		result = undo_coding(coding[n], body, most, &next, err);
		buf_clear(out);
		*out = next;
		body = buf_str(out);
	}
	if (result != 1)
		buf_clear(out);
	return result;
}
