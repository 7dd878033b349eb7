#include "text/codec.h"

#include <stdint.h>

#include "text/b64.h"

/* Symbols of a whole group, and the bytes they stand for. */
#define GROUP_SYMBOLS(bits) ((bits) == ALPHABET_32 ? 8u : 4u)
#define GROUP_BYTES(bits)   ((bits) == ALPHABET_32 ? 5u : 3u)

static void
put_hex(char *out, struct str bytes)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char b = (unsigned char)bytes.p[i];

		out[2 * i] = digit[b >> 4];
		out[2 * i + 1] = digit[b & 15];
	}
}

struct str
hex_write(struct pool *pool, struct str bytes)
{
	char *out = pool_array(pool, bytes.n, 2);

	put_hex(out, bytes);
	return str_view(out, 2 * bytes.n);
}

void
hex_add(struct buf *out, struct str bytes)
{
	put_hex(buf_room(out, 2 * bytes.n), bytes);
	out->n += 2 * bytes.n;
}

static int
set_symbols(struct alphabet *a, struct str symbols, struct err *err)
{
	unsigned n = 1u << a->kind;

	if (symbols.n != n)
		return err_set(err, "alphabet isn't base%u", n);
	memset(a->value, -1, sizeof(a->value));
	for (unsigned i = 0; i < n; i++) {
		unsigned char c = (unsigned char)symbols.p[i];

		if (c >= 0x80)
			return err_set(err, "alphabet isn't ascii");
		if (a->value[c] != -1)
			return err_set(err, "alphabet has %c twice", c);
		a->value[c] = (signed char)i;
		a->symbol[i] = (char)c;
	}
	return 0;
}

int
alphabet_init(struct alphabet *a, enum alphabet_kind kind, struct str symbols,
    struct str padding, struct err *err)
{
	struct alphabet made = { .kind = kind, .padding = ALPHABET_NO_PADDING };

	if (set_symbols(&made, symbols, err) == -1)
		return -1;
	if (padding.n != 0) {
		made.padding = (unsigned char)padding.p[0];
		if (made.padding >= 0x80)
			return err_set(err, "padding isn't ascii");
		if (made.value[made.padding] != -1)
			return err_set(err, "padding %c is in the alphabet",
			    made.padding);
	}
	*a = made;
	return 0;
}

/* n of a group's bytes, as a number of GROUP_BYTES bytes. */
static inline uint64_t
take_bytes(const char *in, size_t n, size_t group)
{
	uint64_t v = 0;

	for (size_t i = 0; i < group; i++)
		v = v << 8 | (i < n ? (unsigned char)in[i] : 0);
	return v;
}

static inline char *
write_group(const struct alphabet *a, unsigned bits, uint64_t v, size_t n,
    char *out)
{
	unsigned shift = GROUP_SYMBOLS(bits) * bits;

	for (size_t i = 0; i < n; i++) {
		shift -= bits;
		*out++ = a->symbol[v >> shift & ((1u << bits) - 1)];
	}
	return out;
}

/* Inlined twice, so that bits is a constant in the loop. */
static inline char *
write_groups(const struct alphabet *a, unsigned bits, struct str in, char *out)
{
	const size_t group = GROUP_BYTES(bits), symbols = GROUP_SYMBOLS(bits);
	size_t rest = in.n % group;
	const char *end = in.p + (in.n - rest), *p = in.p;

	for (; p != end; p += group)
		out = write_group(a, bits, take_bytes(p, group, group), symbols,
		    out);
	if (rest == 0)
		return out;
	out = write_group(a, bits, take_bytes(p, rest, group),
	    (rest * 8 + bits - 1) / bits, out);
	return out;
}

struct str
alphabet_write(struct pool *pool, const struct alphabet *a, struct str bytes)
{
	const size_t symbols = GROUP_SYMBOLS(a->kind);
	size_t groups = bytes.n / GROUP_BYTES(a->kind) + 1;
	char *out = pool_array(pool, groups, symbols), *end = out;

	if (bytes.n == 0)
		return str_view(out, 0);
	if (a->kind == ALPHABET_32)
		end = write_groups(a, ALPHABET_32, bytes, end);
	else
		end = write_groups(a, ALPHABET_64, bytes, end);
	if (a->padding != ALPHABET_NO_PADDING) {
		while ((size_t)(end - out) % symbols != 0)
			*end++ = (char)a->padding;
	}
	return str_view(out, (size_t)(end - out));
}

