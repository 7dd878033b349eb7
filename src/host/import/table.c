/* The formats, and how one is told. */
#include "import/import.h"
#include "import/reader.h"

#include "base/closest.h"

extern const struct import_format import_amass, import_bbot, import_csv,
    import_harvester, import_harvester_report, import_json, import_json_blobs,
    import_jsonl, import_nmap, import_subfinder;

/* In the order in which they are asked whether a file is theirs. */
const struct import_format *const import_table[] = {
	&import_json,
	&import_json_blobs,
	&import_jsonl,
	&import_csv,
	&import_nmap,
	&import_subfinder,
	&import_bbot,
	&import_harvester,
	&import_harvester_report,
	&import_amass,
	NULL,
};

const char *
import_name_at(size_t i)
{
	return import_table[i] != NULL ? import_table[i]->name : NULL;
}

const char *
import_help_at(size_t i)
{
	return import_table[i]->help;
}

static const char *
name_at(const void *list, size_t i)
{
	(void)list;
	return import_name_at(i);
}

void
import_add_names(struct buf *out)
{
	closest_add_all(out, name_at, NULL);
}

/* Without blanks between tokens, as far as there is room. */
static struct str
compact(struct str json, char *to, size_t size)
{
	bool is_quoted = false, is_escaped = false;
	size_t n = 0;

	for (size_t i = 0; i < json.n && n < size; i++) {
		char c = json.p[i];

		if (!is_quoted && char_is_blank(c))
			continue;
		if (c == '"' && !is_escaped)
			is_quoted = !is_quoted;
		is_escaped = is_quoted && c == '\\' && !is_escaped;
		to[n++] = c;
	}
	return str_view(to, n);
}

const struct import_format *
import_by_head(struct str head)
{
	struct str text = head;
	char json[256];

	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_from(text, 3);
	while (text.n != 0 && char_is_blank(text.p[0]))
		text = str_from(text, 1);
	if (text.n != 0 && text.p[0] == '{')
		text = compact(text, json, sizeof(json));
	for (size_t i = 0; import_table[i] != NULL; i++) {
		if (import_table[i]->knows != NULL &&
		    import_table[i]->knows(text))
			return import_table[i];
	}
	return NULL;
}

const struct import_format *
import_by_name(struct str name, struct err *err)
{
	for (size_t i = 0; import_table[i] != NULL; i++) {
		if (str_is(name, import_table[i]->name))
			return import_table[i];
	}
	(void)closest_none("format", name, name_at, NULL, err);
	return NULL;
}
