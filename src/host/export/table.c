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
	for (size_t i = 0; format_table[i] != NULL; i++)
		buf_printf(out, "%s%s",
		    i == 0                        ? ""
		    : format_table[i + 1] != NULL ? ", "
						  : " or ",
		    format_table[i]->name);
}

const struct format *
format_by_name(struct str name, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf names = BUF_IN(&pool);
	const char *closest = closest_name(name, name_at, NULL);

	for (size_t i = 0; format_table[i] != NULL; i++) {
		if (str_is(name, format_table[i]->name))
			return format_table[i];
	}
	format_add_names(&names);
	if (closest != NULL)
		(void)err_usage(err,
		    "there is no format '%.*s', did you mean '%s'? It is %s",
		    STR_ARG(name), closest, buf_cstr(&names));
	else
		(void)err_usage(err, "there is no format '%.*s': it is %s",
		    STR_ARG(name), buf_cstr(&names));
	return NULL;
}
