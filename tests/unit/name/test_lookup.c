/*
 * A look-up as a machine, step by step: the servers are the other ends of
 * socket pairs, and nothing here ever waits but for a connection on its way.
 * What servers say, with real ones: test_resolve.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

#include "base/mem.h"
#include "gate/socket.h"
#include "name/lookup.h"

#define MOST_OPENED 16
#define MOST_BYTES  600

/* The sockets that were opened; peer is the server's end. */
struct world {
	int fd[MOST_OPENED], peer[MOST_OPENED];
	enum dial_proto proto[MOST_OPENED];
	size_t n;
	enum lookup_fault refuse; /* FINE: sockets are there */
	bool asks;                /* over UDP, itself */
};

static int
open_pair(void *arg, enum dial_proto proto, const struct addr *ns,
    struct str query, int64_t until, enum lookup_way *way,
    enum lookup_fault *fault)
{
	struct world *w = arg;
	int fd[2];

	(void)ns;
	(void)until;
	*way = LOOKUP_CONNECTED;
	*fault = w->refuse;
	if (w->refuse != LOOKUP_FINE)
		return -1;
	if (w->n == MOST_OPENED ||
	    socketpair(AF_UNIX,
		(proto == DIAL_UDP ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK,
		0, fd) == -1)
		abort();
	w->proto[w->n] = proto;
	w->fd[w->n] = fd[0];
	w->peer[w->n++] = fd[1];
	if (w->asks && proto == DIAL_UDP) {
		CHECK_INT(send(fd[0], query.p, query.n, 0), query.n);
		*way = LOOKUP_ASKED;
	}
	return fd[0];
}

static struct lookup *
begin(struct world *w, struct pool *pool, const struct dns_name *name,
    const struct addr *ns, size_t n)
{
	struct lookup_question q = { .name = name,
		.type = DNS_A,
		.ns = ns,
		.n_ns = n,
		.until = clock_in(60000),
		.pool = pool };
	struct lookup_door door = { .open = open_pair, .arg = w };

	return lookup_new(&q, &door);
}

/* The question back as an answer, with a record and the code. */
static size_t
answer(int peer, unsigned char out[MOST_BYTES], unsigned rcode, bool is_cut)
{
	static const unsigned char record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0,
		60, 0, 4, 10, 0, 0, 7 };
	unsigned char query[MOST_BYTES];
	ssize_t n = recv(peer, query, sizeof(query), 0);
	size_t end = 12;

	if (n < 17)
		abort();
	while (query[end] != 0)
		end += 1u + query[end];
	end += 5;
	memcpy(out, query, end);
	out[2] = (unsigned char)(0x81 | (is_cut ? 2 : 0));
	out[3] = (unsigned char)rcode;
	out[7] = rcode == 0;
	out[11] = 0;
	if (rcode != 0)
		return end;
	memcpy(out + end, record, sizeof(record));
	return end + sizeof(record);
}

static void
say(int peer, unsigned rcode, bool is_cut)
{
	unsigned char out[2 + MOST_BYTES];
	size_t n = answer(peer, out, rcode, is_cut);

	if (send(peer, out, n, 0) != (ssize_t)n)
		abort();
}

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

/* Ends it; nothing that it was given is open then. */
static void
finish(struct world *w, struct lookup *l)
{
	lookup_free(l);
	for (size_t i = 0; i < w->n; i++) {
		CHECK(!is_open(w->fd[i]));
		close(w->peer[i]);
	}
}

static struct addr
server(unsigned char i)
{
	return addr_ip4((const unsigned char[4]){ 127, 0, 0, i }, 53);
}

static void
set_up(struct dns_name *name, struct addr *ns, size_t n)
{
	CHECK_INT(dns_name_read(STR("a.test"), name, NULL), 0);
	for (size_t i = 0; i < n; i++)
		ns[i] = server((unsigned char)(i + 1));
}

