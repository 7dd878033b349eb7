/* Questions, and standard input where it is no terminal. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "ipc/line.h"
#include "loop/loop.h"
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

/* Without what ends it. */
static int
take_input(struct pool *pool, struct str *line)
{
	if (line->n != 0 && line->p[line->n - 1] == '\n')
		line->n--;
	if (line->n != 0 && line->p[line->n - 1] == '\r')
		line->n--;
	*line = pool_copy(pool, *line);
	return 1;
}

int
term_input(struct pool *pool, struct str *line, struct err *err)
{
	int status;

	(void)term_flush();
	status = line_read(term_stdin(), MAX_INPUT_BYTES, line, err);
	return status == 1 ? take_input(pool, line) : status;
}

struct coming {
	int status; /* of line_fill(): 0 at the end */
	struct err *err;
};

static void
on_input(void *ctx, short revents)
{
	struct coming *coming = ctx;

	(void)revents;
	coming->status = line_fill(term_stdin(), coming->err);
}

int
term_input_in(struct loop *loop, bool (*is_enough)(void *ctx), void *ctx,
    struct pool *pool, struct str *line, struct err *err)
{
	struct coming coming = { 1, err };
	struct loop_fd watch = { .call = on_input, .ctx = &coming };
	int status;

	for (;;) {
		status = line_next(term_stdin(), MAX_INPUT_BYTES,
		    coming.status == 0, line, err);
		if (status != 2 || is_enough(ctx))
			break;
		loop_fd_set(loop, &watch, STDIN_FILENO, POLLIN);
		if (loop_turn(loop, err) == -1)
			coming.status = -1;
		loop_fd_stop(&watch);
		if (coming.status == -1)
			return -1;
	}
	return status == 1 ? take_input(pool, line) : status;
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
