#include "replay/stand_in.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "ipc/reply.h"

/* FNV-1a */
static size_t
chain_of(const struct model *model, struct str label)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < label.n; i++)
		h = (h ^ (unsigned char)label.p[i]) * 16777619u;
	return (h ^ (uint32_t)(model - model_table)) % STAND_IN_CHAINS;
}

static struct stand_in_row *
find_row(struct stand_in *s, const struct model *model, struct str label)
{
	struct stand_in_row *row = s->chain[chain_of(model, label)];

	while (
	    row != NULL && (row->model != model || !str_eq(row->label, label)))
		row = row->next;
	return row;
}

static struct reply_db
insert(struct stand_in *s, const struct row *row)
{
	struct str label = row_label(row, &s->pool);
	struct stand_in_row *known = find_row(s, row->model, label), **chain;

	if (known != NULL)
		return (struct reply_db){ REPLY_NO_CHANGE, known->id };
	known = pool_zalloc(&s->pool, sizeof(*known));
	chain = &s->chain[chain_of(row->model, label)];
	known->next = *chain;
	known->model = row->model;
	known->label = pool_copy(&s->pool, label);
	known->id = ++s->last;
	*chain = known;
	return (struct reply_db){ REPLY_INSERTED, known->id };
}

static struct reply_db
find(struct stand_in *s, const struct event *event)
{
	struct stand_in_row *known = find_row(s, event->model, event->text);

	if (known == NULL)
		return (struct reply_db){ REPLY_NONE, 0 };
	return (struct reply_db){ REPLY_FOUND, known->id };
}

/* The next line with its newline, or all that is left; null at the end. */
static void
answer_input(struct stand_in *s, bool is_rest, struct buf *out)
{
	const char *end = is_rest || s->input.n == 0
	                      ? NULL
	                      : memchr(s->input.p, '\n', s->input.n);
	struct str text =
	    end != NULL ? str_sub(s->input, 0, (size_t)(end - s->input.p) + 1)
			: s->input;

	s->input = str_from(s->input, text.n);
	if (s->input.p == NULL)
		s->input = STR("");
	if (text.n == 0)
		reply_write_null(out);
	else if (utf8_is_valid(text))
		reply_write_text(out, text);
	else
		reply_write_err(out, STR("stream did not contain valid UTF-8"));
}

void
stand_in_answer(struct stand_in *s, const struct event *event, struct buf *out)
{
	struct reply_wait pass = { .passes = true };
	struct reply_db reply;

	switch (event->kind) {
	case EVENT_INSERT:
		reply = insert(s, &event->row);
		break;
	case EVENT_SELECT:
		reply = find(s, event);
		break;
	case EVENT_UPDATE:
		reply = (struct reply_db){ REPLY_UPDATED, event->row.id };
		break;
	case EVENT_ACTIVITY:
		reply = (struct reply_db){ REPLY_INSERTED, 0 };
		break;
	case EVENT_RATELIMIT:
		reply_write_wait(out, &pass);
		return;
	case EVENT_BLOB:
		reply_write_null(out);
		return;
	case EVENT_STDIN_LINE:
	case EVENT_STDIN_REST:
		if (s->input.p != NULL)
			answer_input(s, event->kind == EVENT_STDIN_REST, out);
		else
			reply_write_err(out, STR("stdin is unavailable"));
		return;
	default:
		reply_write_err(out, STR("nobody answers that"));
		return;
	}
	reply_write_db(out, &reply);
}

void
stand_in_clear(struct stand_in *s)
{
	pool_clear(&s->pool);
	*s = (struct stand_in){ .last = 0 };
}
