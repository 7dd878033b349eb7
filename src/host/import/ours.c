/* Rows as our own exports have them. */
#include "import/ours.h"

#include "base/closest.h"
#include "base/mem.h"
#include "db/db.h"
#include "db/exchange.h"
#include "import/import.h"
#include "text/b64.h"

/* What is no family. */
static const struct model *const others[] = { &model_activity, &db_model_rules,
	&db_model_ttls, &db_model_run, &db_model_attempt, &db_model_exchange,
	&db_model_origin };

static const char *
name_at(const void *list, size_t i)
{
	size_t n = 0;

	(void)list;
	while (model_table[n].family != NULL)
		n++;
	if (i < n)
		return model_table[i].table;
	return i - n < ARRAY_SIZE(others) ? others[i - n]->table : NULL;
}

const struct model *
ours_table(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (str_is(name, others[i]->table))
			return others[i];
	}
	return model_by_table(name);
}

int
ours_named(struct str name, const struct model **table, struct err *err)
{
	const char *closest;

	*table = ours_table(name);
	if (*table != NULL)
		return 0;
	closest = closest_name(name, name_at, NULL);
	return err_set(err, "there is no table '%.*s'%s%s%s",
	    STR_ARG(str_sub(name, 0, 100)),
	    closest != NULL ? ", did you mean '" : "",
	    closest != NULL ? closest : "", closest != NULL ? "'?" : "");
}

const struct model *
import_table_by_name(struct str name, struct err *err)
{
	const struct model *table;

	if (ours_named(name, &table, err) == 0)
		return table;
	(void)err_set_kind(err, ERR_USAGE);
	return NULL;
}

static bool
has_column(const struct model *table, struct str name)
{
	if (str_is(name, "id") || str_is(name, "table"))
		return true;
	for (const struct field *f = table->field; f->name != NULL; f++) {
		if (str_is(name, f->name))
			return true;
	}
	return false;
}

int
ours_row(struct import_reader *r, struct str table, struct json *columns,
    struct err *err)
{
	const struct model *model;

	if (ours_named(table, &model, err) == -1)
		return -1;
	if (columns->kind != JSON_MAP)
		return err_set(err, "a row of %s is no object", model->table);
	for (size_t i = 0; i < columns->map.n; i++) {
		struct str name = columns->map.member[i].name;

		if (!has_column(model, name))
			return err_set(err, "%s has no column '%.*s'",
			    model->table, STR_ARG(str_sub(name, 0, 100)));
	}
	return r->to->row(r->to->ctx, model, columns, false, err);
}

int
ours_blob(struct import_reader *r, struct str id, struct str base64,
    struct err *err)
{
	struct str bytes;

	if (b64_read(r->pool, base64, &bytes, err) == -1)
		return err_wrap(err, "a blob that is no base64");
	return r->to->blob(r->to->ctx, id, bytes, err);
}
