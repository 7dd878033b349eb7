#include "jail/crash.h"

static void
add_char(struct line *line, char c)
{
	if (line->n < sizeof(line->p))
		line->p[line->n++] = c;
}

void
line_add(struct line *line, const char *text)
{
	while (*text != '\0')
		add_char(line, *text++);
}

static void
add_digits(struct line *line, uint64_t value, unsigned base)
{
	char digit[20];
	int n = 0;

	do {
		digit[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	while (n-- > 0)
		add_char(line, digit[n]);
}

void
line_add_int(struct line *line, int64_t value)
{
	if (value < 0)
		add_char(line, '-');
	add_digits(line, value < 0 ? -(uint64_t)value : (uint64_t)value, 10);
}

void
line_add_hex(struct line *line, uint64_t value)
{
	line_add(line, "0x");
	add_digits(line, value, 16);
}
