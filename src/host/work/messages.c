#include "work/messages.h"

#include <errno.h>
#include <unistd.h>

void
messages_init(struct messages *messages,
    void (*show)(void *ctx, struct str line), void *ctx)
{
	*messages = (struct messages){ .show = show, .ctx = ctx };
}

void
messages_clear(struct messages *messages)
{
	buf_clear(&messages->line);
	buf_clear(&messages->violation);
}

struct str
messages_violation(const struct messages *messages)
{
	return messages->violation.n != 0 ? buf_str(&messages->violation)
	                                  : STR_NONE;
}

static void
keep(struct messages *messages, struct str line)
{
	messages->violation.n = 0;
	buf_add(&messages->violation, line);
}

void
messages_end(struct messages *messages)
{
	struct str line = buf_str(&messages->line);

	if (line.n == 0)
		return;
	if (str_starts(line, STR("sn0int: sandbox violation in ")))
		keep(messages, line);
	else
		messages->show(messages->ctx, line);
	messages->line.n = 0;
}

void
messages_add(struct messages *messages, struct str bytes)
{
	struct buf *line = &messages->line;

	messages->bytes += bytes.n;
	if (messages->bytes > MESSAGES_BYTES)
		return;
	for (size_t i = 0; i < bytes.n; i++) {
		if (bytes.p[i] == '\n') {
			if (line->n == 0)
				messages->show(messages->ctx, STR(""));
			messages_end(messages);
			continue;
		}
		buf_add_char(line, bytes.p[i]);
		if (line->n == MESSAGES_LINE)
			messages_end(messages);
	}
}

int
messages_read(struct messages *messages, int fd)
{
	char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	if (n > 0)
		messages_add(messages, str_view(bytes, (size_t)n));
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		return -1;
	return n > 0;
}
