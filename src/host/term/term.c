#include "term/term.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "format/quote.h"
#include "term/status.h"

#define NAME_WIDTH 50 /* characters; host transcripts */
#define BUFFER     (64u << 10)

static struct {
	struct buf out;
	bool is_tty, has_color;
	bool err_has_color;
	bool is_broken; /* nobody reads standard output any more */
} term;

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

/* https://no-color.org, and the convention of CLICOLOR_FORCE */
static bool
wants_color(enum term_color color, int fd)
{
	const char *force = getenv("CLICOLOR_FORCE");

	if (color != TERM_AUTO)
		return color == TERM_ALWAYS;
	if (is_set("NO_COLOR"))
		return false;
	if (force != NULL && strcmp(force, "0") != 0)
		return true;
	return isatty(fd) == 1;
}

void
term_init(enum term_color color)
{
	term.is_tty = isatty(STDOUT_FILENO) == 1;
	term.has_color = wants_color(color, STDOUT_FILENO);
	term.err_has_color = wants_color(color, STDERR_FILENO);
}

bool
term_is_tty(void)
{
	return term.is_tty;
}

bool
term_has_color(void)
{
	return term.has_color;
}

static int
write_all(int fd, struct str text)
{
	while (text.n != 0) {
		ssize_t n = write(fd, text.p, text.n);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		text = str_from(text, (size_t)n);
	}
	return 0;
}

static int
send_out(void)
{
	if (!term.is_broken &&
	    write_all(STDOUT_FILENO, buf_str(&term.out)) == -1)
		term.is_broken = true;
	term.out.n = 0;
	return term.is_broken ? -1 : 0;
}

int
term_flush(void)
{
	if (term.is_tty)
		status_draw(&term.out);
	return term.out.n != 0 || term.is_broken ? send_out() : 0;
}

/* What follows is printed above the animation. */
static struct buf *
begin(void)
{
	if (term.out.n >= BUFFER)
		(void)send_out();
	if (term.is_tty)
		status_erase(&term.out);
	return &term.out;
}

void
term_print(struct str text)
{
	buf_add(begin(), text);
}

void
term_printf(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	buf_vprintf(begin(), fmt, args);
	va_end(args);
}

const char *
term_paint(const char *code)
{
	static const struct {
		const char *code, *sequence;
	} paint[] = {
		{ "0", "\033[0m" },
		{ "1", "\033[1m" },
		{ "0;1", "\033[0;1m" },
		{ "31", "\033[31m" },
		{ "32", "\033[32m" },
		{ "33", "\033[33m" },
		{ "34", "\033[34m" },
		{ "35", "\033[35m" },
		{ "90", "\033[90m" },
		{ "30", "\033[30m" },
		{ "97", "\033[97m" },
		{ "48;5;22", "\033[48;5;22m" },
		{ "48;5;34", "\033[48;5;34m" },
		{ "48;5;71", "\033[48;5;71m" },
		{ "48;5;148", "\033[48;5;148m" },
		{ "48;5;238", "\033[48;5;238m" },
	};

	for (size_t i = 0; term.has_color && i < ARRAY_SIZE(paint); i++) {
		if (strcmp(paint[i].code, code) == 0)
			return paint[i].sequence;
	}
	return "";
}

/*
 * Neither a control character that could command a terminal (C0 but tab, DEL,
 * C1) nor one that turns the direction of what follows (UAX #9, 2).
 */
static bool
is_harmless(uint32_t c)
{
	if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
		return false;
	return c == '\t' || (c >= 0x20 && c < 0x7f) || c >= 0xa0;
}

struct str
term_safe(struct pool *pool, struct str text)
{
	struct buf out = BUF_IN(pool);
	uint32_t c;
	size_t n;

	text = utf8_lossy(pool, text);
	while ((n = utf8_decode(text, &c)) != 0) {
		if (is_harmless(c))
			buf_add(&out, str_sub(text, 0, n));
		else
			buf_printf(&out, "\\u{%x}", (unsigned)c);
		text = str_from(text, n);
	}
	return out.n != 0 ? buf_str(&out) : STR("");
}

static void
add_mark(struct buf *out, enum term_mark mark, bool color)
{
	if (color)
		buf_printf(out, "\033[1m[\033[%sm%c\033[0;1m]\033[0m ",
		    marks[mark].color, marks[mark].sign);
	else
		buf_printf(out, "[%c] ", marks[mark].sign);
}

/* Around what is on standard output, which has to be there first. */
static void
send_err(struct str text)
{
	(void)begin();
	(void)send_out();
	(void)write_all(STDERR_FILENO, text);
}

void
term_line(enum term_mark mark, const char *fmt, ...)
{
	bool is_out = mark != TERM_WARN && mark != TERM_ERROR;
	struct buf text = BUF_NONE;
	va_list args;

	add_mark(&text, mark, is_out ? term.has_color : term.err_has_color);
	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	buf_add_char(&text, '\n');
	if (is_out)
		buf_add(begin(), buf_str(&text));
	else
		send_err(buf_str(&text));
	buf_clear(&text);
}

void
term_result(enum term_mark mark, const char *fmt, ...)
{
	struct buf *out = begin();
	va_list args;

	add_mark(out, mark, term.has_color);
	va_start(args, fmt);
	buf_vprintf(out, fmt, args);
	va_end(args);
	buf_add_char(out, '\n');
}

static void
add_name(struct buf *out, struct str name)
{
	size_t width = 0;

	if (name.p == NULL)
		return;
	for (size_t i = 0; i < name.n; i++)
		width += ((unsigned char)name.p[i] & 0xc0) != 0x80;
	buf_add(out, name);
	for (; width < NAME_WIDTH; width++)
		buf_add_char(out, ' ');
	buf_add(out, STR(": "));
}

static void
add_run_line(struct buf *out, enum term_mark mark, bool color, struct str name,
    struct str text)
{
	add_mark(out, mark, color);
	add_name(out, name);
	buf_add(out, text);
	buf_add_char(out, '\n');
}

void
term_run_own(enum term_mark mark, struct str name, struct str text)
{
	struct buf *out = begin();

	if (term.has_color || term.is_tty)
		buf_add(out, STR("\r\033[2K"));
	add_run_line(out, mark, term.has_color, name, text);
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
	struct buf line = BUF_IN(&pool);

	add_run_line(&line, TERM_DEBUG, term.err_has_color, name,
	    term_safe(&pool, text));
	send_err(buf_str(&line));
}

void
term_child_line(struct str name, struct str text)
{
	autopool struct pool pool = POOL_NONE;
	struct buf line = BUF_IN(&pool);

	buf_add(&line, term_safe(&pool, name));
	buf_add(&line, STR(": "));
	buf_add(&line, term_safe(&pool, text));
	buf_add_char(&line, '\n');
	send_err(buf_str(&line));
}

void
term_error(const struct err *err)
{
	struct buf text = BUF_NONE;
	autopool struct pool pool = POOL_NONE;

	for (unsigned i = err->n; i > 0; i--) {
		buf_add(&text, i == err->n ? STR("Error: ") : STR("Because: "));
		buf_add(&text, term_safe(&pool, err->msg[i - 1]));
		buf_add_char(&text, '\n');
	}
	send_err(buf_str(&text));
	buf_clear(&text);
}
