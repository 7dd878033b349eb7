#include "about/config_page.h"

#include "base/limits.h"
#include "config/config.h"

/* A paragraph each. */
static const char *const about_file[] = {
	"The configuration is `$XDG_CONFIG_HOME/sn0int.toml`, by default "
	"`~/.config/sn0int.toml`: TOML 1.0, at most 4 MiB, written by nobody "
	"but you. Without it everything is as if no key was given; one that "
	"is there and cannot be looked at is an error, not a missing one.",
	"A wrong type or a value that cannot be stops every command but "
	"`help`, with section and key. What is unknown does nothing, and every command "
	"warns of it, with the name that was probably meant:",
	NULL,
};

static const char example_of_warning[] =
    "~/.config/sn0int.toml: unknown key proxi in [network], did you mean "
    "proxy?";

static const char *const about_parents[] = {
	"sn0int 0.26.1 reads the same file and heeds of it `core.registry`, "
	"`core.no-autoupdate`, `namespaces`, `notifications`, `network.proxy` "
	"and `network.user_agent`. If it, or another program that gives no "
	"options, starts `sn0int-sandbox`, then that reads the file itself: "
	"`network.allow`, `network.deny` and `sandbox.limits` hold there, too. "
	"The rest is up to that program.",
	"It reads all of the file by the same table, so what is wrong stops "
	"each run (`Failed to load config: ...`), and of what is unknown there "
	"is one warning a run. Without `network.allow` such a module may "
	"connect to wherever 0.26.1 lets it, as `network.allow = [\"open\"]` "
	"says.",
	NULL,
};

static const char *const about_limits[] = {
	"`NAME=VALUE`, in `sandbox.limits` and behind `run --limit`, the "
	"latter being stronger; with what they are otherwise.",
	NULL,
};

static const char *const whole_example[] = {
	"[network]",
	"proxy = \"127.0.0.1:9050\"",
	"deny = [\"192.0.2.0/24\"]",
	"",
	"[run]",
	"jobs = 8",
	"",
	"[sandbox]",
	"limits = [\"memory=512M\"]",
	"",
	"[namespaces]",
	"me = \"src/my-modules\"",
	NULL,
};

static void
title(struct doc *doc, const char *markdown, const char *scdoc)
{
	buf_printf(doc->out, "\n%s\n",
	    doc->form == DOC_SCDOC ? scdoc : markdown);
}

static void
paragraphs(struct doc *doc, const char *const *text)
{
	for (; *text != NULL; text++) {
		buf_add_char(doc->out, '\n');
		doc_lines(doc, "", "", *text);
	}
}

static void
literal(struct doc *doc, const char *const *line)
{
	buf_add(doc->out, STR("\n```\n"));
	for (; *line != NULL; line++)
		buf_printf(doc->out, "%s\n", *line);
	buf_add(doc->out, STR("```\n"));
}

/* network.proxy */
static const char *
full_name(const struct config_section *section, const struct slot *slot,
    struct pool *pool)
{
	return pool_printf(pool, "%s.%s", section->name, slot->name);
}

/*
 * - `network.proxy` (IP:PORT): a SOCKS5 proxy [...], as in
 *   `proxy = "127.0.0.1:9050"`
 */
static void
markdown_key(struct doc *doc, const struct config_section *section,
    const struct slot *slot)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);

	buf_printf(&text, "`%s` (", full_name(section, slot, &pool));
	doc_slot_type(&text, slot);
	buf_add(&text, STR("): "));
	doc_slot_text(&text, slot);
	buf_printf(&text, "; as in `%s = %s`", slot->name, slot->example);
	doc_lines(doc, "- ", "  ", buf_cstr(&text));
}

static void
scdoc_key(struct doc *doc, const struct config_section *section,
    const struct slot *slot)
{
	autopool struct pool pool = POOL_NONE;
	struct buf type = BUF_IN(&pool), text = BUF_IN(&pool);

	doc_slot_type(&type, slot);
	doc_slot_text(&text, slot);
	buf_add_char(doc->out, '\n');
	doc_code(doc, full_name(section, slot, &pool));
	buf_add(doc->out, STR(" ("));
	doc_text(doc, buf_cstr(&type));
	buf_add(doc->out, STR(")\n\t"));
	doc_text(doc, buf_cstr(&text));
	buf_add(doc->out, STR("\n\n\tExample: "));
	doc_code(doc, pool_printf(&pool, "%s = %s", slot->name, slot->example));
	buf_add_char(doc->out, '\n');
}

static void
print_section(struct doc *doc, const struct config_section *section)
{
	buf_printf(doc->out, "\n## %s\n\n", section->name);
	doc_lines(doc, "", "", section->doc);
	if (doc->form == DOC_MARKDOWN)
		buf_add_char(doc->out, '\n');
	for (const struct slot *slot = section->slot; slot->name != NULL;
	     slot++) {
		if (doc->form == DOC_SCDOC)
			scdoc_key(doc, section, slot);
		else
			markdown_key(doc, section, slot);
	}
}

static void
print_limit(struct doc *doc, enum limit limit)
{
	autopool struct pool pool = POOL_NONE;
	struct buf name = BUF_IN(&pool);

	buf_printf(&name, "%s=", limit_rows[limit].name);
	limits_print(&name, limit, limit_rows[limit].value);
	if (doc->form == DOC_MARKDOWN) {
		doc_lines(doc, "- ", "  ",
		    pool_printf(&pool, "`%s`: %s", buf_cstr(&name),
			limit_rows[limit].doc));
		return;
	}
	buf_add_char(doc->out, '\n');
	doc_code(doc, buf_cstr(&name));
	buf_add(doc->out, STR("\n\t"));
	doc_text(doc, limit_rows[limit].doc);
	buf_add_char(doc->out, '\n');
}

static void
begin_page(struct doc *doc)
{
	if (doc->form == DOC_SCDOC)
		buf_add(doc->out,
		    STR("sn0int.toml(5)\n\n# NAME\n\nsn0int.toml - the "
			"configuration of sn0int\n\n# DESCRIPTION\n"));
	else
		buf_add(doc->out,
		    STR("# sn0int.toml\n\nPrinted by `sn0int reference config` "
			"from the table of the configuration; the manual page "
			"is\nsn0int.toml(5).\n"));
}

void
config_page(struct doc *doc)
{
	const char *const warning[] = { example_of_warning, NULL };

	begin_page(doc);
	paragraphs(doc, about_file);
	literal(doc, warning);
	if (doc->form == DOC_SCDOC)
		buf_add(doc->out, STR("\n# KEYS\n"));
	for (const struct config_section *s = config_sections; s->name != NULL;
	     s++)
		print_section(doc, s);
	title(doc, "## Limits", "# LIMITS");
	paragraphs(doc, about_limits);
	if (doc->form == DOC_MARKDOWN)
		buf_add_char(doc->out, '\n');
	for (int i = 0; i < LIMITS; i++)
		print_limit(doc, (enum limit)i);
	title(doc, "## Under another parent", "# UNDER ANOTHER PARENT");
	paragraphs(doc, about_parents);
	title(doc, "## Example", "# EXAMPLE");
	literal(doc, whole_example);
	if (doc->form == DOC_SCDOC)
		buf_add(doc->out,
		    STR("\n# SEE ALSO\n\n*sn0int*(1), *sn0int*(5)\n"));
}
