#include "term/edit.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "loop/loop.h"
#include "term/cell.h"
#include "term/clean.h"

enum {
	LINE_NONE,
	LINE_TYPING,
	LINE_DONE,
	LINE_END,
	LINE_INTERRUPTED,
	LINE_BROKEN,
};

static struct {
	int state;
	char *line;        /* of LINE_DONE, from malloc */
	char *kept;        /* of LINE_BROKEN, the same; NULL: nothing */
	int point;         /* where the cursor stood in it */
	struct loop *loop; /* edit_use() */
	void (*complete)(struct str line,
	    void (*add)(void *ctx, struct str candidate), void *ctx);
} edit;

static void
on_line(char *line)
{
	edit.state = line != NULL ? LINE_DONE : LINE_END;
	edit.line = line;
	rl_callback_handler_remove();
}

/* Readline wants to know which part of the prompt takes no room. */
static const char *
mark_escapes(struct pool *pool, const char *prompt)
{
	struct buf out = BUF_IN(pool);
	bool inside = false;

	for (; *prompt != '\0'; prompt++) {
		if (*prompt == '\033' && !inside) {
			buf_add_char(&out, RL_PROMPT_START_IGNORE);
			inside = true;
		}
		buf_add_char(&out, *prompt);
		if (inside && *prompt == 'm') {
			buf_add_char(&out, RL_PROMPT_END_IGNORE);
			inside = false;
		}
	}
	return buf_cstr(&out);
}

/* Of a secret nothing is drawn, the prompt neither: that was done once. */
static void
hide(void)
{
}

/*
 * What was pasted, recalled or completed is drawn as it is, but for control
 * characters below U+0080, which readline shows by itself. So what a terminal
 * must not see does not get into the line; the bell says it.
 */
static void
drop_unclean(void)
{
	int at = 0;

	while (at < rl_end) {
		struct str rest =
		    str_view(rl_line_buffer + at, (size_t)(rl_end - at));
		uint32_t c;
		int n = (int)utf8_decode(rest, &c);

		if (n < 2 || cell_is_harmless(c)) {
			at += n > 0 ? n : 1;
			continue;
		}
		(void)rl_delete_text(at, at + n);
		if (rl_point > at)
			rl_point = rl_point - at > n ? rl_point - n : at;
		(void)rl_ding();
	}
}

static void
show_line(void)
{
	drop_unclean();
	rl_redisplay();
}

struct candidates {
	char **text; /* [0]: their common beginning, then all, NULL */
	size_t n, cap;
};

static void
add_candidate(void *ctx, struct str text)
{
	struct candidates *all = ctx;

	if (!clean_is(text, CLEAN_LINE))
		return;
	if (all->n + 2 >= all->cap) {
		all->cap = all->cap != 0 ? 2 * all->cap : 16;
		all->text = mem_grow(all->text, all->cap, sizeof(*all->text));
	}
	all->text[++all->n] = mem_text(text.p, text.n);
}

static size_t
common_length(const struct candidates *all)
{
	size_t n = strlen(all->text[1]);

	for (size_t i = 2; i <= all->n; i++) {
		size_t k = 0;

		while (k < n && all->text[i][k] == all->text[1][k])
			k++;
		n = k;
	}
	return n;
}

/* Candidates replace the whole line. */
static char **
find_candidates(const char *word, int from, int to)
{
	struct candidates all = { NULL, 0, 0 };

	(void)word;
	(void)from;
	rl_attempted_completion_over = 1;
	if (edit.complete == NULL || to != rl_end)
		return NULL;
	edit.complete(str_view(rl_line_buffer, (size_t)to), add_candidate,
	    &all);
	if (all.n == 0)
		return NULL;
	all.text[0] = mem_text(all.text[1], common_length(&all));
	all.text[all.n + 1] = NULL;
	if (all.n == 1) {
		free(all.text[1]);
		all.text[1] = NULL;
	}
	return all.text;
}

static void
set_up(void)
{
	static bool is_done;

	if (is_done)
		return;
	is_done = true;
	rl_readline_name = "sn0int";
	rl_catch_signals = 0;
	rl_catch_sigwinch = 1;
	rl_attempted_completion_function = find_candidates;
	rl_completer_word_break_characters = "";
	rl_completer_quote_characters = "";
	stifle_history(100);
}

static void
on_key(void *ctx, short revents)
{
	(void)ctx, (void)revents;
	if (edit.state == LINE_TYPING)
		rl_callback_read_char();
}

static void
on_interrupt(void *ctx, unsigned n)
{
	(void)ctx, (void)n;
	if (edit.state != LINE_TYPING)
		return;
	(void)fputs("\n", rl_outstream);
	(void)fflush(rl_outstream);
	rl_free_line_state();
	rl_callback_sigcleanup();
	rl_callback_handler_remove();
	edit.state = LINE_INTERRUPTED;
}

