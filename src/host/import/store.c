/*
 * Rows of files into the workspace.
 *
 * Ids of a file are not ids here. So a row that names others is stored when
 * these are known, by their ids there or by their values, and otherwise waits:
 * the reference program writes links before what they link. What is no family
 * waits to the end, too, as it changes how rows are judged, or how long they
 * live. At the end all is tried again while anything comes of it; what is left
 * refers to nothing.
 */
#include "import/inside.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "crypt/blob.h"
#include "db/exchange.h"
#include "import/ours.h"
#include "url/ip.h"
#include "url/url.h"

/* What becomes of a row, beside -1. */
enum stored {
	STORED,
	WAITS,    /* for one that it names */
	UNUSABLE, /* of a tool */
};

static int store_family(struct import *im, const struct model *table,
    const struct json *columns, bool tool, struct pool *pool, int32_t *id,
    struct err *err);

static struct import_count *
count_of(struct import *im, const struct model *table)
{
	for (size_t i = 0; i < im->counts; i++) {
		if (im->count[i].table == table)
			return &im->count[i];
	}
	assert(im->counts < MOST_COUNTS);
	im->count[im->counts].table = table;
	return &im->count[im->counts++];
}

static void
count_row(struct import *im, const struct model *table,
    const struct db_result *result)
{
	struct import_count *count = count_of(im, table);

	count->added += result->reply.kind == REPLY_INSERTED;
	count->changed += result->reply.kind == REPLY_UPDATED;
	/* what a row stands on is met as often as there are rows on it */
	if (im->depth != 0 && result->reply.kind != REPLY_INSERTED)
		return;
	count->known += result->reply.kind == REPLY_NO_CHANGE ||
	                result->reply.kind == REPLY_NONE;
	count->out += result->is_scoped_out || result->reply.kind == REPLY_NONE;
}

/* Of what is read, or tried again. */
static struct db_late
place_of(const struct import *im)
{
	if (im->reader == NULL)
		return im->place;
	return (struct db_late){
		.file = im->at,
		.line = im->reader->line,
		.at = im->reader->at,
	};
}

static void
count_unusable(struct import *im, struct str what)
{
	struct db_late place = place_of(im);

	if (im->total.unusable++ != 0)
		return;
	im->total.example = str_of(pool_printf(&im->pool,
	    "'%.*s' of %s, line %llu", STR_ARG(utf8_cut(what, 100)),
	    im->file[place.file].name, (unsigned long long)place.line));
}

/* What stands in names as the DNS and people have them. */
static bool
is_name(struct str text)
{
	static const struct str never = { " *,/:@?#<>[]()\"'\\%|", 20 };
	struct ip ip;

	if (text.n == 0 || text.n > 253 || text.p[0] == '.' ||
	    text.p[text.n - 1] == '.' || !utf8_is_valid(text) ||
	    ip_read(text, &ip) == 0)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f ||
		    str_find_char(never, text.p[i]) != STR_NPOS)
			return false;
	}
	return str_find(text, STR("..")) == STR_NPOS;
}

/* "a@b", with nothing in it that would be something else. */
static bool
is_email(struct str text)
{
	size_t at = str_rfind_char(text, '@');

	if (at == STR_NPOS || at == 0)
		return false;
	for (size_t i = 0; i < at; i++) {
		if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f ||
		    strchr(",/:<>[]\"", text.p[i]) != NULL)
			return false;
	}
	return utf8_is_valid(text) && is_name(str_from(text, at + 1));
}

static struct str
text_member(const struct json *columns, const char *name)
{
	const struct json *v = json_member(columns, name);

	return v != NULL && v->kind == JSON_STR ? v->str : STR_NONE;
}

/* What a row is told by: its value, or of a link the first text. */
static struct str
example_of(const struct json *columns)
{
	struct str text = text_member(columns, "value");

	for (size_t i = 0; text.n == 0 && i < columns->map.n; i++) {
		if (columns->map.member[i].value.kind == JSON_STR)
			text = columns->map.member[i].value.str;
	}
	return text;
}

