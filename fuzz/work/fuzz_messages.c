/*
 * fuzz_messages: what a hostile child says on its standard error. However it
 * arrives, the lines are the same; none is longer than it may be.
 */
#include "work/messages.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct lines {
	struct buf text;
};

static void
take(void *ctx, struct str line)
{
	struct lines *lines = ctx;

	if (line.n > MESSAGES_LINE || str_find_char(line, '\n') != STR_NPOS)
		abort();
	buf_add(&lines->text, line);
	buf_add_char(&lines->text, '\n');
}

/* The first byte says in pieces of which size. */
static void
feed(struct messages *messages, struct lines *lines, struct str bytes,
    size_t piece)
{
	messages_init(messages, take, lines);
	while (bytes.n != 0) {
		struct str part = str_sub(bytes, 0, piece);

		messages_add(messages, part);
		bytes = str_from(bytes, part.n);
	}
	messages_end(messages);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct lines whole = { BUF_NONE }, pieces = { BUF_NONE };
	struct messages a, b;
	struct str bytes;

	if (n == 0)
		return 0;
	bytes = str_view((const char *)p + 1, n - 1);
	feed(&a, &whole, bytes, n);
	feed(&b, &pieces, bytes, (size_t)p[0] + 1);
	if (!str_eq(buf_str(&whole.text), buf_str(&pieces.text)) ||
	    !str_eq(messages_violation(&a), messages_violation(&b)))
		abort();
	messages_clear(&a);
	messages_clear(&b);
	buf_clear(&whole.text);
	buf_clear(&pieces.text);
	return 0;
}
