/*
 * The door: the one way to descriptors 1 and 2. All that is printed goes
 * through pass(), which opens the seals of our own colours (term/paint.h) and
 * cleans everything else when a terminal is on the other side; a pipe or a
 * file gets the bytes as they are. What is in term.out has passed. The
 * animation (status.c) and the line editor (edit.c), which draw, are the only
 * others that make escape sequences, around texts that were cleaned.
 */
#include "term/term.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/write.h"
#include "term/cell.h"
#include "term/clean.h"
#include "term/edit.h"
#include "term/paint.h"
#include "term/screen.h"
#include "term/status.h"

#define NAME_WIDTH   50 /* host transcripts */
#define FULL_COLUMNS 80 /* a terminal from which on names are that wide */
#define BUFFER       (64u << 10)

struct side {
	int fd;
	bool is_tty, has_color;
};

static struct {
	struct buf out; /* for standard output, as it will be written */
	struct side to_out, to_err;
	bool is_animated;
	int errnum; /* why standard output takes no more; 0: it does */
	bool is_told;
} term = {
	.to_out = { .fd = STDOUT_FILENO },
	.to_err = { .fd = STDERR_FILENO },
};

static const struct {
	char sign;
	const char *color;
} marks[] = {
	[TERM_SUCCESS] = { '+', "32" },
	[TERM_INFO] = { '*', "34" },
	[TERM_DEBUG] = { '#', "34" },
	[TERM_WARN] = { '!', "33" },
	[TERM_ERROR] = { '-', "31" },
};

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

/* A terminal that knows no escape sequences, or may not. */
static bool
is_dumb(void)
{
	const char *kind = getenv("TERM");

	return kind == NULL || kind[0] == '\0' || strcmp(kind, "dumb") == 0;
}

/* https://no-color.org, and the convention of CLICOLOR_FORCE */
static bool
wants_color(enum term_color color, bool is_tty)
{
	const char *force = getenv("CLICOLOR_FORCE");

	if (color != TERM_AUTO)
		return color == TERM_ALWAYS;
	if (is_set("NO_COLOR"))
		return false;
	if (force != NULL && strcmp(force, "0") != 0)
		return true;
	return is_tty && !is_dumb();
}

static void
init_side(struct side *side, enum term_color color)
{
	side->is_tty = isatty(side->fd) == 1;
	side->has_color = wants_color(color, side->is_tty);
}

void
term_init(enum term_color color)
{
	init_side(&term.to_out, color);
	init_side(&term.to_err, color);
	term.is_animated = term.to_out.is_tty && !is_dumb();
}

bool
term_is_animated(void)
{
	return term.is_animated;
}

bool
term_has_color(void)
{
	return term.to_out.has_color;
}

static int
send_out(void)
{
	bool is_seen = term.out.n != 0 && term.to_out.is_tty;

	if (is_seen)
		edit_hide();
	if (term.errnum == 0 &&
	    write_all(STDOUT_FILENO, buf_str(&term.out)) == -1)
		term.errnum = errno;
	term.out.n = 0;
	if (is_seen)
		edit_show();
	return term.errnum != 0 ? -1 : 0;
}

int
term_flush(void)
{
	if (term.is_animated)
		status_draw(&term.out);
	return send_out();
}

bool
term_may_lag(void)
{
	return !term.to_out.is_tty;
}

bool
term_is_broken(void)
{
	return term.errnum != 0;
}

void
term_renew(void)
{
	if (term.errnum == EPIPE)
		term.errnum = 0;
}

int
term_failure(struct err *err)
{
	if (term.errnum == 0 || term.errnum == EPIPE)
		return 0;
	if (err == NULL)
		return -1;
	if (term.is_told)
		return 0;
	term.is_told = true;
	(void)err_set_errno(err, term.errnum);
	return err_wrap(err, "cannot write to standard output");
}

static void
pass(struct buf *out, const struct side *side, struct str text,
    enum clean_as as)
{
	while (text.n != 0) {
		size_t n = paint_find(text);
		struct str sequence;

		if (side->is_tty)
			clean_add(out, str_sub(text, 0, n), as);
		else
			buf_add(out, str_sub(text, 0, n));
		text = str_from(text, n);
		if (text.n == 0)
			break;
		text = str_from(text, paint_open(text, &sequence));
		if (side->has_color)
			buf_add(out, sequence);
	}
}

/* What follows is printed above the animation. */
static struct buf *
begin_output(void)
{
	if (term.out.n >= BUFFER)
		(void)send_out();
	if (term.is_animated)
		status_erase(&term.out);
	return &term.out;
}

void
term_print(struct str text)
{
	pass(begin_output(), &term.to_out, text, CLEAN_TEXT);
}

void
term_json(struct str text)
{
	pass(begin_output(), &term.to_out, text, CLEAN_JSON);
}

