#include "about/family_page.h"

#include "doc/doc.h"
#include "model/model.h"
#include "term/term.h"

/* db_add() fails without it: the others may be absent, or are not read. */
static bool
is_needed(const struct field *f)
{
	return !(f->flags & (FIELD_OPT | FIELD_DERIVED | FIELD_SCOPE));
}

static const char *
role_of(const struct field *f)
{
	if (f->flags & FIELD_DERIVED)
		return "computed";
	if (f->flags & FIELD_UPDATE)
		return "changes";
	return is_needed(f) ? "needed" : "";
}

static void
print_column(const char *name, enum field_kind kind, const char *role,
    const char *doc)
{
	term_printf("  %s%-18s%s %-24s %-8s %s\n", term_paint("32"), name,
	    term_paint("0"), field_kind_text(kind), role, doc);
}

/* "Source: accounts, or accounts:SERVICE" */
static void
print_source(const struct model *m)
{
	int param = model_field_with(m, FIELD_PARAM);

	if (m->source == NULL) {
		term_print(STR("No module runs on its rows.\n"));
		return;
	}
	term_printf("Modules that run on its rows have the line \"-- Source: "
		    "%s\"",
	    m->table);
	if (param != -1)
		term_printf(",\nor \"-- Source: %s:VALUE\" for those of one %s",
		    m->table, m->field[param].name);
	term_print(STR(".\n"));
}

/* db_add('subdomain', {domain_id=..., value=...}) */
static void
print_call(const struct model *m)
{
	const char *between = "";

	term_printf("\nExample:\n  db_add('%s', {", m->family);
	for (const struct field *f = m->field; f->name != NULL; f++) {
		if (is_needed(f)) {
			term_printf("%s%s=...", between, f->name);
			between = ", ";
		}
	}
	term_print(STR("})\n"));
}

static void
print_fields(const struct model *m)
{
	for (const struct field *f = m->field; f->name != NULL; f++)
		print_column(f->name, f->kind, role_of(f), f->doc);
}

static void
print_columns(const struct model *m)
{
	term_print(STR("\nColumns:\n"));
	print_column("id", FIELD_I32, "", "of the row");
	print_fields(m);
	term_printf("needed: db_add() fails without it; computed: from the "
		    "others%s\n",
	    model_is_mutable(m) ? ";\nchanges: may be absent, and db_add() and "
				  "db_update() change it later"
				: "");
}

bool
family_page_print(struct str name)
{
	const struct model *m = model_by_family(name);

	if (m == NULL)
		m = model_by_table(name);
	if (m == NULL)
		return false;
	term_printf("%s\n\nfamily %s (add, db_add), table %s (select%s)\n",
	    m->doc, m->family, m->table, m->source != NULL ? ", Source" : "");
	if (m->flags & MODEL_OURS)
		term_print(STR("of this program alone: others have no such "
			       "table\n"));
	print_source(m);
	print_columns(m);
	print_call(m);
	return true;
}

void
family_page_print_activity(void)
{
	term_print(STR("\nColumns:\n"));
	print_fields(&model_activity);
	term_print(STR("needed: db_activity() fails without it\n"));
}

void
family_page_print_names(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf names = BUF_IN(&pool), out = BUF_IN(&pool);
	struct doc doc = { &out, DOC_PLAIN };

	for (const struct model *m = model_table; m->family != NULL; m++)
		buf_printf(&names, "%s%s", m != model_table ? ", " : "",
		    m->family);
	doc_lines(&doc, "  ", "  ", buf_cstr(&names));
	term_print(buf_str(&out));
}
