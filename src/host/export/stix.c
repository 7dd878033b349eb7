/*
 * stix: a bundle of STIX 2.1,
 * https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html (sections
 * below are of that). entity.c says which object a row is; what is a link is a
 * relationship.
 *
 * Ids are made from what an object is about alone (2.9), so the same thing is
 * the same object in every export and from every workspace; where STIX says of
 * what it is made and all of it is at hand, in its space, else in ours. What
 * two families have the same is written once: where the first of them stands.
 *
 * `created` never changes under an id (3.6), so an id of what has it is made of
 * it, too. It is when the row was added, `modified` when it was changed last,
 * as far as origins say so, else the beginning of time, which says that nobody
 * knows. Of a relationship that is a column it is the row with the column.
 *
 * Notes are objects. Objects of the cyber domain may have no labels (3.2), so a
 * tag on one is a note with that label, whose content never changes.
 *
 * What STIX has no property for stands in an extension (7.3): of an object of
 * ours it is that object, of others their further columns.
 */
#include <string.h>

#include "export/about.h"
#include "export/column.h"
#include "export/entity.h"
#include "export/format.h"
#include "value/json.h"

#define STIX_SPACE "00abedb4-aa42-466c-9c01-fed23315a9b7" /* 2.9 */
#define EXTENSION  "extension-definition--5b0f3a5d-4f8c-4d2f-9c56-0a7e1a4c2b90"
#define IDENTITY   "identity--8c2b7a16-3d1e-4f7a-8b59-6f1f0a2d9c34"
#define SINCE      "1970-01-01T00:00:00.000Z"
#define OF_ALL     "\"spec_version\":\"2.1\",\"id\":"
#define OF_US      "\"created_by_ref\":\"" IDENTITY "\""

static void
add_member(struct buf *out, const char *name, struct str text)
{
	buf_printf(out, "\"%s\":", name);
	json_write_str(out, text);
}

/* What stands in front of the first slash of an account's value, and behind. */
static struct str
service_of(struct str value, struct str *username)
{
	*username = value;
	return str_cut(username, '/');
}

/* 2.9: the properties in the order of RFC 8785. */
static void
add_contributing(struct buf *out, const char *type, struct str value)
{
	struct str username, service;

	if (strcmp(type, "user-account") == 0) {
		service = service_of(value, &username);
		buf_add_char(out, '{');
		add_member(out, "account_login", username);
		buf_add_char(out, ',');
		add_member(out, "account_type", service);
	} else {
		buf_add_char(out, '{');
		add_member(out, "value", value);
	}
	buf_add_char(out, '}');
}

static bool
is_of_stix_space(const char *type)
{
	static const char *const types[] = { "domain-name", "ipv4-addr",
		"ipv6-addr", "url", "email-addr", "mac-addr", "user-account" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i], type) == 0)
			return true;
	}
	return false;
}

static struct db_times
known_or_since(struct db_times times)
{
	if (times.added[0] == '\0')
		memcpy(times.added, SINCE, sizeof(SINCE));
	if (times.changed[0] == '\0')
		memcpy(times.changed, times.added, sizeof(times.added));
	return times;
}

static struct db_times
times_of(struct exporter *x, const struct model *model, int32_t id)
{
	return known_or_since(about_times(x, model, id));
}

static void
add_times(struct buf *out, const struct db_times *times)
{
	buf_printf(out, OF_US ",\"created\":\"%s\",\"modified\":\"%s\"",
	    times->added, times->changed);
}

/* An object of the STIX domain: with times, and labels if it has any. */
static bool
has_times(const char *type)
{
	return type != NULL &&
	       (strcmp(type, "incident") == 0 || strcmp(type, "identity") == 0);
}

/* "domain-name--UUID"; id: of the row, if it is at hand */
static void
add_id(struct exporter *x, struct buf *out, const struct model *model,
    int32_t id, struct str value)
{
	const char *type = entity_of(model, value)->stix;
	struct buf from = BUF_IN(x->pool);
	char uuid[ENTITY_UUID_SIZE];

	if (type != NULL && is_of_stix_space(type)) {
		add_contributing(&from, type, value);
		entity_uuid(uuid, STIX_SPACE, buf_str(&from));
		buf_printf(out, "%s--%s", type, uuid);
		return;
	}
	buf_printf(&from, "%s ", model->family);
	if (has_times(type))
		buf_printf(&from, "%s ", times_of(x, model, id).added);
	buf_add(&from, value);
	entity_uuid(uuid, ENTITY_SPACE, buf_str(&from));
	if (type != NULL)
		buf_printf(out, "%s--%s", type, uuid);
	else
		buf_printf(out, "x-sn0int-%s--%s", model->family, uuid);
}

