#include "http/chunk.h"

#include <assert.h>

#include "base/num.h"

/* 16 digits hold any 64 bits; more is an attack, not a chunk size */
#define MAX_DIGITS 16

enum state {
	SIZE,    /* hexadecimal digits */
	EXTRA,   /* blanks and extensions behind them */
	SIZE_LF, /* the LF of that line */
	DATA,
	DATA_CR,
	DATA_LF,
	TRAILER,      /* at the beginning of a line */
	TRAILER_LINE, /* inside one */
	TRAILER_LF,   /* the LF of the empty line, or of any other */
	LAST_LF,
	END,
};

static int
fail_chunk(struct err *err, const char *what)
{
	return err_set(err, "Invalid chunk %s", what);
}

/* A LF without its CR: read as curl does, but nothing follows on it. */
static void
note_odd(struct http_chunk *chunk)
{
	chunk->is_odd = true;
}

static int
end_size(struct http_chunk *chunk)
{
	chunk->state = chunk->left != 0 ? DATA : TRAILER;
	return 0;
}

static int
take_size(struct http_chunk *chunk, char c, struct err *err)
{
	int digit = num_hex_digit(c);

	if (digit != -1 && chunk->digits < MAX_DIGITS) {
		chunk->left = chunk->left << 4 | (unsigned)digit;
		chunk->digits++;
		return 0;
	}
	if (digit != -1 || chunk->digits == 0)
		return fail_chunk(err, "size line: Invalid Size");
	if (c == '\n') {
		note_odd(chunk);
		return end_size(chunk);
	}
	if (c == '\r')
		chunk->state = SIZE_LF;
	else if (c == ';' || c == ' ' || c == '\t')
		chunk->state = EXTRA;
	else
		return fail_chunk(err, "size line: Invalid Size");
	return 0;
}

static int
take_extra(struct http_chunk *chunk, char c, struct err *err)
{
	if (++chunk->extra > HTTP_CHUNK_MAX_EXTRA)
		return fail_chunk(err, "size line: Invalid Extension");
	if (c == '\n') {
		note_odd(chunk);
		return end_size(chunk);
	}
	if (c == '\r')
		chunk->state = SIZE_LF;
	return 0;
}

static int
take_trailer(struct http_chunk *chunk, char c, struct err *err)
{
	if (++chunk->trailer > HTTP_CHUNK_MAX_TRAILER)
		return fail_chunk(err, "body: the trailer is too large");
	if (c == '\r') {
		chunk->state = chunk->state == TRAILER ? LAST_LF : TRAILER_LF;
	} else if (c == '\n') {
		note_odd(chunk);
		chunk->state = chunk->state == TRAILER ? END : TRAILER;
	} else {
		chunk->state = TRAILER_LINE;
	}
	return 0;
}

/* The byte that must come, and what is next. */
static int
take_fixed(struct http_chunk *chunk, char c, char want, enum state next,
    const char *what, struct err *err)
{
	if (c != want)
		return fail_chunk(err, what);
	chunk->state = next;
	return 0;
}

static int
begin_size(struct http_chunk *chunk)
{
	chunk->state = SIZE;
	chunk->digits = 0;
	chunk->left = 0;
	return 0;
}

/* One byte outside the data. */
static int
take_char(struct http_chunk *chunk, char c, struct err *err)
{
	switch ((enum state)chunk->state) {
	case SIZE:
		return take_size(chunk, c, err);
	case EXTRA:
		return take_extra(chunk, c, err);
	case SIZE_LF:
		if (c != '\n')
			return fail_chunk(err, "size line: Invalid LF");
		return end_size(chunk);
	case DATA_CR:
		if (c == '\n') {
			note_odd(chunk);
			return begin_size(chunk);
		}
		return take_fixed(chunk, c, '\r', DATA_LF, "body: Invalid CR",
		    err);
	case DATA_LF:
		if (c != '\n')
			return fail_chunk(err, "body: Invalid LF");
		return begin_size(chunk);
	case TRAILER:
	case TRAILER_LINE:
		return take_trailer(chunk, c, err);
	case TRAILER_LF:
		return take_fixed(chunk, c, '\n', TRAILER,
		    "body: Invalid Trailer", err);
	case LAST_LF:
		return take_fixed(chunk, c, '\n', END, "body: Invalid Trailer",
		    err);
	case DATA:
	case END:
		break;
	}
	return 0;
}

enum http_chunk_step
http_chunk_read(struct http_chunk *chunk, struct str in, size_t *used,
    struct str *data, struct err *err)
{
	*used = 0;
	while (chunk->state != END) {
		if (*used == in.n)
			return HTTP_CHUNK_MORE;
		if (chunk->state == DATA) {
			*data = str_from(in, *used);
			if (data->n > chunk->left)
				data->n = (size_t)chunk->left;
			*used += data->n;
			http_chunk_skip(chunk, data->n);
			return HTTP_CHUNK_DATA;
		}
		if (take_char(chunk, in.p[(*used)++], err) == -1)
			return HTTP_CHUNK_BAD;
	}
	return HTTP_CHUNK_END;
}

bool
http_chunk_is_whole(const struct http_chunk *chunk)
{
	return chunk->state >= TRAILER;
}

uint64_t
http_chunk_left(const struct http_chunk *chunk)
{
	return chunk->state == DATA ? chunk->left : 0;
}

void
http_chunk_skip(struct http_chunk *chunk, uint64_t n)
{
	assert(chunk->state == DATA && n <= chunk->left);
	chunk->left -= n;
	if (chunk->left == 0)
		chunk->state = DATA_CR;
}
