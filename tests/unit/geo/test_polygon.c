/* polygon: inside, outside, and exactly on the line */
#include "geo/polygon.h"

#include "check.h"

#include <stdint.h>

#define ITEMS(a) (sizeof(a) / sizeof((a)[0]))

static void
border_is_outside(void)
{
	static const struct point ring[] = { { 0, 0 }, { 10, 0 }, { 10, 10 },
		{ 5, 5 }, { 0, 10 } };
	static const struct {
		struct point p;
		bool want;
	} row[] = {
		{ { 1, 1 }, true },
		{ { 5, 4.999999999999999 }, true },
		{ { 5, 5 }, false },
		{ { 5, 5.000000000000001 }, false },
		{ { 0, 0 }, false },
		{ { 10, 10 }, false },
		{ { 5, 0 }, false },
		{ { 0, 5 }, false },
		{ { 7, 7 }, false },
		{ { 2.5, 7.5 }, false },
		{ { 1, 8 }, true },
		{ { 9, 8 }, true },
		{ { -1, 0 }, false },
		{ { -1, 5 }, false },
		{ { 11, 5 }, false },
		{ { 11, 0 }, false },
		{ { 5, -1 }, false },
		{ { 5, 11 }, false },
	};
	struct point other[ITEMS(ring)];

	for (size_t i = 0; i < ITEMS(ring); i++)
		other[i] = ring[ITEMS(ring) - 1 - i];
	for (size_t i = 0; i < ITEMS(row); i++) {
		CHECK_INT(polygon_contains(ring, ITEMS(ring), row[i].p),
		    row[i].want);
		/* which way round does not matter */
		CHECK_INT(polygon_contains(other, ITEMS(ring), row[i].p),
		    row[i].want);
	}
}

static void
middle_of_a_star_is_inside(void)
{
	static const struct point star[] = { { 0, 0 }, { 5, 10 }, { 10, 0 },
		{ 0, 7 }, { 10, 7 } };

	CHECK(polygon_contains(star, ITEMS(star), (struct point){ 5, 4 }));
	CHECK(!polygon_contains(star, ITEMS(star), (struct point){ 5, 1 }));
}

static void
opposite_windings_cancel(void)
{
	/* there and back again around the same square */
	static const struct point ring[] = { { 0, 0 }, { 4, 0 }, { 4, 4 },
		{ 0, 4 }, { 0, 0 }, { 0, 4 }, { 4, 4 }, { 4, 0 } };

	CHECK(!polygon_contains(ring, ITEMS(ring), (struct point){ 2, 2 }));
}

static void
closing_it_by_hand_changes_nothing(void)
{
	static const struct point ring[] = { { 0, 0 }, { 4, 0 }, { 4, 4 },
		{ 0, 4 }, { 0, 0 } };

	CHECK(polygon_contains(ring, 5, (struct point){ 2, 2 }));
	CHECK(polygon_contains(ring, 4, (struct point){ 2, 2 }));
	CHECK(!polygon_contains(ring, 5, (struct point){ 0, 2 }));
	CHECK(!polygon_contains(ring, 4, (struct point){ 0, 2 }));
}

static void
lines_contain_nothing(void)
{
	static const struct point line[] = { { 0, 0 }, { 10, 10 }, { 5, 5 } };

	for (size_t n = 0; n <= 3; n++)
		CHECK(!polygon_contains(line, n, (struct point){ 5, 5 }));
}

/* A whole number of up to 2^52 that looks random. */
static int64_t
roll(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (int64_t)(*seed >> 12);
}

/*
 * Points beside the middle of a long edge, where the rounded determinant is
 * noise; 128 bits hold the exact one. The third corner is far to the left, so
 * that inside is left of the edge.
 */
static void
side_is_exact(void)
{
	uint64_t seed = 88172645463325252u;
	int on_line = 0, wrong = 0;

	for (int i = 0; i < 20000; i++) {
		int64_t ax = -roll(&seed), bx = -ax + roll(&seed) % 5;
		int64_t ay = -roll(&seed), by = -ay + roll(&seed) % 5;
		int64_t px = roll(&seed) % 5, py = roll(&seed) % 5;
		__int128 det = (__int128)(ax - px) * (by - py) -
		               (__int128)(ay - py) * (bx - px);
		struct point ring[] = { { (double)ax, (double)ay },
			{ (double)bx, (double)by }, { -1e18, 0 } };
		struct point p = { (double)px, (double)py };

		on_line += det == 0;
		wrong += polygon_contains(ring, 3, p) != (det > 0);
	}
	CHECK_INT(wrong, 0);
	CHECK(on_line > 100);
}

CHECK_MAIN(CASE(border_is_outside), CASE(middle_of_a_star_is_inside),
    CASE(opposite_windings_cancel), CASE(closing_it_by_hand_changes_nothing),
    CASE(lines_contain_nothing), CASE(side_is_exact))
