#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define LEAST 64u

char *
buf_room(struct buf *buf, size_t n)
{
	size_t cap, need;

	if (buf->cap - buf->n >= n)
		return buf->p + buf->n;
	if (__builtin_add_overflow(buf->n, n, &need) || need > SIZE_MAX / 4)
		mem_fail(SIZE_MAX);
	cap = buf->cap < LEAST ? LEAST : buf->cap * 2;
	if (cap < need)
		cap = need;
	if (buf->pool != NULL)
		buf->p = pool_grow(buf->pool, buf->p, buf->cap, cap);
	else
		buf->p = mem_realloc(buf->p, cap);
	buf->cap = cap;
	return buf->p + buf->n;
}

void
buf_vprintf(struct buf *buf, const char *fmt, va_list args)
{
	va_list again;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		mem_fail(0);
	vsnprintf(buf_room(buf, (size_t)n + 1), (size_t)n + 1, fmt, args);
	buf->n += (size_t)n;
}

void
buf_printf(struct buf *buf, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	buf_vprintf(buf, fmt, args);
	va_end(args);
}

void
buf_add_uint(struct buf *buf, unsigned long long n)
{
	char digit[20];
	size_t i = sizeof(digit);

	do {
		digit[--i] = (char)('0' + n % 10);
		n /= 10;
	} while (n != 0);
	buf_add(buf, str_view(digit + i, sizeof(digit) - i));
}

void
buf_add_int(struct buf *buf, long long n)
{
	if (n < 0) {
		buf_add_char(buf, '-');
		buf_add_uint(buf, 0 - (unsigned long long)n);
	} else {
		buf_add_uint(buf, (unsigned long long)n);
	}
}

const char *
buf_cstr(struct buf *buf)
{
	*buf_room(buf, 1) = '\0';
	return buf->p;
}

void
buf_clear(struct buf *buf)
{
	if (buf->pool == NULL)
		free(buf->p);
	buf->p = NULL;
	buf->n = 0;
	buf->cap = 0;
}
