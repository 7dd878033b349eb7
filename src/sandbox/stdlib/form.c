#include "stdlib/form.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "url/percent.h"

/* The text of a value in a form. */
static int
form_value(struct call *c, const struct json *v, struct str *out)
{
	struct buf text = BUF_IN(c->pool);

	switch (v->kind) {
	case JSON_STR:
		*out = v->str;
		return utf8_is_valid(v->str)
		           ? 0
		           : err_set(c->err, "value is not utf-8");
	case JSON_BOOL:
	case JSON_INT:
	case JSON_UINT:
	case JSON_DOUBLE:
		json_write(&text, v, 0);
		*out = buf_str(&text);
		return 0;
	default:
		return err_set(c->err, "unsupported value");
	}
}

static int
by_name(const void *a, const void *b)
{
	const struct json_member *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

void
form_sort(const struct json *map)
{
	/* the tree is the call's alone, and nobody needs its order */
	if (map->map.n > 1)
		qsort(map->map.member, map->map.n, sizeof(*map->map.member),
		    by_name);
}

int
form_write(struct call *c, const struct json *map, struct str *out)
{
	struct buf text = BUF_IN(c->pool);
	struct str value;

	*out = STR("");
	if (map->kind == JSON_NULL)
		return 0;
	if (map->kind == JSON_LIST)
		return err_set(c->err, "unsupported pair");
	if (map->kind != JSON_MAP)
		return err_set(c->err, "top-level serializer supports only "
				       "maps and structs");
	form_sort(map);
	for (size_t i = 0; i < map->map.n; i++) {
		const struct json_member *m = &map->map.member[i];

		if (form_value(c, &m->value, &value) == -1)
			return -1;
		form_add(&text, m->name, value);
	}
	*out = buf_str(&text);
	return 0;
}
