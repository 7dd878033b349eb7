/* Questions, and standard input where it is no terminal. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "ipc/line.h"
#include "term/clean.h"
#include "term/edit.h"
#include "term/paint.h"
#include "term/term.h"

#define MAX_INPUT_BYTES ((size_t)1 << 20)

struct line *
term_stdin(void)
{
	static struct line in;
	static bool is_begun;

	if (!is_begun)
		line_init(&in, STDIN_FILENO);
	is_begun = true;
	return &in;
}

int
term_input(struct pool *pool, struct str *line, struct err *err)
{
	int status;

	(void)term_flush();
	status = line_read(term_stdin(), MAX_INPUT_BYTES, line, err);
	if (status != 1)
		return status;
	if (line->n != 0 && line->p[line->n - 1] == '\n')
		line->n--;
	if (line->n != 0 && line->p[line->n - 1] == '\r')
		line->n--;
	*line = pool_copy(pool, *line);
	return 1;
}

/* As docs/reference, "Output", shows questions. */
static const char *
question_text(struct pool *pool, const char *question)
{
	struct buf out = BUF_IN(pool);

	paint_unseal(&out,
	    str_of(pool_printf(pool, "%s[%s?%s]%s ", term_paint("1"),
		term_paint("34"), term_paint("0;1"), term_paint("0"))),
	    term_has_color());
	clean_add(&out, str_of(question), CLEAN_LINE);
	buf_add(&out, STR(": "));
	return buf_cstr(&out);
}

static int
ask_line(struct pool *pool, const char *question, bool is_secret,
    struct str *answer, struct err *err)
{
	int status;

	(void)term_flush();
	if (isatty(STDIN_FILENO) == 1)
		status = edit_line(pool, question_text(pool, question),
		    is_secret ? EDIT_SECRET : 0, answer, err);
	else
		status = term_input(pool, answer, err);
	if (status == 1)
		return 0;
	if (status == 0)
		return err_set(err, "no answer to \"%s\"", question);
	return -1;
}

int
term_ask(struct pool *pool, const char *question, struct str *answer,
    struct err *err)
{
	return ask_line(pool, question, false, answer, err);
}

int
term_ask_secret(struct pool *pool, const char *question, struct str *answer,
    struct err *err)
{
	return ask_line(pool, question, true, answer, err);
}

int
term_ask_yes(const char *question, bool *yes, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *text = pool_printf(&pool, "%s [y/N]", question);
	struct str answer;

	if (ask_line(&pool, text, false, &answer, err) == -1)
		return -1;
	if (!str_eq_nocase(answer, STR("y")) &&
	    !str_eq_nocase(answer, STR("n")) && answer.n != 0)
		return err_set(err, "answer y or n, not %.*s", STR_ARG(answer));
	*yes = str_eq_nocase(answer, STR("y"));
	return 0;
}
