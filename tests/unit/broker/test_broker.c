/* The broker against a worker that is not ours: packets as it likes. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/capability.h>
#include <sys/syscall.h>
#endif

#include "check.h"
#include "descriptors.h"

#include "base/mem.h"
#include "broker/broker.h"
#include "gate/permit.h"
#include "gate/socks5.h"

/* A listener on 127.0.0.1. */
static int
bound(int type, struct addr *addr)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof(sin);
	int fd = socket(AF_INET, type, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&sin, n) == -1 ||
	    getsockname(fd, (struct sockaddr *)&sin, &n) == -1 ||
	    !addr_from_sockaddr((struct sockaddr *)&sin, addr))
		abort();
	return fd;
}

static int
listener(struct addr *addr)
{
	int fd = bound(SOCK_STREAM | SOCK_NONBLOCK, addr);

	if (listen(fd, 8) == -1)
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

/* What the host was told. */
struct heard {
	size_t requests, facts, words, closed, hung_up;
	struct broker_closed last_closed;
	struct broker_record record; /* the last one, without its name */
	struct outcome last;
};

struct bench {
	struct egress *egress;
	struct broker *broker;
	int fd;   /* the worker's */
	int host; /* of control */
	uint32_t attempt;
	bool is_deaf;   /* the host reads nothing */
	size_t earlier; /* notices of attempts before */
	struct net_config net;
	struct heard heard;
};

/* The host begins an attempt, and forgets what it was told before. */
static void
begin(struct bench *b, unsigned connections)
{
	const struct order_packet order = { ++b->attempt, connections };
	unsigned char packet[ORDER_SIZE];

	order_packet_write(packet, &order);
	CHECK_INT(send(b->host, packet, sizeof(packet), MSG_NOSIGNAL),
	    ORDER_SIZE);
	b->heard = (struct heard){ .requests = 0 };
}

static void
hear(struct bench *b, const struct notice *notice)
{
	struct heard *heard = &b->heard;
	struct outcome fact;

	if (notice->kind == NOTICE_REQUEST) {
		heard->requests++;
		heard->record = notice->record;
		if (broker_record_outcome(&notice->record,
			b->net.has_proxy ? &b->net.proxy : NULL, &fact)) {
			heard->facts++;
			heard->last = fact;
		}
	} else if (notice->kind == NOTICE_WORD) {
		heard->words++;
		heard->last = notice->word;
	}
	if (notice->kind == NOTICE_CLOSED) {
		heard->closed++;
		heard->last_closed = notice->closed;
	}
	heard->hung_up += notice->kind == NOTICE_HUNG_UP;
}

/* All that is there for the host now. */
static void
host_reads(struct bench *b)
{
	char packet[NOTICE_SIZE + 1];
	struct notice notice;
	ssize_t n;

	if (b->is_deaf || b->host == -1)
		return;
	while ((n = recv(b->host, packet, sizeof(packet), MSG_DONTWAIT)) > 0 ||
	       (n == -1 && errno == ECONNRESET)) {
		if (n == -1)
			continue;
		CHECK(notice_read(str_view(packet, (size_t)n), &notice));
		CHECK(notice.attempt != 0 && notice.attempt <= b->attempt);
		if (notice.attempt == b->attempt)
			hear(b, &notice);
		else
			b->earlier++;
	}
}

static size_t placed;
static uint32_t placed_on;

static void
on_place(uint32_t processor)
{
	placed++;
	placed_on = processor;
}

static void
bench_init_watching(struct bench *b, const struct net_config *net,
    const char *allow, size_t watched)
{
	struct broker_config config = { .net = net,
		.watched = watched,
		.place = on_place };
	int fd[2], control[2];

	*b = (struct bench){ .egress = egress_new() };
	if (net != NULL)
		b->net = *net;
	config.egress = b->egress;
	if ((allow != NULL &&
		egress_allow(b->egress, str_of(allow), NULL) == -1) ||
	    broker_pair(fd, NULL) == -1 || broker_pair(control, NULL) == -1)
		abort();
	b->fd = fd[1];
	b->host = control[1];
	config.control = control[0];
	b->broker = broker_new(fd[0], &config);
	begin(b, 10000);
}

static void
bench_init(struct bench *b, const struct net_config *net, const char *allow)
{
	bench_init_watching(b, net, allow, TRAFFIC_MOST);
}

static void
bench_clear(struct bench *b)
{
	broker_free(b->broker);
	egress_free(b->egress);
	close(b->fd);
	close(b->host);
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

		if (broker_is_done(b->broker))
			return 0;
		(void)poll(p, fds, broker_timeout(b->broker));
		broker_step(b->broker, p, fds);
	}
	host_reads(b);
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
nothing_is_allowed_before_the_first_order(void)
{
	const struct broker_config config = { .control = -1 };
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_TCP,
		.wait_ms = 5000 };
	struct bench b = { .host = -1 };
	int fd[2], other = listener(&r.to);

	if (broker_pair(fd, NULL) == -1)
		abort();
	b.fd = fd[1];
	b.broker = broker_new(fd[0], &config);
	CHECK_INT(ask_for(&b, &r).status, REPLY_REFUSED);
	CHECK(!is_touched(other));
	bench_clear(&b);
	close(other);
}

