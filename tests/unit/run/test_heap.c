/* heap: blocks keep their bytes at every size, and never overlap. */
#include "run/heap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#include "check.h"

#define BLOCKS 500
#define STEPS  200000

/* A block that is filled with a byte of its own. */
struct block {
	unsigned char *p;
	size_t n;
	unsigned char byte;
};

static bool
is_whole(const struct block *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (b->p[i] != b->byte)
			return false;
	}
	return true;
}

/* The same steps each time. */
static uint32_t
draw(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void
each_size_is_taken_and_given_back(void)
{
	static const size_t size[] = { 1, 2, 3, 4, 5, 15, 16, 17, 31, 32, 33,
		240, 255, 256, 257, 272, 1000, 4096, 40000, 65536, 65537,
		100000, 131072, 131073, 1048575, 1048576, 1048577, 3000000 };
	struct heap heap = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(size); i++) {
		void *p = heap_resize(&heap, NULL, 0, size[i]);

		CHECK(p != NULL && (uintptr_t)p % HEAP_UNIT == 0);
		memset(p, 0x5a, size[i]);
		CHECK(heap_resize(&heap, p, size[i], 0) == NULL);
	}
	CHECK(heap_resize(&heap, NULL, 0, 0) == NULL);
}

static void
what_was_given_back_is_taken_again(void)
{
	struct heap heap = { 0 };
	void *p = heap_resize(&heap, NULL, 0, 40), *q;

	(void)heap_resize(&heap, p, 40, 0);
	q = heap_resize(&heap, NULL, 0, 48);
#if !defined(__SANITIZE_ADDRESS__)
	CHECK(p == q); /* of one class */
#endif
	(void)heap_resize(&heap, q, 48, 0);
}

/* Large ones, too, but never more than HEAP_KEPT bytes of them. */
static void
large_blocks_are_kept(void)
{
	const size_t n = HEAP_LARGE_UNIT * 2, most = HEAP_KEPT / n + 3;
	static void *block[HEAP_KEPT / HEAP_LARGE_UNIT];
	struct heap heap = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < most; i++)
		block[i] = heap_resize(&heap, NULL, 0, n);
	for (size_t i = 0; i < most; i++) {
		(void)heap_resize(&heap, block[i], n, 0);
		CHECK(heap.kept >= kept && heap.kept <= HEAP_KEPT);
		kept = heap.kept;
	}
#if !defined(__SANITIZE_ADDRESS__)
	CHECK_INT(kept, HEAP_KEPT);
	block[0] = heap_resize(&heap, NULL, 0, n - 1);
	CHECK_INT(heap.kept, HEAP_KEPT - n);
	CHECK(heap_resize(&heap, block[0], n - 1, n - 1000) == block[0]);
	(void)heap_resize(&heap, block[0], n - 1000, 0);
	CHECK_INT(heap.kept, HEAP_KEPT);
#endif
}

static void
random_blocks_keep_their_bytes(void)
{
	static struct block block[BLOCKS];
	struct heap heap = { 0 };
	uint32_t state = 1;
	bool are_whole = true;

	for (int i = 0; i < STEPS; i++) {
		struct block *b = &block[draw(&state) % BLOCKS];
		size_t n =
		    draw(&state) % (draw(&state) % 8 != 0       ? 300
				       : draw(&state) % 32 != 0 ? 2000
								: 1200000);
		unsigned char *p = heap_resize(&heap, b->p, b->n, n);

		b->p = p;
		are_whole = are_whole && (p != NULL || n == 0) &&
		            is_whole(b, n < b->n ? n : b->n);
		b->n = n;
		b->byte = (unsigned char)i;
		if (n != 0)
			memset(p, b->byte, n);
	}
	CHECK(are_whole);
	for (int i = 0; i < BLOCKS; i++)
		(void)heap_resize(&heap, block[i].p, block[i].n, 0);
}

CHECK_MAIN(CASE(each_size_is_taken_and_given_back),
    CASE(what_was_given_back_is_taken_again), CASE(large_blocks_are_kept),
    CASE(random_blocks_keep_their_bytes))
