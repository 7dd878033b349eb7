#include "about/module_pages.h"

#include "base/mem.h"
#include "doc/doc.h"
#include "ipc/stealth.h"
#include "reach/reach.h"
#include "state/header.h"
#include "state/module_about.h"
#include "state/module_options.h"
#include "term/term.h"

static bool
is_of(const struct module *m, struct str page)
{
	return m->is_bundled && str_eq(header_source_of(m), page);
}

static bool
has_any(const struct library *library, struct str page)
{
	for (size_t i = 0; i < library->n; i++) {
		if (is_of(&library->module[i], page))
			return true;
	}
	return false;
}

static void
print_paragraph(const char *first, const char *rest, struct buf *text)
{
	struct buf out = BUF_NONE;
	struct doc doc = { &out, DOC_MARKDOWN };

	if (text->n != 0)
		doc_lines(&doc, first, rest, buf_cstr(text));
	term_print(buf_str(&out));
	buf_clear(&out);
	text->n = 0;
}

static void
print_item(struct buf *text)
{
	print_paragraph("- ", "  ", text);
}

/* ", " between, in front of all but the first. */
static void
add_word(struct buf *out, unsigned *n, struct str word, const char *tail)
{
	if ((*n)++ != 0)
		buf_add(out, STR(", "));
	buf_printf(out, "%.*s%s", STR_ARG(word), tail);
}

static void
add_families(struct buf *out, unsigned *n, uint32_t set, const char *tail)
{
	for (unsigned i = 0; model_table[i].family != NULL; i++) {
		if (set >> i & 1)
			add_word(out, n, str_of(model_table[i].family), tail);
	}
}

static void
print_takes(struct buf *out, const struct module *m,
    const struct permissions *may)
{
	unsigned n = 0;

	buf_add(out, STR("takes: "));
	if (m->source_name.p != NULL)
		add_word(out, &n, m->source_name, "");
	if (m->param.p != NULL)
		buf_printf(out, " of %.*s", STR_ARG(m->param));
	if (may->acts & ACT_STDIN)
		add_word(out, &n, STR("standard input"), "");
	if (n == 0)
		buf_add(out, STR("nothing"));
	print_item(out);
}

static void
print_gives(struct buf *out, const struct permissions *may)
{
	unsigned n = 0;

	buf_add(out, STR("gives: "));
	add_families(out, &n, may->adds, "");
	add_families(out, &n, may->updates & ~may->adds,
	    " (changes of such rows)");
	if (may->acts & ACT_ACTIVITY)
		add_word(out, &n, STR("activity"), "");
	if (n == 0)
		buf_add(out, STR("no rows"));
	print_item(out);
}

/* Each place once, without the functions that go there. */
static void
print_reaches(struct buf *out, const struct permissions *may)
{
	autopool struct pool pool = POOL_NONE;
	struct str last = STR_NONE;
	unsigned n = 0;

	buf_add(out, STR("reaches: "));
	for (size_t i = 0; i < may->hosts; i++) {
		struct buf host = BUF_IN(&pool);

		reach_host_print(&may->host[i], &host);
		if (!str_eq(buf_str(&host), last))
			add_word(out, &n, buf_str(&host), "");
		last = buf_str(&host);
	}
	if (may->acts & ACT_NAMES)
		add_word(out, &n, STR("name servers"), "");
	if (n == 0)
		buf_add(out, STR("nothing"));
	print_item(out);
}

static void
print_needs(struct buf *out, const struct module *m)
{
	unsigned n = 0;

	if (m->keyring_access.n == 0)
		return;
	buf_add(out, module_options_has_word(m->code, MODULE_OPTIONAL_KEY)
			 ? STR("may use keys of: ")
			 : STR("needs keys of: "));
	for (size_t i = 0; i < m->keyring_access.n; i++)
		add_word(out, &n, m->keyring_access.text[i], "");
	print_item(out);
}

