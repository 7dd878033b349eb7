/*
 * db: what the module found goes to the parent, which owns the database.
 * Events: docs/wire.md, "Events"; families: model/model.h.
 */
#include "child/child.h"
#include "model/model.h"
#include "stdlib/ask.h"
#include "stdlib/call.h"
#include "text/b64.h"
#include "value/quote.h"
#include "value/slot.h"

static int
find_model(struct call *c, const struct model **model)
{
	*model = model_by_family(call_str(c, 1));
	if (*model != NULL && (*model)->flags & MODEL_OURS &&
	    !c->child->is_ours)
		return err_set(c->err,
		    "the program that runs this module has no family %s",
		    (*model)->family);
	if (*model != NULL)
		return 0;
	err_set(c->err, "Matching variant not found");
	return err_set_debug(c->err, "VariantNotFound");
}

/* 0, or -1 with the error that the parent told, or that its line is one. */
static int
read_reply(struct call *c, struct str answer, struct reply_db *reply)
{
	const struct json *ok;
	struct str text;
	int status;

	if (reply_read_db_line(answer, reply))
		return 0;
	status = reply_read(c->pool, answer, &ok, &text, c->err);
	if (status == 1)
		return err_set(c->err, "Database error: %s",
		    quote_text(c->pool, text).p);
	return status == 0 ? reply_read_db(ok, reply, c->err) : -1;
}

/* Sends an event of the database; -1 with "context" around the error. */
static int
ask_db(struct call *c, struct str line, const char *context,
    struct reply_db *reply)
{
	struct str answer;

	if (ask_line(c, line, &answer) == -1 ||
	    read_reply(c, answer, reply) == -1)
		return err_wrap(c->err, "%s", context);
	return 0;
}

static int
ask_id(struct call *c, struct str line, const char *context)
{
	struct reply_db reply;

	if (ask_db(c, line, context, &reply) == -1)
		return -1;
	if (reply.kind == REPLY_NONE)
		return call_return_nil(c);
	return call_return_int(c, reply.id);
}

/* The bytes of an image go first; its value is their id. */
static int
send_blob(struct call *c, const struct row *row)
{
	const struct str *bytes = call_blob(c, row_label(row, c->pool));
	struct buf line = BUF_IN(c->pool);
	const struct json *ok;
	struct str text;
	int status;

	if (bytes == NULL)
		return err_set(c->err, "Invalid blob reference");
	buf_add(&line, STR("{\"Blob\":\""));
	b64_add(&line, *bytes);
	buf_add(&line, STR("\"}\n"));
	status = ask(c, buf_str(&line), &ok, &text);
	if (status == 1)
		return err_set(c->err, "Failed to store blob: %s",
		    quote_text(c->pool, text).p);
	if (status == 0 && ok->kind != JSON_NULL)
		return slot_wrong_type(ok, "unit", c->err);
	return status;
}

static int
add_row(struct call *c, bool with_ttl)
{
	struct row *row = pool_alloc(c->pool, sizeof(*row));
	struct buf line = BUF_IN(c->pool);
	const struct model *model;

	if (find_model(c, &model) == -1 ||
	    row_read_insert(row, model, call_json(c, 2), c->pool, c->err) == -1)
		return -1;
	if (model_field_with(model, FIELD_BLOB) != -1 &&
	    send_blob(c, row) == -1)
		return -1;
	buf_room(&line, 512);
	buf_add(&line, with_ttl ? STR("{\"Database\":{\"InsertTtl\":[")
				: STR("{\"Database\":{\"Insert\":"));
	row_write_insert(&line, row,
	    call_start(c)->is_older ? ROW_OLDER_FORM : 0);
	if (with_ttl) {
		buf_add_char(&line, ',');
		buf_add_int(&line, call_int(c, 3));
		buf_add_char(&line, ']');
	}
	buf_add(&line, STR("}}\n"));
	return ask_id(c, buf_str(&line), "Failed to add to database");
}

static int
fn_db_add(struct call *c)
{
	return add_row(c, false);
}

static int
fn_db_add_ttl(struct call *c)
{
	return add_row(c, true);
}

static int
fn_db_select(struct call *c)
{
	struct buf line = BUF_IN(c->pool);
	const struct model *model;

	if (find_model(c, &model) == -1)
		return -1;
	buf_printf(&line, "{\"Database\":{\"Select\":[\"%s\",", model->select);
	json_write_str(&line, call_str(c, 2));
	buf_add(&line, STR("]}}\n"));
	return ask_id(c, buf_str(&line), "Failed to query database");
}

