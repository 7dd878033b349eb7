/*
 * term: all that is printed. Colours only on a terminal, unless --color says
 * otherwise; NO_COLOR is obeyed. Source: docs/reference, "Output".
 *
 * This is the one door to descriptors 1 and 2; tests/house proves it. On a
 * terminal everything is cleaned on its way out (term/clean.h) but the colours
 * of term_paint(); on a pipe results are the bytes they are.
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

/* Standard output is a terminal that is not TERM=dumb. */
bool term_is_animated(void);
bool term_has_color(void); /* standard output gets colours */

/* A line of the host: warnings and errors on standard error. */
void term_line(enum term_mark mark, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same on standard output, whatever the mark: the line is a result. */
void term_result(enum term_mark mark, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * A line of a running target, always on standard output. name: padded to 50
 * characters, on a terminal to 50 columns or, where it has less than 80, to a
 * third; p NULL: no name. term_run_line: foreign text, a line each of its own,
 * cleaned on a pipe, too. term_run_own: ours, may hold term_paint().
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

/*
 * Results on standard output, buffered until term_flush or a line. Newlines in
 * them end lines. term_json: JSON, whose escapes are others on a terminal.
 * term_value: one foreign value on a line of its own.
 */
void term_print(struct str text);
void term_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void term_json(struct str text);
void term_value(struct str text);

/* Before every wait, and at the end. -1: see term_is_broken. */
int term_flush(void);

/*
 * Nobody looks on: standard output is no terminal, and what is printed may stay
 * in the buffer for a moment that no person would notice.
 */
bool term_may_lag(void);

/* Standard output takes no more; what is printed from now on is dropped. */
bool term_is_broken(void);

/* Standard output is another one: that nobody read the last one is over. */
void term_renew(void);

/*
 * Why it is; -1. 0: it is not, or its reader has gone, which is no error, or it
 * was told before. err NULL: to ask without being told.
 */
int term_failure(struct err *err);

/*
 * A colour for what is printed here, and for nothing else ("33", "0"); see
 * term/paint.h. Without colours nothing.
 */
const char *term_paint(const char *code);

/* text cleaned for one line, wherever it goes. */
struct str term_safe(struct pool *pool, struct str text);

/*
 * The animation: a line a running target, below all others, where
 * term_is_animated(): cut to the width of the screen, and as many as it has
 * lines for. slot: a number below TERM_MAX_STATUS, taken and given back; what
 * is above is not shown. term_flush() draws it.
 */
#define TERM_MAX_STATUS   64
#define TERM_STATUS_BYTES ((size_t)4 << 10) /* of a text, no more are kept */
unsigned term_status_take(void);            /* TERM_MAX_STATUS: all are taken */
void term_status_give(unsigned slot);       /* its line ends */
void term_status_set(unsigned slot, struct str text); /* p NULL: ends */
void term_status_summary(struct str text); /* "3 of 10 done"; p NULL: none */
void term_status_hide(bool is_hidden);     /* while somebody types */
int term_status_timeout(void); /* ms until the next frame; -1: none */
void term_status_tick(void);

/*
 * A line of standard input without its newline, when it is no terminal. The
 * prompt and questions share it. 1; 0: the end; -1.
 */
int term_input(struct pool *pool, struct str *line, struct err *err);

/*
 * The same, while a loop is turned until it is there, or is_enough() says so:
 * 2. Not for a function of that loop.
 */
struct loop;
int term_input_in(struct loop *loop, bool (*is_enough)(void *ctx), void *ctx,
    struct pool *pool, struct str *line, struct err *err);

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
