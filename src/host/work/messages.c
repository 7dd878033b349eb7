#include "work/messages.h"

void
messages_init(struct messages *messages, struct pool *pool,
    void (*show)(void *ctx, struct str line), void *ctx)
{
	*messages = (struct messages){ .pool = pool, .show = show, .ctx = ctx };
}

void
messages_clear(struct messages *messages)
{
	buf_clear(&messages->line);
}

void
messages_end(struct messages *messages)
{
	struct str line = buf_str(&messages->line);

	if (line.n == 0)
		return;
	if (str_starts(line, STR("sn0int: sandbox violation in ")))
		messages->violation = pool_copy(messages->pool, line);
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
