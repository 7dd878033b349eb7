#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void (*mem_exhausted)(size_t n);

_Noreturn void
mem_fail(size_t n)
{
	static const char text[] = "sn0int: out of memory\n";

	if (mem_exhausted != NULL)
		mem_exhausted(n);
	if (write(2, text, sizeof(text) - 1) == -1) {
		/* nobody is left to tell */
	}
	abort();
}

void *
mem_alloc(size_t n)
{
	void *p = malloc(n != 0 ? n : 1);

	if (p == NULL)
		mem_fail(n);
	return p;
}

void *
mem_zalloc(size_t n)
{
	void *p = calloc(1, n != 0 ? n : 1);

	if (p == NULL)
		mem_fail(n);
	return p;
}

void *
mem_realloc(void *p, size_t n)
{
	p = realloc(p, n != 0 ? n : 1);
	if (p == NULL)
		mem_fail(n);
	return p;
}

void *
mem_array(size_t n, size_t size)
{
	return mem_grow(NULL, n, size);
}

void *
mem_grow(void *p, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		mem_fail(SIZE_MAX);
	return mem_realloc(p, total);
}

char *
mem_text(const char *p, size_t n)
{
	char *copy = mem_alloc(n + 1);

	if (n != 0)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

void
mem_wipe(void *p, size_t n)
{
	if (n == 0)
		return;
	memset(p, 0, n);
	__asm__ volatile("" : : "r"(p) : "memory");
}