/* What a tool says has passed nobody's check. */
static bool
is_usable(const struct model *table, const struct json *columns)
{
	struct str value = text_member(columns, "value");

	if (str_is(str_of(table->family), "domain") ||
	    str_is(str_of(table->family), "subdomain"))
		return is_name(value);
	if (str_is(str_of(table->family), "email"))
		return is_email(value);
	return true;
}

/* The id of the row of that value, which is made if it is not there. */
static int
store_named(struct import *im, const struct model *table, struct str value,
    bool tool, struct pool *pool, int32_t *id, struct err *err)
{
	struct json columns = json_map();
	int status;

	if (table == im->named &&
	    str_eq(value, str_view(im->named_value, im->named_n))) {
		*id = im->named_id;
		return STORED;
	}
	(void)json_set(pool, &columns, STR("value"), json_str(value));
	im->depth++;
	status = store_family(im, table, &columns, tool, pool, id, err);
	im->depth--;
	if (status == STORED && value.n <= sizeof(im->named_value)) {
		memcpy(im->named_value, value.p, value.n);
		im->named = table;
		im->named_n = value.n;
		im->named_id = *id;
	}
	return status;
}

/* Of a name without a domain_id. */
static int
domain_above(struct import *im, const struct json *columns, struct pool *pool,
    struct str *value, struct err *err)
{
	struct str name = text_member(columns, "value");

	(void)pool;
	if (name.n == 0)
		return err_set(err, "a name that is empty");
	return im->into.domain_of(im->into.ctx, name, value, err);
}

static int
name_in_url(struct import *im, const struct json *columns, struct pool *pool,
    struct str *value, struct err *err)
{
	struct url url;

	(void)im;
	if (url_parse(pool, text_member(columns, "value"), NULL, &url, err) ==
	    -1)
		return -1;
	if (url.host_kind != URL_HOST_DOMAIN || url.host.n == 0)
		return err_set(err, "the host of a url must be a name");
	*value = url.host;
	return 0;
}

static int
address_of_port(struct import *im, const struct json *columns,
    struct pool *pool, struct str *value, struct err *err)
{
	(void)im, (void)pool;
	*value = text_member(columns, "ip_addr");
	return value->n != 0 ? 0 : err_set(err, "a port needs an 'ip_addr'");
}

/* What an id follows from that is not given. */
static const struct {
	const char *table, *column;
	int (*value)(struct import *im, const struct json *columns,
	    struct pool *pool, struct str *value, struct err *err);
} follows[] = {
	{ "subdomains", "domain_id", domain_above },
	{ "urls", "subdomain_id", name_in_url },
	{ "ports", "ip_addr_id", address_of_port },
};

/* Of one that is not given. */
static int
follow(struct import *im, const struct model *table, const struct field *field,
    const struct json *columns, bool tool, struct pool *pool, int32_t *id,
    struct err *err)
{
	struct str value;

	for (size_t i = 0; i < ARRAY_SIZE(follows); i++) {
		if (!str_is(str_of(table->table), follows[i].table) ||
		    !str_is(str_of(field->name), follows[i].column))
			continue;
		if (follows[i].value(im, columns, pool, &value, err) == -1)
			return -1;
		return store_named(im,
		    model_by_table(str_of(field->references)), value, tool,
		    pool, id, err);
	}
	return err_set(err, "%s needs '%s'", table->table, field->name);
}

/* A row of another table, by its id in the file or by its value. */
static int
id_of(struct import *im, const struct model *other, const struct field *field,
    const struct json *v, bool tool, struct pool *pool, int32_t *id,
    struct err *err)
{
	int status;

	if (v->kind == JSON_STR && model_field(other, "value") != -1 &&
	    !(other->flags & MODEL_HANGS))
		return store_named(im, other, v->str, tool, pool, id, err);
	if (v->kind != JSON_INT || v->i < 1 || v->i > INT32_MAX)
		return err_set(err, "'%s' is no id", field->name);
	status = db_carry_get(im->carry, other, (int32_t)v->i, id, err);
	return status == -1 ? -1 : status == 1 ? STORED : WAITS;
}

