/* parse: words into options and operands. */
#include "line/parse.h"

#include "base/mem.h"

#include "check.h"

static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 1000 };

struct opts {
	bool flag, line_only;
	unsigned count;
	struct str text;
	struct opt_texts texts;
	struct opt_number number;
};

static const struct opt rows[] = {
	{ 'f', "flag", OPT_FLAG, AT(opts, flag), NULL, "a flag", 0 },
	{ 'v', "verbose", OPT_COUNT, AT(opts, count), NULL, "counts", 0 },
	{ 't', "text", OPT_TEXT, AT(opts, text), "TEXT", "a text", 0 },
	{ 'm', "more", OPT_TEXTS, AT(opts, texts), "TEXT", "texts", 0 },
	{ 'n', "number", OPT_NUMBER, AT(opts, number), "N", "a number", 0 },
	{ 'l', "line", OPT_FLAG, AT(opts, line_only), NULL, "no prompt",
	    OPT_LINE_ONLY },
	{ 0, "long-only", OPT_FLAG, AT(opts, flag), NULL, "no letter", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

static const struct cmd with_opts = { .name = "cmd",
	.opts = rows,
	.size = sizeof(struct opts) };
static const struct cmd without = { .name = "bare" };

#define MOST_WORDS 6

/* What came of it, as text: "fv2 t=x m=a,b n=3 l | operand operand". */
static const char *
show(struct pool *pool, const struct opts *o, const struct operands *in)
{
	struct buf out = BUF_IN(pool);

	buf_printf(&out, "%s", o->flag ? "f" : "");
	if (o->count != 0)
		buf_printf(&out, "v%u", o->count);
	if (o->text.p != NULL)
		buf_printf(&out, " t=%.*s", STR_ARG(o->text));
	for (size_t i = 0; i < o->texts.n; i++)
		buf_printf(&out, "%s%.*s", i == 0 ? " m=" : ",",
		    STR_ARG(o->texts.text[i]));
	if (o->number.is_set)
		buf_printf(&out, " n=%llu", (unsigned long long)o->number.n);
	if (o->line_only)
		buf_printf(&out, " l");
	buf_printf(&out, " |");
	for (size_t i = 0; i < in->n; i++)
		buf_printf(&out, " %.*s", STR_ARG(in->word[i]));
	return buf_cstr(&out);
}

static const char *
parsed(struct pool *pool, const struct cmd *cmd, bool is_prompt,
    const char *const *text)
{
	autoerr struct err err = ERR_NONE;
	struct str word[MOST_WORDS];
	struct operands in;
	void *opts = NULL;
	size_t n = 0;
	int status;

	for (; n < MOST_WORDS && text[n] != NULL; n++)
		word[n] = str_of(text[n]);
	status = parse_words(cmd, is_prompt, pool, word, n, &opts, &in, &err);
	if (status == 1)
		return "help";
	if (status == -1)
		return pool_printf(pool, "-%s", err_cstr(&err));
	return cmd->opts != NULL ? show(pool, opts, &in)
	                         : pool_printf(pool, "%zu operands", in.n);
}

static void
words_are_options_and_operands(void)
{
	static const struct {
		const char *word[MOST_WORDS], *want;
	} row[] = {
		{ { NULL }, " |" },
		{ { "a", "b" }, " | a b" },
		{ { "-f", "a" }, "f | a" },
		{ { "a", "-f" }, "f | a" },
		{ { "--flag" }, "f |" },
		{ { "--long-only" }, "f |" },
		{ { "-v", "-vv" }, "v3 |" },
		{ { "-fvv" }, "fv2 |" },
		{ { "-t", "x" }, " t=x |" },
		{ { "-tx" }, " t=x |" },
		{ { "-t=x" }, " t=x |" },
		{ { "-t", "=x" }, " t==x |" },
		{ { "--text", "x" }, " t=x |" },
		{ { "--text=x=y" }, " t=x=y |" },
		{ { "--text=" }, " t= |" },
		{ { "-t", "-f" }, " t=-f |" },
		{ { "-ftx" }, "f t=x |" },
		{ { "-ft", "x", "y" }, "f t=x | y" },
		{ { "-ma", "-m", "b", "--more=c" }, " m=a,b,c |" },
		{ { "-n0" }, " n=0 |" },
		{ { "-n", "4294967295" }, " n=4294967295 |" },
		{ { "-n", "4294967296" },
		    "---number takes a number, not '4294967296'" },
		{ { "-n", "-1" }, "---number takes a number, not '-1'" },
		{ { "-1", "-f", "-0.5" }, "f | -1 -0.5" },
		{ { "-n", "" }, "---number takes a number, not ''" },
		{ { "-l" }, " l |" },
		{ { "--", "-f", "--" }, " | -f --" },
		{ { "-" }, " | -" },
		{ { "" }, " | " },
		{ { "-h" }, "help" },
		{ { "-fh" }, "help" },
		{ { "--help" }, "help" },
		{ { "a", "--help", "--nosuch" }, "help" },
		{ { "--help=x" }, "help" },
		{ { "-f", "-f" }, "---flag is given more than once" },
		{ { "--flag=x" }, "---flag takes no value" },
		{ { "-t" }, "---text takes a value: TEXT" },
		{ { "--more" }, "---more takes a value: TEXT" },
		{ { "--txt", "x" },
		    "-unexpected option '--txt', did you mean '--text'?" },
		{ { "--flga=x" },
		    "-unexpected option '--flga=x', did you mean '--flag'?" },
		{ { "--nosuchthing" },
		    "-unexpected option '--nosuchthing' (a value that begins "
		    "with - goes behind --)" },
		{ { "-fx" }, "-unexpected option '-fx' (a value that begins "
			     "with - goes behind --)" },
		{ { "--=" }, "-unexpected option '--=' (a value that begins "
			     "with - goes behind --)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_CSTR(parsed(&pool, &with_opts, false, row[i].word),
		    row[i].want);
	}
}

/* At the prompt: what is for the command line only is said to be so. */
static void
the_prompt_has_fewer(void)
{
	static const struct {
		const char *word[MOST_WORDS], *want;
	} row[] = {
		{ { "-f" }, "f |" },
		{ { "-l" }, "-'-l' is for the command line only: sn0int cmd -l "
			    "..." },
		{ { "--line" }, "-'--line' is for the command line only: "
				"sn0int cmd --line ..." },
		{ { "--lin" }, "-unexpected option '--lin' (a value that "
			       "begins with - goes behind --)" },
		{ { "--txt" },
		    "-unexpected option '--txt', did you mean '--text'?" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;

		CHECK_CSTR(parsed(&pool, &with_opts, true, row[i].word),
		    row[i].want);
	}
}

static void
a_command_may_have_no_options(void)
{
	autopool struct pool pool = POOL_NONE;

	CHECK_CSTR(parsed(&pool, &without, false,
		       (const char *const[]){ "a", "--", "-b", NULL }),
	    "2 operands");
	CHECK_CSTR(parsed(&pool, &without, false,
		       (const char *const[]){ "--help", NULL }),
	    "help");
	CHECK_CSTR(parsed(&pool, &without, true,
		       (const char *const[]){ "--flag", NULL }),
	    "-unexpected option '--flag' (a value that begins with - goes "
	    "behind --)");
}

static void
leading_options_end_at_an_operand(void)
{
	static const struct {
		const char *word[MOST_WORDS];
		int status;
		size_t used;
	} row[] = {
		{ { NULL }, 0, 0 },
		{ { "run", "-f" }, 0, 0 },
		{ { "-f", "run", "-f" }, 0, 1 },
		{ { "-t", "x", "run" }, 0, 2 },
		{ { "-h", "run" }, 1, 99 },
		{ { "--nosuch" }, -1, 99 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct str word[MOST_WORDS];
		size_t n = 0, used = 99;
		void *opts;

		for (; n < MOST_WORDS && row[i].word[n] != NULL; n++)
			word[n] = str_of(row[i].word[n]);
		CHECK_INT(parse_leading(&with_opts, &pool, word, n, &opts,
			      &used, &err),
		    row[i].status);
		CHECK_INT(used, row[i].used);
	}
}

static void
sizes_are_read(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		size_t n = sizes[i];
		struct str *word = pool_array(&pool, 2 * n, sizeof(*word));
		struct operands in;
		struct opts *o;
		void *opts;

		for (size_t k = 0; k < n; k++) {
			word[2 * k] = str_of(pool_printf(&pool, "-m%zu", k));
			word[2 * k + 1] = str_of(pool_printf(&pool, "%zu", k));
		}
		CHECK_INT(parse_words(&with_opts, false, &pool, word, 2 * n,
			      &opts, &in, &err),
		    0);
		o = opts;
		CHECK_INT(o->texts.n, n);
		CHECK_INT(in.n, n);
		for (size_t k = 0; k < n; k++) {
			const char *want = pool_printf(&pool, "%zu", k);

			CHECK_STR(o->texts.text[k], want);
			CHECK_STR(in.word[k], want);
		}
	}
}

CHECK_MAIN(CASE(words_are_options_and_operands), CASE(the_prompt_has_fewer),
    CASE(a_command_may_have_no_options),
    CASE(leading_options_end_at_an_operand), CASE(sizes_are_read))
