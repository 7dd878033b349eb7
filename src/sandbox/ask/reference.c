#include "ask/reference.h"

#include <unistd.h>

#include "ask/fold.h"
#include "ask/functions.h"
#include "child/say.h"
#include "doc/doc.h"
#include "ipc/start.h"

struct reference {
	struct functions all;
	struct pool pool;
	struct buf out;
};

/* hex(data: bytes) -> text */
static void
add_signature(struct buf *out, const struct stdlib_fn *fn)
{
	const char *p = fn->args != NULL ? fn->args : "";

	buf_printf(out, "%s(", fn->name);
	for (; *p != '\0'; p++) {
		buf_add_char(out, *p);
		if (*p == ':')
			buf_add_char(out, ' ');
	}
	buf_add_char(out, ')');
	if (fn->returns != NULL)
		buf_printf(out, " -> %s", fn->returns);
}

/* What the last argument is called: "options". */
static struct str
last_argument(const struct stdlib_fn *fn)
{
	struct str args = str_of(fn->args), last = STR_NONE;

	while (args.p != NULL)
		last = str_cut(&args, ',');
	while (str_starts(last, STR(" ")))
		last = str_from(last, 1);
	return str_cut(&last, ':');
}

/* The keys of a table of options, if it has one. */
static void
add_keys(struct doc *doc, const struct stdlib_fn *fn)
{
	autopool struct pool pool = POOL_NONE;

	if (fn->keys == NULL)
		return;
	buf_add(doc->out,
	    doc->form == DOC_SCDOC ? STR("\n\tKeys of ") : STR("\nKeys of "));
	doc_code(doc, pool_cstr(&pool, last_argument(fn)));
	buf_add(doc->out,
	    doc->form == DOC_MARKDOWN ? STR(":\n\n") : STR(":\n"));
	doc_slots(doc, fn->keys, 0);
}

static const char *
doc_of(struct pool *pool, const struct stdlib_fn *fn)
{
	return fn->flags & FN_OURS
	           ? pool_printf(pool,
			 "%s Of this program alone: the reference program has no "
			 "such function.",
			 fn->doc)
	           : fn->doc;
}

static void
add_markdown(struct doc *doc, struct pool *pool, const struct stdlib_fn *fn)
{
	buf_printf(doc->out, "\n## %s\n\n    ", fn->name);
	add_signature(doc->out, fn);
	buf_add(doc->out, STR("\n\n"));
	doc_lines(doc, "", "", doc_of(pool, fn));
	add_keys(doc, fn);
	buf_add_char(doc->out, '\n');
	fold_code(doc->out, str_of(fn->example), "    ");
}

static void
print_markdown(struct reference *ref)
{
	struct buf *out = &ref->out;
	struct doc doc = { out, DOC_MARKDOWN };

	buf_add(out, STR("# Functions of modules\n\n"));
	doc_lines(&doc, "", "",
	    "Printed by `sn0int-sandbox --reference` from the rows of the "
	    "functions. The types of arguments: `docs/reference/types.md`. "
	    "What stands behind `--` in an example is what `info()` shows of "
	    "it. Keys that nobody knows are ignored, nil is as good as none, "
	    "and a key of a wrong type is an error; maps and lists are "
	    "tables.");
	buf_add_char(out, '\n');
	for (size_t i = 0; i < ref->all.n; i++)
		buf_printf(out, "%s[`%s`](#%s)", i != 0 ? " \xc2\xb7\n" : "",
		    ref->all.fn[i]->name, ref->all.fn[i]->name);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < ref->all.n; i++)
		add_markdown(&doc, &ref->pool, ref->all.fn[i]);
}

static void
print_scdoc(struct reference *ref)
{
	struct buf *out = &ref->out;
	struct buf line = BUF_IN(&ref->pool);
	struct doc doc = { out, DOC_SCDOC };

	buf_add(out,
	    STR("sn0int-stdlib(7)\n\n# NAME\n\n"
		"sn0int-stdlib - what modules of sn0int can call\n\n"
		"# DESCRIPTION\n\nOf Lua's own libraries modules have "
		"the string methods only. All else is here. A function "
		"that fails stores its error, which *last_err*() shows "
		"and which ends the run as failed, and returns nil and "
		"a text.\n\n# FUNCTIONS\n"));
	for (size_t i = 0; i < ref->all.n; i++) {
		line.n = 0;
		add_signature(&line, ref->all.fn[i]);
		buf_add_char(out, '\n');
		doc_code(&doc, buf_cstr(&line));
		buf_add(out, STR("\n\t"));
		doc_text(&doc, doc_of(&ref->pool, ref->all.fn[i]));
		buf_add_char(out, '\n');
		add_keys(&doc, ref->all.fn[i]);
		buf_add(out, STR("\n\tExample: "));
		doc_verbatim(&doc, ref->all.fn[i]->example);
		buf_add_char(out, '\n');
	}
	buf_add(out, STR("\n# SEE ALSO\n\n*sn0int*(1)\n"));
}

