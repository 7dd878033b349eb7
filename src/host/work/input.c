#include "work/input.h"

#include <poll.h>
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

static void
give_text(struct job *job, struct str text)
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
take_rest(struct line *in, bool is_ended, struct str *text, struct err *err)
{
	size_t n = in->buf.n - in->from;

	if (n > INPUT_MAX_BYTES)
		return err_set(err, "standard input is over %zu bytes",
		    INPUT_MAX_BYTES);
	if (!is_ended)
		return 2;
	*text = str_view(in->buf.p + in->from, n);
	in->from = in->seen = in->buf.n;
	return 1;
}

/* Answers the first question, if that can be done by now. */
static bool
serve_input(struct input *input)
{
	struct line *in = term_stdin();
	struct question *first = input->question;
	autoerr struct err err = ERR_NONE;
	struct str text = STR_NONE;
	int status;

	if (input->n == 0)
		return false;
	status = first->is_rest ? take_rest(in, input->is_ended, &text, &err)
	                        : line_next(in, INPUT_MAX_BYTES,
				      input->is_ended, &text, &err);
	if (status == 2)
		return false;
	if (status == -1)
		answer_err(first->job, err_text(&err));
	else
		give_text(first->job, text);
	input_forget(first->job);
	return true;
}

void
input_ask(struct job *job, bool is_rest)
{
	struct input *input = &job->run->work->input;

	if (input->n == input->cap) {
		input->cap = input->cap != 0 ? 2 * input->cap : 16;
		input->question = mem_grow(input->question, input->cap,
		    sizeof(*input->question));
	}
	input->question[input->n++] = (struct question){ job, is_rest };
	while (serve_input(input))
		;
}

void
input_forget(const struct job *job)
{
	struct input *input = &job->run->work->input;

	for (size_t i = 0; i < input->n; i++) {
		if (input->question[i].job != job)
			continue;
		input->n--;
		memmove(&input->question[i], &input->question[i + 1],
		    (input->n - i) * sizeof(*input->question));
		return;
	}
}

void
input_begin(struct input *input)
{
	if (isatty(STDIN_FILENO) == 1)
		input->is_ended = false;
}

/* It cannot be read now, which is no end of it. */
static void
fail_all(struct input *input, struct str why)
{
	while (input->n != 0) {
		struct job *job = input->question[0].job;

		answer_err(job, why);
		input_forget(job);
	}
}

static void
on_input(void *ctx, short revents)
{
	struct input *input = ctx;
	autoerr struct err err = ERR_NONE;
	int status = line_fill(term_stdin(), &err);

	(void)revents;
	input->is_ended = status == 0;
	if (status == -1)
		fail_all(input, err_text(&err));
	while (serve_input(input))
		;
}

void
input_watch(struct work *work)
{
	struct input *input = &work->input;

	input->watch.call = on_input;
	input->watch.ctx = input;
	loop_fd_set(work->loop, &input->watch,
	    input->n != 0 ? STDIN_FILENO : -1, POLLIN);
}

void
input_clear(struct input *input)
{
	loop_fd_stop(&input->watch);
	free(input->question);
}