static int
id_of_row(struct import *im, const struct model *table,
    const struct field *field, const struct json *columns, bool tool,
    struct pool *pool, int32_t *id, struct err *err)
{
	const struct json *v = json_member(columns, field->name);

	if (v == NULL || v->kind == JSON_NULL)
		return follow(im, table, field, columns, tool, pool, id, err);
	return id_of(im, model_by_table(str_of(field->references)), field, v,
	    tool, pool, id, err);
}

/*
 * What a note, a tag or a link is about, at a column that names a family: the
 * id is in the next. What is no family the reader of rows refuses.
 */
static int
settle_end(struct import *im, const struct model *table, int at,
    struct json *columns, bool tool, struct pool *pool, struct err *err)
{
	const struct field *field = &table->field[at + 1];
	const struct model *other =
	    model_by_family(text_member(columns, table->field[at].name));
	const struct json *v = json_member(columns, field->name);
	int32_t id = 0;
	int status;

	if (other == NULL || v == NULL)
		return STORED;
	status = id_of(im, other, field, v, tool, pool, &id, err);
	if (status == STORED)
		(void)json_set(pool, columns, str_of(field->name),
		    json_int(id));
	return status;
}

/* Puts ids that hold here in the place of those of the file. */
static int
settle_ids(struct import *im, const struct model *table, struct json *columns,
    bool tool, struct pool *pool, struct err *err)
{
	for (const struct field *f = table->field; f->name != NULL; f++) {
		int32_t id = 0;
		int status;

		if (f->references == NULL)
			continue;
		status = id_of_row(im, table, f, columns, tool, pool, &id, err);
		if (status != STORED)
			return status;
		/* the last of equal names counts */
		(void)json_set(pool, columns, str_of(f->name), json_int(id));
	}
	for (int at = model_end(table, 0); at != -1;
	     at = model_end(table, at + 1)) {
		int status =
		    settle_end(im, table, at, columns, tool, pool, err);

		if (status != STORED)
			return status;
	}
	return STORED;
}

/* Out of scope there. */
static int
read_scope(const struct json *columns, bool *was_out, struct err *err)
{
	const struct json *v = json_member(columns, "unscoped");

	*was_out = false;
	if (v == NULL || v->kind == JSON_NULL)
		return 0;
	if (v->kind != JSON_BOOL)
		return err_set(err, "'unscoped' is neither true nor false");
	*was_out = v->b;
	return 0;
}

/* "id": 0 if there is none. */
static int
read_id(const struct json *columns, int32_t *id, struct err *err)
{
	const struct json *v = json_member(columns, "id");

	*id = 0;
	if (v == NULL || v->kind == JSON_NULL)
		return 0;
	if (v->kind != JSON_INT || v->i < 1 || v->i > INT32_MAX)
		return err_set(err, "'id' is no whole number from 1 to %d",
		    INT32_MAX);
	*id = (int32_t)v->i;
	return 0;
}

static struct json
copy_map(struct pool *pool, const struct json *map)
{
	struct json copy = json_map();

	for (size_t i = 0; i < map->map.n; i++)
		(void)json_set(pool, &copy, map->map.member[i].name,
		    map->map.member[i].value);
	return copy;
}

static int
put_row(struct import *im, struct row *row, bool was_out, int32_t there,
    struct pool *pool, struct err *err)
{
	struct db_result result;

	im->into.author->sequence++;
	if (db_carry_row(im->carry, im->into.author, row, was_out, pool,
		&result, err) == -1)
		return -1;
	count_row(im, row->model, &result);
	if (there != 0 &&
	    db_carry_put(im->carry, row->model, there, row->id, err) == -1)
		return -1;
	return STORED;
}

static int
store_family(struct import *im, const struct model *table,
    const struct json *given, bool tool, struct pool *pool, int32_t *id,
    struct err *err)
{
	struct json columns = copy_map(pool, given);
	struct row row;
	bool was_out;
	int32_t there;
	int status;

