/*
 * A helper is idle or busy until it closes its output, breaks the protocol, is
 * late, or is not wanted any more; then it is ending: nothing that it says
 * counts, and when the loop has seen the end of the process it is dead, with a
 * sentence why. Nothing here waits for a helper.
 */
#include "web/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fds.h"
#include "base/mem.h"
#include "stream/clock.h"
#include "web/fetch.h"
#include "work/death.h"

#define READ_BYTES (64 << 10) /* a pipe holds as much */
#define ENDING_MS  10000      /* for who has closed its output to end */
#define MOST_LEFT  64 /* reads of what a dead one has left in its pipes */

static void
on_message(void *ctx, struct str line)
{
	struct helper *h = ctx;

	h->word.n = 0;
	buf_add(&h->word, line);
}

static void
drop_control(struct helper *h)
{
	loop_fd_stop(&h->control);
	control_close(&h->child.control);
}

static void
close_pipe(struct loop_fd *watch, int *fd)
{
	loop_fd_stop(watch);
	fds_drop(fd);
}

void
helper_free(struct helper *h)
{
	if (h == NULL)
		return;
	drop_control(h);
	loop_fd_stop(&h->in);
	loop_fd_stop(&h->out);
	loop_fd_stop(&h->err);
	loop_timer_stop(&h->timer);
	proc_watch_stop(&h->end);
	child_clear(&h->child);
	errand_reader_clear(&h->reader);
	messages_clear(&h->messages);
	buf_clear(&h->word);
	buf_clear(&h->to);
	pool_clear(&h->turn);
	pool_clear(&h->pool);
	free(h);
}

/* It hears nothing any more, asks for nothing, and what it says is lost. */
static void
begin_ending(struct helper *h)
{
	if (h->state >= HELPER_ENDING)
		return;
	h->state = HELPER_ENDING;
	h->until = clock_in(ENDING_MS);
	close_pipe(&h->in, &h->child.proc.in);
	close_pipe(&h->out, &h->child.proc.out);
	drop_control(h);
}

void
helper_stop(struct helper *h, struct str why)
{
	if (h->state >= HELPER_ENDING)
		return;
	h->fault = pool_copy(&h->pool, why);
	begin_ending(h);
	proc_kill(&h->child.proc);
}

/* What it connected to is nobody's business here. */
static void
on_notice(void *ctx, const struct notice *notice)
{
	struct helper *h = ctx;

	/* a broker hangs up on who does not speak as a child of ours */
	if (notice->kind == NOTICE_HUNG_UP)
		helper_stop(h, STR("killed, for it asked its broker what none "
				   "asks"));
}

static void
on_control(void *ctx, short revents)
{
	struct helper *h = ctx;
	autoerr struct err err = ERR_NONE;

	(void)revents;
	if (control_read(&h->child.control, on_notice, h, &err) == -1)
		helper_stop(h, str_of(pool_printf(&h->turn, "killed, for %s",
				   err_cstr(&err))));
	if (h->child.control.fd == -1)
		loop_fd_stop(&h->control);
}

static void
flush_pipe(struct helper *h)
{
	int *fd = &h->child.proc.in;

	while (h->sent < h->to.n && *fd != -1) {
		ssize_t n = write(*fd, h->to.p + h->sent, h->to.n - h->sent);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN)
			return;
		if (n == -1)
			close_pipe(&h->in, fd); /* its end says why */
		else
			h->sent += (size_t)n;
	}
	if (h->to.n != 0)
		h->is_told = h->sent == h->to.n;
	buf_clear(&h->to);
	h->sent = 0;
}