static void
add_account(struct exporter *x, struct buf *out, const struct row *row)
{
	struct str username,
	    service = service_of(row_label(row, x->pool), &username);

	buf_add_char(out, ',');
	add_member(out, "account_type", service);
	buf_add_char(out, ',');
	add_member(out, "account_login", username);
}

/* 6.12: an open port is where a connection would go to. */
static void
add_traffic(struct exporter *x, struct buf *out, const struct row *row)
{
	const struct model *to = model_by_family(STR("ipaddr"));
	int port = model_field(row->model, "port");

	buf_printf(out, ",\"dst_port\":%lld,\"dst_ref\":\"",
	    (long long)row->value[port].i);
	add_id(x, out, to, 0, row_column_text(row, "ip_addr"));
	buf_add(out, STR("\",\"protocols\":["));
	json_write_str(out, row_column_text(row, "protocol"));
	buf_add_char(out, ']');
}

static void
add_file(struct exporter *x, struct buf *out, const struct row *row)
{
	struct str name = row_column_text(row, "filename");
	struct str mime = row_column_text(row, "mime");

	buf_add_char(out, ',');
	add_member(out, "name", name.n != 0 ? name : row_label(row, x->pool));
	if (mime.n != 0) {
		buf_add_char(out, ',');
		add_member(out, "mime_type", mime);
	}
}

/* A label is a change of what it is on; of one that has gone nobody knows. */
static void
add_later(struct exporter *x, struct db_times *times, const struct row *row)
{
	autopool struct pool pool = POOL_NONE;
	const struct model *model = model_by_family(STR("tag"));
	struct db_hung tag;

	about_open(x, "tag", row);
	while (about_next(x, "tag", &pool, &tag)) {
		struct db_times tagged = times_of(x, model, tag.id);

		if (strcmp(tagged.changed, times->changed) > 0)
			memcpy(times->changed, tagged.changed, DB_TIME_SIZE);
		pool_reset(&pool);
	}
}

static void
add_name(struct exporter *x, struct buf *out, const struct row *row)
{
	struct db_times times = times_of(x, row->model, row->id);

	add_later(x, &times, row);
	buf_add_char(out, ',');
	add_times(out, &times);
	buf_add_char(out, ',');
	add_member(out, "name", row_label(row, x->pool));
}

static void
add_identity(struct exporter *x, struct buf *out, const struct row *row)
{
	add_name(x, out, row);
	buf_add_char(out, ',');
	add_member(out, "identity_class",
	    strcmp(row->model->family, "person") == 0 ? STR("individual")
						      : STR("organization"));
}

static void
add_value(struct exporter *x, struct buf *out, const struct row *row)
{
	buf_add_char(out, ',');
	add_member(out, "value", row_label(row, x->pool));
}

static const struct {
	const char *type;
	void (*add)(struct exporter *x, struct buf *out, const struct row *row);
} properties[] = {
	{ "user-account", add_account },
	{ "network-traffic", add_traffic },
	{ "file", add_file },
	{ "incident", add_name },
	{ "identity", add_identity },
	{ NULL, add_value },
};

static void
add_properties(struct exporter *x, struct buf *out, const char *type,
    const struct row *row)
{
	size_t i = 0;

	while (properties[i].type != NULL &&
	       (type == NULL || strcmp(properties[i].type, type) != 0))
		i++;
	properties[i].add(x, out, row);
}

/* All but ids, which are relationships, and the value. */
static void
add_columns(struct buf *out, const struct row *row)
{
	const struct field *field = row->model->field;

	for (size_t i = 0; field[i].name != NULL; i++) {
		if (!row->value[i].is_set || (!column_is_told(row->model, i) &&
						 field[i].kind != FIELD_BYTES))
			continue;
		buf_printf(out, ",\"%s\":", field[i].name);
		value_write_json(out, &field[i], &row->value[i]);
	}
}

/* A row of another family that is the same: a name, its columns behind it. */
static void
add_same(struct exporter *x, struct buf *out, const struct row *row)
{
	const struct model *m = NULL;
	struct str value = row_label(row, x->pool);
	const struct entity *entity = entity_of(row->model, value);
	struct row same;

	if (entity->stix == NULL || !is_of_stix_space(entity->stix))
		return;
	while ((m = entity_same(entity, value, m)) != NULL) {
		if (!about_value(x, m, value, &same))
			continue;
		buf_printf(out, ",\"%s\":{\"sn0int_family\":\"%s\"", m->table,
		    m->family);
		add_columns(out, &same);
		buf_add_char(out, '}');
	}
}

static void
add_extension(struct exporter *x, struct buf *out, const struct row *row,
    bool is_ours)
{
	if (is_ours)
		add_columns(out, row);
	buf_printf(out,
	    ",\"extensions\":{\"" EXTENSION "\":{\"extension_type\":\"%s\"",
	    is_ours ? "new-sco" : "property-extension");
	if (!is_ours) {
		buf_printf(out, ",\"sn0int_family\":\"%s\"",
		    row->model->family);
		add_columns(out, row);
		if (export_is_node(row->model))
			add_same(x, out, row);
	}
	buf_add(out, STR("}}"));
}

