#include "term/detail.h"

#include "base/num.h"
#include "term/term.h"
#include "value/quote.h"

#define ITEMS  8
#define GROUPS 3

enum detail_flag {
	DETAIL_PLAIN = 1 << 0,  /* the value without quotes */
	DETAIL_STATUS = 1 << 1, /* a comma and the status behind the value */
	DETAIL_URL = 1 << 2,    /* what came of fetching it, add_url() */
};

enum item_as {
	AS_VALUE,   /* as log lines show it */
	AS_BARE,    /* text without quotes */
	AS_VALID,   /* valid or invalid */
	AS_SIZE,    /* width x height; the item is the width */
	AS_BALANCE, /* divided by 10^denominator */
	AS_NETWORK, /* of struct detail_network: its name */
	AS_NETWORK_IP,
};

struct item {
	const char *field;
	const char *label; /* shown as label=value */
	enum item_as as;
};

struct group {
	const char *only_with; /* a field without which there is no group */
	bool is_colorless;
	struct item item[ITEMS];
};

struct detail {
	const char *family;
	unsigned flags;
	struct group group[GROUPS];
};

static const struct detail details[] = {
	{ "ipaddr", DETAIL_PLAIN,
	    { { NULL, false, { { "description" }, { "reverse_dns" } } },
		{ "continent", true,
		    { { "continent", NULL, AS_BARE },
			{ "country", NULL, AS_BARE },
			{ "city", NULL, AS_BARE } } },
		{ "asn", true, { { "asn" }, { "as_org" } } } } },
	{ "url", DETAIL_URL, { { NULL, false, { { NULL } } } } },
	{ "email", 0,
	    { { .item = { { "displayname" },
		    { "valid", NULL, AS_VALID } } } } },
	{ "phonenumber", 0,
	    { { .item = { { "name" }, { "valid", NULL, AS_VALID },
		    { "country" }, { "carrier" }, { "line" }, { "caller_name" },
		    { "caller_type" } } } } },
	{ "device", 0,
	    { { .item = { { "name", "name" }, { "hostname", "hostname" },
		    { "vendor", "vendor" }, { "last_seen", "last_seen" } } },
		{ .item = { { NULL, "network", AS_NETWORK },
		      { NULL, "ipaddr", AS_NETWORK_IP } } } } },
	{ "network", 0,
	    { { NULL, false,
		{ { "latitude" }, { "longitude" }, { "description" } } } } },
	{ "account", 0,
	    { { .item = { { "displayname" }, { "url" } } },
		{ .item = { { "last_seen", "last_seen" }, { "email", "email" },
		      { "phonenumber", "phonenumber" },
		      { "birthday", "birthday" },
		      { "profile_pic", "profile_pic" } } } } },
	{ "image", 0,
	    { { .item = { { "filename" }, { "mime" },
		    { "width", NULL, AS_SIZE }, { "created" } } },
		{ .item = { { "latitude" }, { "longitude" } } },
		{ .item = { { "nudity" }, { "ahash" }, { "dhash" },
		      { "phash" } } } } },
	{ "port", DETAIL_PLAIN | DETAIL_STATUS,
	    { { .item = { { "banner" }, { "service" }, { "version" } } } } },
	{ "netblock", DETAIL_PLAIN,
	    { { .item = { { "asn" }, { "as_org" }, { "description" } } } } },
	{ "cryptoaddr", 0,
	    { { .item = { { "currency" }, { "balance", "balance", AS_BALANCE },
		    { "received", "received", AS_BALANCE } } },
		{ .item = { { "first_seen", "first_seen" },
		      { "last_withdrawal", "last_withdrawal" },
		      { "description", "description" } } } } },
};

/* What a line is made of. */
struct line {
	struct buf *out;
	const struct row *row;
	const struct detail_network *network;
	bool is_grey;
};

static void
paint(struct line *line, const char *code)
{
	if (!line->is_grey)
		buf_add(line->out, str_of(term_paint(code)));
}

static const struct value *
value_of(const struct row *row, const char *field)
{
	int at = field != NULL ? model_field(row->model, field) : -1;

	return at != -1 && row->value[at].is_set ? &row->value[at] : NULL;
}

static void
add_bare(struct line *line, struct str text)
{
	autopool struct pool pool = POOL_NONE;

	buf_add(line->out, term_safe(&pool, text));
}

/* An integer divided by 10^denominator, exact, without trailing zeros. */
static void
add_decimal(struct buf *out, int64_t n, unsigned denominator)
{
	char digit[64];
	uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	unsigned count = 0, zeros = 0;

	if (denominator > 40)
		denominator = 40;
	while (rest != 0 || count <= denominator) {
		digit[count++] = (char)('0' + rest % 10);
		rest /= 10;
	}
	while (zeros < denominator && digit[zeros] == '0')
		zeros++;
	if (n < 0)
		buf_add_char(out, '-');
	while (count > zeros) {
		buf_add_char(out, digit[--count]);
		if (count == denominator && count > zeros)
			buf_add_char(out, '.');
	}
}

static void
add_balance(struct line *line, const struct value *value)
{
	const struct value *denominator = value_of(line->row, "denominator");

	paint(line, value->i > 0 ? "32" : "31");
	add_decimal(line->out, value->i,
	    denominator != NULL && denominator->i > 0 ? (unsigned)denominator->i
						      : 0);
	paint(line, "0");
}

static void
add_size(struct line *line, const struct value *width)
{
	const struct value *height = value_of(line->row, "height");

	paint(line, "33");
	buf_add_int(line->out, width->i);
	buf_add_char(line->out, 'x');
	buf_add_int(line->out, height != NULL ? height->i : 0);
	paint(line, "0");
}

