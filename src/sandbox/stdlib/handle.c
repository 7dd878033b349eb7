#include "stdlib/handle.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/mem.h"

struct handle {
	struct handle *next;
	void *thing;
	char id[HANDLE_SIZE];
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
		ssize_t got = getrandom(byte, sizeof(byte), 0);

		for (ssize_t i = 0; i < got && n < HANDLE_SIZE; i++) {
			/* all letters equally often */
			if (byte[i] < 256 / letters * letters)
				id[n++] = letter[byte[i] % letters];
		}
	}
}

struct str
handles_add(struct handles *handles, void *thing)
{
	struct handle *h = mem_alloc(sizeof(*h));

	draw(h->id);
	h->thing = thing;
	h->next = handles->list;
	handles->list = h;
	return str_view(h->id, sizeof(h->id));
}

static struct handle **
find(const struct handles *handles, struct str id)
{
	struct handle **at = (struct handle **)&handles->list;

	while (*at != NULL && !str_eq(str_view((*at)->id, HANDLE_SIZE), id))
		at = &(*at)->next;
	return at;
}

void *
handles_find(const struct handles *handles, struct str id)
{
	struct handle *h = *find(handles, id);

	return h != NULL ? h->thing : NULL;
}

void
handles_drop(struct handles *handles, struct str id)
{
	struct handle **at = find(handles, id), *h = *at;

	if (h == NULL)
		return;
	*at = h->next;
	free(h);
}

void
handles_clear(struct handles *handles, void (*done)(void *thing))
{
	while (handles->list != NULL) {
		struct handle *h = handles->list;

		handles->list = h->next;
		done(h->thing);
		free(h);
	}
}
