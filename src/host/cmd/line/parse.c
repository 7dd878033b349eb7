#include "line/parse.h"

#include "base/closest.h"
#include "base/mem.h"
#include "base/num.h"

struct parse {
	const struct cmd *cmd;
	bool is_prompt;
	struct pool *pool;
	const struct str *word;
	size_t n, at;
	char *opts;
	unsigned char seen[32]; /* by row, for what is given once */
	const struct opt *open; /* lacks its value, at the end of the words */
};

static const struct opt *
opt_by_name(const struct parse *parse, struct str name)
{
	const struct opt *opt = parse->cmd->opts;

	for (; opt != NULL && opt->name != NULL; opt++) {
		if (str_is(name, opt->name) &&
		    !(parse->is_prompt && opt->flags & OPT_LINE_ONLY))
			return opt;
	}
	return NULL;
}

static const struct opt *
opt_by_letter(const struct parse *parse, char letter)
{
	const struct opt *opt = parse->cmd->opts;

	for (; opt != NULL && opt->name != NULL; opt++) {
		if (opt->letter == letter && letter != 0 &&
		    !(parse->is_prompt && opt->flags & OPT_LINE_ONLY))
			return opt;
	}
	return NULL;
}

static bool
takes_value(const struct opt *opt)
{
	return opt->kind != OPT_FLAG && opt->kind != OPT_COUNT;
}

static void
add_text(struct parse *parse, struct opt_texts *texts, struct str value)
{
	texts->text =
	    pool_push(parse->pool, texts->text, texts->n, sizeof(*texts->text));
	texts->text[texts->n++] = value;
}

static int
set_value(struct parse *parse, const struct opt *opt, struct str value,
    struct err *err)
{
	void *at = parse->opts + opt->at;
	size_t row = (size_t)(opt - parse->cmd->opts);
	struct opt_number *number = at;

	if (opt->kind != OPT_COUNT && opt->kind != OPT_TEXTS &&
	    parse->seen[row]++ != 0)
		return err_usage(err, "--%s is given more than once",
		    opt->name);
	switch (opt->kind) {
	case OPT_FLAG:
		*(bool *)at = true;
		return 0;
	case OPT_COUNT:
		++*(unsigned *)at;
		return 0;
	case OPT_TEXT:
		*(struct str *)at = value;
		return 0;
	case OPT_TEXTS:
		add_text(parse, at, value);
		return 0;
	case OPT_NUMBER:
		break;
	}
	if (num_read_max(value, UINT32_MAX, &number->n) == -1)
		return err_usage(err, "--%s takes a number, not '%.*s'",
		    opt->name, STR_ARG(value));
	number->is_set = true;
	return 0;
}

/* The value of an option that has none attached: the next word. */
static int
set_next(struct parse *parse, const struct opt *opt, struct err *err)
{
	if (!takes_value(opt))
		return set_value(parse, opt, STR_NONE, err);
	if (parse->at == parse->n) {
		parse->open = opt;
		return err_usage(err, "--%s takes a value: %s", opt->name,
		    opt->value);
	}
	return set_value(parse, opt, parse->word[parse->at++], err);
}

/* Of what works here; the names that do not are shown as empty. */
static const char *
opt_name(const void *list, size_t i)
{
	const struct parse *parse = list;
	const struct opt *opt = &parse->cmd->opts[i];

	return opt->name != NULL && parse->is_prompt &&
	               opt->flags & OPT_LINE_ONLY
	           ? ""
	           : opt->name;
}

/* An option that exists, and is for the command line only. */
static bool
is_elsewhere(const struct parse *parse, struct str word)
{
	struct str rest = str_from(word, 1 + (word.p[1] == '-'));
	struct str name = str_cut(&rest, '=');
	const struct opt *opt = parse->cmd->opts;

	for (; opt != NULL && opt->name != NULL; opt++) {
		if (word.p[1] == '-' ? str_is(name, opt->name)
				     : opt->letter != 0 && name.n != 0 &&
					   opt->letter == name.p[0])
			return parse->is_prompt &&
			       (opt->flags & OPT_LINE_ONLY) != 0;
	}
	return false;
}

static int
unknown_option(const struct parse *parse, struct str word, struct err *err)
{
	const char *closest = NULL;
	struct str rest = str_from(word, 2);

	if (is_elsewhere(parse, word))
		return err_usage(err,
		    "'%.*s' is for the command line only: sn0int %s %.*s ...",
		    STR_ARG(word), parse->cmd->name, STR_ARG(word));
	if (parse->cmd->opts != NULL && word.n > 2 && word.p[1] == '-')
		closest = closest_name(str_cut(&rest, '='), opt_name, parse);
	if (closest != NULL)
		return err_usage(err,
		    "unexpected option '%.*s', did you mean '--%s'?",
		    STR_ARG(word), closest);
	return err_usage(err,
	    "unexpected option '%.*s' (a value that begins with - goes behind --)",
	    STR_ARG(word));
}

