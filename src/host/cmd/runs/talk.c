/*
 * What can be typed are lines; a chunk is one or several of them. Whether it is
 * whole says the child, whose parser knows: what it wants more of is given to it
 * again with the next line behind it.
 */
#include "runs/talk.h"

#include <signal.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "lint/lint.h"
#include "program/sandbox.h"
#include "stream/clock.h"
#include "term/edit.h"
#include "term/term.h"

#define GRACE_MS 5000 /* from an interrupt to the end of a chunk */

enum talk_state {
	TALK_RUNS,        /* the module's text, or a chunk */
	TALK_INTERRUPTED, /* the same, and it was told to end */
	TALK_WAITS,       /* it wants a chunk */
};

struct talk {
	struct program *p;
	const struct talk_options *options;
	struct work *shared;
	struct run *run;
	enum talk_state state;
	bool was_ready; /* it has wanted a chunk at least once */
	bool is_given;  /* its target was */
	bool is_late;   /* interrupted by the clock, not by a person */
	bool is_used;   /* a chunk was given to it */
	bool is_over;   /* there is no line any more, or nobody wants one */
	bool is_cut;    /* by an interrupt, where nobody types */
	struct err why; /* the lines cannot be read any further */
	size_t failed;
	struct buf text; /* of a chunk that is not whole, with its newline */
	struct loop_timer timer;
	struct loop_signal interrupt;
};

static const char help_text[] =
    "A line is a chunk of Lua: an expression, whose values are shown, or "
    "statements.\n"
    "What is not whole goes on in the next line. Globals stay; locals end with "
    "their\n"
    "chunk. ^C ends a chunk, ^D or quit the session.\n"
    ":help FUNCTION   what a function of modules takes and gives\n";

static void
ask_for_chunk(void *ctx)
{
	struct talk *t = ctx;

	t->state = TALK_WAITS;
	t->was_ready = true;
	loop_timer_stop(&t->timer);
}

/* "attempt to call a nil value (global 'pairs')": what may be meant; "". */
static const char *
hint_of(const struct talk *t, struct str text, struct pool *pool)
{
	struct str begin = STR("a nil value (global '"), name;
	size_t at = str_find(text, begin);
	const char *hint;

	if (at == STR_NPOS)
		return "";
	name = str_from(text, at + begin.n);
	name = str_cut(&name, '\'');
	hint = lint_missing(pool, t->options->code, name);
	return hint != NULL ? pool_printf(pool, ": %s", hint) : "";
}

/* The words are the child's but where we know better. */
static struct str
raised_text(const struct talk *t, struct str text, struct pool *pool)
{
	if (t->is_late && str_is(text, "interrupted"))
		return str_of(pool_printf(pool,
		    "ran out of time (--timeout %u)", t->options->timeout_s));
	return str_of(
	    pool_printf(pool, "%.*s%s", STR_ARG(text), hint_of(t, text, pool)));
}

static void
told(void *ctx, const struct chunk_result *result)
{
	struct talk *t = ctx;
	autopool struct pool pool = POOL_NONE;

	if (result->wants_more)
		return;
	t->text.n = 0;
	if (result->value.p != NULL)
		term_value(result->value);
	if (result->raised.p != NULL)
		term_run_line(TERM_ERROR, STR_NONE,
		    raised_text(t, result->raised, &pool));
	if (result->left.p != NULL)
		term_run_line(TERM_ERROR, STR_NONE, result->left);
	t->failed += result->raised.p != NULL || result->left.p != NULL;
}

static void
break_off(struct talk *t)
{
	work_break(t->run,
	    t->was_ready ? STR("its chunk could not be interrupted")
			 : STR("the module's text could not be interrupted"));
}

static void
interrupt(struct talk *t, bool is_late)
{
	if (t->state == TALK_WAITS)
		return;
	if (t->state == TALK_INTERRUPTED) {
		break_off(t);
		return;
	}
	t->state = TALK_INTERRUPTED;
	t->is_late = is_late;
	work_interrupt(t->run);
	loop_timer_set(t->p->loop, &t->timer, clock_in(GRACE_MS));
}

static void
on_interrupt(void *ctx, unsigned n)
{
	struct talk *t = ctx;

	(void)n;
	/* the lines of a pipe are one thing, as the targets of a run are */
	t->is_cut = !t->options->is_typed;
	interrupt(t, false);
}

/* A line that is typed meanwhile waits for the next child. */
static void
on_over(void *ctx, struct run *run)
{
	(void)ctx, (void)run;
	edit_break();
}

