#include "work/say.h"

#include "base/num.h"
#include "term/term.h"
#include "value/quote.h"

void
say_insert(struct buf *out, const struct model *model,
    const struct db_result *result, enum say_tense tense)
{
	static const char *const word[] = {
		[SAY_DOING] = "Adding",
		[SAY_DONE] = "Added",
		[SAY_WOULD] = "Would add",
	};

	buf_printf(out, "%s %s ", word[tense], model->family);
	quote_add(out, result->label);
	if (result->is_scoped_out)
		buf_add(out, STR(" (out of scope)"));
}

static void
add_change(struct buf *out, const struct field *field,
    const struct value *value, bool has_color)
{
	buf_printf(out, "%s => %s", field->name,
	    has_color ? term_paint("33") : "");
	value_write_log(out, field, value);
	buf_add(out, str_of(has_color ? term_paint("0") : ""));
}

void
say_update(struct buf *out, const struct db_result *result,
    enum say_tense tense)
{
	const struct row *row = &result->changed;
	static const char *const word[] = {
		[SAY_DOING] = "Updating",
		[SAY_DONE] = "Updated",
		[SAY_WOULD] = "Would update",
	};
	unsigned char order[MODEL_MAX_FIELDS];
	size_t n = model_log_order(row->model, order), count = 0;

	buf_printf(out, "%s %s ", word[tense], row->model->family);
	quote_add(out, result->label);
	buf_add(out, STR(" ("));
	for (size_t i = 0; i < n; i++) {
		const struct value *value = &row->value[order[i]];

		if (!value->is_set)
			continue;
		if (count++ != 0)
			buf_add(out, STR(", "));
		add_change(out, &row->model->field[order[i]], value,
		    tense != SAY_DONE);
	}
	buf_add_char(out, ')');
}

static const struct value *
value_of(const struct row *row, const char *name)
{
	return &row->value[model_field(row->model, name)];
}

static void
add_place(struct buf *out, const struct row *event)
{
	const struct value *latitude = value_of(event, "latitude");
	const struct value *longitude = value_of(event, "longitude");
	const struct value *radius = value_of(event, "radius");

	if (!latitude->is_set || !longitude->is_set)
		return;
	buf_add(out, STR(" ("));
	num_add_plain_float(out, latitude->f);
	buf_add(out, STR(", "));
	num_add_plain_float(out, longitude->f);
	if (radius->is_set) {
		buf_add(out, STR(" | "));
		buf_add_int(out, radius->i);
		buf_add_char(out, 'm');
	}
	buf_add_char(out, ')');
}

/* "2019-09-08T08:28:57" with a blank for the T. */
static void
add_time(struct buf *out, struct str time)
{
	struct str day = str_cut(&time, 'T');

	buf_add(out, day);
	buf_add_char(out, ' ');
	buf_add(out, time);
}

/* "topic" ("uniq") */
static void
add_event_name(struct buf *out, const struct row *event)
{
	const struct value *uniq = value_of(event, "uniq");

	quote_add(out, value_of(event, "topic")->text);
	if (!uniq->is_set)
		return;
	buf_add(out, STR(" ("));
	quote_add(out, uniq->text);
	buf_add_char(out, ')');
}

void
say_activity(struct buf *out, const struct row *event, bool has_content)
{
	add_event_name(out, event);
	buf_add(out, STR(" @ "));
	add_time(out, value_of(event, "time")->text);
	add_place(out, event);
	if (has_content) {
		buf_add(out, STR(": "));
		buf_add(out, value_of(event, "content")->text);
	}
}

void
say_activity_subject(struct buf *out, const struct row *event)
{
	buf_add(out, STR("New activity: "));
	add_event_name(out, event);
}

void
say_activity_topic(struct buf *out, const struct row *event)
{
	buf_add(out, STR("activity:"));
	buf_add(out, value_of(event, "topic")->text);
}

void
say_topic(struct buf *out, const struct model *model, struct str label,
    const char *verb)
{
	buf_printf(out, "db:%s:", model->family);
	buf_add(out, label);
	buf_printf(out, ":%s", verb);
}