/* A name over UDP is, too. */
static void
who_sends_nonsense_is_hung_up_on(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request name = { .kind = REQUEST_NAME,
		.proto = DIAL_UDP,
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
	host_reads(&b);
	CHECK_INT(b.heard.hung_up, 1);
	CHECK_INT(b.heard.requests, 0);
	bench_clear(&b);
}

static void
connections_are_counted(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_TCP,
		.wait_ms = 5000 };
	struct bench b;
	int server = listener(&r.to);

	bench_init(&b, &net, "local");
	begin(&b, 2);
	CHECK_INT(ask_for(&b, &r).status, REPLY_CONNECTED);
	CHECK_INT(ask_for(&b, &r).status, REPLY_CONNECTED);
	CHECK_INT(ask_for(&b, &r).status, REPLY_BUDGET);
	CHECK_INT(broker_count(b.broker), 2);
	begin(&b, 1); /* anew */
	CHECK_INT(ask_for(&b, &r).status, REPLY_CONNECTED);
	CHECK_INT(ask_for(&b, &r).status, REPLY_BUDGET);
	begin(&b, 0);
	CHECK_INT(ask_for(&b, &r).status, REPLY_BUDGET);
	bench_clear(&b);
	close(server);
}

static struct str
rules_packet(struct buf *out)
{
	const struct permit rule = { .kind = PERMIT_ANY };

	out->n = 0;
	CHECK_INT(permits_write(out, &rule, 1, NULL), 0);
	return buf_str(out);
}

static void
host_sends(struct bench *b, struct str packet)
{
	CHECK_INT(send(b->host, packet.p, packet.n, MSG_NOSIGNAL),
	    (int64_t)packet.n);
}

static void
host_orders(struct bench *b, bool is_limited)
{
	const struct order_packet order = { ++b->attempt, 10, is_limited };
	unsigned char packet[ORDER_SIZE];

	order_packet_write(packet, &order);
	host_sends(b, str_view((char *)packet, sizeof(packet)));
}

/* What does not belong together ends it: one of the two was lost. */
static void
rules_and_their_order_come_together(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_TCP,
		.wait_ms = 5000 };
	int server = listener(&r.to);
	struct buf rules = BUF_NONE;

	(void)rules_packet(&rules);
	for (int i = 0; i < 5; i++) {
		unsigned char packet[REQUEST_MAX];
		char bytes[REPLY_SIZE];
		struct str whole = buf_str(&rules);
		struct bench b;
		ssize_t n;

		bench_init(&b, &net, "local");
		if (i == 0 || i == 2 || i == 3)
			host_sends(&b, whole);
		if (i == 2)
			host_sends(&b, whole);
		if (i == 4)
			host_sends(&b, str_sub(whole, 0, whole.n - 1));
		host_orders(&b, i != 3);
		n = ask(&b, str_view((char *)packet, request_write(packet, &r)),
		    bytes);
		CHECK_INT(n != 0, i == 0);
		CHECK_INT(broker_is_done(b.broker), i != 0);
		CHECK_INT(is_touched(server), i == 0);
		bench_clear(&b);
	}
	buf_clear(&rules);
	close(server);
}

static bool
say(struct bench *b, const struct outcome *o)
{
	unsigned char packet[OUTCOME_SIZE];

	outcome_write(packet, o);
	return send(b->fd, packet, sizeof(packet),
		   MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof(packet);
}

static void
step(struct bench *b)
{
	struct pollfd p[BROKER_MAX_FDS];
	size_t n = broker_poll(b->broker, p);

	(void)poll(p, n, 0);
	broker_step(b->broker, p, n);
	host_reads(b);
}

/* It is no attempt: what is counted goes on. */
static void
the_worker_is_put_where_the_host_wants_it(void)
{
	static const uint32_t row[] = { 0, 3, UINT32_MAX };
	unsigned char packet[ORDER_SIZE];
	struct bench b;

	bench_init(&b, NULL, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		placed = 0;
		place_packet_write(packet, row[i]);
		CHECK_INT(send(b.host, packet, sizeof(packet), MSG_NOSIGNAL),
		    ORDER_SIZE);
		step(&b);
		CHECK_INT(placed, 1);
		CHECK_INT(placed_on, row[i]);
	}
	placed = 0;
	packet[2] = 1;
	CHECK_INT(send(b.host, packet, sizeof(packet), MSG_NOSIGNAL),
	    ORDER_SIZE);
	step(&b);
	CHECK_INT(placed, 0);
	CHECK(broker_is_done(b.broker));
	bench_clear(&b);
}

static void
what_is_decided_is_told(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_TCP,
		.wait_ms = 5000 };
	struct bench b;
	int server = listener(&r.to);

	bench_init(&b, &net, "127.0.0.0/8");
	begin(&b, 1);
	CHECK_INT(ask_for(&b, &r).status, REPLY_CONNECTED);
	CHECK_INT(b.heard.last.cause, OUTCOME_FINE);
	CHECK_STR(outcome_host(&b.heard.last), "127.0.0.1");
	CHECK_INT(b.heard.last.port, r.to.port);
	CHECK_INT(ask_for(&b, &r).status, REPLY_BUDGET);
	CHECK_INT(b.heard.last.cause, OUTCOME_LIMIT);
	begin(&b, 1);
	close(server);
	CHECK_INT(ask_for(&b, &r).status, REPLY_FAILED);
	CHECK_INT(b.heard.last.cause, OUTCOME_REFUSED);
	begin(&b, 1);
	r.to = addr_ip4((const unsigned char[]){ 10, 0, 0, 1 }, 80);
	CHECK_INT(ask_for(&b, &r).status, REPLY_REFUSED);
	CHECK_INT(b.heard.last.cause, OUTCOME_POLICY);
	CHECK_INT(b.heard.last.detail, EGRESS_PRIVATE);
	CHECK_INT(b.heard.words, 0);
	bench_clear(&b);
}

