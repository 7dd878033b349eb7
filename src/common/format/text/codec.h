/*
 * codec: bytes as text and back: hexadecimal, base64, base32.
 * Source: RFC 4648, strict: no blanks, no line ends, padding neither missing
 * nor in surplus, unused bits zero, case matters. Padding may close any group,
 * so padded texts may be concatenated (the reference reads them so).
 *
 * Text longer than CODEC_MAX_BYTES is refused by the readers; the writers are
 * given bytes that are in memory already and grow them by 8/5 (hex: 2).
 */
#ifndef TEXT_CODEC_H
#define TEXT_CODEC_H

#include "base/buf.h"
#include "base/err.h"

#define CODEC_MAX_BYTES ((size_t)1 << 30)

/* Two lower-case digits a byte. */
struct str hex_write(struct pool *pool, struct str bytes);
void hex_add(struct buf *out, struct str bytes);

/* RFC 4648, 4, padded. */
struct str base64_write(struct pool *pool, struct str bytes);
int base64_read(struct pool *pool, struct str text, struct str *bytes,
    struct err *err);

enum alphabet_kind {
	ALPHABET_32 = 5, /* bits of a symbol */
	ALPHABET_64 = 6,
};

#define ALPHABET_NO_PADDING (-1)

struct alphabet {
	enum alphabet_kind kind;
	char symbol[64];        /* 32 of them in ALPHABET_32 */
	signed char value[256]; /* of a symbol; -1: none */
	int padding;            /* a byte, or ALPHABET_NO_PADDING */
};

/*
 * symbols: 32 or 64 ASCII characters, all different. The first character of
 * padding is the padding: ASCII and no symbol; an empty one means none. The
 * error for a wrong number of bytes is "alphabet isn't base64" (or base32).
 */
int alphabet_init(struct alphabet *a, enum alphabet_kind kind,
    struct str symbols, struct str padding, struct err *err);

/* Bits are taken most significant first. */
struct str alphabet_write(struct pool *pool, const struct alphabet *a,
    struct str bytes);
int alphabet_read(struct pool *pool, const struct alphabet *a, struct str text,
    struct str *bytes, struct err *err);

#endif
