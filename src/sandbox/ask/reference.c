#include "ask/reference.h"

#include <unistd.h>

#include "ask/fold.h"
#include "ask/functions.h"
#include "child/say.h"

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

static void
add_markdown(struct buf *out, const struct stdlib_fn *fn)
{
	buf_printf(out, "\n## %s\n\n    ", fn->name);
	add_signature(out, fn);
	buf_add(out, STR("\n\n"));
	fold_text(out, str_of(fn->doc), "", FOLD_COLUMNS);
	buf_add_char(out, '\n');
	fold_code(out, str_of(fn->example), "    ");
}

static void
print_markdown(struct reference *ref)
{
	struct buf *out = &ref->out;

	buf_printf(out, "# Functions of modules\n\n"
			"Printed by `sn0int-sandbox --reference` from the rows "
			"of the functions. The types of arguments:\n"
			"`docs/reference/types.md`. What stands behind `--` in "
			"an example is what `info()` shows of it.\n\n");
	for (size_t i = 0; i < ref->all.n; i++)
		buf_printf(out, "%s[`%s`](#%s)", i != 0 ? " \xc2\xb7\n" : "",
		    ref->all.fn[i]->name, ref->all.fn[i]->name);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < ref->all.n; i++)
		add_markdown(out, ref->all.fn[i]);
}

/* scdoc(5): _ * # and \ are its own */
static void
add_scdoc_text(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("_*#\\<>[]", *text) != NULL)
			buf_add_char(out, '\\');
		buf_add_char(out, *text);
	}
}

static void
print_scdoc(struct reference *ref)
{
	struct buf *out = &ref->out;
	struct buf line = BUF_IN(&ref->pool);

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
		buf_add(out, STR("\n*"));
		add_scdoc_text(out, buf_cstr(&line));
		buf_add(out, STR("*\n\t"));
		add_scdoc_text(out, ref->all.fn[i]->doc);
		buf_add(out, STR("\n\n\tExample: "));
		add_scdoc_text(out, ref->all.fn[i]->example);
		buf_add_char(out, '\n');
	}
	buf_add(out, STR("\n# SEE ALSO\n\n*sn0int*(1)\n"));
}

static void
set_text(struct pool *pool, struct json *map, const char *name,
    const char *text)
{
	(void)json_set(pool, map, str_of(name), json_text(text));
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
		(void)json_set(&ref->pool, &row, STR("runs"),
		    json_bool(!(fn->flags & FN_EXAMPLE_TEXT)));
		json_write(&ref->out, &row, 0);
		buf_add_char(&ref->out, '\n');
	}
}

static void
print_names(struct reference *ref)
{
	for (size_t i = 0; i < ref->all.n; i++)
		buf_printf(&ref->out, "%s\n", ref->all.fn[i]->name);
}

static int
print_one(struct reference *ref, struct str name)
{
	for (size_t i = 0; i < ref->all.n; i++) {
		const struct stdlib_fn *fn = ref->all.fn[i];

		if (!str_is(name, fn->name))
			continue;
		add_signature(&ref->out, fn);
		buf_add(&ref->out, STR("\n\n"));
		fold_text(&ref->out, str_of(fn->doc), "  ", 80);
		buf_printf(&ref->out, "\nExample:\n  %s\n", fn->example);
		return 0;
	}
	return 1;
}

static int
unknown_form(void)
{
	(void)say(STDERR_FILENO, STR("--reference is man, json or names\n"));
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
	else if (str_is(form, "json"))
		print_json(&ref);
	else if (str_is(form, "names"))
		print_names(&ref);
	else
		status = unknown_form();
	if (say_answer(buf_str(&ref.out)) != 0)
		status = 1;
	pool_clear(&ref.pool);
	return status;
}