static void
a_dead_proxy_is_blamed(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_NAME,
		.proto = DIAL_TCP,
		.wait_ms = 5000,
		.name = STR("a.test") };
	struct bench b;

	close(listener(&net.proxy));
	net.has_proxy = true;
	r.to.port = 443;
	bench_init(&b, &net, NULL);
	begin(&b, 1);
	CHECK_INT(ask_for(&b, &r).status, REPLY_FAILED);
	CHECK_INT(b.heard.last.cause, OUTCOME_PROXY);
	CHECK_INT(b.heard.last.detail, ECONNREFUSED);
	CHECK(addr_eq(&b.heard.last.server, &net.proxy));
	CHECK_STR(outcome_host(&b.heard.last), "a.test");
	bench_clear(&b);
}

/* That a packet could be sent to a name server says nothing of an answer. */
static void
sockets_to_name_servers_are_no_success(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_UDP,
		.is_ns = true,
		.wait_ms = 5000 };
	struct bench b;

	r.to = addr_ip4((const unsigned char[]){ 127, 0, 0, 1 }, 9);
	net.ns = &r.to;
	net.n_ns = 1;
	bench_init(&b, &net, NULL);
	begin(&b, 1);
	CHECK_INT(ask_for(&b, &r).status, REPLY_CONNECTED);
	CHECK_INT(b.heard.facts, 0);
	bench_clear(&b);
}

static void
words_are_bounded(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct outcome o = { .cause = OUTCOME_FINE };
	struct bench b;

	bench_init(&b, &net, NULL);
	begin(&b, 1);
	for (unsigned i = 0; i < OUTCOME_MOST; i++) {
		while (!say(&b, &o))
			step(&b);
	}
	while (b.heard.words < OUTCOME_MOST && !broker_is_done(b.broker))
		step(&b);
	CHECK_INT(b.heard.words, OUTCOME_MOST);
	CHECK(!broker_is_done(b.broker));
	for (int i = 0; i < BROKER_MAX_BAD; i++)
		CHECK(say(&b, &o));
	step(&b);
	CHECK(broker_is_done(b.broker));
	CHECK_INT(b.heard.hung_up, 1);
	CHECK_INT(b.heard.words, OUTCOME_MOST);
	bench_clear(&b);
}

/*
 * It waits for a host that is slow, so it is done by another process while we
 * are the host, and read until that is over.
 */
static void
end_elsewhere(struct bench *b)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		broker_end(b->broker);
		_exit(0);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		struct pollfd p = { .fd = b->host, .events = POLLIN };

		(void)poll(&p, 1, 10);
		host_reads(b);
	}
	CHECK_INT(status, 0);
	host_reads(b);
}

static void
last_words_are_read(void)
{
	static const unsigned sizes[] = { 0, 1, 2, 3, 4, 5, 1000 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct net_config net = NET_CONFIG_NONE;
		struct outcome o = { .cause = OUTCOME_TLS };
		struct bench b;

		bench_init(&b, &net, NULL);
		begin(&b, 1);
		for (unsigned n = 0; n < sizes[i]; n++) {
			/* it has said them, and nobody has read the last */
			while (!say(&b, &o))
				step(&b);
		}
		end_elsewhere(&b);
		CHECK_INT(b.heard.words, sizes[i]);
		bench_clear(&b);
	}
}

/* It speaks and goes before anybody has polled. */
static void
who_has_gone_is_heard(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct outcome o = { .cause = OUTCOME_TLS };
	struct bench b;

	bench_init(&b, &net, NULL);
	begin(&b, 1);
	CHECK(say(&b, &o) && say(&b, &o));
	CHECK_INT(shutdown(b.fd, SHUT_RDWR), 0);
	for (int i = 0; i < 5; i++)
		step(&b);
	CHECK(broker_is_done(b.broker));
	CHECK_INT(b.heard.words, 2);
	bench_clear(&b);
}

/* As many requests as the worker's own buffer takes; the count. */
static unsigned
flood(struct bench *b, struct request *r)
{
	unsigned char packet[REQUEST_MAX];

	for (unsigned sent = 0;; sent++) {
		size_t n;

		r->number = sent + 1;
		n = request_write(packet, r);
		if (send(b->fd, packet, n, MSG_DONTWAIT | MSG_NOSIGNAL) == -1)
			return sent;
	}
}

/* Steps until there is nothing to do at once; how often that was. */
static unsigned
turns(struct bench *b, unsigned most)
{
	for (unsigned n = 0; n < most; n++) {
		struct pollfd p[BROKER_MAX_FDS];
		size_t fds = broker_poll(b->broker, p);

		if (poll(p, fds, 0) <= 0 && broker_timeout(b->broker) != 0)
			return n;
		broker_step(b->broker, p, fds);
		host_reads(b);
	}
	return most;
}