static void
add_value(struct line *line, const struct item *item, const struct value *value,
    bool is_colorless)
{
	const struct field *field =
	    &line->row->model
		 ->field[model_field(line->row->model, item->field)];

	if (!is_colorless)
		paint(line, "33");
	if (item->as == AS_BARE)
		add_bare(line, value->text);
	else
		value_write_log(line->out, field, value);
	if (!is_colorless)
		paint(line, "0");
}

/* The text of an item that is no column. */
static struct str
network_text(const struct line *line, const struct item *item)
{
	if (line->network == NULL)
		return STR_NONE;
	return item->as == AS_NETWORK ? line->network->name
	                              : line->network->ipaddr;
}

static bool
has_item(const struct line *line, const struct item *item)
{
	if (item->as == AS_NETWORK || item->as == AS_NETWORK_IP)
		return network_text(line, item).p != NULL;
	return value_of(line->row, item->field) != NULL;
}

static void
add_item(struct line *line, const struct item *item, bool is_colorless)
{
	const struct value *value = value_of(line->row, item->field);

	if (item->label != NULL)
		buf_printf(line->out, "%s=", item->label);
	switch (item->as) {
	case AS_VALUE:
	case AS_BARE:
		add_value(line, item, value, is_colorless);
		break;
	case AS_VALID:
		paint(line, value->b ? "32" : "31");
		buf_add(line->out, value->b ? STR("valid") : STR("invalid"));
		paint(line, "0");
		break;
	case AS_SIZE:
		add_size(line, value);
		break;
	case AS_BALANCE:
		add_balance(line, value);
		break;
	case AS_NETWORK:
	case AS_NETWORK_IP:
		paint(line, "33");
		quote_add(line->out, network_text(line, item));
		paint(line, "0");
		break;
	}
}

static void
add_group(struct line *line, const struct group *group)
{
	bool is_begun = false;

	if (group->only_with != NULL &&
	    value_of(line->row, group->only_with) == NULL)
		return;
	for (size_t i = 0; i < ITEMS; i++) {
		const struct item *item = &group->item[i];

		if ((item->field == NULL && item->as == AS_VALUE) ||
		    !has_item(line, item))
			continue;
		buf_add(line->out, is_begun ? STR(" / ") : STR(" ["));
		is_begun = true;
		add_item(line, item, group->is_colorless);
	}
	if (is_begun)
		buf_add_char(line->out, ']');
}

/* "(200 => "https://...") "title"" */
static void
add_url(struct line *line)
{
	const struct value *status = value_of(line->row, "status");
	const struct value *redirect = value_of(line->row, "redirect");
	const struct value *title = value_of(line->row, "title");

	if (status != NULL) {
		buf_add(line->out, STR(" ("));
		paint(line, "33");
		buf_add_int(line->out, status->i);
		paint(line, "0");
		if (redirect != NULL) {
			buf_add(line->out, STR(" => "));
			paint(line, "33");
			quote_add(line->out, redirect->text);
			paint(line, "0");
		}
		buf_add_char(line->out, ')');
	}
	if (title != NULL) {
		buf_add_char(line->out, ' ');
		quote_add(line->out, title->text);
	}
}

static void
add_status(struct line *line)
{
	const struct value *status = value_of(line->row, "status");

	buf_add(line->out, STR(", "));
	paint(line, "33");
	if (status != NULL)
		quote_add(line->out, status->text);
	else
		buf_add(line->out, STR("unknown"));
	paint(line, "0");
}

static const struct detail *
detail_of(const struct model *model)
{
	for (size_t i = 0; i < sizeof(details) / sizeof(details[0]); i++) {
		if (strcmp(details[i].family, model->family) == 0)
			return &details[i];
	}
	return NULL;
}

bool
detail_has_network(const struct model *model)
{
	const struct detail *detail = detail_of(model);

	for (size_t i = 0; detail != NULL && i < GROUPS * ITEMS; i++) {
		if (detail->group[i / ITEMS].item[i % ITEMS].as == AS_NETWORK)
			return true;
	}
	return false;
}

static void
add_name(struct line *line, unsigned flags)
{
	const struct value *value = value_of(line->row, "value");

	paint(line, "32");
	buf_printf(line->out, "#%d", line->row->id);
	paint(line, "0");
	buf_add(line->out, STR(", "));
	paint(line, "32");
	if (value != NULL && flags & DETAIL_PLAIN)
		add_bare(line, value->text);
	else if (value != NULL)
		quote_add(line->out, value->text);
	paint(line, "0");
	if (flags & DETAIL_STATUS)
		add_status(line);
}

void
detail_write(struct buf *out, const struct row *row,
    const struct detail_network *network)
{
	struct line line = { out, row, network, row_is_unscoped(row) };
	const struct detail *detail = detail_of(row->model);

	if (line.is_grey)
		buf_add(out, str_of(term_paint("90")));
	add_name(&line, detail != NULL ? detail->flags : 0);
	if (detail != NULL && detail->flags & DETAIL_URL)
		add_url(&line);
	for (size_t i = 0; detail != NULL && i < GROUPS; i++)
		add_group(&line, &detail->group[i]);
	if (line.is_grey)
		buf_add(out, str_of(term_paint("0")));
}

void
detail_write_child(struct buf *out, const struct row *row, struct str child)
{
	buf_printf(out, "\t%s", term_paint(row_is_unscoped(row) ? "90" : "33"));
	buf_add(out, child);
	buf_add(out, str_of(term_paint("0")));
}