	if (tool && !is_usable(table, &columns))
		return UNUSABLE;
	if (read_id(&columns, &there, err) == -1 ||
	    read_scope(&columns, &was_out, err) == -1)
		return -1;
	status = settle_ids(im, table, &columns, tool, pool, err);
	if (status != STORED)
		return status;
	if (row_read_insert(&row, table, &columns, pool, err) == -1)
		return err_wrap(err, "no row of %s", table->table);
	status = put_row(im, &row, was_out, there, pool, err);
	if (status == STORED)
		*id = row.id;
	return status;
}

/* For later, with its place. */
static int
put_off(struct import *im, const struct model *table,
    const struct json *columns, struct pool *pool, struct err *err)
{
	struct json map = json_map();
	struct buf out = BUF_IN(pool);
	struct db_late late = place_of(im);

	(void)json_set(pool, &map, STR("table"), json_text(table->table));
	for (size_t i = 0; i < columns->map.n; i++) {
		if (!str_is(columns->map.member[i].name, "table"))
			(void)json_set(pool, &map, columns->map.member[i].name,
			    columns->map.member[i].value);
	}
	json_write(&out, &map, 0);
	late.text = buf_str(&out);
	im->late++;
	return db_carry_late(im->carry, &late, err);
}

static int
store_event(struct import *im, const struct json *columns, struct pool *pool,
    struct err *err)
{
	struct import_count *count = count_of(im, &model_activity);
	struct row row;
	int status;

	if (row_read_insert(&row, &model_activity, columns, pool, err) == -1)
		return err_wrap(err, "no row of activity");
	im->into.author->sequence++;
	status = db_carry_event(im->carry, im->into.author, &row, err);
	count->added += status == 1;
	count->known += status == 0;
	return status == -1 ? -1 : STORED;
}

static int
store_rule(struct import *im, const struct json *columns, struct pool *pool,
    struct err *err)
{
	struct import_count *count = count_of(im, &db_model_rules);
	struct row row;
	int status;

	if (row_read_insert(&row, &db_model_rules, columns, pool, err) == -1)
		return err_wrap(err, "no row of autonoscope");
	im->into.author->sequence++;
	status = db_carry_rule(im->carry, im->into.author, &row, err);
	count->added += status == 1;
	count->known += status == 0;
	return status == -1 ? -1 : STORED;
}

/* Of a row of the file. */
static int
store_ttl(struct import *im, const struct json *columns, struct pool *pool,
    struct err *err)
{
	struct import_count *count = count_of(im, &db_model_ttls);
	const struct model *model;
	struct row row;
	int32_t here;
	int status;

	if (row_read_insert(&row, &db_model_ttls, columns, pool, err) == -1)
		return err_wrap(err, "no row of ttls");
	model = model_by_table(row.value[0].text);
	if (model == NULL)
		return err_set(err, "there is no table '%.*s'",
		    STR_ARG(str_sub(row.value[0].text, 0, 100)));
	status =
	    db_carry_get(im->carry, model, (int32_t)row.value[1].i, &here, err);
	if (status == 1)
		status = db_carry_ttl(im->carry, &row, model, here, err);
	else if (status == 0)
		return err_set(err, "%s has no row with the id %lld",
		    model->table, (long long)row.value[1].i);
	count->added += status == 1;
	count->known += status == 0;
	return status == -1 ? -1 : STORED;
}

/* A run, an attempt or an exchange; what it refers to stands before it. */
static int
store_record(struct import *im, const struct model *table,
    const struct json *columns, struct pool *pool, struct err *err)
{
	struct import_count *count = count_of(im, table);
	struct row row;
	int32_t there;
	int status;

	if (read_id(columns, &there, err) == -1)
		return -1;
	if (row_read_insert(&row, table, columns, pool, err) == -1)
		return err_wrap(err, "no row of %s", table->table);
	if (table == &db_model_origin)
		status = db_carry_origin(im->carry, &row, err);
	else if (table == &db_model_run)
		status = db_carry_run(im->carry, &row, there, err);
	else if (table == &db_model_exchange)
		status = db_carry_exchange(im->carry, &row, there, err);
	else
		status = db_carry_attempt(im->carry, &row, there, err);
	count->added += status == 1;
	count->known += status == 0;
	return status == -1 ? -1 : STORED;
}