static void
add_variants(struct doc *doc, const char *first, const struct variant *row)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);

	buf_add(&text, str_of(first));
	for (size_t i = 0; row[i].name != NULL; i++)
		buf_printf(&text,
		    row[i].kind == VARIANT_UNIT ? "%s `\"%s\"`%s"
						: "%s `{\"%s\":...}`%s",
		    i != 0 ? "," : "", row[i].name,
		    row[i].is_quiet ? " (of this program alone)" : "");
	buf_add_char(&text, '.');
	doc_lines(doc, "", "", buf_cstr(&text));
}

static void
print_start(struct reference *ref)
{
	struct variant source[START_SOURCES];
	struct buf *out = &ref->out;
	struct doc doc = { out, DOC_MARKDOWN };

	buf_add(out, STR("# Start line\n\n"));
	doc_lines(&doc, "", "",
	    "Printed by `sn0int-sandbox --reference=start` from the table that "
	    "reads it. The first line from the parent (`docs/wire.md`): a JSON "
	    "object, all that the child may know. What is not needed may be "
	    "absent, or null unless that is said.");
	buf_add_char(out, '\n');
	doc_slots(&doc, start_slots, 0);
	buf_add_char(out, '\n');
	start_sources(source);
	add_variants(&doc, "Sources:", source);
	buf_add_char(out, '\n');
	doc_lines(&doc, "", "",
	    "Behind `Accounts` stands a service, behind `CryptoAddrs` a "
	    "currency, or null for all of them; behind `KeyRing` a namespace.");
	buf_add_char(out, '\n');
	buf_add(out, STR("Levels of stealth:\n\n"));
	for (int i = 0; i < STEALTHS; i++)
		doc_lines(&doc, "- ", "  ",
		    pool_printf(&ref->pool, "`\"%s\"` (`%s` in a header): %s",
			stealth_levels[i].wire, stealth_levels[i].name,
			stealth_levels[i].doc));
}

static void
set_text(struct pool *pool, struct json *map, const char *name,
    const char *text)
{
	(void)json_set(pool, map, str_of(name), json_text(text));
}

/* {"proxy":"IP:PORT",...} */
static struct json
key_types(struct pool *pool, const struct slot *slots)
{
	struct json map = json_map();

	for (const struct slot *s = slots; s->name != NULL; s++) {
		struct buf type = BUF_IN(pool);

		doc_slot_type(&type, s);
		set_text(pool, &map, s->name, buf_cstr(&type));
	}
	return map;
}

static void
print_json(struct reference *ref)
{
	for (size_t i = 0; i < ref->all.n; i++) {
		const struct stdlib_fn *fn = ref->all.fn[i];
		struct json row = json_map();

		set_text(&ref->pool, &row, "name", fn->name);
		set_text(&ref->pool, &row, "args", fn->args);
		set_text(&ref->pool, &row, "returns", fn->returns);
		set_text(&ref->pool, &row, "doc", fn->doc);
		set_text(&ref->pool, &row, "example", fn->example);
		if (fn->keys != NULL)
			(void)json_set(&ref->pool, &row, STR("keys"),
			    key_types(&ref->pool, fn->keys));
		(void)json_set(&ref->pool, &row, STR("ours"),
		    json_bool(fn->flags & FN_OURS));
		(void)json_set(&ref->pool, &row, STR("runs"),
		    json_bool(!(fn->flags & FN_EXAMPLE_TEXT)));
		json_write(&ref->out, &row, 0);
		buf_add_char(&ref->out, '\n');
	}
}

/* Is there one with all of these flags? */
static bool
has_key(const struct slot *key, unsigned flags)
{
	for (; key != NULL && key->name != NULL; key++) {
		if ((key->flags & flags) == flags)
			return true;
	}
	return false;
}

