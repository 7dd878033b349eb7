#include "term/bar.h"

#include "term/term.h"

#define EIGHTHS 8

bool
bar_can(void)
{
	return term_is_animated();
}

/* n of most in steps, rounded; not 0 for what is not. */
static uint64_t
steps_of(uint64_t n, uint64_t most, uint64_t steps)
{
	uint64_t of;

	if (n == 0 || most == 0 || steps == 0)
		return 0;
	/* counts of rows are far below 2^52: nothing is lost */
	of = (uint64_t)((double)n / (double)most * (double)steps + 0.5);
	return of == 0 ? 1 : of > steps ? steps : of;
}

/* U+2580 + code, in UTF-8. */
static void
add_block(struct buf *out, unsigned code)
{
	buf_add(out, STR("\xe2\x96"));
	buf_add_char(out, (char)(0x80 + code));
}

void
bar_add(struct buf *out, uint64_t n, uint64_t most, unsigned columns)
{
	uint64_t steps = steps_of(n, most, (uint64_t)columns * EIGHTHS);

	for (; steps >= EIGHTHS; steps -= EIGHTHS)
		add_block(out, 8);
	/* U+258F is an eighth, U+2589 seven of them */
	if (steps != 0)
		add_block(out, 16 - (unsigned)steps);
}

/* Of the numbers that share a column. */
static uint64_t
sum_of(const uint64_t *number, size_t n, unsigned columns, unsigned column)
{
	size_t from = n * column / columns, to = n * (column + 1) / columns;
	uint64_t sum = 0;

	for (size_t i = from; i < to; i++)
		sum += number[i];
	return sum;
}

void
spark_add(struct buf *out, const uint64_t *number, size_t n, unsigned columns)
{
	uint64_t most = 0;

	if (n < columns)
		columns = (unsigned)n;
	for (unsigned i = 0; i < columns; i++) {
		uint64_t sum = sum_of(number, n, columns, i);

		most = sum > most ? sum : most;
	}
	for (unsigned i = 0; i < columns; i++) {
		uint64_t steps =
		    steps_of(sum_of(number, n, columns, i), most, EIGHTHS);

		if (steps == 0)
			buf_add_char(out, ' ');
		else
			add_block(out, (unsigned)steps);
	}
}
