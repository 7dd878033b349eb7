/*
 * buf: bytes that grow. In a pool when it has one (nothing to free, and safe
 * when Lua throws), else on the heap and ended with buf_clear().
 *
 *	struct buf out = BUF_IN(pool);
 *	buf_add(&out, STR("a"));
 *	return buf_str(&out);
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <assert.h>
#include <stdarg.h>

#include "base/pool.h"

struct buf {
	struct pool *pool; /* NULL: the heap */
	char *p;
	size_t n, cap;
};

#define BUF_NONE                                                               \
	{                                                                      \
		NULL, NULL, 0, 0                                               \
	}
#define BUF_IN(pool)                                                           \
	{                                                                      \
		(pool), NULL, 0, 0                                             \
	}

/* Makes room for n more bytes and returns where they go; n does not change. */
char *buf_room(struct buf *buf, size_t n);

static inline void
buf_add_char(struct buf *buf, char c)
{
	if (buf->n == buf->cap)
		buf_room(buf, 1);
	buf->p[buf->n++] = c;
}

static inline void
buf_add(struct buf *buf, struct str s)
{
	if (buf->cap - buf->n < s.n)
		buf_room(buf, s.n);
	if (s.n != 0) {
		assert(buf->p != NULL);
		memcpy(buf->p + buf->n, s.p, s.n);
	}
	buf->n += s.n;
}

void buf_printf(struct buf *buf, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *fmt, va_list args);

/* Decimal digits, sign included. */
void buf_add_int(struct buf *buf, long long n);
void buf_add_uint(struct buf *buf, unsigned long long n);

/* Valid until the next call that changes buf. */
static inline struct str
buf_str(const struct buf *buf)
{
	return str_view(buf->p, buf->n);
}

/* With a NUL behind it, which n does not count. */
const char *buf_cstr(struct buf *buf);

/* Frees heap bytes; empty afterwards. */
void buf_clear(struct buf *buf);

#endif