static void
it_waits_for_the_socket_it_has(void)
{
	autopool struct pool pool = POOL_NONE;
	struct world w = { .n = 0 };
	struct dns_name name;
	struct addr ns[1];
	struct lookup_end end;
	struct lookup *l;
	struct pollfd p;

	set_up(&name, ns, 1);
	l = begin(&w, &pool, &name, ns, 1);
	CHECK_INT(w.n, 0);
	CHECK(!lookup_step(l, 0));
	CHECK_INT(w.n, 1);
	lookup_poll(l, &p);
	CHECK_INT(p.fd, w.fd[0]);
	CHECK_INT(p.events, POLLIN);
	/* when it asks again */
	CHECK(lookup_due(l) <= clock_in(LOOKUP_RESEND_MS));
	CHECK(!lookup_step(l, POLLIN));
	say(w.peer[0], 0, false);
	CHECK(lookup_step(l, POLLIN));
	CHECK(!is_open(w.fd[0]));
	lookup_end(l, &end);
	CHECK(end.has_answer && end.server == &ns[0]);
	CHECK_INT(end.answer.n_answers, 1);
	/* what is over stays so */
	CHECK(lookup_step(l, 0));
	finish(&w, l);
}

/* A query once, with OPT; if that is cut, the next one over TCP. */
static void
what_the_door_has_asked_is_not_asked_again(void)
{
	autopool struct pool pool = POOL_NONE;
	struct world w = { .asks = true };
	unsigned char out[MOST_BYTES];
	struct dns_name name;
	struct addr ns[1];
	struct lookup_end end;
	struct lookup *l;
	struct pollfd p;

	set_up(&name, ns, 1);
	l = begin(&w, &pool, &name, ns, 1);
	CHECK(!lookup_step(l, 0));
	lookup_poll(l, &p);
	CHECK_INT(p.events, POLLIN);
	CHECK(lookup_due(l) <= clock_in(LOOKUP_RESEND_MS));
	say(w.peer[0], 0, false);
	CHECK_INT(recv(w.peer[0], out, sizeof(out), MSG_DONTWAIT), -1);
	CHECK(lookup_step(l, POLLIN));
	lookup_end(l, &end);
	CHECK_INT(end.answer.n_answers, 1);
	finish(&w, l);

	w = (struct world){ .asks = true };
	l = begin(&w, &pool, &name, ns, 1);
	CHECK(!lookup_step(l, 0));
	say(w.peer[0], 0, true);
	CHECK(!lookup_step(l, POLLIN));
	CHECK_INT(w.proto[1], DIAL_TCP);
	CHECK(recv(w.peer[1], out, sizeof(out), MSG_DONTWAIT) > 2);
	finish(&w, l);
}

static void
what_is_cut_goes_on_over_tcp_in_pieces(void)
{
	autopool struct pool pool = POOL_NONE;
	struct world w = { .n = 0 };
	unsigned char out[2 + MOST_BYTES];
	struct dns_name name;
	struct addr ns[1];
	struct lookup *l;
	size_t n;

	set_up(&name, ns, 1);
	l = begin(&w, &pool, &name, ns, 1);
	CHECK(!lookup_step(l, 0));
	say(w.peer[0], 0, true);
	CHECK(!lookup_step(l, POLLIN));
	CHECK_INT(w.n, 2);
	CHECK_INT(w.proto[1], DIAL_TCP);
	/* the length of the question goes first */
	CHECK_INT(recv(w.peer[1], out, 2, 0), 2);
	n = answer(w.peer[1], out + 2, 0, false);
	out[0] = (unsigned char)(n >> 8);
	out[1] = (unsigned char)n;
	for (size_t i = 0; i < n + 2; i++) {
		CHECK_INT(send(w.peer[1], out + i, 1, 0), 1);
		CHECK_INT(lookup_step(l, POLLIN), i == n + 1);
	}
	finish(&w, l);
}