/* Names with blanks between, as a literal of C over some lines. */
static void
add_key_names(struct buf *out, const struct slot *key, unsigned flags)
{
	size_t n = 0;

	buf_add_char(out, '"');
	for (; key->name != NULL; key++) {
		if ((key->flags & flags) != flags)
			continue;
		if (n + strlen(key->name) > 60) {
			buf_add(out, STR("\"\n    \""));
			n = 0;
		}
		buf_printf(out, "%s%s", key->name,
		    has_key(key + 1, flags) ? " " : "");
		n += strlen(key->name) + 1;
	}
	buf_add_char(out, '"');
}

/* A literal, or NULL where there is none. */
static void
add_keys_with(struct buf *out, const struct slot *key, unsigned flags)
{
	if (has_key(key, flags))
		add_key_names(out, key, flags);
	else
		buf_add(out, STR("NULL"));
	buf_add(out, STR(", "));
}

/* Rows of C for those who do not link the functions: host/lint/function.c. */
static void
print_table(struct reference *ref)
{
	struct buf *out = &ref->out;

	buf_add(out,
	    STR("/* Made by tools/reference from the rows of the functions. */\n"
		"/* clang-format off */\n"));
	for (size_t i = 0; i < ref->all.n; i++) {
		const struct stdlib_fn *fn = ref->all.fn[i];

		buf_printf(out, "{ \"%s\", %s%s%s, ", fn->name,
		    fn->args != NULL ? "\"" : "",
		    fn->args != NULL ? fn->args : "NULL",
		    fn->args != NULL ? "\"" : "");
		add_keys_with(out, fn->keys, 0);
		add_keys_with(out, fn->keys, SLOT_OURS);
		buf_printf(out, "%s },\n",
		    fn->flags & FN_OURS ? "true" : "false");
	}
}

static void
print_names(struct reference *ref)
{
	for (size_t i = 0; i < ref->all.n; i++)
		buf_printf(&ref->out, "%s\n", ref->all.fn[i]->name);
}

/* The keys of options, and those of objects in them: "key\tdns.record\t..." */
static void
add_index_keys(struct reference *ref, const char *owner,
    const struct slot *slot)
{
	for (; slot != NULL && slot->name != NULL; slot++) {
		const char *name =
		    pool_printf(&ref->pool, "%s.%s", owner, slot->name);

		buf_printf(&ref->out, "key\t%s\t(", name);
		doc_slot_type(&ref->out, slot);
		buf_add(&ref->out, STR("): "));
		doc_slot_text(&ref->out, slot);
		buf_add_char(&ref->out, '\n');
		add_index_keys(ref, name, slot->object);
	}
}

/* For those who look for a word: `help -k`. */
static void
print_index(struct reference *ref)
{
	for (size_t i = 0; i < ref->all.n; i++) {
		const struct stdlib_fn *fn = ref->all.fn[i];

		buf_printf(&ref->out, "function\t%s\t%s\n", fn->name,
		    doc_of(&ref->pool, fn));
		add_index_keys(ref, fn->name, fn->keys);
	}
}

static int
print_one(struct reference *ref, struct str name)
{
	struct doc doc = { &ref->out, DOC_PLAIN };

	for (size_t i = 0; i < ref->all.n; i++) {
		const struct stdlib_fn *fn = ref->all.fn[i];

		if (!str_is(name, fn->name))
			continue;
		add_signature(&ref->out, fn);
		buf_add(&ref->out, STR("\n\n"));
		doc_lines(&doc, "  ", "  ", doc_of(&ref->pool, fn));
		add_keys(&doc, fn);
		buf_printf(&ref->out, "\nExample:\n  %s\n", fn->example);
		return 0;
	}
	return 1;
}

static int
unknown_form(void)
{
	(void)say(STDERR_FILENO,
	    STR("--reference is man, start, json, table, index or names\n"));
	return 2;
}

int
reference_print(struct str form, struct str name)
{
	static struct reference ref;
	int status = 0;

	ref.out = (struct buf)BUF_IN(&ref.pool);
	functions_collect(&ref.all);
	if (name.p != NULL)
		status = print_one(&ref, name);
	else if (form.p == NULL)
		print_markdown(&ref);
	else if (str_is(form, "man"))
		print_scdoc(&ref);
	else if (str_is(form, "start"))
		print_start(&ref);
	else if (str_is(form, "json"))
		print_json(&ref);
	else if (str_is(form, "names"))
		print_names(&ref);
	else if (str_is(form, "index"))
		print_index(&ref);
	else if (str_is(form, "table"))
		print_table(&ref);
	else
		status = unknown_form();
	if (say_answer(buf_str(&ref.out)) != 0)
		status = 1;
	pool_clear(&ref.pool);
	return status;
}
