/*
 * A worker that a person starts by hand has pipes for the terminal, and the
 * outer half copies. So it cannot read what is typed for others, nor change how
 * the terminal works. Of what is typed it gets one line for each question that
 * it has asked, which the person has seen; everything else stays where it is,
 * for whoever reads the terminal next. What it says is cleaned.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/write.h"
#include "jail/step.h"

#define LAST_WORDS (64u << 10) /* may follow when the limit is reached */

void
terminal_init(struct terminal *t, const int pipe[3],
    const struct jail_options *options)
{
	*t = (struct terminal){
		.input = pipe[STDIN_FILENO],
		.output = pipe[STDOUT_FILENO],
		.is_shown = isatty(STDOUT_FILENO) == 1,
		.is_asked = options->typed.is_asked,
		.is_question = options->typed.is_question,
		.most = options->limits != NULL
		            ? options->limits->of[LIMIT_OUTPUT]
		            : LIMIT_OFF,
	};
	if (t->input != -1)
		(void)fcntl(t->input, F_SETFL, O_NONBLOCK);
	/* who reads or writes no more is told of by EPIPE and end of file */
	if (t->input != -1 || t->output != -1)
		(void)signal(SIGPIPE, SIG_IGN);
}

static void
hang_up(int *fd)
{
	(void)close(*fd);
	*fd = -1;
}

bool
terminal_is_open(const struct terminal *t)
{
	return t->input != -1 || t->output != -1;
}

void
terminal_poll(const struct terminal *t, struct pollfd p[TERMINAL_FDS])
{
	bool is_read = t->input != -1 && t->is_asked;

	/* a byte that the worker had no room for comes first */
	p[0] = (struct pollfd){ .fd = -1 };
	if (t->has_byte)
		p[0] = (struct pollfd){ .fd = t->input, .events = POLLOUT };
	else if (is_read)
		p[0] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = t->output, .events = POLLIN };
}

/* One byte at a time: what is behind the line is not ours. */
static void
copy_input(struct terminal *t)
{
	ssize_t n;

	if (!t->has_byte) {
		n = read(STDIN_FILENO, &t->byte, 1);
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			return;
		if (n != 1) {
			hang_up(&t->input);
			return;
		}
	}
	n = write(t->input, &t->byte, 1);
	t->has_byte = n == -1 && (errno == EINTR || errno == EAGAIN);
	if (t->has_byte)
		return;
	if (n == -1)
		hang_up(&t->input);
	else if (t->byte == '\n')
		t->is_asked = false;
}

/* Is one of the lines that the worker says a question? */
static void
look_for_question(struct terminal *t, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != '\n') {
			if (t->head_n < sizeof(t->head))
				t->head[t->head_n++] = p[i];
			continue;
		}
		if (t->is_question != NULL &&
		    t->is_question(str_view(t->head, t->head_n)))
			t->is_asked = true;
		t->head_n = 0;
	}
}

static void
copy_output(struct terminal *t)
{
	char in[4096], clean[4 + 3 * sizeof(in)];
	const char *out = in;
	ssize_t n = read(t->output, in, sizeof(in));
	size_t m;

	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		hang_up(&t->output);
		return;
	}
	m = (size_t)n;
	if (t->is_shown) {
		m = clean_text(&t->clean, in, (size_t)n, clean);
		out = clean;
	}
	t->copied += (uint64_t)n;
	if ((t->copied > LAST_WORDS && t->copied - LAST_WORDS > t->most) ||
	    write_all(STDOUT_FILENO, str_view(out, m)) == -1) {
		hang_up(&t->output);
		return;
	}
	look_for_question(t, in, (size_t)n);
}

void
terminal_step(struct terminal *t, const struct pollfd p[TERMINAL_FDS])
{
	if (p[1].revents != 0)
		copy_output(t);
	if (p[0].revents != 0 && t->input != -1)
		copy_input(t);
}

void
terminal_drain(struct terminal *t)
{
	while (t->output != -1)
		copy_output(t);
}
