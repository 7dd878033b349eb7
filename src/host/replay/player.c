/*
 * A player at work has a child in the loop. Each line is a question of the
 * record, or an event, which is kept; where it blocks, the next answer of the
 * script is given. When the child has closed its output and has ended, the
 * player is over and the next one begins.
 */
#include "replay/player.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fds.h"
#include "base/mem.h"
#include "ipc/event.h"
#include "ipc/line.h"
#include "ipc/needs.h"
#include "ipc/reply.h"
#include "replay/stand_in.h"
#include "stream/clock.h"
#include "work/death.h"
#include "work/messages.h"
#include "work/policy.h"

#define NAME      "replay/module" /* of the child, wherever the module is from */
#define ENDING_MS 10000           /* after its last word, as live */
#define GRACE_MS  5000            /* for a child to end by itself, as live */

struct players {
	struct player *player;
	size_t n, next, working;
	struct loop *loop;
};

struct playing {
	struct players *all;
	struct player *player;
	struct child child;
	struct line in;
	struct pool turn;
	struct messages messages;
	struct buf bytes; /* of a question whose pieces are coming */
	struct buf to;
	size_t sent, answers;
	uint64_t said; /* bytes */
	bool has_exited;
	enum event_kind exit;
	struct str exit_text;
	int64_t began;
	struct stand_in stand_in; /* of one that is recorded */
	struct loop_fd on_in, on_out, on_err, on_control;
	struct loop_timer on_time;
	struct proc_watch on_end;
};

struct transport *
player_transport(struct str code, const struct slot_texts *limit,
    struct pool *pool)
{
	struct order order = { .what = "sandbox",
		.options = CHILD_OPTIONS_NONE };

	order.options.name = NAME;
	order.options.has_needs = true;
	order.options.needs = needs_scan(code, false) & ~(unsigned)NEED_BROKER;
	order.options.is_replaying = true;
	order.options.limit = *limit;
	return transport_new(&transport_own, NULL, &order, pool);
}

struct transport *
player_live_transport(struct str code, const struct start *start,
    const struct slot_texts *limit, const struct slot_texts *allow,
    const struct slot_texts *deny, struct pool *pool)
{
	struct order order = { .what = "sandbox",
		.options = CHILD_OPTIONS_NONE };

	order.options.name = NAME;
	order.options.has_needs = true;
	order.options.needs = needs_scan(code, false);
	order.options.evidence = EVIDENCE_FULL;
	order.options.limit = *limit;
	order.has_broker = (order.options.needs & NEED_BROKER) != 0;
	policy_options(&order.options, start, allow, deny);
	return transport_new(&transport_own, NULL, &order, pool);
}

static void
unwatch(struct playing *p)
{
	loop_fd_stop(&p->on_control);
	loop_fd_stop(&p->on_in);
	loop_fd_stop(&p->on_out);
	loop_fd_stop(&p->on_err);
	loop_timer_stop(&p->on_time);
	proc_watch_stop(&p->on_end);
}

static void
playing_free(struct playing *p)
{
	unwatch(p);
	child_clear(&p->child);
	line_clear(&p->in);
	messages_clear(&p->messages);
	buf_clear(&p->bytes);
	buf_clear(&p->to);
	pool_clear(&p->turn);
	stand_in_clear(&p->stand_in);
	p->player->playing = NULL;
	free(p);
}

/* Killed; its end is still to come. */
static void
stop(struct playing *p, struct str why)
{
	if (p->player->fault.p == NULL)
		p->player->fault = pool_copy(&p->player->pool, why);
	proc_kill(&p->child.proc);
}

static void
flush(struct playing *p)
{
	int *fd = &p->child.proc.in;

	while (p->sent < p->to.n && *fd != -1) {
		ssize_t n = write(*fd, p->to.p + p->sent, p->to.n - p->sent);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == EAGAIN)
			break;
		if (n == -1) {
			loop_fd_stop(&p->on_in);
			fds_drop(fd); /* its end says why */
			return;
		}
		p->sent += (size_t)n;
	}
	if (p->sent == p->to.n)
		p->to.n = p->sent = 0;
	loop_fd_set(p->all->loop, &p->on_in, p->to.n != 0 ? *fd : -1, POLLOUT);
}

