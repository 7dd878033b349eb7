/*
 * jsonl: our export of an object a line. The name of the table stands in each,
 * "blobs" are files of images.
 */
#include "import/ours.h"
#include "import/reader.h"

static const char head[] = "{\"table\":";
static const char blob_head[] = "{\"table\":\"blobs\",";

static bool
knows_jsonl(struct str text)
{
	return str_starts(text, str_of(head));
}

/* Only a line that begins like our blobs may be as long as one. */
static size_t
most_of(struct str line)
{
	return str_starts(line, str_of(blob_head)) ? IMPORT_MAX_BLOB
	                                           : IMPORT_MAX_ROW;
}

static int
take_blob(struct import_reader *r, const struct json *map, struct err *err)
{
	struct str id, bytes;

	if (found_member(map, "id", &id, err) == -1 ||
	    found_member(map, "bytes", &bytes, err) == -1)
		return -1;
	if (id.p == NULL || bytes.p == NULL)
		return err_set(err, "a blob needs 'id' and 'bytes'");
	return ours_blob(r, id, bytes, err);
}

static int
take_line(struct import_reader *r, struct str line, struct err *err)
{
	struct json map;
	struct str table;

	if (import_map(r, line, &map, err) == -1 ||
	    found_member(&map, "table", &table, err) == -1)
		return -1;
	if (table.p == NULL)
		return err_set(err, "there is no 'table' that it belongs to");
	if (str_is(table, "blobs"))
		return take_blob(r, &map, err);
	return ours_row(r, table, &map, err);
}

const struct import_format import_jsonl = {
	.name = "jsonl",
	.help = "our export: rows, files of images",
	.knows = knows_jsonl,
	.line = take_line,
	.most = most_of,
};