/* The reply of the next request; false: there is none yet. */
static bool
take_reply(struct bench *b, struct reply *reply)
{
	char bytes[REPLY_SIZE];
	int fd;
	ssize_t n = recv_descriptor(b->fd, bytes, sizeof(bytes), &fd);

	if (n <= 0)
		return false;
	if (fd != -1)
		close(fd);
	return broker_reply_read(str_view(bytes, (size_t)n), reply);
}

/* It has a reply that it never read. */
static void
who_dies_before_its_reply_is_heard(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct outcome o = { .cause = OUTCOME_TLS };
	struct request r = { .kind = REQUEST_ADDR, .proto = DIAL_UDP };
	unsigned char packet[REQUEST_MAX];
	struct bench b;

	for (int is_polled = 0; is_polled <= 1; is_polled++) {
		bench_init(&b, &net, NULL);
		CHECK(send(b.fd, packet, request_write(packet, &r), 0) != -1);
		while (b.heard.requests == 0)
			step(&b);
		CHECK(say(&b, &o) && say(&b, &o));
		close(b.fd);
		b.fd = -1;
		for (int i = 0; is_polled && i < 5; i++)
			step(&b);
		broker_end(b.broker);
		host_reads(&b);
		CHECK_INT(b.heard.words, 2);
		bench_clear(&b);
	}
}

static int
accept_one(int server)
{
	struct pollfd p = { .fd = server, .events = POLLIN };
	int fd;

	(void)poll(&p, 1, 5000);
	fd = accept(server, NULL, NULL);
	if (fd == -1)
		abort();
	return fd;
}

/* Like ask_for(), with the descriptor. */
static int
connection_to(struct bench *b, const struct request *r)
{
	unsigned char packet[REQUEST_MAX];
	char bytes[REPLY_MAX];
	int fd;

	CHECK(send(b->fd, packet, request_write(packet, r), 0) != -1);
	while (recv_descriptor(b->fd, bytes, sizeof(bytes), &fd) == -1)
		step(b);
	if (fd == -1)
		abort();
	return fd;
}

static void
say_bytes(int fd, size_t n)
{
	static const char zeros[1000];

	CHECK_INT(send(fd, zeros, n, MSG_NOSIGNAL), n);
}

/* By what goes over it; it ends in one of four ways. */
static void
how_much_went_is_told_at_the_end(void)
{
	enum { WORKER_FIRST, SERVER_FIRST, RESET, NEVER, WAYS };

	for (int way = 0; way < WAYS; way++) {
		struct net_config net = NET_CONFIG_NONE;
		struct request r = { .kind = REQUEST_ADDR,
			.proto = DIAL_TCP,
			.wait_ms = 5000 };
		struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
		char gone[2000];
		struct bench b;
		int server = listener(&r.to), ours, theirs;

		bench_init(&b, &net, "local");
		ours = connection_to(&b, &r);
		theirs = accept_one(server);
		say_bytes(ours, 1000);
		say_bytes(theirs, 7);
		CHECK_INT(recv(theirs, gone, sizeof(gone), 0), 1000);
		(void)poll(&(struct pollfd){ ours, POLLIN, 0 }, 1, 5000);
		CHECK_INT(recv(ours, gone, sizeof(gone), 0), 7);
		if (way == WORKER_FIRST) {
			shutdown(ours, SHUT_RDWR);
			CHECK_INT(recv(theirs, gone, sizeof(gone), 0), 0);
		} else if (way == SERVER_FIRST) {
			close(theirs);
			(void)poll(&(struct pollfd){ ours, POLLIN, 0 }, 1,
			    5000);
			CHECK_INT(recv(ours, gone, sizeof(gone), 0), 0);
			CHECK_INT(turns(&b, 10), 0); /* half is no end */
			shutdown(ours, SHUT_RDWR);
		} else if (way == RESET) {
			setsockopt(theirs, SOL_SOCKET, SO_LINGER, &at_once,
			    sizeof(at_once));
			close(theirs);
		}
		close(ours);
		if (way == NEVER) {
			CHECK_INT(turns(&b, 10), 0);
			CHECK_INT(b.heard.closed, 0);
			close(b.fd);
			b.fd = -1;
			broker_end(b.broker);
			host_reads(&b);
		}
		while (b.heard.closed == 0)
			step(&b);
		CHECK_INT(b.heard.last_closed.sent, 1000);
		CHECK_INT(b.heard.last_closed.received, 7);
		CHECK_INT(b.heard.last_closed.number, b.heard.record.number);
		CHECK(!b.heard.last_closed.is_cut);
		CHECK_INT(turns(&b, 10), 0);
		if (way != SERVER_FIRST && way != RESET)
			close(theirs);
		bench_clear(&b);
		close(server);
	}
}

/* A worker that says so of another address hides nothing from the count. */
static void
who_is_no_name_server_is_counted(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct addr ns;
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_TCP,
		.is_ns = true,
		.wait_ms = 5000 };
	struct bench b;
	int servers = listener(&ns), other = listener(&r.to), fd;

	net.ns = &ns;
	net.n_ns = 1;
	bench_init(&b, &net, "local");
	fd = connection_to(&b, &r);
	host_reads(&b);
	CHECK(!b.heard.record.is_ns);
	CHECK_INT(b.heard.facts, 1);
	say_bytes(fd, 100);
	shutdown(fd, SHUT_RDWR);
	close(fd);
	(void)turns(&b, 10);
	CHECK_INT(b.heard.closed, 1);
	CHECK_INT(b.heard.last_closed.sent, 100);
	r.to = ns;
	close(connection_to(&b, &r));
	host_reads(&b);
	CHECK(b.heard.record.is_ns);
	CHECK_INT(b.heard.facts, 1);
	bench_clear(&b);
	close(servers);
	close(other);
}

