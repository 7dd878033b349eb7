#include "base/closest.h"
#include "export/format.h"

extern const struct format format_json, format_json_blobs, format_jsonl,
    format_csv, format_csv_all, format_dot, format_gexf, format_graphml,
    format_stix, format_misp, format_maltego;

const struct format *const format_table[] = {
	&format_json,
	&format_json_blobs,
	&format_jsonl,
	&format_csv,
	&format_csv_all,
	&format_dot,
	&format_gexf,
	&format_graphml,
	&format_stix,
	&format_misp,
	&format_maltego,
	NULL,
};

static const char *
name_at(const void *list, size_t i)
{
	(void)list;
	return format_table[i] != NULL ? format_table[i]->name : NULL;
}

void
format_add_names(struct buf *out)
{
	closest_add_all(out, name_at, NULL);
}

const struct format *
format_by_name(struct str name, struct err *err)
{
	for (size_t i = 0; format_table[i] != NULL; i++) {
		if (str_is(name, format_table[i]->name))
			return format_table[i];
	}
	(void)closest_none("format", name, name_at, NULL, err);
	return NULL;
}
