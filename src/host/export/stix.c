/*
 * stix: a bundle of STIX 2.1,
 * https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html (sections
 * below are of that). entity.c says which object a row is; what is a link is a
 * relationship.
 *
 * Ids are made from what an object is about alone (2.9), so the same thing is
 * the same object in every export and from every workspace; where STIX says of
 * what it is made and all of it is at hand, in its space, else in ours. As
 * nothing says when a row became what it is, `created` and `modified` are the
 * beginning of time, and what they stand on never changes: the id is made of
 * the whole content there.
 *
 * What STIX has no property for stands in an extension (7.3): of an object of
 * ours it is that object, of others their further columns.
 */
#include <string.h>

#include "export/column.h"
#include "export/entity.h"
#include "export/format.h"
#include "value/json.h"

#define STIX_SPACE "00abedb4-aa42-466c-9c01-fed23315a9b7" /* 2.9 */
#define EXTENSION  "extension-definition--5b0f3a5d-4f8c-4d2f-9c56-0a7e1a4c2b90"
#define IDENTITY   "identity--8c2b7a16-3d1e-4f7a-8b59-6f1f0a2d9c34"
#define SINCE      "1970-01-01T00:00:00.000Z"
#define OF_ALL     "\"spec_version\":\"2.1\",\"id\":"
#define OF_DOMAIN                                                              \
	"\"created_by_ref\":\"" IDENTITY "\",\"created\":\"" SINCE             \
	"\",\"modified\":\"" SINCE "\""

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

/* "domain-name--UUID" */
static void
add_id(struct exporter *x, struct buf *out, const struct model *model,
    struct str value)
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
	buf_add(&from, value);
	entity_uuid(uuid, ENTITY_SPACE, buf_str(&from));
	if (type != NULL)
		buf_printf(out, "%s--%s", type, uuid);
	else
		buf_printf(out, "x-sn0int-%s--%s", model->family, uuid);
}

static struct str
text_of(const struct row *row, const char *column)
{
	int i = model_field(row->model, column);

	return i != -1 && row->value[i].is_set ? row->value[i].text : STR_NONE;
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
	add_id(x, out, to, text_of(row, "ip_addr"));
	buf_add(out, STR("\",\"protocols\":["));
	json_write_str(out, text_of(row, "protocol"));
	buf_add_char(out, ']');
}

static void
add_file(struct exporter *x, struct buf *out, const struct row *row)
{
	struct str name = text_of(row, "filename");
	struct str mime = text_of(row, "mime");

	buf_add_char(out, ',');
	add_member(out, "name", name.n != 0 ? name : row_label(row, x->pool));
	if (mime.n != 0) {
		buf_add_char(out, ',');
		add_member(out, "mime_type", mime);
	}
}

static void
add_name(struct exporter *x, struct buf *out, const struct row *row)
{
	buf_add(out, STR("," OF_DOMAIN ","));
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

static void
add_extension(struct buf *out, const struct row *row, bool is_ours)
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
		"\"," OF_DOMAIN ",\"name\":\"sn0int columns\",\"description\":"
		"\"Columns of a workspace of sn0int that STIX has no property "
		"for, and objects for families that it has no type for.\","
		"\"schema\":\"docs/reference/models.md\",\"version\":\"1.0.0\","
		"\"extension_types\":[\"new-sco\",\"property-extension\"]}"));
}

static void
stix_row(struct exporter *x, const struct row *row)
{
	struct str label = row_label(row, x->pool);
	const char *type = entity_of(row->model, label)->stix;
	struct buf out = BUF_IN(x->pool);

	if (type != NULL)
		buf_printf(&out, ",\n{\"type\":\"%s\"," OF_ALL "\"", type);
	else
		buf_printf(&out, ",\n{\"type\":\"x-sn0int-%s\"," OF_ALL "\"",
		    row->model->family);
	add_id(x, &out, row->model, label);
	buf_add_char(&out, '"');
	add_properties(x, &out, type, row);
	add_extension(&out, row, type == NULL);
	buf_add_char(&out, '}');
	sink_add(x->out, buf_str(&out));
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

static void
stix_edge(struct exporter *x, const struct edge *edge)
{
	struct buf from = BUF_IN(x->pool), to = BUF_IN(x->pool),
		   what = BUF_IN(x->pool), out = BUF_IN(x->pool);
	char uuid[ENTITY_UUID_SIZE];

	add_id(x, &from, edge->from.model, edge->from.value);
	add_id(x, &to, edge->to.model, edge->to.value);
	if (is_of_itself(buf_str(&from), buf_str(&to)))
		return;
	buf_add(&what, STR(",\"relationship_type\":\""));
	add_word(&what, edge->relation);
	buf_printf(&what, "\",\"source_ref\":\"%s\",\"target_ref\":\"%s\"",
	    buf_cstr(&from), buf_cstr(&to));
	if (edge->link.model != NULL && edge->link.model->flags & MODEL_HANGS) {
		buf_add_char(&what, ',');
		add_member(&what, "description", str_of(edge->relation));
	}
	if (edge->link.model != NULL)
		add_extension(&what, &edge->link, false);
	entity_uuid(uuid, ENTITY_SPACE, buf_str(&what));
	buf_printf(&out,
	    ",\n{\"type\":\"relationship\"," OF_ALL
	    "\"relationship--%s\"," OF_DOMAIN,
	    uuid);
	buf_add(&out, buf_str(&what));
	buf_add_char(&out, '}');
	sink_add(x->out, buf_str(&out));
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
	.begin = stix_begin,
	.row = stix_row,
	.edge = stix_edge,
	.end = stix_end,
};