/* More than it may keep: the oldest is let go, and told so far. */
/* Over UDP, to where it is allowed, once, behind the notice of it. */
static void
what_a_worker_sends_first_goes_at_once(void)
{
	static const char longest[REQUEST_NAME_MAX];
	unsigned char packet[REQUEST_MAX];
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_UDP,
		.wait_ms = 5000,
		.number = 1,
		.first = STR("ask") };
	struct bench b;
	struct reply reply;
	char got[sizeof(longest) + 1];
	size_t n;
	int server = bound(SOCK_DGRAM, &r.to);

	bench_init(&b, NULL, "127.0.0.0/8");
	reply = ask_for(&b, &r);
	CHECK_INT(reply.status, REPLY_CONNECTED);
	CHECK(reply.is_sent);
	CHECK_INT(b.heard.requests, 1);
	CHECK_INT(recv(server, got, sizeof(got), 0), 3);
	CHECK_BYTES(str_view(got, 3), STR("ask"));
	r.first = STR_NONE;
	CHECK(!ask_for(&b, &r).is_sent);
	r.first = str_view(longest, REQUEST_NAME_MAX);
	CHECK(ask_for(&b, &r).is_sent);
	CHECK_INT(recv(server, got, sizeof(got), 0), REQUEST_NAME_MAX);
	CHECK_INT(recv(server, got, sizeof(got), MSG_DONTWAIT), -1);
	bench_clear(&b);

	bench_init(&b, NULL, NULL);
	reply = ask_for(&b, &r);
	CHECK_INT(reply.status, REPLY_REFUSED);
	CHECK(!reply.is_sent);
	CHECK_INT(recv(server, got, sizeof(got), MSG_DONTWAIT), -1);
	bench_clear(&b);
	close(server);
	r.proto = DIAL_TCP;
	n = request_write(packet, &r);
	CHECK(!request_read(str_view((char *)packet, n), &r));
}

static void
the_oldest_connection_is_let_go(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_TCP,
		.wait_ms = 5000 };
	struct bench b;
	unsigned before;
	int server = listener(&r.to), fd[3];

	bench_init_watching(&b, &net, "local", 2);
	CHECK_INT(egress_learn_own(b.egress, NULL), 0); /* it keeps a socket */
	before = count_descriptors();
	for (int i = 0; i < 3; i++) {
		fd[i] = connection_to(&b, &r);
		say_bytes(fd[i], 10);
		CHECK_INT(b.heard.closed, i == 2);
	}
	CHECK_INT(count_descriptors(), before + 3 + 2);
	CHECK(b.heard.last_closed.is_cut);
	CHECK_INT(b.heard.last_closed.number, 1);
	CHECK_INT(b.heard.last_closed.sent, 10);
	for (int i = 0; i < 3; i++) {
		shutdown(fd[i], SHUT_RDWR);
		close(fd[i]);
	}
	while (b.heard.closed < 3)
		step(&b);
	CHECK(!b.heard.last_closed.is_cut);
	CHECK_INT(count_descriptors(), before);
	bench_clear(&b);
	close(server);
}

/* It answers nothing, asks nobody, and does not spin, until its host reads. */
static void
a_host_that_does_not_read_is_waited_for(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_UDP,
		.wait_ms = 60000 };
	struct reply reply;
	struct bench b;
	unsigned got = 0, more = 1;

	r.to = addr_ip4((const unsigned char[]){ 10, 0, 0, 1 }, 9);
	bench_init(&b, &net, NULL);
	b.is_deaf = true;
	while (more != 0) {
		more = flood(&b, &r);
		CHECK(turns(&b, 1000) < 1000);
		for (more = 0; take_reply(&b, &reply); more++)
			CHECK(turns(&b, 1000) < 1000);
		got += more;
	}
	CHECK(got > 10 && got < 1000);
	CHECK_INT(broker_timeout(b.broker), -1);
	CHECK_INT(turns(&b, 1000), 0); /* asleep */
	/* its worker goes: no reason to wake up */
	close(b.fd);
	b.fd = -1;
	CHECK_INT(turns(&b, 1000), 0);
	b.is_deaf = false;
	host_reads(&b);
	while (!broker_is_done(b.broker))
		step(&b);
	CHECK(b.heard.requests >= got);
	bench_clear(&b);
}

static void
a_host_that_goes_ends_all(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_UDP,
		.wait_ms = 60000 };
	struct bench b;

	bench_init(&b, &net, NULL);
	(void)flood(&b, &r);
	close(b.host);
	b.host = -1;
	for (int i = 0; i < 5 && !broker_is_done(b.broker); i++)
		step(&b);
	CHECK(broker_is_done(b.broker));
	CHECK_INT(broker_timeout(b.broker), -1);
	broker_end(b.broker);
	bench_clear(&b);
}

static void
an_order_that_is_none_ends_all(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct bench b;

	bench_init(&b, &net, NULL);
	CHECK_INT(send(b.host, "x", 1, 0), 1);
	for (int i = 0; i < 5 && !broker_is_done(b.broker); i++)
		step(&b);
	CHECK(broker_is_done(b.broker));
	bench_clear(&b);
}

