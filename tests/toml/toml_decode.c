/*
 * A TOML text on standard input as the JSON of toml-test: each value is a map
 * of its type and its text. Ends with 1 and the error where it is not TOML.
 */
#include <math.h>
#include <stdio.h>

#include "value/toml.h"

/* The kind of a date or time, from where it has a colon and an offset. */
static const char *
moment_type(struct str s)
{
	if (s.n > 2 && s.p[2] == ':')
		return "time-local";
	if (s.n <= 10)
		return "date-local";
	for (size_t i = 11; i < s.n; i++) {
		if (strchr("Zz+-", s.p[i]) != NULL)
			return "datetime";
	}
	return "datetime-local";
}

static void
add_double(struct buf *out, double d)
{
	if (isnan(d))
		buf_add(out, STR("nan"));
	else
		buf_printf(out, "%.17g", d);
}

static const char *
add_text(struct buf *text, const struct json *v)
{
	switch (v->kind) {
	case JSON_BOOL:
		buf_add(text, v->b ? STR("true") : STR("false"));
		return "bool";
	case JSON_INT:
		buf_printf(text, "%lld", (long long)v->i);
		return "integer";
	case JSON_DOUBLE:
		add_double(text, v->d);
		return "float";
	case JSON_STR:
		buf_add(text, v->str);
		return "string";
	default:
		buf_add(text, v->map.member[0].value.str);
		return moment_type(buf_str(text));
	}
}

static struct json
tagged(struct pool *pool, const struct json *v)
{
	bool is_list = v->kind == JSON_LIST;
	struct json out = is_list ? json_list() : json_map();
	struct buf text = BUF_IN(pool);
	const char *type;

	for (size_t i = 0; is_list && i < v->list.n; i++)
		(void)json_append(pool, &out, tagged(pool, &v->list.item[i]));
	if (is_list)
		return out;
	if (v->kind == JSON_MAP && json_member(v, TOML_MOMENT) == NULL) {
		for (size_t i = 0; i < v->map.n; i++)
			(void)json_set(pool, &out, v->map.member[i].name,
			    tagged(pool, &v->map.member[i].value));
		return out;
	}
	type = add_text(&text, v);
	(void)json_set(pool, &out, STR("type"), json_text(type));
	(void)json_set(pool, &out, STR("value"), json_str(buf_str(&text)));
	return out;
}

int
main(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct buf in = BUF_IN(&pool), out = BUF_IN(&pool);
	struct json v;
	int c;

	while ((c = getchar()) != EOF)
		buf_add_char(&in, (char)c);
	if (toml_read(&pool, buf_str(&in), &v, &err) == -1) {
		struct str why = err_text(&err);

		(void)fprintf(stderr, "%.*s\n", STR_ARG(why));
		return 1;
	}
	v = tagged(&pool, &v);
	json_write(&out, &v, 0);
	(void)printf("%.*s\n", (int)out.n, out.p);
	return 0;
}