static void
stix_begin(struct exporter *x)
{
	char uuid[ENTITY_UUID_SIZE];

	entity_uuid(uuid, ENTITY_SPACE, x->identity);
	sink_printf(x->out,
	    "{\"type\":\"bundle\",\"id\":\"bundle--%s\",\"objects\":[\n", uuid);
	sink_add(x->out,
	    STR("{\"type\":\"identity\"," OF_ALL "\"" IDENTITY
		"\",\"created\":\"" SINCE "\",\"modified\":\"" SINCE
		"\",\"name\":\"sn0int\",\"identity_class\":\"system\"},\n"
		"{\"type\":\"extension-definition\"," OF_ALL "\"" EXTENSION
		"\"," OF_US ",\"created\":\"" SINCE "\",\"modified\":\"" SINCE
		"\",\"name\":\"sn0int columns\",\"description\":"
		"\"Columns of a workspace of sn0int that STIX has no property "
		"for, and objects for families that it has no type for.\","
		"\"schema\":\"docs/reference/models.md\",\"version\":\"1.0.0\","
		"\"extension_types\":[\"new-sco\",\"property-extension\"]}"));
}

/* "labels": all tags, behind what is in out: there may be many. */
static void
add_labels(struct exporter *x, struct buf *out, const struct row *row)
{
	autopool struct pool pool = POOL_NONE;
	const char *separator = ",\"labels\":[";
	struct db_hung tag;
	bool has_any = false;

	sink_add(x->out, buf_str(out));
	*out = (struct buf)BUF_IN(x->pool);
	about_open(x, "tag", row);
	for (; about_next(x, "tag", &pool, &tag); has_any = true) {
		struct buf one = BUF_IN(&pool);

		buf_add(&one, str_of(separator));
		json_write_str(&one, tag.text);
		sink_add(x->out, buf_str(&one));
		separator = ",";
		pool_reset(&pool);
	}
	if (has_any)
		buf_add_char(out, ']');
}

/*
 * 4.9: what a note or a tag says of an object. The family is part of its id:
 * the same text on two rows that are one object are two notes.
 */
static void
write_note(struct exporter *x, struct pool *pool, const char *hanging,
    const struct row *row, const struct db_hung *hung, struct str about)
{
	struct buf from = BUF_IN(pool), out = BUF_IN(pool);
	struct db_times times =
	    times_of(x, model_by_family(str_of(hanging)), hung->id);
	char uuid[ENTITY_UUID_SIZE];

	buf_printf(&from, "%s %s %s %.*s ", hanging, times.added,
	    row->model->family, STR_ARG(about));
	buf_add(&from, hung->text);
	entity_uuid(uuid, ENTITY_SPACE, buf_str(&from));
	buf_printf(&out, ",\n{\"type\":\"note\"," OF_ALL "\"note--%s\",", uuid);
	add_times(&out, &times);
	if (strcmp(hanging, "tag") == 0) {
		buf_add(&out, STR(",\"labels\":["));
		json_write_str(&out, hung->text);
		buf_add_char(&out, ']');
	}
	buf_add_char(&out, ',');
	add_member(&out, "content", hung->text);
	buf_printf(&out, ",\"object_refs\":[\"%.*s\"]}", STR_ARG(about));
	sink_add(x->out, buf_str(&out));
}

static void
write_notes(struct exporter *x, const char *hanging, const struct row *row,
    struct str about)
{
	autopool struct pool pool = POOL_NONE;
	struct db_hung hung;

	about_open(x, hanging, row);
	while (about_next(x, hanging, &pool, &hung)) {
		write_note(x, &pool, hanging, row, &hung, about);
		pool_reset(&pool);
	}
}

/* The object stands where the first family that has it does. */
static bool
was_written(struct exporter *x, const struct model *model, struct str value)
{
	const struct entity *entity = entity_of(model, value);
	const struct model *m;
	struct row same;

	if (entity->stix == NULL || !is_of_stix_space(entity->stix))
		return false;
	for (size_t i = 0; (m = export_table(i)) != model; i++) {
		const struct model *other = NULL;

		while ((other = entity_same(entity, value, other)) != NULL) {
			if (other == m && about_value(x, m, value, &same))
				return true;
		}
	}
	return false;
}

static void
write_object(struct exporter *x, const struct row *row, const char *type,
    struct str id)
{
	struct buf out = BUF_IN(x->pool);

