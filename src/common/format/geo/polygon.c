#include "geo/polygon.h"

#include <float.h>
#include <math.h>

/*
 * Sums that do not round, as in J. R. Shewchuk, "Adaptive Precision
 * Floating-Point Arithmetic and Fast Robust Geometric Predicates" (1997): a
 * number is the sum of parts that do not overlap, the smallest first, so its
 * sign is that of the last part.
 */
#define PARTS 12

struct exact {
	int n;
	double part[PARTS];
};

/* GROW-EXPANSION, without keeping zeros */
static void
exact_add(struct exact *sum, double v)
{
	int n = 0;

	for (int i = 0; i < sum->n; i++) {
		double a = sum->part[i], total = v + a;
		double b = total - v;
		double lost = (v - (total - b)) + (a - b);

		if (lost != 0)
			sum->part[n++] = lost;
		v = total;
	}
	if (v != 0)
		sum->part[n++] = v;
	sum->n = n;
}

static void
exact_add_product(struct exact *sum, double a, double b)
{
	double product = a * b;

	exact_add(sum, fma(a, b, -product));
	exact_add(sum, product);
}

static int
sign_of(double v)
{
	return (v > 0) - (v < 0);
}

/* (a - p) x (b - p) without rounding; p.x * p.y cancels */
static int
exact_side(struct point a, struct point b, struct point p)
{
	struct exact sum = { .n = 0 };

	exact_add_product(&sum, a.x, b.y);
	exact_add_product(&sum, -a.x, p.y);
	exact_add_product(&sum, -p.x, b.y);
	exact_add_product(&sum, -a.y, b.x);
	exact_add_product(&sum, a.y, p.x);
	exact_add_product(&sum, p.y, b.x);
	return sum.n != 0 ? sign_of(sum.part[sum.n - 1]) : 0;
}

/* 1: p lies left of the way from a to b; -1: right of it; 0: on its line */
static int
side(struct point a, struct point b, struct point p)
{
	/* the paper's bound for the rounded determinant */
	const double bound = (3 + 8 * DBL_EPSILON) * (DBL_EPSILON / 2);
	double left = (a.x - p.x) * (b.y - p.y);
	double right = (a.y - p.y) * (b.x - p.x);
	double det = left - right;

	if (fabs(det) > bound * (fabs(left) + fabs(right)))
		return sign_of(det);
	return exact_side(a, b, p);
}

static bool
is_between(double v, double a, double b)
{
	return a < b ? v >= a && v <= b : v >= b && v <= a;
}

/*
 * How the edge changes the winding number: edges that cross the ray from p to
 * the right, upwards 1, downwards -1. The lower end counts as on the ray.
 */
static int
edge_winds(struct point a, struct point b, struct point p, bool *on_border)
{
	int s;

	if (!is_between(p.y, a.y, b.y))
		return 0;
	s = side(a, b, p);
	if (s == 0 && is_between(p.x, a.x, b.x))
		*on_border = true;
	if (a.y <= p.y && b.y > p.y)
		return s > 0;
	if (b.y <= p.y && a.y > p.y)
		return -(s < 0);
	return 0;
}

bool
polygon_contains(const struct point *corner, size_t n, struct point p)
{
	bool on_border = false;
	long winding = 0;

	if (n < 3)
		return false;
	for (size_t i = 0; i < n && !on_border; i++)
		winding += edge_winds(corner[i], corner[i + 1 < n ? i + 1 : 0],
		    p, &on_border);
	return winding != 0 && !on_border;
}