/* The update as a map that carries the id of the object. */
static void
with_id(struct call *c, int32_t id, struct json *out)
{
	const struct json *given = call_json(c, 3);
	struct json map = json_map();

	if (given->kind != JSON_MAP) {
		*out = *given;
		return;
	}
	for (size_t i = 0; i < given->map.n; i++)
		json_set(c->pool, &map, given->map.member[i].name,
		    given->map.member[i].value);
	json_set(c->pool, &map, STR("id"), json_int(id));
	*out = map;
}

static int
fn_db_update(struct call *c)
{
	struct buf line = BUF_IN(c->pool);
	const struct model *model;
	struct row old, update;
	struct json map;
	uint32_t column;

	if (find_model(c, &model) == -1)
		return -1;
	if (!model_is_mutable(model))
		return err_set(c->err, "%s doesn't have mutable fields",
		    model->title);
	if (row_read_object(&old, model, call_json(c, 2), c->pool, c->err) ==
	    -1)
		return -1;
	with_id(c, old.id, &map);
	if (row_read_update(&update, model, &map, c->pool, &column, c->err) ==
	    -1)
		return -1;
	if (row_diff(&update, &old) == 0)
		return call_return_int(c, old.id);
	buf_printf(&line, "{\"Database\":{\"Update\":[\"%s\",", model->select);
	json_write_str(&line, row_label(&old, c->pool));
	buf_add_char(&line, ',');
	row_write_update(&line, &update);
	buf_add(&line, STR("]}}\n"));
	return ask_id(c, buf_str(&line), "Failed to update database");
}

static int
fn_db_activity(struct call *c)
{
	struct buf line = BUF_IN(c->pool), dump = BUF_IN(c->pool);
	struct row event;
	struct reply_db reply;

	if (row_read_insert(&event, &model_activity, call_json(c, 1), c->pool,
		c->err) == -1)
		return -1;
	buf_add(&line, STR("{\"Database\":"));
	row_write_insert(&line, &event, 0);
	buf_add(&line, STR("}\n"));
	if (ask_db(c, buf_str(&line), "Failed to log activity", &reply) == -1)
		return -1;
	if (reply.kind == REPLY_INSERTED || reply.kind == REPLY_NO_CHANGE)
		return call_return_bool(c, reply.kind == REPLY_NO_CHANGE);
	reply_dump_db(&dump, &reply);
	return err_set(c->err,
	    "Unexpected database response for db_activity: %.*s",
	    STR_ARG(buf_str(&dump)));
}

const struct stdlib_fn stdlib_db[] = {
	{
	    .name = "db_add",
	    .call = fn_db_add,
	    .args = "family:text, object:any",
	    .returns = "int",
	    .doc =
		"Adds something found to the workspace, or fills in columns of what is there. Returns its id, nil if it is out of scope. The columns of a family: `sn0int help FAMILY`.",
	    .example = "db_add('domain', {value='example.com'})",
	    .flags = FN_DEBUG_DUMP,
	},
	{
	    .name = "db_add_ttl",
	    .call = fn_db_add_ttl,
	    .args = "family:text, object:any, seconds:i32",
	    .returns = "int",
	    .doc =
		"Like db_add(), for something that is removed after so many seconds unless it is seen again.",
	    .example = "db_add_ttl('network', {value='guest'}, 3600)",
	    .flags = FN_DEBUG_DUMP,
	},
	{
	    .name = "db_select",
	    .call = fn_db_select,
	    .args = "family:text, value:text",
	    .returns = "int",
	    .doc =
		"The id of the row with exactly this value, nil if there is none in scope.",
	    .example = "db_select('domain', 'example.com')",
	    .flags = FN_DEBUG_DUMP,
	},
	{
	    .name = "db_update",
	    .call = fn_db_update,
	    .args = "family:text, object:any, update:any",
	    .returns = "int",
	    .doc =
		"Changes columns of a row. object is the row as run() got it; what is equal there is not sent.",
	    .example = "db_update('subdomain', arg, {resolvable=true})",
	    .flags = FN_DEBUG_DUMP,
	},
	{
	    .name = "db_activity",
	    .call = fn_db_activity,
	    .args = "event:any",
	    .returns = "bool",
	    .doc =
		"Logs that something happened: topic, time, content, and optionally uniq, latitude, longitude, radius. Returns true if an event with this uniq was there already.",
	    .example =
		"db_activity({topic='t', time='2019-09-08T08:28:57', content={a=1}})",
	    .flags = FN_DEBUG_DUMP,
	},
	{ NULL },
};
