#include "rows/event.h"

/* A workspace may come from somebody else: what it holds is checked. */
static void
add_content(struct buf *out, struct str text)
{
	autopool struct pool pool = POOL_NONE;
	struct json v;

	if (json_read(&pool, text, &v, NULL) == 0)
		json_write(out, &v, 0);
	else
		json_write_str(out, text);
}

void
event_write(struct buf *out, const struct row *row, const char *extra,
    unsigned flags)
{
	const struct field *field = row->model->field;

	buf_printf(out, "{\"id\":%d,%s", row->id, extra);
	for (size_t i = 0; field[i].name != NULL; i++) {
		const struct value *value = &row->value[i];

		if (!value->is_set && flags & EVENT_SPARSE)
			continue;
		buf_printf(out, "\"%s\":", field[i].name);
		if (value->is_set && field[i].kind == FIELD_JSON)
			add_content(out, value->text);
		else
			value_write_json(out, &field[i], value);
		buf_add_char(out, ',');
	}
	out->p[out->n - 1] = '}'; /* of the last comma */
}