/* The bytes of a question come in pieces; the last one is answered. */
static void
take_question(struct playing *p, struct str line)
{
	autoerr struct err err = ERR_NONE;
	struct recall ask;

	if (recall_read(&p->turn, line, &ask, &err) == -1) {
		stop(p, err_join(&p->turn, &err));
		return;
	}
	if (ask.bytes.n > RECALL_MAX_BYTES - p->bytes.n) {
		stop(p, STR("asked with more bytes than a question may have"));
		return;
	}
	buf_add(&p->bytes, ask.bytes);
	if (ask.has_more)
		return;
	script_recall(p->player->script, &ask, buf_str(&p->bytes), &p->to);
	p->bytes.n = 0;
	flush(p);
}

static bool
blocks(enum event_kind kind)
{
	switch (kind) {
	case EVENT_INSERT:
	case EVENT_ACTIVITY:
	case EVENT_SELECT:
	case EVENT_UPDATE:
	case EVENT_STDIN_LINE:
	case EVENT_STDIN_REST:
	case EVENT_RATELIMIT:
	case EVENT_BLOB:
		return true;
	default:
		return false;
	}
}

/* The next one that was given then. */
static void
give_answer(struct playing *p, struct str line)
{
	struct script *script = p->player->script;

	if (p->answers < script->answers) {
		buf_add(&p->to, script->answer[p->answers++]);
		buf_add_char(&p->to, '\n');
	} else {
		if (script->miss.p == NULL) {
			script->miss = str_of(
			    pool_printf(&script->pool, "an answer to %.*s",
				STR_ARG(str_sub(line, 0, 200))));
			script->unanswered = p->player->events;
		}
		reply_write_err(&p->to, STR("not in the record"));
	}
	flush(p);
}

/* What it was told, and what is noted of that. */
static void
record_answer(struct playing *p, const struct event *event)
{
	struct player *player = p->player;
	struct buf line = BUF_IN(&p->turn);

	stand_in_answer(&p->stand_in, event, &line);
	buf_add(&p->to, buf_str(&line));
	script_write_answer(player->record, buf_str(&line));
	flush(p);
}

static void
record_event(struct playing *p, struct str line)
{
	struct player *player = p->player;

	script_write_event(player->record,
	    mask_text(player->mask, &p->turn, line, NULL));
}

static bool
is_evidence(enum event_kind kind)
{
	return kind == EVENT_EXCHANGE || kind == EVENT_PIECE ||
	       kind == EVENT_VALUE;
}

static void
take_event(struct playing *p, struct str line)
{
	struct player *player = p->player;
	autoerr struct err err = ERR_NONE;
	struct event event;

	if (event_read(&p->turn, line, &event, &err) == -1) {
		stop(p, err_join(&p->turn, &err));
		return;
	}
	if (player->record != NULL)
		record_event(p, line);
	else if (is_evidence(event.kind))
		stop(p, STR("says what it was not asked for"));
	if (is_evidence(event.kind))
		return;
	player->event = pool_push(&player->pool, player->event, player->events,
	    sizeof(*player->event));
	player->event[player->events++] = pool_copy(&player->pool, line);
	/* of a run that something has ended there is but the beginning */
	if (player->record == NULL && !player->script->has_ended &&
	    player->events >= player->script->events) {
		proc_kill(&p->child.proc);
		return;
	}
	if (blocks(event.kind) && player->record != NULL)
		record_answer(p, &event);
	else if (blocks(event.kind))
		give_answer(p, line);
	if (event.kind < EVENT_EXIT_OK || event.kind > EVENT_EXIT_SETUP_FAILED)
		return;
	p->has_exited = true;
	p->exit = event.kind;
	p->exit_text = pool_copy(&player->pool,
	    event.kind == EVENT_EXIT_OK ? STR("") : event.text);
	loop_timer_set(p->all->loop, &p->on_time, clock_in(ENDING_MS));
}