static bool
is_family(const struct model *table)
{
	return model_by_table(str_of(table->table)) == table;
}

static bool
is_missing(struct import *im, const struct model *other, const struct json *v)
{
	int32_t here;

	return other != NULL && v != NULL && v->kind == JSON_INT &&
	       db_carry_get(im->carry, other, (int32_t)v->i, &here, NULL) == 0;
}

/* What a row names that is not there, for people. */
static int
say_waits(struct import *im, const struct model *table,
    const struct json *columns, struct err *err)
{
	for (int i = 0; table->field[i].name != NULL; i++) {
		const struct field *f = &table->field[i];
		const struct json *v = json_member(columns, f->name);
		const struct model *other = NULL;

		if (f->references != NULL)
			other = model_by_table(str_of(f->references));
		else if (i > 0 && table->field[i - 1].flags & FIELD_FAMILY)
			other = model_by_family(
			    text_member(columns, table->field[i - 1].name));
		if (is_missing(im, other, v))
			return err_set(err,
			    "%s of %s is %lld, and the files have no such row "
			    "of %s",
			    f->name, table->table, (long long)v->i,
			    other->table);
	}
	return err_set(err, "a row of %s names one that is not there",
	    table->table);
}

/* The images are looked at when all blobs are there. */
static int
store_image(struct import *im, const struct json *columns, struct pool *pool,
    struct err *err)
{
	struct str id = text_member(columns, "value");
	struct json map = json_map();
	struct buf out = BUF_IN(pool);
	struct db_late late = place_of(im);

	if (id.n == 0)
		return 0;
	(void)json_set(pool, &map, STR("blob"), json_str(id));
	json_write(&out, &map, 0);
	late.text = buf_str(&out);
	im->late++;
	return db_carry_late(im->carry, &late, err);
}

static int
store_any(struct import *im, const struct model *table,
    const struct json *columns, bool tool, struct pool *pool, struct err *err)
{
	int32_t id;
	int status;

	if (table == &model_activity)
		return store_event(im, columns, pool, err);
	if (table == &db_model_run || table == &db_model_attempt ||
	    table == &db_model_exchange ||
	    (table == &db_model_origin && im->is_last))
		return store_record(im, table, columns, pool, err);
	if (!is_family(table) && !im->is_last)
		return WAITS;
	if (table == &db_model_rules)
		return store_rule(im, columns, pool, err);
	if (table == &db_model_ttls)
		return store_ttl(im, columns, pool, err);
	status = store_family(im, table, columns, tool, pool, &id, err);
	if (status == STORED && model_field_with(table, FIELD_BLOB) != -1 &&
	    store_image(im, columns, pool, err) == -1)
		return -1;
	return status;
}

/*
 * Of a tool a value that a family refuses is one that cannot be used; a file of
 * ours with one is broken.
 */
int
store_row(void *ctx, const struct model *table, const struct json *columns,
    bool tool, struct err *err)
{
	struct import *im = ctx;
	autopool struct pool pool = POOL_NONE;
	autoerr struct err why = ERR_NONE;
	int status = store_any(im, table, columns, tool, &pool, &why);

	if (status == WAITS) {
		im->later += is_family(table);
		return put_off(im, table, columns, &pool, err);
	}
	if (status == UNUSABLE ||
	    (status == -1 && tool && !db_has_failed(im->into.db))) {
		count_unusable(im, example_of(columns));
		return 0;
	}
	if (status == -1 && err != NULL)
		err_move(err, &why);
	return status == -1 ? -1 : 0;
}