void
helper_send(struct helper *h, const struct errand *errand, uint32_t silent_ms,
    int64_t until)
{
	autoerr struct err err = ERR_NONE;

	h->state = HELPER_BUSY;
	h->errands++;
	h->is_silent = true;
	h->is_told = false;
	h->heard = clock_ms();
	h->until = until;
	h->patience_ms = silent_ms;
	errand_begin(&h->reader, errand);
	errand_write(&h->to, errand);
	/* before it can ask for anything that this is about */
	if (control_begin(&h->child.control, FETCH_CONNECTIONS, STR_NONE,
		&err) == -1)
		helper_stop(h, str_of(pool_printf(&h->pool, "killed, for we %s",
				   err_cstr(&err))));
	else
		flush_pipe(h);
}

static void
on_writable(void *ctx, short revents)
{
	(void)revents;
	flush_pipe(ctx);
}

/* More of what it says on its standard error; false: there is no more now. */
static bool
read_messages(struct helper *h)
{
	int status = messages_read(&h->messages, h->child.proc.err);

	if (status == -1)
		close_pipe(&h->err, &h->child.proc.err);
	return status == 1;
}

static void
on_err(void *ctx, short revents)
{
	(void)revents;
	(void)read_messages(ctx);
}

static void
take_event(struct helper *h, const struct errand_event *event)
{
	bool is_last =
	    event->kind == ERRAND_END || event->kind == ERRAND_FAILED;

	h->heard = clock_ms();
	h->is_silent = false;
	if (event->kind == ERRAND_EXIT) {
		h->has_exited = true;
		h->exit_text = pool_copy(&h->pool, event->text);
		return;
	}
	if (is_last) {
		h->state = HELPER_IDLE;
		h->until = clock_in(FETCH_IDLE_MS);
	}
	h->plan->event(h->plan->arg, h, event);
	if (is_last)
		h->plan->changed(h->plan->arg, h);
}

static void
take_bytes(struct helper *h, struct str bytes)
{
	autoerr struct err err = ERR_NONE;
	struct errand_event event;
	int status = 1;

	/* who hears of an event may stop the helper */
	while (status == 1 && h->state < HELPER_ENDING) {
		status =
		    errand_read(&h->reader, &h->turn, &bytes, &event, &err);
		if (status == 1)
			take_event(h, &event);
	}
	if (status == -1)
		helper_stop(h, str_of(pool_printf(&h->turn,
				   "killed, for it said what none says: %s",
				   err_cstr(&err))));
	pool_reset(&h->turn);
}

/* As read_messages(). */
static bool
read_output(struct helper *h)
{
	char bytes[READ_BYTES];
	ssize_t n = read(h->child.proc.out, bytes, sizeof(bytes));

	if (n > 0)
		take_bytes(h, str_view(bytes, (size_t)n));
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		begin_ending(h);
	return n > 0;
}

static void
on_out(void *ctx, short revents)
{
	(void)revents;
	(void)read_output(ctx);
}

/* Why, in one sentence that begins with who it was. */
static void
name_death(struct helper *h)
{
	struct death_facts facts = {
		.is_ours = true,
		.has_exited = h->has_exited,
		.exit = EVENT_EXIT_ERR,
		.exit_text = h->exit_text,
		.fault = h->fault,
		.violation = messages_violation(&h->messages),
		.status = h->child.proc.status,
	};
	struct death death = death_of(&facts, &h->pool);
	struct buf why = BUF_IN(&h->pool);

	h->is_violation = death.is_violation;
	if (death.text.p == NULL)
		death.text =
		    h->has_exited ? h->exit_text : STR("ended by itself");
	buf_printf(&why, "the child that fetches (process %ld): %.*s",
	    (long)h->pid, STR_ARG(death.text));
	if (!h->has_exited && h->fault.p == NULL && h->word.n != 0)
		buf_printf(&why, ": %.*s", STR_ARG(buf_str(&h->word)));
	h->why_dead = buf_str(&why);
}