static void
on_time(void *ctx)
{
	interrupt(ctx, true);
}

static int
next_target(void *ctx, struct pool *pool, struct work_target *out,
    struct err *err)
{
	struct talk *t = ctx;

	(void)pool, (void)err;
	if (t->is_given)
		return 0;
	t->is_given = true;
	*out = *t->options->target;
	return 1;
}

/* From here on its time counts. */
static void
begin_chunk(struct talk *t)
{
	t->state = TALK_RUNS;
	t->is_late = false;
	loop_timer_set(t->p->loop, &t->timer,
	    clock_in((uint64_t)t->options->timeout_s * 1000));
}

static void
give(struct talk *t, struct str text)
{
	begin_chunk(t);
	t->is_used = t->is_used || text.p != NULL;
	work_chunk(t->run, text);
}

static void
print_help(struct str name)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str text;
	int status;

	if (name.n == 0) {
		term_print(str_of(help_text));
		return;
	}
	status = sandbox_ask(&pool, "--reference", name, &text, &err);
	if (status == 0)
		term_print(text);
	else if (status == -1)
		term_error(&err);
	else
		term_line(TERM_ERROR,
		    "there is no function \"%.*s\"; sn0int help explains "
		    "families, commands and lines of the header, too",
		    STR_ARG(name));
}

static bool
is_farewell(struct str word)
{
	return str_is(word, "quit") || str_is(word, "exit") ||
	       str_is(word, ":quit") || str_is(word, ":q");
}

/* What is for us. A locked host starts nothing, and says where to ask. */
static bool
take_command(struct talk *t, struct str line)
{
	struct str rest = str_trim(line), word = str_cut(&rest, ' ');

	if (rest.p == NULL && is_farewell(word)) {
		t->is_over = true;
		return true;
	}
	if (rest.p == NULL && str_is(word, "help"))
		word = STR(":help");
	/* a chunk may begin with a label: ::top:: */
	if (word.n == 0 || word.p[0] != ':' || str_starts(word, STR("::")))
		return false;
	if (!str_is(word, ":help"))
		term_line(TERM_ERROR, "there is :help and quit, not %.*s",
		    STR_ARG(word));
	else if (t->options->is_typed || str_trim(rest).n == 0)
		print_help(str_trim(rest));
	else
		term_line(TERM_ERROR, "ask outside: sn0int help %.*s",
		    STR_ARG(str_trim(rest)));
	return true;
}

static void
take_line(struct talk *t, struct str line)
{
	if (t->options->is_typed && str_trim(line).n != 0)
		edit_remember(line);
	if (t->text.n == 0 && (str_trim(line).n == 0 || take_command(t, line)))
		return;
	/* it would come as another text */
	if (!utf8_is_valid(line)) {
		t->text.n = 0;
		t->failed++;
		term_line(TERM_ERROR, "a line is not UTF-8, and does not run");
		return;
	}
	buf_add(&t->text, line);
	give(t, buf_str(&t->text));
	buf_add_char(&t->text, '\n');
}

static bool
is_enough(const struct talk *t)
{
	return t->is_over || t->is_cut || work_is_stopped(t->shared) ||
	       (t->failed != 0 && t->options->exit_on_error);
}

static bool
needs_no_line(void *ctx)
{
	const struct talk *t = ctx;

	return is_enough(t) || work_is_over(t->run);
}

/* 1; 0: the end; 2: none is needed; -1, and *err is empty after ^C. */
static int
read_line(struct talk *t, struct pool *pool, struct str *line, struct err *err)
{
	autoerr struct err why = ERR_NONE;
	int status;

	if (!t->options->is_typed)
		return term_input_in(t->p->loop, needs_no_line, t, pool, line,
		    err);
	(void)term_flush();
	status = edit_line(pool, t->text.n == 0 ? "> " : ">> ", EDIT_HISTORY,
	    line, &why);
	if (status == -1)
		t->text.n = 0;
	return status;
}

/* What is left of a chunk is none. */
static void
end_lines(struct talk *t)
{
	t->is_over = true;
	if (t->text.n == 0)
		return;
	t->failed++;
	term_line(TERM_ERROR, "the last chunk is not whole");
}

/* The child ends as it does behind the last of them, whatever comes. */
static void
next_line(struct talk *t)
{
	autopool struct pool pool = POOL_NONE;
	struct str line;
	int status = read_line(t, &pool, &line, &t->why);

	if (status == -1 && t->why.n != 0) {
		(void)err_wrap(&t->why, "cannot read the next line");
		t->is_over = true;
	} else if (status == 0) {
		end_lines(t);
	} else if (status == 1) {
		take_line(t, line);
	}
}

