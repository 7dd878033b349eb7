/* lean: what stands in for musl's functions of bytes, against this library's */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "check.h"

/* by other names, so that both are here */
#define memmove own_memmove
#define memcpy  own_memcpy
#define memchr  own_memchr
#define memcmp  own_memcmp
#define strlen  own_strlen
void *own_memmove(void *to, const void *from, size_t n);
void *own_memcpy(void *restrict to, const void *restrict from, size_t n);
void *own_memchr(const void *in, int c, size_t n);
size_t own_strlen(const char *at);
int own_memcmp(const void *one, const void *other, size_t n);
#ifdef __SSE2__
#include "../../../src/sandbox/lean/bytes.c"
#undef memmove
#undef memcpy
#undef memchr
#undef memcmp
#undef strlen

#define PAGE ((size_t)4096)

static char want[PAGE];

/* One page; what is before and behind it cannot be read. */
static char *
fenced_page(void)
{
	char *p = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)mprotect(p, PAGE, PROT_NONE);
	(void)mprotect(p + 2 * PAGE, PAGE, PROT_NONE);
	return p + PAGE;
}

static size_t
next_size(size_t n)
{
	return n < 200 ? n + 1 : n + 61;
}

/* At both ends of the page, near each other, and anywhere. */
static size_t
place(size_t n, int turn, size_t near)
{
	size_t room = PAGE - n;

	if (turn % 4 == 0)
		return 0;
	if (turn % 4 == 1)
		return room;
	if (turn % 4 == 2 && near + 20 < room)
		return near + (size_t)rand() % 20;
	return (size_t)rand() % (room + 1);
}

static void
fill(char *page)
{
	for (size_t i = 0; i < PAGE; i++)
		want[i] = page[i] = (char)rand();
}

static int
sign(int n)
{
	return (n > 0) - (n < 0);
}

static void
bytes_are_moved(void)
{
	char *page = fenced_page();

	srand(1);
	for (size_t n = 0; n <= PAGE; n = next_size(n)) {
		for (int turn = 0; turn < 24; turn++) {
			size_t from = place(n, turn / 4, 0);
			size_t to = place(n, turn, from);

			fill(page);
			memmove(want + to, want + from, n);
			CHECK(own_memmove(page + to, page + from, n) ==
			      page + to);
			CHECK(memcmp(page, want, PAGE) == 0);
		}
	}
}

static void
a_byte_is_found(void)
{
	char *page = fenced_page();

	srand(2);
	for (size_t n = 0; n <= PAGE; n = next_size(n)) {
		for (int turn = 0; turn < 16; turn++) {
			char *at = page + place(n, turn, 0);

			memset(page, 'x', PAGE);
			if (n != 0 && turn % 5 != 0)
				at[(size_t)rand() % n] = '\0';
			CHECK(own_memchr(at, 256, n) == memchr(at, 256, n));
			CHECK(own_memchr(at, 'x', n) == memchr(at, 'x', n));
			CHECK(own_memchr(at, 'y', n) == NULL);
			if (n == 0)
				continue;
			at[n - 1] = '\0';
			CHECK(own_strlen(at) == strlen(at));
			CHECK(own_memchr(at, 0, SIZE_MAX) == at + strlen(at));
		}
	}
}

static void
bytes_are_compared(void)
{
	char *page = fenced_page();

	srand(3);
	for (size_t n = 0; n <= PAGE; n = next_size(n)) {
		for (int turn = 0; turn < 16; turn++) {
			size_t from = place(n, turn, 0);
			char *at = page + from, *other = want + from;

			fill(page);
			CHECK_INT(own_memcmp(at, other, n), 0);
			for (int i = 0; i < turn % 3 && n != 0; i++)
				other[(size_t)rand() % n] ^=
				    (char)(1 << turn % 8);
			CHECK_INT(sign(own_memcmp(at, other, n)),
			    sign(memcmp(at, other, n)));
		}
	}
}

CHECK_MAIN(CASE(bytes_are_moved), CASE(a_byte_is_found),
    CASE(bytes_are_compared))
#else
static void
bytes_are_moved(void)
{
	CHECK_SKIP("for x86_64");
}

CHECK_MAIN(CASE(bytes_are_moved))
#endif