int
store_blob(void *ctx, struct str id, struct str bytes, struct err *err)
{
	struct import *im = ctx;
	autopool struct pool pool = POOL_NONE;
	struct str real = blob_id(&pool, bytes);
	struct import_blob *blob;
	int status;

	if (id.p != NULL && !str_eq(id, real))
		return err_set(err,
		    "the bytes of the blob '%.*s' are those of %.*s",
		    STR_ARG(utf8_cut(id, 100)), STR_ARG(real));
	status = workspace_has_blob(im->into.ws, real, err);
	if (status == -1)
		return -1;
	if (!im->into.is_dry && workspace_blob_store(im->into.ws, &im->hold,
				    bytes, &pool, &real, err) == -1)
		return -1;
	im->blob = pool_push(&im->pool, im->blob, im->blobs, sizeof(*im->blob));
	blob = &im->blob[im->blobs++];
	*blob = (struct import_blob){ .is_new = status == 0 };
	memcpy(blob->id, real.p,
	    real.n < sizeof(blob->id) ? real.n : sizeof(blob->id) - 1);
	return 0;
}

/* By id; of equal ones the new first, as the second was written by the first. */
static int
compare_blobs(const void *a, const void *b)
{
	const struct import_blob *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	return order != 0 ? order : (int)y->is_new - (int)x->is_new;
}

void
store_sort_blobs(struct import *im)
{
	size_t n = 0;

	if (im->blobs == 0)
		return;
	qsort(im->blob, im->blobs, sizeof(*im->blob), compare_blobs);
	for (size_t i = 0; i < im->blobs; i++) {
		if (n == 0 || strcmp(im->blob[n - 1].id, im->blob[i].id) != 0)
			im->blob[n++] = im->blob[i];
	}
	im->blobs = n;
}

static bool
has_blob(const struct import *im, struct str id)
{
	struct import_blob key = { .is_new = false };
	size_t low = 0, high = im->blobs;

	if (id.n >= sizeof(key.id))
		return false;
	memcpy(key.id, id.p, id.n);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(im->blob[middle].id, key.id);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* An id that is none has no file. */
static int
look_for_blob(struct import *im, struct str id, struct err *err)
{
	(void)err;
	if (!has_blob(im, id) && workspace_has_blob(im->into.ws, id, NULL) != 1)
		im->total.no_blob++;
	return 0;
}

static int
try_again(struct import *im, struct pool *pool, struct err *err)
{
	const struct model *table;
	struct json map;
	struct str blob;

	if (json_read(pool, im->place.text, &map, err) == -1)
		return -1;
	blob = text_member(&map, "blob");
	if (blob.p != NULL && json_member(&map, "table") == NULL) {
		if (im->is_last)
			return look_for_blob(im, blob, err);
		im->late++;
		return db_carry_late(im->carry, &im->place, err);
	}
	table = ours_table(text_member(&map, "table"));
	if (im->is_last && is_family(table))
		return say_waits(im, table, &map, err);
	return store_row(im, table, &map, false, err);
}

/* All that waits, once; what has to wait on comes behind. */
static int
pass(struct import *im, struct err *err)
{
	uint64_t n = im->late;

	im->late = im->later = 0;
	while (n-- != 0) {
		autopool struct pool pool = POOL_NONE;

		if (db_carry_next(im->carry, &pool, &im->place, err) == -1)
			return -1;
		if (try_again(im, &pool, err) == -1)
			return import_at(im, im->place.file, im->place.line,
			    im->place.at, err);
	}
	return 0;
}

int
store_end(struct import *im, struct err *err)
{
	uint64_t before;

	im->reader = NULL;
	store_sort_blobs(im);
	for (size_t i = 0; i < im->blobs; i++)
		im->total.blobs += im->blob[i].is_new;
	do {
		before = im->later;
		if (im->late != 0 && pass(im, err) == -1)
			return -1;
	} while (im->later != 0 && im->later != before);
	im->is_last = true;
	return im->late != 0 ? pass(im, err) : 0;
}
