/* geo_polygon: places against areas, without a database. */
#include "geo/polygon.h"

#include "stdlib/call.h"

static int
read_number(const struct json *v, const char *name, double *out,
    struct err *err)
{
	if (v == NULL)
		return err_set(err, "missing field `%s`", name);
	switch (v->kind) {
	case JSON_INT:
		*out = (double)v->i;
		return 0;
	case JSON_UINT:
		*out = (double)v->u;
		return 0;
	case JSON_DOUBLE:
		*out = v->d;
		return 0;
	default:
		return err_set(err, "`%s` is not a number", name);
	}
}

/* {lat = 1, lon = 2} or {2, 1} */
static int
read_point(const struct json *v, struct point *out, struct err *err)
{
	const struct json *x, *y;
	struct point p;

	if (v->kind == JSON_LIST) {
		if (v->list.n != 2)
			return err_set(err, "%zu numbers instead of 2",
			    v->list.n);
		x = &v->list.item[0];
		y = &v->list.item[1];
	} else {
		x = json_member(v, "lon");
		y = json_member(v, "lat");
	}
	if (read_number(y, "lat", &p.y, err) == -1 ||
	    read_number(x, "lon", &p.x, err) == -1)
		return -1;
	*out = p;
	return 0;
}

static int
fn_geo_polygon_contains(struct call *c)
{
	const struct json *list = call_json(c, 1);
	size_t n = list->list.n;
	struct point *corner = pool_array(c->pool, n, sizeof(*corner));
	struct point p;

	for (size_t i = 0; i < n; i++) {
		if (read_point(&list->list.item[i], &corner[i], c->err) == -1)
			return err_wrap(c->err, "Invalid polygon");
	}
	if (read_point(call_json(c, 2), &p, c->err) == -1)
		return err_wrap(c->err, "Invalid point");
	return call_return_bool(c, polygon_contains(corner, n, p));
}

const struct stdlib_fn stdlib_geo_polygon[] = {
	{
	    .name = "geo_polygon_contains",
	    .call = fn_geo_polygon_contains,
	    .args = "polygon:list, point:any",
	    .returns = "bool",
	    .doc =
		"Is the point inside the polygon? A point is a map with the numbers lat and lon, or a list {lon, lat}. The polygon is a list of points and is closed by itself; where it crosses itself, all that it goes around is inside. A point on the border is outside. Nothing wraps at the date line.",
	    .example =
		"geo_polygon_contains({{lat=0, lon=0}, {lat=0, lon=10}, {lat=10, lon=5}}, {lat=1, lon=5})  -- true",
	},
	{ NULL },
};
