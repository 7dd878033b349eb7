/*
 * polygon: is a point inside a ring of corners? Plane geometry: x is the
 * longitude, y the latitude, and nothing wraps at the date line. The ring is
 * closed by itself and may cross itself: inside is where the winding number
 * is not zero. A point on the border is outside.
 *
 * The side of an edge on which a point lies is decided exactly, unless
 * products of coordinates leave the range of a double.
 */
#ifndef GEO_POLYGON_H
#define GEO_POLYGON_H

#include <stdbool.h>
#include <stddef.h>

struct point {
	double x, y; /* finite */
};

/* Fewer than three corners contain nothing. */
bool polygon_contains(const struct point *corner, size_t n, struct point p);

#endif