/* Sizes 0, 1, 2, 3, 5: each says ServFail but the last. */
static void
every_server_has_its_turn(void)
{
	static const size_t size[] = { 0, 1, 2, 3, 5 };

	for (size_t k = 0; k < ARRAY_SIZE(size); k++) {
		autopool struct pool pool = POOL_NONE;
		struct world w = { .n = 0 };
		struct lookup_end end;
		struct dns_name name;
		struct addr ns[5];
		struct lookup *l;

		set_up(&name, ns, size[k]);
		l = begin(&w, &pool, &name, ns, size[k]);
		for (size_t i = 0; i < size[k]; i++) {
			CHECK(!lookup_step(l, 0));
			CHECK_INT(w.n, i + 1);
			say(w.peer[i], i + 1 == size[k] ? 0 : 2, false);
		}
		CHECK(lookup_step(l, POLLIN));
		lookup_end(l, &end);
		CHECK_INT(end.has_answer, size[k] != 0);
		if (size[k] != 0)
			CHECK(end.server == &ns[size[k] - 1]);
		finish(&w, l);
	}
}

static void
it_says_why_there_is_no_answer(void)
{
	static const struct {
		enum lookup_fault fault;
		const char *text;
	} row[] = {
		{ LOOKUP_REFUSED, "127.0.0.1:53 is out of bounds, "
				  "127.0.0.2:53 is out of bounds" },
		{ LOOKUP_SILENT, "127.0.0.1:53 does not answer, "
				 "127.0.0.2:53 does not answer" },
		{ LOOKUP_BROKEN, "127.0.0.1:53 broke the connection off, "
				 "127.0.0.2:53 broke the connection off" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct world w = { .refuse = row[i].fault };
		struct lookup_end end;
		struct dns_name name;
		struct addr ns[2];
		struct lookup *l;

		set_up(&name, ns, 2);
		l = begin(&w, &pool, &name, ns, 2);
		/* one socket a step, so that who opens them can pause */
		CHECK(!lookup_step(l, 0));
		CHECK(lookup_due(l) <= clock_ms());
		CHECK(lookup_step(l, 0));
		lookup_end(l, &end);
		CHECK(!end.has_answer && end.server == &ns[1]);
		CHECK_INT(end.fault, row[i].fault);
		CHECK_STR(end.faults, row[i].text);
		finish(&w, l);
	}
}

/* Nobody is asked, and nobody blamed. */
static void
without_time_nothing_is_opened(void)
{
	autopool struct pool pool = POOL_NONE;
	struct world w = { .n = 0 };
	struct lookup_question q = { .n_ns = 1, .pool = &pool };
	struct lookup_door door = { .open = open_pair, .arg = &w };
	struct lookup_end end;
	struct dns_name name;
	struct addr ns[1];
	struct lookup *l;

	set_up(&name, ns, 1);
	q.name = &name;
	q.ns = ns;
	q.until = clock_ms();
	l = lookup_new(&q, &door);
	CHECK(lookup_step(l, 0));
	lookup_end(l, &end);
	CHECK(!end.has_answer && end.server == NULL);
	CHECK_INT(end.fault, LOOKUP_SILENT);
	CHECK_STR(end.faults, "");
	finish(&w, l);
}

/* Real sockets, on their way when they are given. */
static int
open_slowly(void *arg, enum dial_proto proto, const struct addr *ns,
    struct str query, int64_t until, enum lookup_way *way,
    enum lookup_fault *fault)
{
	bool is_pending;
	int errnum;
	int fd = socket_connect(proto, ns, 0, &is_pending, &errnum);

	(void)arg;
	(void)query;
	(void)until;
	*fault = LOOKUP_BROKEN;
	*way = is_pending ? LOOKUP_PENDING : LOOKUP_CONNECTED;
	return fd;
}

static void
note_arrival(void *arg, int errnum)
{
	int **next = arg;

	*(*next)++ = errnum;
}

static struct addr
listen_somewhere(int *fd, bool is_there)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof(sin);
	struct addr addr;

	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd == -1 || bind(*fd, (struct sockaddr *)&sin, n) == -1 ||
	    getsockname(*fd, (struct sockaddr *)&sin, &n) == -1 ||
	    (is_there && listen(*fd, 8) == -1) ||
	    !addr_from_sockaddr((struct sockaddr *)&sin, &addr))
		abort();
	return addr;
}

