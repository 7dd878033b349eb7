/*
 * name_server: name servers that say what an input has, for the fuzz targets of
 * look-ups: the other ends of socket pairs. An input is pieces, each after a
 * byte for how it is made to fit the question and two for its length: as it is;
 * under the question's id; behind the question.
 */
#ifndef FUZZ_NAME_SERVER_H
#define FUZZ_NAME_SERVER_H

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "name/lookup.h"

#define SERVERS    3
#define MOST_PIECE (2 * DNS_UDP_MAX)
#define WAYS       (4 * SERVERS) /* of one look-up: two rounds of two */

enum fit { AS_IT_IS, UNDER_ID, BEHIND_QUESTION, FITS };

struct world {
	int fd; /* the last one that was opened; the look-up's */
	int peer;
	enum dial_proto proto;
	unsigned char query[2 + DNS_QUERY_MAX]; /* the last one it sent */
	size_t query_n;
};

#define WORLD_NONE                                                             \
	{                                                                      \
		.fd = -1, .peer = -1                                           \
	}

/* What a look-up was given it has closed. */
static inline void
world_clear(struct world *w)
{
	if (w->peer == -1)
		return;
	assert(fcntl(w->fd, F_GETFD) == -1 && errno == EBADF);
	close(w->peer);
	w->peer = -1;
}

static inline int
open_pair(void *arg, enum dial_proto proto, const struct addr *ns,
    struct str query, int64_t until, enum lookup_way *way,
    enum lookup_fault *fault)
{
	struct world *w = arg;
	int fd[2];

	(void)ns;
	(void)query;
	(void)until;
	(void)fault;
	*way = LOOKUP_CONNECTED;
	world_clear(w);
	if (socketpair(AF_UNIX,
		(proto == DIAL_UDP ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK,
		0, fd) == -1)
		abort();
	w->proto = proto;
	w->peer = fd[1];
	w->fd = fd[0];
	w->query_n = 0;
	return fd[0];
}

/* What was asked last, without the length that TCP puts in front. */
static inline void
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
static inline size_t
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

static inline void
say(struct world *w, enum fit how, const uint8_t *p, size_t n)
{
	unsigned char out[2 + DNS_QUERY_MAX + MOST_PIECE];
	size_t size;

	if (w->peer == -1)
		return;
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

/* The next piece of the input, if there is one. */
static inline bool
say_next(struct world *w, const uint8_t **p, size_t *n)
{
	enum fit how;
	size_t size;

	if (*n < 3)
		return false;
	how = (enum fit)((*p)[0] % FITS);
	size = ((size_t)(*p)[1] << 8 | (*p)[2]) % MOST_PIECE;
	*p += 3;
	*n -= 3;
	size = size < *n ? size : *n;
	say(w, how, *p, size);
	*p += size;
	*n -= size;
	return true;
}

/* Nobody is there any more. */
static inline void
fall_silent(struct world *w)
{
	if (w->peer != -1)
		(void)shutdown(w->peer, SHUT_RDWR);
}

#endif
