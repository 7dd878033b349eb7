/*
 * lookup: a name server that sends what it likes. The first byte says how it is
 * asked; then come pieces, each after a byte for how it is made to fit the
 * question and two for its length: as it is; under the question's id; behind
 * the question. Whatever it is, the look-up ends or waits, what it has is
 * within its bounds, and its sockets are closed.
 */
#include "name/lookup.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define SERVERS     3
#define MOST_PIECE  (2 * DNS_UDP_MAX)
#define MOST_OPENED (4 * SERVERS) /* two rounds of two ways */

enum fit { AS_IT_IS, UNDER_ID, BEHIND_QUESTION, FITS };

struct world {
	int fd[MOST_OPENED];
	size_t n;
	int peer; /* of the last one */
	enum dial_proto proto;
	unsigned char query[2 + DNS_QUERY_MAX]; /* the last one it sent */
	size_t query_n;
};

static int
open_pair(void *arg, enum dial_proto proto, const struct addr *ns,
    int64_t until, bool *is_pending, enum lookup_fault *fault)
{
	struct world *w = arg;
	int fd[2];

	(void)ns;
	(void)until;
	(void)fault;
	*is_pending = false;
	assert(w->n < MOST_OPENED);
	if (w->peer != -1)
		close(w->peer);
	if (socketpair(AF_UNIX,
		(proto == DIAL_UDP ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK,
		0, fd) == -1)
		abort();
	w->proto = proto;
	w->peer = fd[1];
	w->fd[w->n++] = fd[0];
	return fd[0];
}

/* What was asked last, without the length that TCP puts in front. */
static void
hear(struct world *w)
{
	unsigned char bytes[2 + DNS_QUERY_MAX];
	size_t skip = w->proto == DIAL_TCP ? 2 : 0;
	ssize_t n;

	while ((n = recv(w->peer, bytes, sizeof(bytes), 0)) > (ssize_t)skip) {
		w->query_n = (size_t)n - skip;
		memcpy(w->query, bytes + skip, w->query_n);
	}
}

/* Makes a piece fit; its length. */
static size_t
fit(const struct world *w, enum fit how, unsigned char *out, const uint8_t *p,
    size_t n)
{
	size_t head = 0;

	if (how == BEHIND_QUESTION) {
		/* head and question; the OPT record is left out */
		head = 12;
		while (head < w->query_n && w->query[head] != 0)
			head += 1u + w->query[head];
		head += 5;
		assert(head <= w->query_n);
		memcpy(out, w->query, head);
		out[2] |= 0x80;
		/* the counts behind the question's and the code are its */
		if (n >= 4) {
			out[3] = p[0];
			out[7] = p[1];
			out[2] |= p[2] & 2;
			out[11] = p[3];
			p += 4;
			n -= 4;
		}
	}
	if (n != 0)
		memcpy(out + head, p, n);
	if (how == UNDER_ID && n >= 2)
		memcpy(out, w->query, 2);
	return head + n;
}

static void
say(struct world *w, enum fit how, const uint8_t *p, size_t n)
{
	unsigned char out[2 + DNS_QUERY_MAX + MOST_PIECE];
	size_t size;

	hear(w);
	if (w->query_n == 0)
		return;
	size = fit(w, how, out + 2, p, n);
	out[0] = (unsigned char)(size >> 8);
	out[1] = (unsigned char)size;
	if (w->proto == DIAL_UDP)
		(void)send(w->peer, out + 2, size, MSG_NOSIGNAL);
	else if (how == AS_IT_IS) /* with a length of its own */
		(void)send(w->peer, out + 2, size, MSG_NOSIGNAL);
	else
		(void)send(w->peer, out, size + 2, MSG_NOSIGNAL);
}

static void
check_end(const struct lookup *l, const struct addr *ns)
{
	struct lookup_end end;
	struct addr addr[4];
	int64_t ttl;

	lookup_end(l, &end);
	assert(end.server == NULL ||
	       (end.server >= ns && end.server < ns + SERVERS));
	if (!end.has_answer)
		return;
	assert(end.server != NULL && end.answer.rcode < 4096);
	assert(end.answer.n_answers <= LOOKUP_MAX_RECORDS);
	assert(lookup_addrs(&end.answer, addr, 4, &ttl) <= 4);
	assert((ttl == -1) == (end.answer.n_answers == 0));
}

static void
converse(struct world *w, struct lookup *l, const struct addr *ns,
    const uint8_t *p, size_t n)
{
	bool is_over = lookup_step(l, 0);

	while (!is_over && n >= 3) {
		enum fit how = (enum fit)(p[0] % FITS);
		size_t size = ((size_t)p[1] << 8 | p[2]) % MOST_PIECE;

		p += 3;
		n -= 3;
		size = size < n ? size : n;
		say(w, how, p, size);
		p += size;
		n -= size;
		is_over = lookup_step(l, POLLIN);
	}
	/* nobody is there any more: it goes through the rest */
	for (int i = 0; !is_over && i < MOST_OPENED; i++) {
		(void)shutdown(w->peer, SHUT_RDWR);
		is_over = lookup_step(l, POLLIN);
	}
	if (is_over)
		check_end(l, ns);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct world w = { .peer = -1 };
	struct addr ns[SERVERS] = { { .port = 53 }, { .port = 54 },
		{ .port = 55 } };
	struct lookup_door door = { .open = open_pair, .arg = &w };
	struct dns_name name;
	struct lookup_question q = { .name = &name,
		.ns = ns,
		.n_ns = SERVERS,
		.until = clock_in(60000),
		.pool = &pool };
	struct lookup *l;

	if (n == 0 || dns_name_read(STR("a.test"), &name, NULL) == -1)
		return 0;
	q.tcp = (p[0] & 1) != 0;
	q.type = (p[0] & 2) != 0 ? DNS_AXFR : DNS_A;
	l = lookup_new(&q, &door);
	converse(&w, l, ns, p + 1, n - 1);
	lookup_free(l);
	for (size_t i = 0; i < w.n; i++)
		assert(fcntl(w.fd[i], F_GETFD) == -1 && errno == EBADF);
	if (w.peer != -1)
		close(w.peer);
	return 0;
}
