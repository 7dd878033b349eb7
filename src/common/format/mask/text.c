/*
 * In base64 a placeholder of another length moves the bits of all that follow.
 * What a module would send with the placeholder as its key, base64("me:KEY:x"),
 * should come out here as well, so the rest of such a run is decoded and encoded
 * again where it is text. Where it is not (what looks like base64 may be a path)
 * the placeholder gets dashes, until what follows keeps its place.
 */
#include "base/utf8.h"
#include "mask/find.h"
#include "mask/mask.h"

#define TAIL_MOST 4096 /* symbols that are encoded again */
#define ROUNDS    8

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct bits {
	struct buf *out;
	unsigned value, n; /* that make no symbol yet */
	size_t symbols;    /* of the group and those behind it */
};

static void
bits_add(struct bits *b, unsigned value, unsigned n)
{
	b->value = b->value << n | value;
	for (b->n += n; b->n >= 6; b->n -= 6, b->symbols++)
		buf_add_char(b->out, alphabet[b->value >> (b->n - 6) & 63]);
	b->value &= (1u << b->n) - 1;
}

static void
bits_add_bytes(struct bits *b, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		bits_add(b, (unsigned char)bytes.p[i], 8);
}

/* Base64 around a secret. Bytes are counted from the beginning of its group. */
struct run {
	struct mask *mask;
	struct str text;
	size_t first; /* the symbol of the secret's beginning in its group */
	size_t at;    /* the same symbol in text */
	size_t byte;  /* behind the secret */
};

/* Where in text a symbol of the run is. */
static size_t
run_place(const struct run *r, size_t symbol)
{
	return r->at + symbol - r->first;
}

static int
run_sextet(const struct run *r, size_t symbol)
{
	size_t at = run_place(r, symbol);

	return at < r->text.n ? form_sextet(r->text.p[at]) : -1;
}

/* -1: it is not there whole. */
static int
run_byte(const struct run *r, size_t byte)
{
	size_t bit = 8 * byte;
	int a = run_sextet(r, bit / 6), b = run_sextet(r, bit / 6 + 1);

	if (a == -1 || b == -1)
		return -1;
	return ((a << 6 | b) >> (4 - bit % 6)) & 255;
}

/* A secret in the same base64, from a byte on: behind it, or 0. */
static size_t
run_secret(const struct run *r, size_t byte)
{
	size_t at = run_place(r, 8 * byte / 6);
	struct find f;

	if (at + FORM_GRAM > r->text.n)
		return 0;
	f = find_at(r->mask, r->text, at);
	if (f.secret == NULL || f.form != FORM_B64 + byte % 3)
		return 0;
	return byte + f.secret->value.n;
}

/* What overlaps with it goes, too. */
static void
run_extend(struct run *r, size_t byte)
{
	for (; byte < r->byte; byte++) {
		size_t end = run_secret(r, byte);

		if (end > r->byte)
			r->byte = end;
	}
}

/* Another one from `from` on that is not in this base64. */
static bool
run_has_other(const struct run *r, size_t from, size_t end)
{
	for (; (from = find_place(r->mask, r->text, from)) < end; from++) {
		struct find f = { .secret = NULL };
		size_t phase = (r->first + from - r->at) % 4;

		if (from + FORM_GRAM <= r->text.n)
			f = find_at(r->mask, r->text, from);
		if (f.secret != NULL &&
		    (!form_is_b64(f.form) || FORM_IN_GROUP(f.form) != phase))
			return true;
	}
	return false;
}

static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < ' ' && !char_is_blank(s.p[i]))
			return false;
	}
	return utf8_is_valid(s);
}

/* Bits behind the last whole byte, of which base64 has none that are set. */
static bool
run_has_more(const struct run *r, size_t byte, size_t end)
{
	size_t symbols = r->first + end - r->at, bit = 8 * byte;

	if (symbols * 6 - bit >= 6)
		return true;
	return symbols * 6 != bit &&
	       (run_sextet(r, bit / 6) & (63 >> bit % 6)) != 0;
}

/*
 * The bytes behind the secret, in pool, and where in text the run ends. -1:
 * they had better stay as they are.
 */
static int
run_tail(const struct run *r, struct pool *pool, struct str *tail, size_t *end)
{
	struct buf bytes = BUF_IN(pool);
	size_t first = run_place(r, (8 * r->byte + 5) / 6), at = first;
	size_t byte = r->byte;
	int c;

	while (at < r->text.n && form_sextet(r->text.p[at]) != -1) {
		if (++at - first > TAIL_MOST)
			return -1;
	}
	for (; (c = run_byte(r, byte)) != -1; byte++)
		buf_add_char(&bytes, (char)c);
	if (run_has_more(r, byte, at) || !is_plain(buf_str(&bytes)) ||
	    run_has_other(r, first, at))
		return -1;
	*tail = buf_str(&bytes);
	*end = at;
	return 0;
}

/* A sign of padding, which may be written as in a URL: its length, or 0. */
static size_t
padding_at(struct str text, size_t at)
{
	struct str here = str_sub(text, at, 3);

	if (here.n != 0 && here.p[0] == '=')
		return 1;
	return str_eq_nocase(here, STR("%3d")) ? 3 : 0;
}