/* What an errand asked for does not count for the next. */
static void
what_is_pending_belongs_to_its_attempt(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_NAME,
		.proto = DIAL_TCP,
		.wait_ms = 100,
		.name = STR("a.test") };
	unsigned char packet[REQUEST_MAX];
	struct bench b;
	int proxy = listener(&net.proxy);

	net.has_proxy = true; /* a silent one */
	r.to.port = 80;
	bench_init(&b, &net, NULL);
	CHECK(send(b.fd, packet, request_write(packet, &r), 0) != -1);
	while (broker_count(b.broker) == 0)
		step(&b);
	begin(&b, 5);
	while (b.earlier == 0) {
		struct pollfd p[BROKER_MAX_FDS];
		size_t n = broker_poll(b.broker, p);

		(void)poll(p, n, broker_timeout(b.broker));
		broker_step(b.broker, p, n);
		host_reads(&b);
	}
	CHECK_INT(b.heard.requests, 0);
	CHECK_INT(broker_count(b.broker), 0);
	bench_clear(&b);
	close(proxy);
}

/* Nothing of what it does not read piles up; what it asked is answered. */
static void
who_reads_no_reply_is_not_read(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_UDP,
		.wait_ms = 60000 };
	struct reply reply;
	struct bench b;
	unsigned before, sent, got = 0;

	r.to = addr_ip4((const unsigned char[]){ 127, 0, 0, 1 }, 9);
	bench_init(&b, &net, "local");
	egress_open_own(b.egress, -1);
	before = count_descriptors();
	sent = flood(&b, &r);
	CHECK(sent > 20);
	CHECK(turns(&b, 1000) < 20);
	CHECK(broker_count(b.broker) < 8);
	CHECK_INT(broker_timeout(b.broker), -1);
	CHECK_INT(turns(&b, 1000), 0); /* asleep */
	CHECK(count_descriptors() <= before + 1);
	while (take_reply(&b, &reply)) {
		CHECK_INT(reply.status, REPLY_CONNECTED);
		CHECK_INT(reply.number, ++got);
		CHECK(turns(&b, 1000) < 1000);
	}
	CHECK_INT(got, sent);
	CHECK_INT(count_descriptors(), before);
	CHECK(!broker_is_done(b.broker));
	bench_clear(&b);
}

/* A proxy that says nothing: one connection, whatever is asked for. */
static void
one_connection_is_pending(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_NAME,
		.proto = DIAL_TCP,
		.wait_ms = 60000,
		.name = STR("a.test") };
	struct bench b;
	int proxy = listener(&net.proxy);

	net.has_proxy = true;
	r.to.port = 80;
	bench_init(&b, &net, NULL);
	CHECK(flood(&b, &r) > 20);
	CHECK(turns(&b, 1000) < 20);
	CHECK(is_touched(proxy));
	CHECK(!is_touched(proxy));
	CHECK_INT(broker_count(b.broker), 1);
	CHECK(broker_timeout(b.broker) > 1000);
	bench_clear(&b);
	close(proxy);
}

#ifdef __linux__
/* With these the system sends as many descriptors as one likes. */
static void
set_privileges(bool has)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[2];
	uint32_t bits = 1u << CAP_SYS_RESOURCE | 1u << CAP_SYS_ADMIN;

	if (syscall(SYS_capget, &head, data) == -1)
		abort();
	data[0].effective = has ? data[0].permitted : data[0].effective & ~bits;
	if (syscall(SYS_capset, &head, data) == -1)
		abort();
}

static void
send_descriptors(int to, int fd, int count)
{
	struct iovec iov = { (char[]){ 0 }, 1 };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_level = SOL_SOCKET,
			  .cmsg_type = SCM_RIGHTS,
			  .cmsg_len = CMSG_LEN(sizeof(int)) } };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room) };

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(int));
	for (int i = 0; i < count; i++)
		CHECK_INT(sendmsg(to, &msg, MSG_DONTWAIT), 1);
}

/* Another program of this user has all that may be on their way. */
static void
no_room_for_descriptors_is_waited_for(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_UDP,
		.wait_ms = 60000 };
	struct rlimit old, low;
	struct reply reply;
	struct bench b;
	int other[2], ms;

	r.to = addr_ip4((const unsigned char[]){ 127, 0, 0, 1 }, 9);
	bench_init(&b, &net, "local");
	if (broker_pair(other, NULL) == -1 ||
	    getrlimit(RLIMIT_NOFILE, &old) == -1)
		abort();
	low = old;
	low.rlim_cur = 40;
	send_descriptors(other[0], b.fd, 60);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &low), 0);
	set_privileges(false);
	CHECK(flood(&b, &r) > 20);
	CHECK(turns(&b, 1000) < 20);
	ms = broker_timeout(b.broker);
	CHECK(ms > 0 && ms <= 1000);
	CHECK(!take_reply(&b, &reply));
	(void)poll(NULL, 0, ms + 1);
	CHECK(turns(&b, 1000) < 20); /* once more, in vain */
	CHECK(!take_reply(&b, &reply));
	CHECK_INT(broker_count(b.broker), 1);
	close(other[0]);
	close(other[1]);
	(void)poll(NULL, 0, broker_timeout(b.broker) + 1);
	CHECK(turns(&b, 1000) < 20);
	CHECK(take_reply(&b, &reply));
	CHECK_INT(reply.status, REPLY_CONNECTED);
	set_privileges(true);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &old), 0);
	bench_clear(&b);
}
#endif

