/*
 * json, json-blobs: our exports of these names, which are the reference
 * program's: an object of a list for each table, or that as "models" beside
 * "blobs". They may be larger than memory.
 */
#include "import/ours.h"
#include "import/split.h"

/* Both begin with what the reference program has first. */
static bool
knows_json(struct str text)
{
	return str_starts(text, STR("{\"accounts\":[")) ||
	       str_starts(text, STR("{\"models\":{"));
}

static bool
is_blobs(const struct split_item *item)
{
	return !item->is_inside && str_is(item->list, "blobs");
}

static size_t
most_of(const struct split_item *item)
{
	return is_blobs(item) ? IMPORT_MAX_BLOB : IMPORT_MAX_ROW;
}

static int
take_item(struct import_reader *r, const struct split_item *item,
    struct err *err)
{
	struct json v;

	if (item->is_alone)
		return err_set(err, "'%.*s' is no list", STR_ARG(item->list));
	if (json_read_most(r->pool, item->text, IMPORT_MAX_VALUES, &v, err) ==
	    -1)
		return err_wrap(err, "no JSON in '%.*s'", STR_ARG(item->list));
	if (!is_blobs(item))
		return ours_row(r, item->list, &v, err);
	if (v.kind != JSON_STR)
		return err_set(err, "a blob is no text");
	return ours_blob(r, STR_NONE, v.str, err);
}

static int
begin(struct import_reader *r, struct err *err)
{
	static const struct split_kind kind = {
		.inside = "models",
		.most = most_of,
		.item = take_item,
	};

	(void)err;
	split_begin(r, &kind);
	return 0;
}

const struct import_format import_json = {
	.name = "json",
	.help = "our export, or the reference program's: rows",
	.knows = knows_json,
	.size = sizeof(struct split),
	.begin = begin,
	.piece = split_piece,
	.end = split_end,
	.clear = split_clear,
};

const struct import_format import_json_blobs = {
	.name = "json-blobs",
	.help = "the same, and files of images",
	.size = sizeof(struct split),
	.begin = begin,
	.piece = split_piece,
	.end = split_end,
	.clear = split_clear,
};
