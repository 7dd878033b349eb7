/* Spares: a short list, the oldest first. */
#include <poll.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "transport/transport.h"

struct spare {
	struct child child;
	struct pool pool; /* of the key */
	struct str key;
};

/* STR_NPOS: none. */
static size_t
find_spare(const struct spares *spares, struct str key)
{
	for (size_t i = 0; i < spares->n; i++) {
		if (str_eq(spares->spare[i]->key, key))
			return i;
	}
	return STR_NPOS;
}

static struct child
take_out(struct spares *spares, size_t i)
{
	struct spare *spare = spares->spare[i];
	struct child child = spare->child;

	spares->n--;
	memmove(&spares->spare[i], &spares->spare[i + 1],
	    (spares->n - i) * sizeof(struct spare *));
	pool_clear(&spare->pool);
	free(spare);
	return child;
}

/*
 * It died while it waited, of whatever, and was told nothing yet: its outer
 * half has ended, or the worker, who alone would read its start line.
 */
static bool
is_gone(struct child *child)
{
	struct pollfd p = { .fd = child->proc.in, .events = POLLOUT };

	return proc_reap(&child->proc) ||
	       (poll(&p, 1, 0) == 1 && (p.revents & (POLLERR | POLLHUP)) != 0);
}

static int
start(const struct spares *spares, const struct transport *transport,
    struct child *child, struct err *err)
{
	if (spares->before != NULL)
		spares->before(spares->arg);
	return transport_start(transport, child, err);
}

int
spares_take(struct spares *spares, const struct transport *transport,
    struct child *child, struct err *err)
{
	struct str key = transport_key(transport);
	size_t i;

	while ((i = find_spare(spares, key)) != STR_NPOS) {
		*child = take_out(spares, i);
		if (!is_gone(child))
			return 0;
		child_clear(child);
	}
	return start(spares, transport, child, err);
}

static bool
add_spare(struct spares *spares, const struct transport *transport,
    struct str key)
{
	struct spare *spare = mem_zalloc(sizeof(*spare));

	if (start(spares, transport, &spare->child, NULL) == -1) {
		free(spare);
		return false;
	}
	spare->key = pool_copy(&spare->pool, key);
	spares->spare[spares->n++] = spare;
	return true;
}

void
spares_prepare(struct spares *spares, const struct transport *transport,
    size_t n)
{
	struct str key = transport_key(transport);
	size_t have = 0;

	if (!transport_carries(transport, CARGO_SPARE))
		return;
	for (size_t i = 0; i < spares->n; i++)
		have += str_eq(spares->spare[i]->key, key);
	for (; have < n && spares->n < SPARES_MAX; have++) {
		if (!add_spare(spares, transport, key))
			return;
	}
}

void
spares_drop(struct spares *spares, const struct transport *transport)
{
	struct str key = transport_key(transport);
	size_t i;

	while ((i = find_spare(spares, key)) != STR_NPOS) {
		struct child child = take_out(spares, i);

		child_clear(&child);
	}
}

void
spares_clear(struct spares *spares)
{
	while (spares->n != 0) {
		struct child child = take_out(spares, 0);

		child_clear(&child);
	}
}