static void
print_options(struct buf *out, const struct module *m)
{
	autopool struct pool pool = POOL_NONE;
	struct module_options options;

	module_options_read(&options, &pool, m->code);
	for (size_t i = 0; i < options.n; i++) {
		const struct module_option *o = &options.option[i];

		buf_printf(out, "option `%.*s`", STR_ARG(o->name));
		if (o->fallback.p != NULL)
			buf_printf(out, " = `%.*s`", STR_ARG(o->fallback));
		if (o->meaning.p != NULL)
			buf_printf(out, ": %.*s", STR_ARG(o->meaning));
		print_item(out);
	}
}

static void
print_about(struct buf *out, const struct module *m)
{
	static const char *const lead[ABOUT_KEYS] = {
		[ABOUT_RUNS_IN] = "runs in: this program, ",
		[ABOUT_PAGE] = "page: ",
		[ABOUT_LIMITS] = "limits: ",
	};
	autopool struct pool pool = POOL_NONE;
	struct module_about about;

	module_about_read(&about, &pool, m->code);
	if (about.key[ABOUT_RUNS_IN].n == 0) {
		buf_add(out, STR("runs in: this program"));
		print_item(out);
	}
	for (size_t k = 0; k < ABOUT_KEYS; k++) {
		for (size_t i = 0; i < about.key[k].n; i++) {
			buf_printf(out, "%s%.*s", lead[k],
			    STR_ARG(about.key[k].text[i]));
			print_item(out);
		}
	}
}

static void
print_module(const struct module *m)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct permissions may;

	reach_module(&pool, m, &may);
	term_printf("\n## %.*s\n\n", STR_ARG(m->name));
	buf_printf(&out, "%.*s.", STR_ARG(m->description));
	print_paragraph("", "", &out);
	term_print(STR("\n"));
	print_takes(&out, m, &may);
	print_gives(&out, &may);
	print_reaches(&out, &may);
	print_needs(&out, m);
	buf_printf(&out, "stealth: %s", stealth_levels[m->stealth].name);
	print_item(&out);
	print_options(&out, m);
	print_about(&out, m);
}

static bool
print_page(const struct library *library, struct str page)
{
	if (!has_any(library, page))
		return false;
	term_printf("# Bundled modules: %.*s\n\nPrinted by `sn0int reference "
		    "modules/%.*s` from the modules. All of them: "
		    "[README.md](README.md).\n",
	    STR_ARG(page), STR_ARG(page));
	for (size_t i = 0; i < library->n; i++) {
		if (is_of(&library->module[i], page))
			print_module(&library->module[i]);
	}
	return true;
}

static void
print_entry(const struct module *m, struct str page)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct module_about about;

	module_about_read(&about, &pool, m->code);
	buf_printf(&out, "[`%.*s`](%.*s.md#%.*s): %.*s (%s%s%s)",
	    STR_ARG(m->name), STR_ARG(page), STR_ARG(m->name),
	    STR_ARG(m->description), stealth_levels[m->stealth].name,
	    m->keyring_access.n == 0 ? ""
	    : module_options_has_word(m->code, MODULE_OPTIONAL_KEY)
		? ", may use a key"
		: ", needs a key",
	    module_about_claims_peer(&about) ? ", runs in " MODULE_ABOUT_PEER
					       " " MODULE_ABOUT_PEER_VERSION
					     : "");
	print_item(&out);
}

static void
print_index(const struct library *library)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct str page;

	term_print(STR("# Bundled modules\n\n"));
	buf_add(&out,
	    STR("Printed by `sn0int reference modules` from the modules that "
		"come with the program, by what they run on. What the lines "
		"of a module mean: `docs/modules.md`."));
	print_paragraph("", "", &out);
	for (size_t i = 0; header_source_at(i, &page); i++) {
		if (!has_any(library, page))
			continue;
		term_printf("\n## [%.*s](%.*s.md)\n\n", STR_ARG(page),
		    STR_ARG(page));
		for (size_t k = 0; k < library->n; k++) {
			if (is_of(&library->module[k], page))
				print_entry(&library->module[k], page);
		}
	}
}

bool
module_pages_print(const struct program *p, struct str page)
{
	static const struct str folder = { "modules/", 8 };

	if (str_is(page, "modules")) {
		print_index(&p->library);
		return true;
	}
	return str_starts(page, folder) &&
	       print_page(&p->library, str_from(page, folder.n));
}
