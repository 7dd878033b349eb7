#include "term/status.h"

#include "base/mem.h"
#include "net/clock.h"
#include "term/term.h"

#define FRAME_MS 100

static const char *const frame[] = { "-", "\\", "|", "/" };

static struct {
	struct pool pool; /* of all texts; made anew when it grows old */
	struct str text[TERM_MAX_STATUS];
	struct str summary;
	unsigned n;     /* slots below it may be in use */
	unsigned drawn; /* lines on the screen */
	unsigned turn;
	int64_t next_ms; /* of the next frame */
} status;

static bool
is_empty(void)
{
	for (unsigned i = 0; i < status.n; i++) {
		if (status.text[i].p != NULL)
			return false;
	}
	return status.summary.p == NULL;
}

/* Texts that were replaced pile up in the pool; copies the rest to a new one.
 */
static void
tidy(void)
{
	struct pool fresh = POOL_NONE;

	if (status.pool.used < (64u << 10))
		return;
	for (unsigned i = 0; i < status.n; i++) {
		if (status.text[i].p != NULL)
			status.text[i] = pool_copy(&fresh, status.text[i]);
	}
	if (status.summary.p != NULL)
		status.summary = pool_copy(&fresh, status.summary);
	pool_clear(&status.pool);
	status.pool = fresh;
}

void
term_status_set(unsigned slot, struct str text)
{
	if (slot >= TERM_MAX_STATUS || !term_is_tty())
		return;
	tidy();
	if (slot >= status.n)
		status.n = slot + 1;
	status.text[slot] =
	    text.p != NULL ? term_safe(&status.pool, text) : STR_NONE;
	status.next_ms = 0;
}

void
term_status_summary(struct str text)
{
	if (!term_is_tty())
		return;
	tidy();
	status.summary =
	    text.p != NULL ? term_safe(&status.pool, text) : STR_NONE;
	status.next_ms = 0;
}

int
term_status_timeout(void)
{
	int64_t left = status.next_ms - clock_ms();

	if (is_empty() && status.drawn == 0)
		return -1;
	return left < 0 ? 0 : (int)left;
}

void
term_status_tick(void)
{
	if (is_empty() && status.drawn == 0)
		return;
	if (clock_ms() < status.next_ms)
		return;
	status.turn++;
	(void)term_flush();
}

void
status_erase(struct buf *out)
{
	if (status.drawn == 0)
		return;
	buf_add(out, STR("\r\033[2K"));
	for (unsigned i = 1; i < status.drawn; i++)
		buf_add(out, STR("\033[A\033[2K"));
	status.drawn = 0;
}

static void
draw_line(struct buf *out, struct str text, unsigned phase)
{
	if (status.drawn++ != 0)
		buf_add_char(out, '\n');
	buf_printf(out, "\r\033[2K%s[%s%s%s]%s %.*s", term_paint("1"),
	    term_paint("32"), frame[phase % ARRAY_SIZE(frame)],
	    term_paint("0;1"), term_paint("0"), STR_ARG(text));
}

void
status_draw(struct buf *out)
{
	if (is_empty() || (status.drawn != 0 && clock_ms() < status.next_ms))
		return;
	status_erase(out);
	for (unsigned i = 0; i < status.n; i++) {
		if (status.text[i].p != NULL)
			draw_line(out, status.text[i], status.turn + i);
	}
	if (status.summary.p != NULL)
		draw_line(out, status.summary, status.turn);
	status.next_ms = clock_ms() + FRAME_MS;
}