/* -1: the loop or the lines have failed. */
static int
turn(struct talk *t, struct err *err)
{
	if (t->state != TALK_WAITS)
		return loop_turn(t->p->loop, err);
	if (is_enough(t))
		give(t, STR_NONE);
	else
		next_line(t);
	return 0;
}

/* One child. 1: it ended by itself, before its lines did; 0; -1. */
static int
talk_to_one(struct talk *t, struct work *shared,
    const struct work_options *work, struct err *err)
{
	struct work_result result;
	autoerr struct err why = ERR_NONE;
	int status = 0;

	t->was_ready = t->is_given = t->is_used = false;
	if (work_begin(shared, work, &t->run, err) == -1)
		return -1;
	begin_chunk(t);
	while (status == 0 && !work_is_over(t->run))
		status = turn(t, &why);
	loop_timer_stop(&t->timer);
	if (work_end(t->run, &result, err) == -1)
		return -1;
	t->text.n = 0;
	if (status == -1)
		err_move(err, &why);
	return status == 0 && (result.failed != 0 || !is_enough(t)) ? 1
	                                                            : status;
}

static struct str functions; /* a line each; for the editor, which knows none */

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static void
complete(struct str line, void (*add)(void *ctx, struct str candidate),
    void *ctx)
{
	struct str rest = functions, begin;
	size_t from = line.n;

	while (from != 0 && is_name_char(line.p[from - 1]))
		from--;
	begin = str_from(line, from);
	while (begin.n != 0 && rest.n != 0) {
		autopool struct pool pool = POOL_NONE;
		struct str name = str_cut(&rest, '\n');

		if (str_starts(name, begin))
			add(ctx, str_of(pool_printf(&pool, "%.*s%.*s",
				     STR_ARG(str_sub(line, 0, from)),
				     STR_ARG(name))));
	}
}

/* Without an answer there is nothing to complete, and all else goes on. */
static void
begin_typing(struct pool *pool)
{
	autoerr struct err err = ERR_NONE;

	if (sandbox_ask(pool, "--reference=names", STR_NONE, &functions,
		&err) != 0)
		functions = STR_NONE;
	edit_set_complete(complete);
	term_print(STR("Lua in a sandbox; :help says more.\n"));
}

/* 0, or -1 with *err: what the command says at its end. */
static int
talk_to_all(struct talk *t, struct work *shared,
    const struct work_options *work, struct err *err)
{
	int status;

	for (;;) {
		status = talk_to_one(t, shared, work, err);
		/* one that dies before it has done anything would do so again */
		if (status != 1 || !t->options->is_typed || !t->is_used ||
		    is_enough(t))
			break;
		term_line(TERM_WARN,
		    "the session has ended, and a fresh one begins: what was "
		    "global is gone");
	}
	if (status == 1 && !work_is_stopped(shared) && !t->is_cut)
		return err_set(err, "the session has ended");
	if (t->why.n != 0) {
		err_move(err, &t->why);
		return -1;
	}
	if (status == 1)
		status = 0;
	if (t->is_cut || work_is_stopped(shared))
		t->p->status = WORK_STATUS_SIGNAL +
		               (t->is_cut ? SIGINT : work_stopped_by(shared));
	if (status == 0 && t->failed != 0 && t->options->exit_on_error)
		return err_set(err, "a chunk failed");
	return status;
}

int
talk(struct program *p, struct work *shared, struct work_options *work,
    const struct talk_options *options, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct talk t = { .p = p, .options = options, .shared = shared };
	const struct work_session session = { ask_for_chunk, told, &t };
	int status;

	t.timer = (struct loop_timer){ .call = on_time, .ctx = &t };
	t.interrupt = (struct loop_signal){ .call = on_interrupt, .ctx = &t };
	work->session = &session;
	work->next = next_target;
	work->next_ctx = &t;
	work->done = on_over;
	work->done_ctx = &t;
	if (options->is_typed)
		begin_typing(&pool);
	term_status_hide(true);
	loop_signal_start(p->loop, &t.interrupt, SIGINT, 0);
	status = talk_to_all(&t, shared, work, err);
	loop_signal_stop(&t.interrupt);
	term_status_hide(false);
	edit_set_complete(NULL);
	functions = STR_NONE;
	buf_clear(&t.text);
	err_clear(&t.why);
	work->done = NULL;
	work->session = NULL;
	return status;
}
