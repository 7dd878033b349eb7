/*
 * What a child does with bytes all day, 16 at a time: musl's own goes by single
 * bytes and words. For the static program alone, which is of x86_64, where
 * SSE2 always is; nothing is asked of the processor, for in a virtual machine
 * that takes longer than a start. Each function loads only pages that it was
 * given: a vector on a boundary of 16 lies in one page.
 */
#include <emmintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define V ((size_t)16)
#define LONG_COPY                                                              \
	((size_t)2 << 10) /* from here on the processor's own copy is faster */

static inline __m128i
load(const char *p)
{
	return _mm_loadu_si128((const __m128i *)p);
}

static inline void
store(char *p, __m128i v)
{
	_mm_storeu_si128((__m128i *)p, v);
}

/* Up to 16: two halves that may overlap, both loaded before one is stored. */
#define COPY_ENDS(type)                                                        \
	do {                                                                   \
		type first_, last_;                                            \
		__builtin_memcpy(&first_, from, sizeof(type));                 \
		__builtin_memcpy(&last_, from + n - sizeof(type),              \
		    sizeof(type));                                             \
		__builtin_memcpy(to, &first_, sizeof(type));                   \
		__builtin_memcpy(to + n - sizeof(type), &last_, sizeof(type)); \
	} while (0)

static inline void
move_short(char *to, const char *from, size_t n)
{
	if (n >= 8)
		COPY_ENDS(uint64_t);
	else if (n >= 4)
		COPY_ENDS(uint32_t);
	else if (n >= 2)
		COPY_ENDS(uint16_t);
	else if (n == 1)
		*to = *from;
}

/* 17 to 64. */
static inline void
move_middle(char *to, const char *from, size_t n)
{
	__m128i a = load(from), d = load(from + n - V);

	if (n > 2 * V) {
		__m128i b = load(from + V), c = load(from + n - 2 * V);

		store(to + V, b);
		store(to + n - 2 * V, c);
	}
	store(to, a);
	store(to + n - V, d);
}

static void
move_up(char *to, const char *from, size_t n)
{
	__m128i a = load(from + n - 4 * V), b = load(from + n - 3 * V),
		c = load(from + n - 2 * V), d = load(from + n - V);
	char *last = to + n - 4 * V;

	for (; to < last; to += 4 * V, from += 4 * V) {
		__m128i p = load(from), q = load(from + V),
			r = load(from + 2 * V), s = load(from + 3 * V);

		store(to, p);
		store(to + V, q);
		store(to + 2 * V, r);
		store(to + 3 * V, s);
	}
	store(last, a);
	store(last + V, b);
	store(last + 2 * V, c);
	store(last + 3 * V, d);
}

/* The target lies behind the beginning of the source: from the end. */
static void
move_down(char *to, const char *from, size_t n)
{
	__m128i a = load(from), b = load(from + V), c = load(from + 2 * V),
		d = load(from + 3 * V);
	size_t left = n;

	for (; left > 4 * V; left -= 4 * V) {
		__m128i p = load(from + left - V),
			q = load(from + left - 2 * V),
			r = load(from + left - 3 * V),
			s = load(from + left - 4 * V);

		store(to + left - V, p);
		store(to + left - 2 * V, q);
		store(to + left - 3 * V, r);
		store(to + left - 4 * V, s);
	}
	store(to, a);
	store(to + V, b);
	store(to + 2 * V, c);
	store(to + 3 * V, d);
}

static void
move_long(char *to, const char *from, size_t n)
{
	__m128i last = load(from + n - V);
	size_t words = n / 8;
	char *end = to + n - V;

	__asm__ volatile("rep movsq"
			 : "+D"(to), "+S"(from), "+c"(words)
			 :
			 : "memory");
	store(end, last);
}

void *
memmove(void *to, const void *from, size_t n)
{
	/* behind or before it, and how far: one comparison */
	uintptr_t ahead = (uintptr_t)to - (uintptr_t)from;

	if (n <= V)
		move_short(to, from, n);
	else if (n <= 4 * V)
		move_middle(to, from, n);
	else if (ahead < n)
		move_down(to, from, n);
	else if (n >= LONG_COPY && -ahead >= n)
		move_long(to, from, n);
	else
		move_up(to, from, n);
	return to;
}

void *
memcpy(void *restrict to, const void *restrict from, size_t n)
{
	return memmove(to, from, n);
}

/* Which of the 16 at p, a boundary, are c: a bit each. */
static inline unsigned
matches(const char *p, __m128i c)
{
	__m128i v = _mm_load_si128((const __m128i *)p);

	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, c));
}

/*
 * From p on by rows of four, to the one that has c, or to where there is no
 * whole row below end. p is a boundary of 64, so that a row is in one page:
 * behind what is found nothing may be read, however long the rest is said to be.
 */
static inline const char *
skip_rows(const char *p, const char *end, __m128i c)
{
	while ((size_t)(end - p) >= 4 * V) {
		const __m128i *v = (const __m128i *)p;
		__m128i one = _mm_or_si128(_mm_cmpeq_epi8(v[0], c),
		    _mm_cmpeq_epi8(v[1], c));
		__m128i other = _mm_or_si128(_mm_cmpeq_epi8(v[2], c),
		    _mm_cmpeq_epi8(v[3], c));

		if (_mm_movemask_epi8(_mm_or_si128(one, other)) != 0)
			break;
		p += 4 * V;
	}
	return p;
}

void *
memchr(const void *in, int c, size_t n)
{
	const char *at = in;
	uintptr_t last = (uintptr_t)at + n;
	/* as long as there is, where somebody says SIZE_MAX */
	const char *end =
	    (const char *)(last < (uintptr_t)at ? UINTPTR_MAX : last);
	const char *p = (const char *)((uintptr_t)at & -V);
	__m128i wanted = _mm_set1_epi8((char)c);
	unsigned bits;

	if (n == 0)
		return NULL;
	bits = matches(p, wanted) & (~0u << (at - p));
	while (bits == 0) {
		p += V;
		if (p < end && (uintptr_t)p % (4 * V) == 0)
			p = skip_rows(p, end, wanted);
		if (p >= end)
			return NULL;
		bits = matches(p, wanted);
	}
	p += __builtin_ctz(bits);
	return p < end ? (void *)(uintptr_t)p : NULL;
}

size_t
strlen(const char *at)
{
	const char *p = (const char *)((uintptr_t)at & -V);
	__m128i zero = _mm_setzero_si128();
	unsigned bits = matches(p, zero) & (~0u << (at - p));

	while (bits == 0)
		bits = matches(p += V, zero);
	return (size_t)(p - at) + (unsigned)__builtin_ctz(bits);
}

/* The first that differ of the 16 at a and b. */
static inline int
differ(const char *a, const char *b)
{
	unsigned same =
	    (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(load(a), load(b)));
	unsigned at;

	if (same == 0xffff)
		return 0;
	at = (unsigned)__builtin_ctz(~same);
	return (unsigned char)a[at] - (unsigned char)b[at];
}

int
memcmp(const void *one, const void *other, size_t n)
{
	const char *a = one, *b = other;
	size_t i = 0;

	if (n < V) {
		for (; i < n; i++) {
			if (a[i] != b[i])
				return (unsigned char)a[i] -
				       (unsigned char)b[i];
		}
		return 0;
	}
	for (; i + V <= n; i += V) {
		int difference = differ(a + i, b + i);

		if (difference != 0)
			return difference;
	}
	return i < n ? differ(a + n - V, b + n - V) : 0;
}
