#include "about/header_page.h"

#include "doc/doc.h"
#include "state/module_about.h"
#include "term/term.h"

static const struct header_row *
row_by_name(const struct header_row *row, struct str name)
{
	for (; row->name != NULL; row++) {
		if (str_eq_nocase(str_of(row->name), name))
			return row;
	}
	return NULL;
}

static void
print_lines(const char *text)
{
	struct buf out = BUF_NONE;
	struct doc doc = { &out, DOC_PLAIN };

	doc_lines(&doc, "  ", "  ", text);
	term_print(buf_str(&out));
	buf_clear(&out);
}

/* What a line "-- Source: " may say: all but what stands for no line. */
static void
print_sources(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf names = BUF_IN(&pool);
	struct str source;

	for (size_t i = 0;
	     header_source_at(i, &source) && !str_is(source, HEADER_NO_SOURCE);
	     i++)
		buf_printf(&names, "%s%.*s", i != 0 ? ", " : "",
		    STR_ARG(source));
	term_print(STR("\nSources:\n"));
	print_lines(buf_cstr(&names));
}

bool
header_page_print(struct str name)
{
	const struct header_row *above, *row;

	if (str_ends(name, STR(":")))
		name.n--;
	above = row_by_name(header_rows, name);
	row = above != NULL ? above : row_by_name(module_about_rows, name);
	if (row == NULL)
		return false;
	term_printf("-- %s: ...\n\n", row->name);
	print_lines(row->doc);
	term_printf("\nA line of a module, %s the empty line that ends the "
		    "header.\n",
	    above != NULL ? "above" : "below");
	if (str_is(str_of(row->name), "Source"))
		print_sources();
	return true;
}