static int
read_long(struct parse *parse, struct str word, struct err *err)
{
	struct str name, rest = str_from(word, 2);
	const struct opt *opt;

	name = str_cut(&rest, '=');
	if (str_is(name, "help"))
		return 1;
	opt = opt_by_name(parse, name);
	if (opt == NULL)
		return unknown_option(parse, word, err);
	if (rest.p == NULL)
		return set_next(parse, opt, err);
	if (!takes_value(opt))
		return err_usage(err, "--%s takes no value", opt->name);
	return set_value(parse, opt, rest, err);
}

static int
read_letters(struct parse *parse, struct str word, struct err *err)
{
	for (size_t i = 1; i < word.n; i++) {
		const struct opt *opt = opt_by_letter(parse, word.p[i]);
		struct str rest = str_from(word, i + 1);

		if (opt == NULL && word.p[i] == 'h')
			return 1;
		if (opt == NULL)
			return unknown_option(parse, word, err);
		if (takes_value(opt) && rest.n != 0) {
			if (rest.p[0] == '=')
				rest = str_from(rest, 1);
			return set_value(parse, opt, rest, err);
		}
		if (set_next(parse, opt, err) == -1)
			return -1;
		if (takes_value(opt))
			return 0;
	}
	return 0;
}

static int
read_option(struct parse *parse, struct err *err)
{
	struct str word = parse->word[parse->at++];

	return word.p[1] == '-' ? read_long(parse, word, err)
	                        : read_letters(parse, word, err);
}

/* -0.5 is a number: no option has a digit for its letter. */
static bool
is_option(struct str word)
{
	return word.n > 1 && word.p[0] == '-' && !char_is_digit(word.p[1]);
}

static void
begin_parse(struct parse *parse)
{
	parse->opts = pool_zalloc(parse->pool, parse->cmd->size + 1);
}

/* All words. Returns as parse_words(). */
static int
read_words(struct parse *parse, struct operands *rest, struct err *err)
{
	bool only_operands = false;
	int status;

	begin_parse(parse);
	rest->word = pool_array(parse->pool, parse->n + 1, sizeof(*rest->word));
	rest->n = 0;
	while (parse->at < parse->n) {
		struct str w = parse->word[parse->at];

		if (only_operands || !is_option(w)) {
			rest->word[rest->n++] = w;
			parse->at++;
		} else if (str_is(w, "--")) {
			only_operands = true;
			parse->at++;
		} else if ((status = read_option(parse, err)) != 0) {
			return status;
		}
	}
	return 0;
}

int
parse_words(const struct cmd *cmd, bool is_prompt, struct pool *pool,
    const struct str *word, size_t n, void **opts, struct operands *rest,
    struct err *err)
{
	struct parse parse = { .cmd = cmd,
		.is_prompt = is_prompt,
		.pool = pool,
		.word = word,
		.n = n };
	int status = read_words(&parse, rest, err);

	if (status == 0)
		*opts = parse.opts;
	return status;
}

const struct opt *
parse_open(const struct cmd *cmd, bool is_prompt, struct pool *pool,
    const struct str *word, size_t n, struct operands *rest)
{
	struct parse parse = { .cmd = cmd,
		.is_prompt = is_prompt,
		.pool = pool,
		.word = word,
		.n = n };

	(void)read_words(&parse, rest, NULL);
	return parse.open;
}

const struct opt *
parse_option_named(const struct cmd *cmd, bool is_prompt, struct str name)
{
	const struct parse parse = { .cmd = cmd, .is_prompt = is_prompt };
	const struct opt *opt = opt_by_name(&parse, name);

	return opt != NULL && takes_value(opt) ? opt : NULL;
}

int
parse_leading(const struct cmd *cmd, struct pool *pool, const struct str *word,
    size_t n, void **opts, size_t *used, struct err *err)
{
	struct parse parse = { .cmd = cmd, .pool = pool, .word = word, .n = n };
	int status;

	begin_parse(&parse);
	while (parse.at < n && is_option(word[parse.at])) {
		if ((status = read_option(&parse, err)) != 0)
			return status;
	}
	*opts = parse.opts;
	*used = parse.at;
	return 0;
}
