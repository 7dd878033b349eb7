#include "ipc/variant.h"

#include "value/slot.h"

static int
unknown_variant(const struct variant *rows, struct str name, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	const char *separator = "";
	size_t n = 0;

	for (size_t i = 0; rows[i].name != NULL; i++)
		n += !rows[i].is_quiet;
	buf_add(&text, STR("unknown variant `"));
	buf_add(&text, slot_shown(&pool, name));
	buf_add(&text, STR("`, expected "));
	if (n > 2)
		buf_add(&text, STR("one of "));
	for (size_t i = 0; rows[i].name != NULL; i++) {
		if (rows[i].is_quiet)
			continue;
		buf_printf(&text, "%s`%s`", separator, rows[i].name);
		separator = n == 2 ? " or " : ", ";
	}
	return slot_fail(err, "%.*s", STR_ARG(buf_str(&text)));
}

static int
find_row(const struct variant *rows, struct str name, struct err *err)
{
	for (int i = 0; rows[i].name != NULL; i++) {
		if (str_is(name, rows[i].name))
			return i;
	}
	return unknown_variant(rows, name, err);
}

int
variant_read(const struct variant *rows, const struct json *v,
    const struct json **payload, uint32_t *column, struct err *err)
{
	const struct json_member *member;
	int i;

	*column = v->end;
	*payload = NULL;
	if (v->kind == JSON_STR) {
		i = find_row(rows, v->str, err);
		if (i != -1 && rows[i].kind == VARIANT_PAYLOAD)
			return slot_fail(err,
			    "invalid type: unit variant, expected newtype variant");
		return i;
	}
	if (v->kind != JSON_MAP)
		return slot_wrong_type(v, "string or map", err);
	if (v->map.n != 1)
		return slot_fail(err,
		    "invalid value: map, expected map with a single key");
	member = &v->map.member[0];
	*column = member->end;
	i = find_row(rows, member->name, err);
	if (i == -1)
		return -1;
	*column = member->value.end;
	if (rows[i].kind == VARIANT_PAYLOAD)
		*payload = &member->value;
	else if (member->value.kind != JSON_NULL)
		return slot_wrong_type(&member->value, "unit variant", err);
	return i;
}