/* The kernel, for a moment: it does not tell our own addresses. */
static bool is_silent;

ssize_t
send(int fd, const void *p, size_t n, int flags)
{
	struct sockaddr_storage own = { .ss_family = AF_UNSPEC };
	socklen_t size = sizeof(own);

	if (is_silent && getsockname(fd, (struct sockaddr *)&own, &size) == 0 &&
	    own.ss_family == AF_NETLINK) {
		errno = ENOBUFS;
		return -1;
	}
	return sendto(fd, p, n, flags, NULL, 0);
}

/* One of them might be what is asked for, and a service that trusts it. */
static void
who_does_not_know_its_own_addresses_connects_nowhere(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_UDP,
		.wait_ms = 60000 };
	struct reply reply;
	struct bench b;

	r.to = addr_ip4((const unsigned char[]){ 127, 0, 0, 1 }, 9);
	bench_init(&b, &net, "open");
	is_silent = true;
	reply = ask_for(&b, &r);
	CHECK_INT(reply.status, REPLY_FAILED);
	CHECK_INT(reply.error, ENOBUFS);
	CHECK_INT(broker_count(b.broker), 0);
	is_silent = false;
	CHECK_INT(ask_for(&b, &r).status, REPLY_CONNECTED);
	bench_clear(&b);
}

static void
names_that_are_not_normal_are_bad(void)
{
	static const struct str names[] = { STR("Example.com"), STR("a.test."),
		STR("a..b"), STR(".a"), STR("a b"), STR("a\tb"), STR("%1"),
		STR("1.2.3.4"), STR("127.1"), STR("0x7f.1"), STR("[::1]"),
		STR("::1"), STR("f\xc3\xbc.test"), STR("a/b"), STR("a:80"),
		STR("*.test"), STR("2130706433"),
		STR("127.0.0.1\0.example.com"), STR("::ffff:127.0.0.1%1") };
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_NAME, .proto = DIAL_TCP };
	int proxy = listener(&net.proxy);

	net.has_proxy = true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		unsigned char packet[REQUEST_MAX];
		char bytes[REPLY_SIZE];
		struct reply reply = { .status = REPLY_CONNECTED };
		struct bench b;
		ssize_t n;

		r.name = names[i];
		bench_init(&b, &net, "open");
		n = ask(&b, str_view((char *)packet, request_write(packet, &r)),
		    bytes);
		CHECK(broker_reply_read(str_view(bytes, (size_t)n), &reply));
		CHECK_INT(reply.status, REPLY_BAD);
		bench_clear(&b);
	}
	CHECK(!is_touched(proxy));
	close(proxy);
}

/* What a proxy says to the hello, and to the request behind it. */
static const struct proxied {
	struct str method, reply; /* p NULL: it closes the connection */
	enum reply_status status;
	unsigned error;
} proxied[] = {
	{ STR("\5\0"), STR("\5\0\0\1\1\2\3\4\0\120"), REPLY_CONNECTED, 0 },
	{ STR("\5\0"), STR("\5\5\0\1\1\2\3\4\0\120"), REPLY_PROXY,
	    SOCKS5_REFUSED },
	{ STR("\5\0"), STR("\4\0\0\1\1\2\3\4\0\120"), REPLY_PROXY,
	    SOCKS5_VERSION },
	{ STR("\5\377"), STR_NONE, REPLY_PROXY, SOCKS5_AUTH },
	{ STR("HT"), STR_NONE, REPLY_PROXY, SOCKS5_VERSION },
	{ STR("\5\0"), STR_NONE, REPLY_PROXY, SOCKS5_EOF },
	{ STR_NONE, STR_NONE, REPLY_PROXY, SOCKS5_EOF },
};

/* Reads what was sent to the proxy and says something, byte by byte. */
static void
answer(struct bench *b, int *fd, struct str text)
{
	char gone[64];
	ssize_t n;

	while ((n = recv(*fd, gone, sizeof(gone), MSG_DONTWAIT)) == -1) {
		struct pollfd p[BROKER_MAX_FDS];
		size_t fds = broker_poll(b->broker, p);

		(void)poll(p, fds, 10);
		broker_step(b->broker, p, fds);
	}
	CHECK(n > 0);
	for (size_t i = 0; i < text.n; i++) {
		struct pollfd p[BROKER_MAX_FDS];
		size_t fds = broker_poll(b->broker, p);

		if (send(*fd, text.p + i, 1, MSG_NOSIGNAL) != 1)
			break; /* it has heard enough */
		(void)poll(p, fds, 1000);
		broker_step(b->broker, p, fds);
	}
	if (text.p == NULL) {
		close(*fd);
		*fd = -1;
	}
}

static int
accept_proxied(struct bench *b, int proxy)
{
	struct pollfd p[BROKER_MAX_FDS];
	int fd;

	for (;;) {
		size_t n = broker_poll(b->broker, p);

		(void)poll(p, n, 10);
		broker_step(b->broker, p, n);
		fd = accept(proxy, NULL, NULL);
		if (fd != -1)
			return fd;
	}
}

