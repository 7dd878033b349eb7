/*
 * mask: finding secrets in bytes and putting a placeholder in their place.
 *
 *	struct mask_secret key = { STR("shodan"), STR("hunter2-hunter2") };
 *	struct mask *mask = mask_new(pool, &key, 1);
 *	bool is_altered = false;
 *	text = mask_text(mask, pool, text, &is_altered);
 *
 * A secret is found as it is; in percent and form encoding and as part of JSON
 * (any mix of the byte itself, %XX, + for a blank, \" \\ \/ \b \f \n \r \t and
 * \uXXXX); in hexadecimal of either case; in base64 and base64url, wherever in
 * the encoded bytes it stands. Not found: reversed, split, in another case,
 * encoded twice, in base64 that is broken into lines, compressed, encrypted,
 * and what is only derived from it.
 *
 * The placeholder is "SECRET-" and the name in letters and dashes, so that it
 * is the same in a URL, in JSON and as it is; in hexadecimal and base64 it is
 * encoded likewise, and what stands beside it in the same base64 stays what it
 * was. Of overlapping secrets all bytes go.
 *
 * A mask is for one thread: looking uses memory of its own.
 */
#ifndef MASK_MASK_H
#define MASK_MASK_H

#include "base/buf.h"

#define MASK_SHORTEST 6     /* bytes: a shorter one would be found everywhere */
#define MASK_LONGEST  16384 /* bytes of a secret */
#define MASK_MOST     1000  /* secrets */

/*
 * What a stream may hold back: the longest secret, each of its bytes written
 * as \uXXXX.
 */
#define MASK_HOLD (6 * MASK_LONGEST)

struct mask_secret {
	struct str name;  /* of the namespace or option it came from */
	struct str value; /* empty: none */
};

struct mask;

/* Everything lives in pool, copies of the secrets as well. */
struct mask *mask_new(struct pool *pool, const struct mask_secret *secret,
    size_t n);

/* Nothing is searched for. */
bool mask_is_empty(const struct mask *mask);

/*
 * Some secret is not searched for: it is shorter than MASK_SHORTEST, longer
 * than MASK_LONGEST, or beyond the first MASK_MOST. Bytes must not be kept then.
 */
bool mask_is_blind(const struct mask *mask);

/* What stands in place of a secret of that name: "SECRET-my-key". In pool. */
struct str mask_placeholder(struct pool *pool, struct str name);

/*
 * Which secret stands in it first, of several there the longest: its number in
 * the array given to mask_new(). -1: none.
 */
int mask_finds(struct mask *mask, struct str text);

/*
 * A whole text with placeholders. Text itself, if nothing is found, else in
 * pool, and sets *is_altered (which may be NULL and is never cleared).
 */
struct str mask_text(struct mask *mask, struct pool *pool, struct str text,
    bool *is_altered);

/*
 * A stream in pieces, each byte replaced by one byte: the placeholder is cut,
 * or filled with dashes.
 */
struct mask_stream {
	struct mask *mask;
	struct buf held; /* as it came */
	struct buf out;  /* the same bytes as they go, where they are decided */
	size_t gone;     /* of both: given out by the last call */
	size_t cover;    /* of both: bytes that belong to a secret found */
	unsigned group;  /* of that: where a group of base64 begins, modulo 4 */
	bool is_altered; /* a secret was found */
};

/* Mask may be NULL: nothing is searched for. In pool; NULL: the heap. */
void mask_stream_init(struct mask_stream *stream, struct mask *mask,
    struct pool *pool);

/*
 * What is decided, which may be less or more than the piece: at most MASK_HOLD
 * bytes are held back. Valid until the next call; the piece itself where the
 * mask is empty.
 */
struct str mask_stream_feed(struct mask_stream *stream, struct str piece);

/* The rest. The stream is as new then, but for is_altered. */
struct str mask_stream_finish(struct mask_stream *stream);

void mask_stream_clear(struct mask_stream *stream);

#endif