struct question {
	struct pool *pool; /* of the prompt as the editor wants it */
	const char *prompt;
	unsigned flags;
};

/* A secret shows nothing of itself; the prompt is not the editor's then. */
static void
begin_line(const struct question *q)
{
	edit.state = LINE_TYPING;
	rl_redisplay_function = q->flags & EDIT_SECRET ? hide : show_line;
	rl_inhibit_completion = !(q->flags & EDIT_HISTORY);
	rl_callback_handler_install(mark_escapes(q->pool, q->flags & EDIT_SECRET
							      ? ""
							      : q->prompt),
	    on_line);
	if (edit.kept != NULL && !(q->flags & EDIT_SECRET)) {
		(void)rl_insert_text(edit.kept);
		rl_point = edit.point;
		rl_redisplay();
		free(edit.kept);
		edit.kept = NULL;
	}
	/* only now: whoever answers at once is not echoed by the terminal */
	if (q->flags & EDIT_SECRET) {
		(void)fputs(q->prompt, rl_outstream);
		(void)fflush(rl_outstream);
	}
}

/*
 * Until the line is there; with a loop that failed it will never be. Whoever
 * sees the prompt may interrupt it, so that is heard before it is drawn.
 */
static int
type(struct loop *loop, const struct question *q, struct err *err)
{
	struct loop_fd keys = { .call = on_key };
	struct loop_signal interrupt = { .call = on_interrupt };
	int status = 0;

	loop_signal_start(loop, &interrupt, SIGINT, 0);
	begin_line(q);
	loop_fd_set(loop, &keys, STDIN_FILENO, POLLIN);
	while (edit.state == LINE_TYPING && status == 0)
		status = loop_turn(loop, err);
	loop_fd_stop(&keys);
	loop_signal_stop(&interrupt);
	if (edit.state == LINE_TYPING)
		rl_callback_handler_remove();
	return status;
}

static int
type_with_loop(const struct question *q, struct err *err)
{
	struct loop *own;
	int status;

	if (edit.loop != NULL && !loop_is_turning(edit.loop))
		return type(edit.loop, q, err);
	own = loop_new(err);
	status = own != NULL ? type(own, q, err) : -1;
	loop_free(own);
	return status;
}

/* Of a secret nothing is drawn, and nothing is kept. */
static bool
is_drawn(void)
{
	return edit.state == LINE_TYPING && rl_redisplay_function != hide;
}

void
edit_hide(void)
{
	if (!is_drawn())
		return;
	(void)rl_clear_visible_line();
	(void)fflush(rl_outstream);
}

void
edit_show(void)
{
	if (!is_drawn())
		return;
	(void)rl_on_new_line();
	show_line();
}

void
edit_break(void)
{
	if (edit.state != LINE_TYPING)
		return;
	edit_hide();
	if (is_drawn()) {
		edit.kept = mem_text(rl_line_buffer, (size_t)rl_end);
		edit.point = rl_point;
	}
	rl_callback_handler_remove();
	edit.state = LINE_BROKEN;
}

static void
take_line(struct pool *pool, unsigned flags, struct str *line)
{
	if (flags & EDIT_SECRET)
		(void)fputs("\n", rl_outstream);
	*line = pool_copy(pool, str_of(edit.line));
	if (!(flags & EDIT_HISTORY)) /* an answer that was pasted is one line */
		*line = str_cut(line, '\n');
	if (flags & EDIT_SECRET)
		mem_wipe(edit.line, strlen(edit.line));
	free(edit.line);
}

int
edit_line(struct pool *pool, const char *prompt, unsigned flags,
    struct str *line, struct err *err)
{
	const struct question q = { pool, prompt, flags };

	set_up();
	if (type_with_loop(&q, err) == -1)
		return -1;
	if (edit.state == LINE_INTERRUPTED)
		return err_set(err, "interrupted");
	if (edit.state == LINE_BROKEN)
		return 2;
	if (edit.state == LINE_END) {
		(void)fputs("\n", rl_outstream);
		(void)fflush(rl_outstream);
		return 0;
	}
	take_line(pool, flags, line);
	return 1;
}

void
edit_use(struct loop *loop)
{
	edit.loop = loop;
}

void
edit_remember(struct str line)
{
	autopool struct pool pool = POOL_NONE;

	add_history(pool_cstr(&pool, line));
}

void
edit_set_complete(void (*complete)(struct str line,
    void (*add)(void *ctx, struct str candidate), void *ctx))
{
	edit.complete = complete;
}