	if (type != NULL)
		buf_printf(&out, ",\n{\"type\":\"%s\"," OF_ALL "\"", type);
	else
		buf_printf(&out, ",\n{\"type\":\"x-sn0int-%s\"," OF_ALL "\"",
		    row->model->family);
	buf_add(&out, id);
	buf_add_char(&out, '"');
	add_properties(x, &out, type, row);
	if (has_times(type))
		add_labels(x, &out, row);
	add_extension(x, &out, row, type == NULL);
	buf_add_char(&out, '}');
	sink_add(x->out, buf_str(&out));
}

static void
stix_row(struct exporter *x, const struct row *row)
{
	struct str label = row_label(row, x->pool);
	const char *type = entity_of(row->model, label)->stix;
	struct buf id = BUF_IN(x->pool);

	add_id(x, &id, row->model, row->id, label);
	if (!was_written(x, row->model, label))
		write_object(x, row, type, buf_str(&id));
	if (!has_times(type))
		write_notes(x, "tag", row, buf_str(&id));
	write_notes(x, "note", row, buf_str(&id));
}

/* "resolves-to": letters, digits and dashes (5.1). */
static void
add_word(struct buf *out, const char *relation)
{
	for (; *relation != '\0'; relation++) {
		char c = char_lower(*relation);

		buf_add_char(out,
		    (c >= 'a' && c <= 'z') || char_is_digit(c) ? c : '-');
	}
}

/* Of the same name, a domain and a sub-domain are one object: no link. */
static bool
is_of_itself(struct str from, struct str to)
{
	return str_eq(from, to);
}

/* What it says, of which its id is made. */
static void
add_relation(struct exporter *x, struct buf *out, const struct edge *edge,
    struct str from, struct str to)
{
	const struct model *link = edge->link.model;

	buf_add(out, STR(",\"relationship_type\":\""));
	add_word(out, edge->relation);
	buf_printf(out, "\",\"source_ref\":\"%.*s\",\"target_ref\":\"%.*s\"",
	    STR_ARG(from), STR_ARG(to));
	if (link != NULL && link->flags & MODEL_HANGS) {
		buf_add_char(out, ',');
		add_member(out, "description", str_of(edge->relation));
	}
	if (link != NULL)
		add_extension(x, out, &edge->link, false);
}

static struct str
relationship_id(struct exporter *x, const struct edge *edge, struct str what,
    const struct db_times *times)
{
	struct buf from = BUF_IN(x->pool);
	char uuid[ENTITY_UUID_SIZE];

	/* two families may be one object, and both linked to the same */
	buf_printf(&from, "%s %s %s ", times->added, edge->from.model->family,
	    edge->to.model->family);
	buf_add(&from, what);
	entity_uuid(uuid, ENTITY_SPACE, buf_str(&from));
	return str_of(pool_printf(x->pool, "relationship--%s", uuid));
}

/* Labels and notes are about the row that it is, if it is one. */
static void
write_relationship(struct exporter *x, const struct edge *edge, struct str what,
    struct db_times *times)
{
	const struct row *link = edge->link.model != NULL ? &edge->link : NULL;
	struct str id = relationship_id(x, edge, what, times);
	struct buf out = BUF_IN(x->pool);

	if (link != NULL)
		add_later(x, times, link);
	buf_printf(&out, ",\n{\"type\":\"relationship\"," OF_ALL "\"%.*s\",",
	    STR_ARG(id));
	add_times(&out, times);
	buf_add(&out, what);
	if (link != NULL)
		add_labels(x, &out, link);
	buf_add_char(&out, '}');
	sink_add(x->out, buf_str(&out));
	if (link != NULL)
		write_notes(x, "note", link, id);
}

static void
stix_edge(struct exporter *x, const struct edge *edge)
{
	struct buf from = BUF_IN(x->pool), to = BUF_IN(x->pool),
		   what = BUF_IN(x->pool);
	const struct row *link = edge->link.model != NULL ? &edge->link : NULL;
	struct db_times times =
	    link != NULL ? times_of(x, link->model, link->id)
			 : times_of(x, edge->from.model, edge->from.id);

	add_id(x, &from, edge->from.model, edge->from.id, edge->from.value);
	add_id(x, &to, edge->to.model, edge->to.id, edge->to.value);
	if (is_of_itself(buf_str(&from), buf_str(&to)))
		return;
	add_relation(x, &what, edge, buf_str(&from), buf_str(&to));
	write_relationship(x, edge, buf_str(&what), &times);
}

static void
stix_end(struct exporter *x)
{
	sink_add(x->out, STR("\n]}\n"));
}

const struct format format_stix = {
	.name = "stix",
	.help = "a bundle of STIX 2.1: objects and relationships",
	.content = SINK_JSON,
	.tags = "`labels`, or a `note` with one",
	.notes = "a `note` each",
	.times = "`created`, `modified`; unknown: 1970-01-01",
	.begin = stix_begin,
	.row = stix_row,
	.edge = stix_edge,
	.end = stix_end,
};
