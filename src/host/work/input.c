#include "work/input.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ipc/line.h"
#include "term/term.h"
#include "work/answer.h"
#include "work/job.h"
#include "work/run.h"

struct question {
	struct job *job;
	bool is_rest;
};

static struct {
	struct question *question; /* in the order of asking */
	size_t n, cap;
	bool is_ended;
	bool is_polled;
	size_t at; /* in the pollset */
} input;

static void
give(struct job *job, struct str text)
{
	struct buf line = BUF_IN(&job->run->turn);

	if (!utf8_is_valid(text)) {
		answer_err(job, STR("stream did not contain valid UTF-8"));
		return;
	}
	reply_write_text(&line, text.n != 0 ? text : STR_NONE);
	job_answer(job, buf_str(&line));
}

/* All that is left, once the end was seen. 2: it was not; -1: too much. */
static int
take_rest(struct line *in, struct str *text, struct err *err)
{
	size_t n = in->buf.n - in->from;

	if (n > INPUT_MAX_BYTES)
		return err_set(err, "standard input is over %zu bytes",
		    INPUT_MAX_BYTES);
	if (!input.is_ended)
		return 2;
	*text = str_view(in->buf.p + in->from, n);
	in->from = in->seen = in->buf.n;
	return 1;
}

/* Answers the first question, if that can be done by now. */
static bool
serve(void)
{
	struct line *in = term_stdin();
	struct question *first = &input.question[0];
	autoerr struct err err = ERR_NONE;
	struct str text = STR_NONE;
	int status;

	if (input.n == 0)
		return false;
	status = first->is_rest ? take_rest(in, &text, &err)
	                        : line_next(in, INPUT_MAX_BYTES, input.is_ended,
				      &text, &err);
	if (status == 2)
		return false;
	if (status == -1)
		answer_err(first->job, err_text(&err));
	else
		give(first->job, text);
	input_forget(first->job);
	return true;
}

void
input_ask(struct job *job, bool is_rest)
{
	if (input.n == input.cap) {
		input.cap = input.cap != 0 ? 2 * input.cap : 16;
		input.question = mem_grow(input.question, input.cap,
		    sizeof(*input.question));
	}
	input.question[input.n++] = (struct question){ job, is_rest };
	while (serve())
		;
}

void
input_forget(const struct job *job)
{
	for (size_t i = 0; i < input.n; i++) {
		if (input.question[i].job != job)
			continue;
		input.n--;
		memmove(&input.question[i], &input.question[i + 1],
		    (input.n - i) * sizeof(*input.question));
		return;
	}
}

void
input_begin(void)
{
	if (isatty(STDIN_FILENO) == 1)
		input.is_ended = false;
}

void
input_poll(struct pollset *set)
{
	input.is_polled = input.n != 0;
	if (input.is_polled)
		input.at = pollset_add(set, STDIN_FILENO, POLLIN);
}

void
input_step(const struct pollset *set)
{
	autoerr struct err err = ERR_NONE;
	int status;

	if (!input.is_polled || set->p[input.at].revents == 0)
		return;
	status = line_fill(term_stdin(), &err);
	input.is_ended = status != 1;
	while (serve())
		;
}
