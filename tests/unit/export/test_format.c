/* format: what a format can rely on, and what the table promises. */
#include "export/format.h"

#include <ctype.h>
#include <string.h>

#include "check.h"

static void
every_family_is_exported_once(void)
{
	for (const struct model *m = model_table; m->family != NULL; m++) {
		int n = 0;

		for (size_t i = 0; export_table(i) != NULL; i++)
			n += export_table(i) == m;
		CHECK_INT(n, 1);
	}
}

/* What a row is to the one that it names; of a link the second id says it. */
static void
every_edge_has_a_relation(void)
{
	for (const struct model *m = model_table; m->family != NULL; m++) {
		int ids = 0;

		for (const struct field *f = m->field; f->name != NULL; f++) {
			bool is_from = f->references != NULL && ids++ == 0 &&
			               m->flags & MODEL_LINK;

			CHECK_INT(f->relation != NULL,
			    f->references != NULL && !is_from);
			if (f->references != NULL)
				CHECK(model_by_table(str_of(f->references)) !=
				      NULL);
		}
		if (m->flags & MODEL_LINK)
			CHECK_INT(ids, 2);
	}
}

/* "domain_1" is an id of DOT, of XML and of everything else. */
static void
nodes_have_plain_names(void)
{
	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (m->flags & MODEL_LINK)
			continue;
		for (const char *p = m->family; *p != '\0'; p++)
			CHECK(islower((unsigned char)*p));
	}
}

static void
every_format_can_be_found(void)
{
	autoerr struct err err = ERR_NONE;

	for (size_t i = 0; format_table[i] != NULL; i++) {
		const struct format *format = format_table[i];

		CHECK(format->row != NULL && format->help != NULL);
		if (format->ending != NULL)
			CHECK(format->begin == NULL && format->edge == NULL &&
			      format->blob == NULL && format->end == NULL);
		CHECK(format_by_name(str_of(format->name), &err) == format);
	}
	CHECK(format_by_name(STR("jsonI"), &err) == NULL);
	CHECK_INT(err.kind, ERR_USAGE);
	CHECK(str_find(err_text(&err), STR("did you mean 'json'")) != STR_NPOS);
	for (size_t i = 0; format_table[i] != NULL; i++)
		CHECK(str_find(err_text(&err), str_of(format_table[i]->name)) !=
		      STR_NPOS);
}

CHECK_MAIN(CASE(every_family_is_exported_once), CASE(every_edge_has_a_relation),
    CASE(nodes_have_plain_names), CASE(every_format_can_be_found))