static void
a_connection_on_its_way_is_waited_for(void)
{
	autopool struct pool pool = POOL_NONE;
	struct lookup_question q = { .type = DNS_A,
		.n_ns = 2,
		.tcp = true,
		.until = clock_in(60000),
		.pool = &pool };
	unsigned char out[2 + MOST_BYTES];
	struct dns_name name;
	struct addr ns[2];
	struct lookup *l;
	int arrived[2] = { -1, -1 }, *arrival = arrived;
	struct lookup_door door = { .open = open_slowly,
		.arrived = note_arrival,
		.arg = &arrival };
	int dead, alive, peer;
	size_t n;

	CHECK_INT(dns_name_read(STR("a.test"), &name, NULL), 0);
	ns[0] = listen_somewhere(&dead, false);
	ns[1] = listen_somewhere(&alive, true);
	q.name = &name;
	q.ns = ns;
	l = lookup_new(&q, &door);
	for (int steps = 0; steps < 2; steps++) {
		struct pollfd p;

		/* spurious: nothing has happened yet */
		CHECK(!lookup_step(l, 0));
		lookup_poll(l, &p);
		CHECK_INT(p.events, POLLOUT);
		CHECK_INT(poll(&p, 1, 60000), 1);
		CHECK(!lookup_step(l, p.revents));
	}
	CHECK_INT(arrived[0], ECONNREFUSED);
	CHECK_INT(arrived[1], 0);
	peer = accept(alive, NULL, NULL);
	CHECK_INT(recv(peer, out, 2, MSG_WAITALL), 2);
	n = answer(peer, out + 2, 3, false);
	out[0] = 0;
	out[1] = (unsigned char)n;
	CHECK_INT(send(peer, out, n + 2, 0), n + 2);
	CHECK(lookup_step(l, POLLIN));
	lookup_free(l);
	close(peer);
	close(alive);
	close(dead);
}

static void
addresses_are_taken_up_to_a_number(void)
{
	static const size_t size[] = { 0, 1, 2, 3, 4, 5, 1000 };

	for (size_t k = 0; k < ARRAY_SIZE(size); k++) {
		struct dns_message m = { .n_answers = size[k] };
		struct addr addr[4];
		int64_t ttl;

		m.answer = mem_zalloc(1000 * sizeof(*m.answer));
		for (size_t i = 0; i < size[k]; i++) {
			m.answer[i].type = i == 1 ? DNS_CNAME : DNS_A;
			m.answer[i].ttl = (uint32_t)(2000 - i);
			m.answer[i].ip[3] = (unsigned char)i;
		}
		CHECK_INT(lookup_addrs(&m, addr, 4, &ttl), size[k] < 2 ? size[k]
							   : size[k] < 5
							       ? size[k] - 1
							       : 4);
		CHECK_INT(ttl, size[k] != 0 ? 2001 - (int64_t)size[k] : -1);
		free(m.answer);
	}
}

CHECK_MAIN(CASE(it_waits_for_the_socket_it_has),
    CASE(what_the_door_has_asked_is_not_asked_again),
    CASE(what_is_cut_goes_on_over_tcp_in_pieces),
    CASE(every_server_has_its_turn), CASE(it_says_why_there_is_no_answer),
    CASE(without_time_nothing_is_opened),
    CASE(a_connection_on_its_way_is_waited_for),
    CASE(addresses_are_taken_up_to_a_number))
