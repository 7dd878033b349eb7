#include "about/prompt.h"

#include <unistd.h>

#include "about/history.h"
#include "about/shell.h"
#include "base/mem.h"
#include "line/cmd.h"
#include "line/complete.h"
#include "line/words.h"
#include "state/file.h"
#include "term/edit.h"
#include "term/term.h"

static struct program *current; /* for the line editor, which knows none */
static struct history history;

static void
complete_line(struct str line, void (*add)(void *ctx, struct str candidate),
    void *ctx)
{
	prompt_complete(current, line, add, ctx);
}

static void
print_greeting(const struct program *p)
{
	size_t own = p->library.n - p->library.bundled;

	term_printf(
	    "\n  %ssn0int%s: modules from strangers, in a sandbox each\n\n",
	    term_paint("1"), term_paint("0"));
	term_line(TERM_SUCCESS, "Loaded %zu modules", own);
	if (own == 0) {
		term_line(TERM_INFO, "No modules found in %s",
		    p->paths.modules);
		term_line(TERM_INFO,
		    "Put them there as AUTHOR/NAME.lua, or run one with: "
		    "sn0int run -f FILE");
	}
	if (own == 0 && p->library.bundled != 0)
		term_line(TERM_INFO,
		    "Some came with sn0int; list them with: modules");
}

static const char *
prompt_text(const struct program *p, struct pool *pool)
{
	if (p->module == NULL)
		return pool_printf(pool, "[sn0int][%s] > ", p->workspace_name);
	return pool_printf(pool, "[sn0int][%s][%.*s] > ", p->workspace_name,
	    STR_ARG(term_safe(pool, p->module->id)));
}

static void
run_line(struct program *p, struct pool *pool, struct str line)
{
	autoerr struct err err = ERR_NONE;
	struct str *word;
	size_t n;

	if (line.p[0] == '#')
		return;
	if (line.p[0] == '!') {
		(void)term_flush();
		if (shell_run(str_from(line, 1), p->workspace_name, &err) == -1)
			term_error(&err);
		return;
	}
	if (words_split(pool, line, &word, &n, &err) == -1)
		term_error(&err);
	else if (n != 0)
		(void)cmd_execute(p, word, n);
}

/* 1: a line; 0: the end of input; -1: an interrupt, or it cannot be read. */
static int
next_line(struct program *p, struct pool *pool, bool is_tty, struct str *line,
    struct err *err)
{
	if (!is_tty)
		return term_input(pool, line, err);
	(void)term_flush();
	return edit_line(pool, prompt_text(p, pool), EDIT_HISTORY, line, err);
}

static void
remember(const struct program *p, struct str line, bool is_tty)
{
	autoerr struct err err = ERR_NONE;

	line = history_add(&history, line);
	if (!is_tty || line.n == 0)
		return;
	edit_remember(line);
	/* at once: a crash of anything must not lose it */
	if (history_save(&history, p->paths.history, &err) == -1)
		term_line(TERM_WARN, "the history is not stored: %s",
		    err_cstr(&err));
}

/* A paste of several lines came as one: each is a command of its own. */
static void
run_lines(struct program *p, struct pool *pool, struct str text, bool is_tty)
{
	while (text.p != NULL && !p->wants_quit) {
		struct str line = str_cut(&text, '\n');

		if (line.n != 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n == 0)
			continue;
		remember(p, line, is_tty);
		run_line(p, pool, line);
	}
}

/* -1: the commands cannot be read any further. */
static int
loop(struct program *p, bool is_tty, struct err *err)
{
	unsigned interrupts = 0;

	while (!p->wants_quit && interrupts < 2) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err why = ERR_NONE;
		struct str line;
		int status = next_line(p, &pool, is_tty, &line, &why);

		if (status == -1 && !is_tty) {
			err_move(err, &why);
			return err_wrap(err, "cannot read the next command");
		}
		interrupts = status == -1 ? interrupts + 1 : 0;
		if (status == 0 && !is_tty)
			break;
		if (status == 0)
			program_leave(p);
		if (status == 1)
			run_lines(p, &pool, line, is_tty);
	}
	return 0;
}

static void
load_history(const struct program *p)
{
	autoerr struct err err = ERR_NONE;

	if (history_load(&history, p->paths.history, &err) == -1)
		term_line(TERM_WARN, "the history cannot be read: %s",
		    err_cstr(&err));
	for (size_t i = 0; i < history.n; i++)
		edit_remember(history.line[i]);
}

int
prompt_run(struct program *p, struct err *err)
{
	bool is_tty = isatty(STDIN_FILENO) == 1;
	autoerr struct err unsaid = ERR_NONE;
	int status;

	p->is_prompt = true;
	current = p;
	if (program_open(p, NEEDS_ALL, err) == -1 ||
	    program_loop(p, err) == NULL)
		return -1;
	program_say_refused(p);
	print_greeting(p);
	load_history(p);
	edit_set_complete(complete_line);
	status = loop(p, is_tty, err);
	if (!is_tty && history.fresh != 0 &&
	    history_save(&history, p->paths.history,
		status == 0 ? err : &unsaid) == -1)
		return -1;
	return status;
}