/* The process has ended; what it said last is still in the pipes. */
static void
on_end(void *ctx)
{
	struct helper *h = ctx;

	(void)proc_reap(&h->child.proc);
	for (int i = 0; i < MOST_LEFT && h->child.proc.out != -1; i++) {
		if (!read_output(h))
			break;
	}
	for (int i = 0; i < MOST_LEFT && h->child.proc.err != -1; i++) {
		if (!read_messages(h))
			break;
	}
	begin_ending(h);
	close_pipe(&h->err, &h->child.proc.err);
	messages_end(&h->messages);
	loop_timer_stop(&h->timer);
	name_death(h);
	h->state = HELPER_DEAD;
	h->plan->changed(h->plan->arg, h);
}

int
helper_was_gone(const struct helper *h)
{
	int status = h->child.proc.status;

	if (h->errands < 2 || !h->is_silent || h->fault.p != NULL)
		return -1;
	if (!h->is_told)
		return 1;
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? 0 : -1;
}

static void
check_late(struct helper *h)
{
	int64_t now = clock_ms();

	if (now >= h->until)
		helper_stop(h, STR("killed, for it did not end in time"));
	else if (now - h->heard >= h->patience_ms)
		helper_stop(h, str_of(pool_printf(&h->turn,
				   "killed, for it said nothing for %u s",
				   (unsigned)((now - h->heard) / 1000))));
}

static void
on_time(void *ctx)
{
	struct helper *h = ctx;

	if (h->state == HELPER_BUSY)
		check_late(h);
	else if (h->state == HELPER_IDLE && clock_ms() >= h->until)
		begin_ending(h); /* it ends by itself, and its connections */
	else if (h->state == HELPER_ENDING && clock_ms() >= h->until) {
		proc_kill(&h->child.proc);
		h->until = clock_in(ENDING_MS);
	}
}

static int64_t
due(const struct helper *h)
{
	int64_t at = h->until;

	if (h->state == HELPER_BUSY)
		at = clock_first(at, h->heard + h->patience_ms);
	return at;
}

void
helper_settle(struct helper *h)
{
	if (h->child.proc.in != -1)
		loop_fd_set(h->plan->loop, &h->in, h->child.proc.in,
		    h->to.n != 0 ? POLLOUT : 0);
	if (h->state != HELPER_DEAD)
		loop_timer_set(h->plan->loop, &h->timer, due(h));
}

static void
watch_helper(struct helper *h)
{
	struct proc *proc = &h->child.proc;

	h->in = (struct loop_fd){ .call = on_writable, .ctx = h };
	h->out = (struct loop_fd){ .call = on_out, .ctx = h };
	h->err = (struct loop_fd){ .call = on_err, .ctx = h };
	h->control = (struct loop_fd){ .call = on_control, .ctx = h };
	h->timer = (struct loop_timer){ .call = on_time, .ctx = h };
	h->end = (struct proc_watch){ .call = on_end, .ctx = h };
	(void)fcntl(proc->out, F_SETFL, O_RDONLY | O_NONBLOCK);
	(void)fcntl(proc->err, F_SETFL, O_RDONLY | O_NONBLOCK);
	loop_fd_set(h->plan->loop, &h->out, proc->out, POLLIN);
	loop_fd_set(h->plan->loop, &h->err, proc->err, POLLIN);
	if (h->child.control.fd != -1)
		loop_fd_set(h->plan->loop, &h->control, h->child.control.fd,
		    POLLIN);
	proc_watch_start(&h->end, h->plan->loop, proc);
}

struct helper *
helper_new(const struct helper_plan *plan, struct err *err)
{
	struct helper *h = mem_zalloc(sizeof(*h));

	h->plan = plan;
	h->reader = (struct errand_reader)ERRAND_READER_NONE;
	h->until = CLOCK_NEVER;
	messages_init(&h->messages, on_message, h);
	if (transport_start(plan->transport, &h->child, err) == -1) {
		helper_free(h);
		return NULL;
	}
	h->pid = h->child.proc.pid;
	buf_add(&h->to, plan->start);
	watch_helper(h);
	return h;
}
