/* The broker against a worker that is not ours: packets as it likes. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

#include "net/broker.h"

/* A listener on 127.0.0.1. */
static int
listener(struct addr *addr)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&sin, n) == -1 ||
	    listen(fd, 8) == -1 ||
	    getsockname(fd, (struct sockaddr *)&sin, &n) == -1 ||
	    !addr_from_sockaddr((struct sockaddr *)&sin, addr))
		abort();
	return fd;
}

/* Has anybody come? Takes who has. */
static bool
is_touched(int fd)
{
	int come = accept(fd, NULL, NULL);

	if (come != -1)
		close(come);
	return come != -1;
}

struct bench {
	struct egress *egress;
	struct broker *broker;
	int fd; /* the worker's */
};

static void
bench_init(struct bench *b, const struct net_config *net, const char *allow)
{
	struct broker_config config = { .net = net };
	int fd[2];

	b->egress = egress_new();
	config.egress = b->egress;
	if ((allow != NULL &&
		egress_allow(b->egress, str_of(allow), NULL) == -1) ||
	    broker_pair(fd, NULL) == -1)
		abort();
	b->fd = fd[1];
	b->broker = broker_new(fd[0]);
	broker_configure(b->broker, &config);
}

static void
bench_clear(struct bench *b)
{
	broker_free(b->broker);
	egress_free(b->egress);
	close(b->fd);
}

/* Lets the broker work until it has answered or hung up; 0: it hung up. */
static ssize_t
ask(struct bench *b, struct str packet, char bytes[REPLY_SIZE])
{
	ssize_t n;

	if (send(b->fd, packet.p, packet.n, MSG_NOSIGNAL) == -1)
		return 0;
	while ((n = recv(b->fd, bytes, REPLY_SIZE, MSG_DONTWAIT)) == -1 &&
	       errno == EAGAIN) {
		struct pollfd p[BROKER_MAX_FDS];
		size_t fds = broker_poll(b->broker, p);

		if (fds == 0)
			return 0;
		(void)poll(p, fds, broker_timeout(b->broker));
		broker_step(b->broker, p, fds);
	}
	return n > 0 ? n : 0;
}

static struct reply
ask_for(struct bench *b, const struct request *r)
{
	unsigned char packet[REQUEST_MAX];
	char bytes[REPLY_SIZE];
	struct reply reply = { .status = REPLY_BAD };
	size_t n = request_write(packet, r);
	ssize_t got = ask(b, str_view((char *)packet, n), bytes);

	CHECK(broker_reply_read(str_view(bytes, (size_t)got), &reply));
	CHECK_INT(reply.number, r->number);
	return reply;
}

static void
udp_does_not_go_around_a_proxy(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_UDP,
		.wait_ms = 5000,
		.number = 7 };
	struct bench b;
	int fd = listener(&net.proxy);

	net.has_proxy = true;
	r.to = net.proxy;
	net.ns = &r.to;
	net.n_ns = 1;
	bench_init(&b, &net, "open");
	for (int is_ns = 0; is_ns <= 1; is_ns++) {
		struct reply reply;

		r.is_ns = is_ns == 1;
		reply = ask_for(&b, &r);
		CHECK_INT(reply.status, REPLY_REFUSED);
		CHECK_INT(reply.class, EGRESS_PROXIED);
	}
	CHECK(!is_touched(fd));
	bench_clear(&b);
	close(fd);
}

static void
only_the_proxy_is_connected_to(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_TCP,
		.wait_ms = 300,
		.number = 9 };
	struct bench b;
	int proxy = listener(&net.proxy), other = listener(&r.to);

	net.has_proxy = true;
	net.ns = &r.to;
	net.n_ns = 1;
	bench_init(&b, &net, "open");
	for (int is_ns = 0; is_ns <= 1; is_ns++) {
		r.is_ns = is_ns == 1;
		/* a proxy that does not answer */
		CHECK_INT(ask_for(&b, &r).status, REPLY_FAILED);
		CHECK(is_touched(proxy));
		CHECK(!is_touched(other));
	}
	bench_clear(&b);
	close(proxy);
	close(other);
}

static void
a_name_server_is_one_of_the_list(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct addr ns;
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_TCP,
		.is_ns = true,
		.wait_ms = 5000,
		.number = 1 };
	struct bench b;
	int server = listener(&ns), other = listener(&r.to);
	struct reply reply;

	net.ns = &ns;
	net.n_ns = 1;
	bench_init(&b, &net, NULL);
	reply = ask_for(&b, &r);
	CHECK_INT(reply.status, REPLY_REFUSED);
	CHECK_INT(reply.class, EGRESS_LOCAL);
	CHECK(!is_touched(other));
	r.to = ns;
	CHECK_INT(ask_for(&b, &r).status, REPLY_CONNECTED);
	CHECK(is_touched(server));
	r.is_ns = false; /* the same address, for another purpose */
	CHECK_INT(ask_for(&b, &r).status, REPLY_REFUSED);
	CHECK(!is_touched(server));
	bench_clear(&b);
	close(server);
	close(other);
}

static void
nothing_is_allowed_before_the_policy(void)
{
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_TCP,
		.wait_ms = 5000 };
	struct bench b = { .egress = NULL };
	int fd[2], other = listener(&r.to);

	if (broker_pair(fd, NULL) == -1)
		abort();
	b.fd = fd[1];
	b.broker = broker_new(fd[0]);
	CHECK_INT(ask_for(&b, &r).status, REPLY_REFUSED);
	CHECK(!is_touched(other));
	bench_clear(&b);
	close(other);
}

/* A name without a proxy is one, too: nobody here looks names up. */
static void
who_sends_nonsense_is_hung_up_on(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request name = { .kind = REQUEST_NAME,
		.proto = DIAL_TCP,
		.name = STR("example.com") };
	unsigned char packet[REQUEST_MAX];
	struct str bad[BROKER_MAX_BAD] = {
		STR("x"),
		STR("................................................"),
	};
	char bytes[REPLY_SIZE];
	struct bench b;

	bad[2] = str_view((char *)packet, request_write(packet, &name));
	bench_init(&b, &net, "open");
	for (int i = 0; i < BROKER_MAX_BAD; i++) {
		struct reply reply = { .status = REPLY_CONNECTED };
		ssize_t n = ask(&b, bad[i], bytes);

		CHECK(broker_reply_read(str_view(bytes, (size_t)n), &reply));
		CHECK_INT(reply.status, REPLY_BAD);
	}
	CHECK_INT(ask(&b, STR("x"), bytes), 0);
	CHECK(broker_is_done(b.broker));
	bench_clear(&b);
}

static void
connections_are_counted(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct broker_config config = { .net = &net, .connections = 2 };
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_TCP,
		.wait_ms = 5000 };
	struct bench b;
	int server = listener(&r.to);

	bench_init(&b, &net, "local");
	config.egress = b.egress;
	broker_configure(b.broker, &config);
	CHECK_INT(ask_for(&b, &r).status, REPLY_CONNECTED);
	CHECK_INT(ask_for(&b, &r).status, REPLY_CONNECTED);
	CHECK_INT(ask_for(&b, &r).status, REPLY_BUDGET);
	CHECK_INT(broker_count(b.broker), 2);
	bench_clear(&b);
	close(server);
}

CHECK_MAIN(CASE(udp_does_not_go_around_a_proxy),
    CASE(only_the_proxy_is_connected_to),
    CASE(a_name_server_is_one_of_the_list),
    CASE(nothing_is_allowed_before_the_policy),
    CASE(who_sends_nonsense_is_hung_up_on), CASE(connections_are_counted))
