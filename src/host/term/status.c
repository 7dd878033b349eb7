#include "term/status.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "stream/clock.h"
#include "term/cell.h"
#include "term/paint.h"
#include "term/screen.h"
#include "term/term.h"

#define FRAME_MS 100
#define HEAD     4 /* columns in front of a text: "[-] " */

static const char *const frame[] = { "-", "\\", "|", "/" };

static struct {
	struct pool pool; /* of all texts; made anew when it grows old */
	struct str text[TERM_MAX_STATUS];
	bool is_taken[TERM_MAX_STATUS];
	struct str summary;
	unsigned n;                          /* slots below it may be in use */
	unsigned drawn;                      /* lines on the screen */
	unsigned width[TERM_MAX_STATUS + 1]; /* columns of each of them */
	unsigned turn;
	bool is_hidden;
	int64_t next_ms; /* of the next frame */
} status;

static bool
is_empty(void)
{
	if (status.is_hidden)
		return true;
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
term_status_hide(bool is_hidden)
{
	status.is_hidden = is_hidden;
}

void
term_status_set(unsigned slot, struct str text)
{
	if (slot >= TERM_MAX_STATUS || !term_is_animated())
		return;
	text = utf8_cut(text, TERM_STATUS_BYTES);
	tidy();
	if (slot >= status.n)
		status.n = slot + 1;
	status.text[slot] =
	    text.p != NULL ? term_safe(&status.pool, text) : STR_NONE;
	status.next_ms = 0;
}

unsigned
term_status_take(void)
{
	unsigned slot = 0;

	while (slot < TERM_MAX_STATUS && status.is_taken[slot])
		slot++;
	if (slot < TERM_MAX_STATUS)
		status.is_taken[slot] = true;
	return slot;
}

void
term_status_give(unsigned slot)
{
	term_status_set(slot, STR_NONE);
	if (slot < TERM_MAX_STATUS)
		status.is_taken[slot] = false;
}

void
term_status_summary(struct str text)
{
	if (!term_is_animated())
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

/*
 * Lines of the screen that the drawn ones take. One each; but terminals that
 * became narrower have wrapped them.
 */
static unsigned
drawn_height(unsigned columns)
{
	unsigned height = 0;

	for (unsigned i = 0; i < status.drawn; i++)
		height += status.width[i] != 0
		              ? (status.width[i] + columns - 1) / columns
		              : 1;
	return height;
}

void
status_erase(struct buf *out)
{
	unsigned height = drawn_height(screen_size().columns);

	if (status.drawn == 0)
		return;
	buf_add(out, STR("\r\033[2K"));
	for (unsigned i = 1; i < height; i++)
		buf_add(out, STR("\033[A\033[2K"));
	status.drawn = 0;
}

/* The last column stays free: terminals differ in when they wrap. */
static void
draw_line(struct buf *out, struct str text, unsigned phase, unsigned columns)
{
	autopool struct pool pool = POOL_NONE;
	size_t room = columns > HEAD + 1 ? columns - HEAD - 1 : 0;

	text = str_sub(text, 0, cell_cut(text, room));
	if (status.drawn != 0)
		buf_add_char(out, '\n');
	status.width[status.drawn++] = HEAD + (unsigned)cell_columns(text);
	paint_unseal(out,
	    str_of(pool_printf(&pool, "%s[%s%s%s]%s ", term_paint("1"),
		term_paint("32"), frame[phase % ARRAY_SIZE(frame)],
		term_paint("0;1"), term_paint("0"))),
	    term_has_color());
	buf_add(out, text);
}

static unsigned
count_texts(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < status.n; i++)
		n += status.text[i].p != NULL;
	return n;
}

static void
draw_all(struct buf *out, struct screen screen)
{
	autopool struct pool pool = POOL_NONE;
	unsigned left = count_texts();
	unsigned room = screen.lines - 1 - (status.summary.p != NULL);

	if (room > screen.lines)
		room = 0; /* of one line */
	for (unsigned i = 0; i < status.n && left != 0; i++) {
		if (status.text[i].p == NULL)
			continue;
		if (room <= 1 && left > room)
			break;
		draw_line(out, status.text[i], status.turn + i, screen.columns);
		left--;
		room--;
	}
	if (left != 0 && room != 0)
		draw_line(out, str_of(pool_printf(&pool, "and %u more", left)),
		    status.turn, screen.columns);
	if (status.summary.p != NULL)
		draw_line(out, status.summary, status.turn, screen.columns);
}

void
status_draw(struct buf *out)
{
	if (is_empty() || (status.drawn != 0 && clock_ms() < status.next_ms))
		return;
	status_erase(out);
	draw_all(out, screen_size());
	status.next_ms = clock_ms() + FRAME_MS;
}
