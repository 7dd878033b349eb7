#include "stdlib/handle.h"

#include <stdlib.h>

#include "base/mem.h"
#include "stream/values.h"

struct handle {
	struct handle *next;
	void *thing;
	char id[HANDLE_SIZE];
};

struct handles {
	const struct handle_kind *kind;
	struct handle *list; /* newest first */
};

static void
draw(char id[HANDLE_SIZE])
{
	static const char letter[] =
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	const unsigned letters = sizeof(letter) - 1;
	unsigned char byte[4 * HANDLE_SIZE];
	size_t n = 0;

	while (n < HANDLE_SIZE) {
		values_random(VALUES_HANDLE, byte, sizeof(byte));
		for (size_t i = 0; i < sizeof(byte) && n < HANDLE_SIZE; i++) {
			/* all letters equally often */
			if (byte[i] < 256 / letters * letters)
				id[n++] = letter[byte[i] % letters];
		}
	}
}

static void
clear(void *block)
{
	struct handles *handles = block;

	while (handles->list != NULL) {
		struct handle *h = handles->list;

		handles->list = h->next;
		handles->kind->done(h->thing);
		free(h);
	}
}

static struct handles *
handles_of(struct call *c, const struct handle_kind *kind)
{
	struct handles *handles = call_state(c, kind, sizeof(*handles), clear);

	handles->kind = kind;
	return handles;
}

/* The link to the handle, or the end of the list. */
static struct handle **
find_handle(struct handles *handles, struct str id)
{
	struct handle **at = &handles->list;

	while (*at != NULL && !str_eq(str_view((*at)->id, HANDLE_SIZE), id))
		at = &(*at)->next;
	return at;
}

struct str
handle_add(struct call *c, const struct handle_kind *kind, void *thing)
{
	struct handles *handles = handles_of(c, kind);
	struct handle *h = mem_alloc(sizeof(*h));

	draw(h->id);
	h->thing = thing;
	h->next = handles->list;
	handles->list = h;
	return str_view(h->id, sizeof(h->id));
}

void *
handle_find(struct call *c, const struct handle_kind *kind, struct str id)
{
	struct handle *h = *find_handle(handles_of(c, kind), id);

	return h != NULL ? h->thing : NULL;
}

void *
handle_arg(struct call *c, const struct handle_kind *kind)
{
	void *thing = handle_find(c, kind, call_str(c, 1));

	if (thing == NULL)
		err_set(c->err, "%s", kind->unknown);
	return thing;
}

void
handle_drop_arg(struct call *c, const struct handle_kind *kind)
{
	struct handle **at = find_handle(handles_of(c, kind), call_str(c, 1));
	struct handle *h = *at;

	if (h == NULL)
		return;
	*at = h->next;
	free(h);
}
