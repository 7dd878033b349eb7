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

/* The first n bytes; leaves the others, never STR_NONE. */
static struct str
cut_bytes(struct str *rest, size_t n)
{
	struct str first = str_view(rest->p, n);

	*rest = str_view(rest->p + n, rest->n - n);
	return first;
}

/* What stands before the first of these signs; leaves it and what follows. */
static struct str
cut_before(struct str *rest, const char *signs)
{
	size_t n = 0;

	while (
	    n < rest->n && str_find_char(str_of(signs), rest->p[n]) == STR_NPOS)
		n++;
	return cut_bytes(rest, n);
}

/* "text" or 'text', and nothing right behind it but a comma: true. */
static bool
cut_quoted(struct str *rest, struct str *text)
{
	struct str behind = *rest, inner;
	char quote = behind.n != 0 ? behind.p[0] : '\0';

	if (quote != '"' && quote != '\'')
		return false;
	(void)cut_bytes(&behind, 1);
	inner = str_cut(&behind, quote);
	if (behind.p == NULL || (behind.n != 0 && behind.p[0] != ',' &&
				    !char_is_blank(behind.p[0])))
		return false;
	*text = inner;
	*rest = behind;
	return true;
}

/* A word, or a text in quotes; a comma at its end is none of it. */
static struct str
cut_default(struct str *rest)
{
	struct str word;

	if (cut_quoted(rest, &word))
		return word;
	word = cut_before(rest, " \t");
	if (word.n != 0 && word.p[word.n - 1] == ',')
		word.n--;
	return word;
}

/*
 * "NAME", "NAME, MEANING", "NAME = DEFAULT, MEANING", and what modules had
 * before there were commas: "NAME MEANING", "NAME=DEFAULT MEANING".
 */
static void
read_comment(struct module_options *options, struct pool *pool, struct str text,
    unsigned line)
{
	struct module_option option = { .line = line };
	struct str rest = str_trim(text);

	if (rest.n != 0)
		option.name = cut_before(&rest, " \t=,");
	rest = str_trim(rest);
	if (rest.n != 0 && rest.p[0] == '=') {
		(void)cut_bytes(&rest, 1);
		rest = str_trim(rest);
		option.fallback = cut_default(&rest);
		rest = str_trim(rest);
	}
	if (rest.n != 0 && rest.p[0] == ',')
		rest = str_trim(str_from(rest, 1));
	if (rest.n != 0)
		option.meaning = rest;
	add_option(options, pool, &option);
}

static void
read_comments(struct module_options *options, struct pool *pool,
    struct str code)
{
	static const struct str head = { "-- Option: ", 11 };

	for (unsigned n = 1; code.p != NULL; n++) {
		struct str line = str_cut(&code, '\n');

		if (str_starts(line, head))
			read_comment(options, pool, str_from(line, head.n), n);
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