static void
what_a_proxy_says_is_told(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_NAME,
		.proto = DIAL_TCP,
		.wait_ms = 60000,
		.number = 3,
		.name = STR("a.test") };
	int proxy = listener(&net.proxy);

	net.has_proxy = true;
	r.to.port = 80;
	for (size_t i = 0; i < ARRAY_SIZE(proxied); i++) {
		unsigned char packet[REQUEST_MAX];
		size_t n = request_write(packet, &r);
		struct reply reply = { .status = REPLY_BAD };
		char bytes[REPLY_SIZE];
		struct bench b;
		ssize_t got;
		int fd;

		bench_init(&b, &net, NULL);
		CHECK_INT(send(b.fd, packet, n, MSG_NOSIGNAL), n);
		fd = accept_proxied(&b, proxy);
		answer(&b, &fd, proxied[i].method);
		if (fd != -1 &&
		    (proxied[i].method.n == 2 && proxied[i].method.p[1] == 0))
			answer(&b, &fd, proxied[i].reply);
		while ((got = recv(b.fd, bytes, sizeof(bytes), MSG_DONTWAIT)) ==
		       -1)
			step(&b);
		host_reads(&b);
		CHECK(broker_reply_read(str_view(bytes, (size_t)got), &reply));
		CHECK_INT(reply.status, proxied[i].status);
		CHECK_INT(reply.error, proxied[i].error);
		CHECK_INT(b.heard.requests, 1);
		CHECK_INT(b.heard.record.status, proxied[i].status);
		CHECK(b.heard.record.is_name && b.heard.record.is_proxied);
		CHECK_INT(b.heard.record.number, 1);
		if (fd != -1)
			close(fd);
		bench_clear(&b);
	}
	close(proxy);
}

/* A reset in the middle is a failure of the proxy, with its cause. */
static void
a_proxy_that_breaks_off_is_blamed(void)
{
	struct net_config net = NET_CONFIG_NONE;
	struct request r = { .kind = REQUEST_NAME,
		.proto = DIAL_TCP,
		.wait_ms = 60000,
		.name = STR("a.test") };
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	unsigned char packet[REQUEST_MAX];
	struct reply reply = { .status = REPLY_BAD };
	int proxy = listener(&net.proxy), fd;
	char bytes[REPLY_SIZE];
	struct bench b;
	ssize_t got;
	size_t n;

	net.has_proxy = true;
	r.to.port = 80;
	bench_init(&b, &net, NULL);
	begin(&b, 1);
	n = request_write(packet, &r);
	CHECK_INT(send(b.fd, packet, n, MSG_NOSIGNAL), n);
	fd = accept_proxied(&b, proxy);
	CHECK_INT(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once,
		      sizeof(at_once)),
	    0);
	close(fd);
	while ((got = recv(b.fd, bytes, sizeof(bytes), MSG_DONTWAIT)) == -1)
		step(&b);
	host_reads(&b);
	CHECK(broker_reply_read(str_view(bytes, (size_t)got), &reply));
	CHECK_INT(reply.status, REPLY_FAILED);
	CHECK_INT(reply.error, ECONNRESET);
	CHECK_INT(b.heard.last.cause, OUTCOME_PROXY);
	CHECK_INT(b.heard.last.detail, ECONNRESET);
	bench_clear(&b);
	close(proxy);
}

/* Nobody has said which name servers there are: none is one. */
static void
without_a_network_no_name_server_is_known(void)
{
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_UDP,
		.is_ns = true,
		.wait_ms = 5000 };
	struct bench b;

	r.to = addr_ip4((const unsigned char[]){ 127, 0, 0, 1 }, 9);
	bench_init(&b, NULL, NULL);
	CHECK_INT(ask_for(&b, &r).status, REPLY_REFUSED);
	bench_clear(&b);
}

CHECK_MAIN(CASE(what_a_proxy_says_is_told),
    CASE(a_proxy_that_breaks_off_is_blamed),
    CASE(without_a_network_no_name_server_is_known),
    CASE(udp_does_not_go_around_a_proxy), CASE(only_the_proxy_is_connected_to),
    CASE(a_name_server_is_one_of_the_list),
    CASE(nothing_is_allowed_before_the_first_order),
    CASE(who_sends_nonsense_is_hung_up_on), CASE(connections_are_counted),
    CASE(what_is_decided_is_told), CASE(a_dead_proxy_is_blamed),
    CASE(sockets_to_name_servers_are_no_success), CASE(words_are_bounded),
    CASE(last_words_are_read), CASE(who_has_gone_is_heard),
    CASE(who_dies_before_its_reply_is_heard),
    CASE(how_much_went_is_told_at_the_end),
    CASE(who_is_no_name_server_is_counted),
    CASE(the_oldest_connection_is_let_go),
    CASE(a_host_that_does_not_read_is_waited_for),
    CASE(a_host_that_goes_ends_all), CASE(an_order_that_is_none_ends_all),
    CASE(what_is_pending_belongs_to_its_attempt),
    CASE(who_reads_no_reply_is_not_read),
#ifdef __linux__
    CASE(no_room_for_descriptors_is_waited_for),
#endif
    CASE(who_does_not_know_its_own_addresses_connects_nowhere),
    CASE(the_worker_is_put_where_the_host_wants_it),
    CASE(one_connection_is_pending),
    CASE(what_a_worker_sends_first_goes_at_once),
    CASE(names_that_are_not_normal_are_bad),
    CASE(rules_and_their_order_come_together))