static void
take_line(struct playing *p, struct str line)
{
	uint64_t most = p->player->limits.of[LIMIT_OUTPUT];

	if (line.n != 0 && line.p[line.n - 1] == '\n')
		line.n--;
	if (p->has_exited) {
		stop(p, STR("went on after its Exit line"));
	} else if (p->player->record == NULL && recall_is(line)) {
		take_question(p, line);
	} else {
		p->said += line.n;
		/* it stops at its limit by itself, and says so */
		if (p->said > most && p->said - most > LINE_MAX_BYTES)
			stop(p, STR("said more than it may"));
		else
			take_event(p, line);
	}
	pool_reset(&p->turn);
}

static bool
read_output(struct playing *p)
{
	autoerr struct err err = ERR_NONE;
	struct str line;
	int filled = line_fill(&p->in, &err), status = 2;

	while (filled != -1 && p->player->fault.p == NULL) {
		status =
		    line_next(&p->in, LINE_MAX_BYTES, filled == 0, &line, &err);
		if (status != 1)
			break;
		take_line(p, line);
	}
	if (filled == -1 || status == -1)
		stop(p, err_join(&p->turn, &err));
	if (filled == 1 && p->player->fault.p == NULL)
		return true;
	loop_fd_stop(&p->on_out);
	fds_drop(&p->child.proc.out);
	return false;
}

static void
on_out(void *ctx, short revents)
{
	(void)revents;
	(void)read_output(ctx);
}

static void
on_in(void *ctx, short revents)
{
	(void)revents;
	flush(ctx);
}

static void
on_err(void *ctx, short revents)
{
	struct playing *p = ctx;

	(void)revents;
	if (messages_read(&p->messages, p->child.proc.err) != -1)
		return;
	loop_fd_stop(&p->on_err);
	fds_drop(&p->child.proc.err);
}

static void
on_notice(void *ctx, const struct notice *notice)
{
	(void)ctx;
	(void)notice;
}

static void
on_control(void *ctx, short revents)
{
	struct playing *p = ctx;
	autoerr struct err err = ERR_NONE;

	(void)revents;
	if (control_read(&p->child.control, on_notice, p, &err) == -1)
		stop(p, err_join(&p->turn, &err));
	if (p->child.control.fd == -1)
		loop_fd_stop(&p->on_control);
}

static void
on_time(void *ctx)
{
	struct playing *p = ctx;

	stop(p, p->has_exited ? STR("did not end after its Exit line")
			      : STR("ran out of time and did not end"));
}

/* A run that died. */
static void
name_death(struct playing *p)
{
	struct player *player = p->player;
	struct death_facts facts = {
		.is_ours = true,
		.has_exited = p->has_exited,
		.exit = p->exit,
		.exit_text = p->exit_text,
		.fault = player->fault,
		.violation = messages_violation(&p->messages),
		.status = p->child.proc.status,
	};
	struct death death = death_of(&facts, &player->pool);

	if (player->fault.p == NULL && !p->has_exited)
		player->fault = death.text.p != NULL
		                    ? death.text
		                    : STR("ended without a last word");
	else if (death.is_violation)
		player->fault = death.text;
}

static void
on_end(void *ctx)
{
	struct playing *p = ctx;
	struct players *all = p->all;
	struct player *player = p->player;

	(void)proc_reap(&p->child.proc);
	while (p->child.proc.out != -1 && read_output(p))
		continue;
	while (p->child.proc.err != -1 &&
	       messages_read(&p->messages, p->child.proc.err) == 1)
		continue;
	messages_end(&p->messages);
	name_death(p);
	player->ms = clock_ms() - p->began;
	player->is_over = true;
	playing_free(p);
	all->working--;
	loop_hurry(all->loop);
}

static void
on_message(void *ctx, struct str line)
{
	(void)ctx;
	(void)line;
}