/*
 * Takes the old padding and writes what the new length needs. A run that needed
 * none gets some, unless an alphabet is seen that goes without.
 */
static size_t
write_padding(const struct run *r, struct bits *b, size_t end)
{
	struct str sign = str_sub(r->text, end, padding_at(r->text, end));
	struct str run = str_sub(r->text, r->at, end - r->at);
	bool is_whole = (r->first + run.n) % 4 == 0;

	for (size_t i = 0; i < 2 && !is_whole; i++)
		end += padding_at(r->text, end);
	if (is_whole)
		sign = str_find_char(run, '-') != STR_NPOS ||
		               str_find_char(run, '_') != STR_NPOS
		           ? STR_NONE
		           : STR("=");
	for (; b->symbols % 4 != 0 && sign.n != 0; b->symbols++)
		buf_add(b->out, sign);
	return end;
}

/* With dashes until the next bit is where it was. */
static size_t
keep_tail(const struct run *r, struct bits *b, size_t was, size_t now)
{
	size_t symbol = 8 * r->byte / 6, used = 8 * r->byte % 6;
	int sextet = run_sextet(r, symbol);

	for (; now % 3 != was % 3; now++)
		bits_add(b, '-', 8);
	if (used == 0)
		return run_place(r, symbol);
	bits_add(b, (unsigned)sextet & (63u >> used), 6 - (unsigned)used);
	return run_place(r, symbol + 1);
}

/* Returns where to go on in text. */
static size_t
replace_b64(struct mask *mask, struct pool *pool, struct str text, size_t at,
    struct find f, struct buf *out)
{
	struct run r = { mask, text, FORM_IN_GROUP(f.form), at, 0 };
	struct str placeholder = f.secret->placeholder, tail = STR_NONE;
	struct bits b = { .out = out, .symbols = r.first };
	size_t end = 0;

	r.byte = r.first + f.secret->value.n;
	run_extend(&r, r.first + 1);
	bits_add(&b, (unsigned)form_sextet(text.p[at]) >> (6 - 2 * r.first),
	    2 * (unsigned)r.first);
	bits_add_bytes(&b, placeholder);
	if (run_tail(&r, pool, &tail, &end) == -1)
		return keep_tail(&r, &b, r.byte - r.first, placeholder.n);
	bits_add_bytes(&b, mask_text(mask, pool, tail, NULL));
	if (b.n != 0)
		bits_add(&b, 0, 6 - b.n);
	return write_padding(&r, &b, end);
}

static void
add_hex(struct buf *out, struct str bytes, struct str like)
{
	bool is_upper = false;

	for (size_t i = 0; i < like.n; i++)
		is_upper = is_upper || (like.p[i] >= 'A' && like.p[i] <= 'F');
	for (size_t i = 0; i < bytes.n; i++)
		buf_printf(out, is_upper ? "%02X" : "%02x",
		    (unsigned char)bytes.p[i]);
}

/* The end of what begins at `at` and of all that overlaps with it. */
static size_t
end_of_all(const struct mask *mask, struct str text, size_t at, size_t end)
{
	for (at++; (at = find_place(mask, text, at)) < end &&
		   at + FORM_GRAM <= text.n;
	     at++) {
		struct find f = find_at(mask, text, at);

		if (f.secret != NULL && at + f.match.n > end)
			end = at + f.match.n;
	}
	return end;
}

static size_t
replace(struct mask *mask, struct pool *pool, struct str text, size_t at,
    struct find f, struct buf *out)
{
	if (form_is_b64(f.form))
		return replace_b64(mask, pool, text, at, f, out);
	if (f.form == FORM_HEX)
		add_hex(out, f.secret->placeholder,
		    str_sub(text, at, f.match.n));
	else
		buf_add(out, f.secret->placeholder);
	return end_of_all(mask, text, at, at + f.match.n);
}

/*
 * What was encoded again, or stands beside a placeholder, may happen to be
 * another secret, "UUUUUU" for one. It is replaced byte by byte then.
 */
static struct str
without_new(struct mask *mask, struct pool *pool, struct str text)
{
	for (int i = 0; i < ROUNDS && mask_finds(mask, text) != -1; i++) {
		struct mask_stream s;
		struct buf out = BUF_IN(pool);

		mask_stream_init(&s, mask, NULL);
		buf_add(&out, mask_stream_feed(&s, text));
		buf_add(&out, mask_stream_finish(&s));
		mask_stream_clear(&s);
		text = buf_str(&out);
	}
	return text;
}

struct str
mask_text(struct mask *mask, struct pool *pool, struct str text,
    bool *is_altered)
{
	struct buf out = BUF_IN(pool);
	size_t done = 0, at = 0;
	bool is_found = false;

	if (mask->n == 0)
		return text;
	while ((at = find_place(mask, text, at)) + FORM_GRAM <= text.n) {
		struct find f = find_at(mask, text, at);

		if (f.secret == NULL) {
			at++;
			continue;
		}
		is_found = true;
		buf_add(&out, str_view(text.p + done, at - done));
		done = at = replace(mask, pool, text, at, f, &out);
	}
	if (!is_found)
		return text;
	buf_add(&out, str_from(text, done));
	if (is_altered != NULL)
		*is_altered = true;
	return without_new(mask, pool, buf_str(&out));
}
