/*
 * What was fed and is not yet decided is kept twice: as it came, where secrets
 * are looked for, and as it goes, where they are replaced. A place is decided
 * when every form that may begin there has been read to its end; then the byte
 * of the second copy at that place is final, whatever comes later.
 */
#include "mask/find.h"
#include "mask/mask.h"

#define NO_GROUP 4

void
mask_stream_init(struct mask_stream *stream, struct mask *mask,
    struct pool *pool)
{
	*stream = (struct mask_stream){ .mask = mask,
		.held = BUF_IN(pool),
		.out = BUF_IN(pool) };
}

void
mask_stream_clear(struct mask_stream *stream)
{
	buf_clear(&stream->held);
	buf_clear(&stream->out);
}

/* The placeholder cut to n bytes, or with dashes behind it. */
static char
filler(const struct secret *s, size_t i)
{
	return i < s->placeholder.n ? s->placeholder.p[i] : '-';
}

/* Bytes that belong to a secret before it already become dashes. */
static void
fill_text(struct mask_stream *t, const struct secret *s, size_t at, size_t n)
{
	bool is_own = t->cover <= at;
	size_t i = is_own ? at : t->cover;

	for (; i < at + n; i++)
		t->out.p[i] = is_own ? filler(s, i - at) : '-';
}

static void
fill_hex(struct mask_stream *t, const struct secret *s, size_t at)
{
	static const char lower[] = "0123456789abcdef",
			  upper[] = "0123456789ABCDEF";
	const char *digit = lower;

	for (size_t i = 0; i < 2 * s->value.n; i++) {
		if (t->held.p[at + i] >= 'A' && t->held.p[at + i] <= 'F')
			digit = upper;
	}
	for (size_t i = 0; i < s->value.n; i++) {
		unsigned char c = (unsigned char)filler(s, i);

		t->out.p[at + 2 * i] = digit[c >> 4];
		t->out.p[at + 2 * i + 1] = digit[c & 15];
	}
}

static const char symbols[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/* A symbol of the alphabet that `as` is of, if that can be told. */
static char
symbol_like(unsigned bits, char as)
{
	bool is_url = as == '-' || as == '_';

	if (bits < 62)
		return symbols[bits];
	return bits == 62 ? (is_url ? '-' : '+') : is_url ? '_' : '/';
}

/* Bits of what stands beside the secret in the same symbol stay. */
static void
fill_b64(struct mask_stream *t, struct find f, size_t at)
{
	struct buf want = BUF_NONE;

	for (size_t i = 0; i < f.secret->value.n; i++)
		buf_add_char(&want, filler(f.secret, i));
	for (size_t i = 0; i < f.match.n; i++) {
		char *c = &t->out.p[at + i];
		unsigned mask,
		    bits = form_symbol(f.form, buf_str(&want), i, &mask);
		int was = form_sextet(*c);

		*c = symbol_like(((unsigned)was & ~mask) | bits, *c);
	}
	buf_clear(&want);
}

/*
 * A secret that overlaps with one before becomes dashes, unless both are in the
 * same base64.
 */
static void
fill(struct mask_stream *t, struct find f, size_t at)
{
	bool is_b64 = form_is_b64(f.form), is_own = t->cover <= at;
	unsigned group = is_b64 ? (at - FORM_IN_GROUP(f.form)) % 4 : NO_GROUP;

	if (is_b64 && (is_own || t->group == group))
		fill_b64(t, f, at);
	else if (f.form == FORM_HEX && is_own)
		fill_hex(t, f.secret, at);
	else
		fill_text(t, f.secret, at, f.match.n);
	if (is_own)
		t->group = group;
	if (t->cover < at + f.match.n)
		t->cover = at + f.match.n;
	t->is_altered = true;
}

/* How many bytes are decided. With is_last, all are. */
static size_t
decide(struct mask_stream *t, bool is_last)
{
	struct str text = buf_str(&t->held);
	size_t at = 0;

	for (;; at++) {
		struct find f;

		at = find_place(t->mask, text, at);
		if (at + FORM_GRAM > text.n)
			return is_last ? text.n : at < text.n ? at : text.n;
		f = find_at(t->mask, text, at);
		if (f.match.is_open && !is_last)
			return at;
		if (f.secret != NULL)
			fill(t, f, at);
	}
}

/* Forgets what the last call gave out. */
static void
drop_gone(struct mask_stream *t)
{
	size_t n = t->held.n - t->gone;

	if (t->gone == 0)
		return;
	memmove(t->held.p, t->held.p + t->gone, n);
	memmove(t->out.p, t->out.p + t->gone, n);
	t->held.n = t->out.n = n;
	t->cover = t->cover > t->gone ? t->cover - t->gone : 0;
	if (t->group != NO_GROUP)
		t->group = (t->group - t->gone) % 4;
	t->gone = 0;
}

struct str
mask_stream_feed(struct mask_stream *stream, struct str piece)
{
	if (stream->mask == NULL || mask_is_empty(stream->mask))
		return piece;
	drop_gone(stream);
	buf_add(&stream->held, piece);
	buf_add(&stream->out, piece);
	stream->gone = decide(stream, false);
	return str_view(stream->out.p, stream->gone);
}

struct str
mask_stream_finish(struct mask_stream *stream)
{
	if (stream->mask == NULL || mask_is_empty(stream->mask))
		return STR_NONE;
	drop_gone(stream);
	stream->gone = decide(stream, true);
	return str_view(stream->out.p, stream->gone);
}