static void
set_deadline(struct playing *p)
{
	uint64_t wall = p->player->limits.of[LIMIT_WALL];

	if (wall < LIMIT_OFF - GRACE_MS)
		loop_timer_set(p->all->loop, &p->on_time,
		    clock_in(wall + GRACE_MS));
}

static void
watch(struct playing *p)
{
	struct proc *proc = &p->child.proc;

	p->on_in = (struct loop_fd){ .call = on_in, .ctx = p };
	p->on_out = (struct loop_fd){ .call = on_out, .ctx = p };
	p->on_err = (struct loop_fd){ .call = on_err, .ctx = p };
	p->on_control = (struct loop_fd){ .call = on_control, .ctx = p };
	if (p->child.control.fd != -1)
		loop_fd_set(p->all->loop, &p->on_control, p->child.control.fd,
		    POLLIN);
	p->on_time = (struct loop_timer){ .call = on_time, .ctx = p };
	p->on_end = (struct proc_watch){ .call = on_end, .ctx = p };
	(void)fcntl(proc->out, F_SETFL, O_RDONLY | O_NONBLOCK);
	(void)fcntl(proc->err, F_SETFL, O_RDONLY | O_NONBLOCK);
	loop_fd_set(p->all->loop, &p->on_out, proc->out, POLLIN);
	loop_fd_set(p->all->loop, &p->on_err, proc->err, POLLIN);
	proc_watch_start(&p->on_end, p->all->loop, proc);
}

static int
start_next(struct players *all, struct err *err)
{
	struct player *player = &all->player[all->next++];
	struct playing *p = mem_zalloc(sizeof(*p));

	p->all = all;
	p->player = player;
	p->child = (struct child)CHILD_NONE;
	p->began = clock_ms();
	p->stand_in.input = player->input;
	player->playing = p;
	messages_init(&p->messages, on_message, p);
	if (transport_start(player->transport, &p->child, err) == -1) {
		playing_free(p);
		return -1;
	}
	if (control_begin(&p->child.control,
		(uint32_t)player->limits.of[LIMIT_CONNECTIONS], STR_NONE,
		err) == -1) {
		playing_free(p);
		return -1;
	}
	all->working++;
	line_init(&p->in, p->child.proc.out);
	buf_add(&p->to, player->start);
	watch(p);
	set_deadline(p);
	flush(p);
	return 0;
}

int
players_run(struct player *player, size_t n, unsigned jobs, struct loop *loop,
    struct err *err)
{
	struct players all = { player, n, 0, 0, loop };
	int status = 0;

	while (status == 0 && (all.working != 0 || all.next < n)) {
		while (status == 0 && all.next < n && all.working < jobs)
			status = start_next(&all, err);
		if (status == 0)
			status = loop_turn(loop, err);
	}
	for (size_t i = 0; i < n; i++) {
		if (player[i].playing != NULL)
			playing_free(player[i].playing);
	}
	return status;
}

void
player_clear(struct player *player)
{
	pool_clear(&player->pool);
	player->event = NULL;
	player->events = 0;
}

bool
player_is_machine(struct str event)
{
	return str_starts(event, STR("{\"Log\":{\"WarnOnce\":\"sandbox: "));
}

static size_t
skip_machine(const struct str *event, size_t n, size_t at)
{
	while (at < n && player_is_machine(event[at]))
		at++;
	return at;
}

bool
player_differs(const struct player *player, const struct str *then, size_t n,
    bool is_whole, struct difference *out)
{
	size_t a = 0, b = 0;

	for (size_t at = 1;; at++) {
		a = skip_machine(then, n, a);
		b = skip_machine(player->event, player->events, b);
		if (a == n && (b == player->events || !is_whole))
			return false;
		if (a == n || b == player->events ||
		    !str_eq(then[a], player->event[b])) {
			*out =
			    (struct difference){ at, a < n ? then[a] : STR_NONE,
				    b < player->events ? player->event[b]
						       : STR_NONE };
			return true;
		}
		a++;
		b++;
	}
}
