#include "state/module_options.h"

#include "base/mem.h"

const struct module_option *
module_options_find(const struct module_options *options, struct str name)
{
	for (size_t i = 0; i < options->n; i++) {
		if (str_eq(options->option[i].name, name))
			return &options->option[i];
	}
	return NULL;
}

/* Once; what is told first about it stays. */
static void
add_option(struct module_options *options, struct pool *pool,
    const struct module_option *option)
{
	if (module_options_find(options, option->name) != NULL)
		return;
	if (option->name.n == 0 || option->name.n > MODULE_OPTIONS_LONGEST ||
	    str_find_char(option->name, '\n') != STR_NPOS ||
	    options->n == MODULE_OPTIONS_MOST) {
		options->is_all = false;
		return;
	}
	options->option = pool_push(pool, options->option, options->n,
	    sizeof(*options->option));
	options->option[options->n++] = *option;
}

/* "NAME[=DEFAULT] MEANING" */
static void
read_comment(struct module_options *options, struct pool *pool, struct str text)
{
	struct module_option option = { .name = STR_NONE };
	struct str rest = str_trim(text);

	option.fallback = str_cut(&rest, ' ');
	option.name = str_cut(&option.fallback, '=');
	if (rest.p != NULL)
		option.meaning = str_trim(rest);
	add_option(options, pool, &option);
}

static void
read_comments(struct module_options *options, struct pool *pool,
    struct str code)
{
	static const struct str head = { "-- Option: ", 11 };

	while (code.p != NULL) {
		struct str line = str_cut(&code, '\n');

		if (str_starts(line, head))
			read_comment(options, pool, str_from(line, head.n));
	}
}

static bool
has_word(struct str words, const char *word)
{
	while (words.p != NULL) {
		if (str_is(str_trim(str_cut(&words, ',')), word))
			return true;
	}
	return false;
}

bool
module_options_has_word(struct str code, const char *word)
{
	static const struct str head = { "-- Options: ", 12 };

	while (code.p != NULL) {
		struct str line = str_cut(&code, '\n');

		if (str_starts(line, head) &&
		    has_word(str_from(line, head.n), word))
			return true;
	}
	return false;
}

static bool
is_of_a_name(char c)
{
	return c == '_' || char_is_digit(c) ||
	       (char_lower(c) >= 'a' && char_lower(c) <= 'z');
}

/*
 * Behind the word getopt: ("name"), 'name', ... A name with a backslash is one
 * that Lua computes, like all that is no text.
 */
static void
read_call(struct module_options *options, struct pool *pool, struct str rest)
{
	struct module_option option = { .name = STR_NONE };
	bool is_open;
	char quote;

	rest = str_trim(rest);
	is_open = rest.n != 0 && rest.p[0] == '(';
	if (is_open)
		rest = str_trim(str_from(rest, 1));
	quote = rest.n != 0 ? rest.p[0] : '\0';
	if (quote == '"' || quote == '\'') {
		rest = str_from(rest, 1);
		option.name = str_cut(&rest, quote);
		if (rest.p == NULL ||
		    (is_open && !str_starts(str_trim(rest), STR(")"))) ||
		    str_find_char(option.name, '\\') != STR_NPOS)
			option.name = STR_NONE;
	}
	add_option(options, pool, &option);
}

static void
read_calls(struct module_options *options, struct pool *pool, struct str code)
{
	static const struct str word = { "getopt", 6 };
	struct str rest = code;
	size_t at;

	while ((at = str_find(rest, word)) != STR_NPOS) {
		const char *p = rest.p + at;

		rest = str_from(rest, at + word.n);
		if ((p > code.p && is_of_a_name(p[-1])) ||
		    (rest.n != 0 && is_of_a_name(rest.p[0])))
			continue;
		/* a name is short: the rest of a large module is not its */
		read_call(options, pool,
		    str_sub(rest, 0, 2 * MODULE_OPTIONS_LONGEST));
	}
}

void
module_options_read(struct module_options *options, struct pool *pool,
    struct str code)
{
	*options = (struct module_options){ .is_all = true };
	read_comments(options, pool, code);
	read_calls(options, pool, code);
}