struct reader {
	const struct alphabet *a;
	struct str in;
	size_t at; /* of the group being read */
	char *out;
};

static int
wrong_char(const struct reader *r, const char *what, size_t i, struct err *err)
{
	return err_set(err, "%s at %zu", what, r->at + i);
}

/* The first n symbols at r->at, as the high bits of a whole group. */
static inline int
take_symbols(const struct reader *r, unsigned bits, size_t n, uint64_t *v,
    struct err *err)
{
	const unsigned char *p = (const unsigned char *)r->in.p + r->at;
	int bad = 0;

	*v = 0;
	for (size_t i = 0; i < n; i++) {
		bad |= r->a->value[p[i]];
		*v = *v << bits | (unsigned char)r->a->value[p[i]];
	}
	if (bad >= 0)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (r->a->value[p[i]] < 0)
			return wrong_char(r, "invalid symbol", i, err);
	}
	return -1;
}

static inline void
put_bytes(struct reader *r, uint64_t v, size_t n)
{
	for (size_t i = n; i-- > 0;)
		*r->out++ = (char)(v >> 8 * i);
}

/* A group of n symbols without its padding: the bytes must come out even. */
static int
read_part(struct reader *r, size_t n, struct err *err)
{
	const unsigned bits = r->a->kind;
	const unsigned unused = (unsigned)(n * bits % 8);
	uint64_t v;

	if (n == 0 || unused >= bits)
		return wrong_char(r, "invalid length", 0, err);
	if (take_symbols(r, bits, n, &v, err) == -1)
		return -1;
	if ((v & ((1u << unused) - 1)) != 0)
		return wrong_char(r, "non-zero trailing bits", n - 1, err);
	put_bytes(r, v >> unused, n * bits / 8);
	return 0;
}

static size_t
measure_padding(const struct reader *r, size_t group)
{
	size_t n = 0;

	while (n < group && r->a->padding != ALPHABET_NO_PADDING &&
	       (unsigned char)r->in.p[r->at + group - 1 - n] == r->a->padding)
		n++;
	return n;
}

static inline int
read_groups(struct reader *r, unsigned bits, struct err *err)
{
	const size_t group = GROUP_SYMBOLS(bits);

	for (; r->in.n - r->at >= group; r->at += group) {
		size_t padding = measure_padding(r, group);
		uint64_t v;

		if (padding != 0) {
			if (read_part(r, group - padding, err) == -1)
				return -1;
			continue;
		}
		if (take_symbols(r, bits, group, &v, err) == -1)
			return -1;
		put_bytes(r, v, GROUP_BYTES(bits));
	}
	return 0;
}

int
alphabet_read(struct pool *pool, const struct alphabet *a, struct str text,
    struct str *bytes, struct err *err)
{
	const size_t group = GROUP_SYMBOLS(a->kind);
	struct reader r = { .a = a, .in = text };
	char *start;

	if (text.n > CODEC_MAX_BYTES)
		return err_set(err, "text is too long: %zu bytes", text.n);
	start = pool_array(pool, text.n / group + 1, GROUP_BYTES(a->kind));
	r.out = start;
	if ((a->kind == ALPHABET_32 ? read_groups(&r, ALPHABET_32, err)
				    : read_groups(&r, ALPHABET_64, err)) == -1)
		return -1;
	if (r.at != text.n) {
		if (a->padding != ALPHABET_NO_PADDING)
			return wrong_char(&r, "invalid length", 0, err);
		if (read_part(&r, text.n - r.at, err) == -1)
			return -1;
	}
	*bytes = str_view(start, (size_t)(r.out - start));
	return 0;
}

/* RFC 4648, table 1 */
static void
standard(struct alphabet *a)
{
	(void)alphabet_init(a, ALPHABET_64,
	    STR("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789+/"),
	    STR("="), NULL);
}

struct str
base64_write(struct pool *pool, struct str bytes)
{
	struct buf out = BUF_IN(pool);

	b64_add(&out, bytes);
	return buf_str(&out);
}

int
base64_read(struct pool *pool, struct str text, struct str *bytes,
    struct err *err)
{
	struct alphabet a = { .kind = ALPHABET_64 };

	standard(&a);
	return alphabet_read(pool, &a, text, bytes, err);
}
