/*
 * term: all that is printed. Colours only on a terminal, unless --color says
 * otherwise; NO_COLOR is obeyed. Source: docs/reference, "Output".
 *
 * Foreign text (from modules, the network, the database) is shown with its
 * control characters escaped; a newline in it starts a line with the same
 * prefix.
 */
#ifndef TERM_TERM_H
#define TERM_TERM_H

#include "base/err.h"

struct line;

enum term_mark {
	TERM_SUCCESS, /* [+] green */
	TERM_INFO,    /* [*] blue */
	TERM_DEBUG,   /* [#] blue */
	TERM_WARN,    /* [!] yellow */
	TERM_ERROR,   /* [-] red */
};

enum term_color { TERM_AUTO, TERM_ALWAYS, TERM_NEVER };

/* Once, before anything is printed. */
void term_init(enum term_color color);

bool term_is_tty(void);    /* standard output is one */
bool term_has_color(void); /* standard output gets colours */

/* A line of the host: warnings and errors on standard error. */
void term_line(enum term_mark mark, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same on standard output, whatever the mark: the line is a result. */
void term_result(enum term_mark mark, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * A line of a running target, always on standard output. name: padded to 50
 * characters; p NULL: no name. term_run_line: the text is foreign.
 * term_run_own: it is ours, may hold term_paint(), and what is foreign in it
 * is quoted or went through term_safe().
 */
void term_run_line(enum term_mark mark, struct str name, struct str text);
void term_run_own(enum term_mark mark, struct str name, struct str text);

/*
 * What -vv adds about a target, its connections and what it used: on standard
 * error, since it is no result. Foreign; one line.
 */
void term_run_note(struct str name, struct str text);

/* "NAME: text" on standard error: what a child says there; all foreign. */
void term_child_line(struct str name, struct str text);

/* "Error: ..." and a "Because: ..." line a cause, on standard error. */
void term_error(const struct err *err);

/* Results, raw, on standard output; buffered until term_flush or a line. */
void term_print(struct str text);
void term_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Before every wait, and at the end. -1: nobody reads the output any more. */
int term_flush(void);

/* ESC[<code>m if there are colours, else nothing; "33", "0". */
const char *term_paint(const char *code);

/* text with control characters escaped, for one line. */
struct str term_safe(struct pool *pool, struct str text);

/*
 * The animation: a line a running target, below all others, only on a
 * terminal. slot: a number below TERM_MAX_STATUS chosen by the caller; what is
 * above is not shown. term_flush() draws it.
 */
#define TERM_MAX_STATUS 64
void term_status_set(unsigned slot, struct str text); /* p NULL: ends */
void term_status_summary(struct str text); /* "3 of 10 done"; p NULL: none */
int term_status_timeout(void); /* ms until the next frame; -1: none */
void term_status_tick(void);

/*
 * A line of standard input without its newline, when it is no terminal. The
 * prompt and questions share it. 1; 0: the end; -1.
 */
int term_input(struct pool *pool, struct str *line, struct err *err);

/*
 * The buffer behind it (ipc/line.h), for who reads standard input in other
 * portions: what was read ahead is in it.
 */
struct line *term_stdin(void);

/*
 * Asks. On a terminal through the line editor, on a pipe one line of standard
 * input without a prompt. -1 at the end of input or ^C.
 */
int term_ask(struct pool *pool, const char *question, struct str *answer,
    struct err *err);
int term_ask_secret(struct pool *pool, const char *question, struct str *answer,
    struct err *err);
int term_ask_yes(const char *question, bool *yes, struct err *err); /* [y/N] */

#endif
