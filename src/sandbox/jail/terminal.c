/*
 * A worker never has a terminal or a file: it could read what is typed for
 * others and change how the terminal works, or seek, and write over what a log
 * said before it. It has pipes, and the outer half copies.
 *
 * Of what is typed it gets one line for each question that it has asked, which
 * the person has seen; everything else stays where it is, for whoever reads the
 * terminal next. What it says on a terminal is cleaned.
 */
#include <unistd.h>

#include "jail/step.h"

#define LAST_WORDS (64u << 10) /* may follow when the limit is reached */

static uint64_t
most_output(const struct jail_options *options)
{
	uint64_t most = options->limits != NULL
	                    ? options->limits->of[LIMIT_OUTPUT]
	                    : LIMIT_OFF;

	return most > LIMIT_OFF - LAST_WORDS ? LIMIT_OFF : most + LAST_WORDS;
}

void
terminal_init(struct terminal *t, const int pipe[3],
    const struct jail_options *options)
{
	t->is_typed = isatty(STDIN_FILENO) == 1;
	t->is_asked = options->typed.is_asked;
	t->is_question = options->typed.is_question;
	t->head_n = 0;
	/* one byte at a time: what is behind the line is not ours */
	copy_init(&t->input, STDIN_FILENO, pipe[STDIN_FILENO],
	    pipe[STDIN_FILENO], LIMIT_OFF, t->is_typed ? COPY_BYTEWISE : 0);
	copy_init(&t->output, pipe[STDOUT_FILENO], STDOUT_FILENO,
	    pipe[STDOUT_FILENO], most_output(options),
	    (isatty(STDOUT_FILENO) == 1 ? COPY_CLEAN : 0) |
		(t->is_typed ? COPY_SEEN : 0));
}

bool
terminal_is_open(const struct terminal *t)
{
	return copy_is_open(&t->input) || copy_is_open(&t->output);
}

/* A byte that the worker had no room for comes first. */
static bool
may_give(const struct terminal *t)
{
	return !t->is_typed || t->is_asked || copy_is_full(&t->input);
}

void
terminal_poll(const struct terminal *t, struct pollfd p[TERMINAL_FDS])
{
	p[0] =
	    may_give(t) ? copy_wants(&t->input) : (struct pollfd){ .fd = -1 };
	p[1] = copy_wants(&t->output);
}

/* Is one of the lines that the worker says a question? */
static void
look_for_question(struct terminal *t, struct str said)
{
	for (size_t i = 0; i < said.n; i++) {
		if (said.p[i] != '\n') {
			if (t->head_n < sizeof(t->head))
				t->head[t->head_n++] = said.p[i];
			continue;
		}
		if (t->is_question != NULL &&
		    t->is_question(str_view(t->head, t->head_n)))
			t->is_asked = true;
		t->head_n = 0;
	}
}

void
terminal_step(struct terminal *t, const struct pollfd p[TERMINAL_FDS])
{
	struct str said = copy_step(&t->output, p[1].revents), given;

	if (t->is_typed)
		look_for_question(t, said);
	given = copy_step(&t->input, p[0].revents);
	if (str_eq(given, STR("\n")) && t->is_typed)
		t->is_asked = false;
}