void
term_value(struct str text)
{
	struct buf *out = begin_output();

	pass(out, &term.to_out, text, CLEAN_LINE);
	buf_add_char(out, '\n');
}

void
term_printf(const char *fmt, ...)
{
	struct buf text = BUF_NONE;
	va_list args;

	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	term_print(buf_str(&text));
	buf_clear(&text);
}

const char *
term_paint(const char *code)
{
	return term.to_out.has_color || term.to_err.has_color ? paint_seal(code)
	                                                      : "";
}

struct str
term_safe(struct pool *pool, struct str text)
{
	struct buf out = BUF_IN(pool);

	clean_add(&out, text, CLEAN_LINE);
	return out.n != 0 ? buf_str(&out) : STR("");
}

static void
add_mark(struct buf *out, enum term_mark mark, const struct side *side)
{
	if (side->has_color)
		buf_printf(out, "\033[1m[\033[%sm%c\033[0;1m]\033[0m ",
		    marks[mark].color, marks[mark].sign);
	else
		buf_printf(out, "[%c] ", marks[mark].sign);
}

/* Around what is on standard output, which has to be there first. */
static void
send_err(struct buf *passed)
{
	(void)begin_output();
	(void)send_out();
	if (term.to_err.is_tty)
		edit_hide();
	(void)write_all(STDERR_FILENO, buf_str(passed));
	if (term.to_err.is_tty)
		edit_show();
	buf_clear(passed);
}

static void
add_line(struct buf *out, const struct side *side, enum term_mark mark,
    struct str text)
{
	add_mark(out, mark, side);
	pass(out, side, text, CLEAN_LINE);
	buf_add_char(out, '\n');
}

void
term_line(enum term_mark mark, const char *fmt, ...)
{
	struct buf text = BUF_NONE, line = BUF_NONE;
	va_list args;

	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	if (mark != TERM_WARN && mark != TERM_ERROR) {
		add_line(begin_output(), &term.to_out, mark, buf_str(&text));
	} else {
		add_line(&line, &term.to_err, mark, buf_str(&text));
		send_err(&line);
	}
	buf_clear(&text);
}

void
term_result(enum term_mark mark, const char *fmt, ...)
{
	struct buf text = BUF_NONE;
	va_list args;

	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	add_line(begin_output(), &term.to_out, mark, buf_str(&text));
	buf_clear(&text);
}

/* The width of names: on a pipe, and on a wide terminal, as recorded. */
static size_t
name_width(const struct side *side)
{
	unsigned columns = side->is_tty ? screen_size().columns : FULL_COLUMNS;

	return columns >= FULL_COLUMNS ? NAME_WIDTH : columns / 3;
}

static void
add_name(struct buf *out, const struct side *side, struct str name)
{
	size_t at = out->n, width, most = name_width(side);

	if (name.p == NULL)
		return;
	pass(out, side, name, CLEAN_LINE);
	name = str_from(buf_str(out), at);
	width = side->is_tty ? cell_columns(name) : utf8_count(name);
	for (; width < most; width++)
		buf_add_char(out, ' ');
	buf_add(out, STR(": "));
}

static void
add_run_line(struct buf *out, enum term_mark mark, const struct side *side,
    struct str name, struct str text)
{
	add_mark(out, mark, side);
	add_name(out, side, name);
	pass(out, side, text, CLEAN_LINE);
	buf_add_char(out, '\n');
}

void
term_run_own(enum term_mark mark, struct str name, struct str text)
{
	struct buf *out = begin_output();

	if (term.to_out.has_color || term.is_animated)
		buf_add(out, STR("\r\033[2K"));
	add_run_line(out, mark, &term.to_out, name, text);
}

void
term_run_line(enum term_mark mark, struct str name, struct str text)
{
	autopool struct pool pool = POOL_NONE;

	do {
		struct str line = str_cut(&text, '\n');

		term_run_own(mark, name, term_safe(&pool, line));
	} while (text.p != NULL);
}

void
term_run_note(struct str name, struct str text)
{
	autopool struct pool pool = POOL_NONE;
	struct buf line = BUF_NONE;

	add_run_line(&line, TERM_DEBUG, &term.to_err, name,
	    term_safe(&pool, text));
	send_err(&line);
}

void
term_child_line(struct str name, struct str text)
{
	struct buf line = BUF_NONE;

	clean_add(&line, name, CLEAN_LINE);
	buf_add(&line, STR(": "));
	clean_add(&line, text, CLEAN_LINE);
	buf_add_char(&line, '\n');
	send_err(&line);
}

void
term_error(const struct err *err)
{
	struct buf text = BUF_NONE;

	for (unsigned i = err->n; i > 0; i--) {
		buf_add(&text, i == err->n ? STR("Error: ") : STR("Because: "));
		clean_add(&text, err->msg[i - 1], CLEAN_LINE);
		buf_add_char(&text, '\n');
	}
	send_err(&text);
}
