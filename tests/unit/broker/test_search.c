/*
 * A broker that looks names up: a worker of our own asks, a name server of our
 * own answers what it likes, all in one loop.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "descriptors.h"

#include "base/mem.h"
#include "broker/broker.h"
#include "gate/permit.h"

#define MOST_ADDRS 1000
#define MOST_BYTES (2 + 512 + MOST_ADDRS * 16)

static const unsigned char HERE[4] = { 127, 0, 0, 1 };
static const unsigned char ALSO[4] = { 127, 0, 0, 2 };
static const unsigned char INSIDE[4] = { 10, 0, 0, 1 };

/* What the name server answers. */
struct zone {
	bool is_silent;
	unsigned rcode;
	uint32_t ttl;
	size_t n;
	unsigned char ip[MOST_ADDRS][4];
};

struct heard {
	size_t n;
	struct broker_record last;
	char name[REQUEST_NAME_MAX + 1];
	size_t refusals, limits, not_permitted;
};

struct world {
	struct zone zone;
	unsigned queries;
	int udp, tcp, peer; /* the name server's */
	int web;            /* listens on HERE */
	struct addr ns, to;
	const struct addr *list; /* in place of ns; NULL: that */
	bool is_deaf;            /* the host does not read */
	struct egress *egress;
	struct broker *broker;
	int fd;   /* the worker's */
	int host; /* of control */
	struct heard heard;
};

static int
open_at(int type, const unsigned char ip[4], uint16_t port, struct addr *at)
{
	struct sockaddr_storage sa;
	struct addr want = addr_ip4(ip, port);
	socklen_t n = addr_to_sockaddr(&want, &sa);
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd == -1)
		abort();
	if (bind(fd, (struct sockaddr *)&sa, n) == -1) {
		close(fd);
		return -1;
	}
	if (getsockname(fd, (struct sockaddr *)&sa, &n) == -1 ||
	    !addr_from_sockaddr((struct sockaddr *)&sa, at) ||
	    (type == SOCK_STREAM && listen(fd, 8) == -1))
		abort();
	return fd;
}

/* Both protocols at one port. */
static void
open_name_server(struct world *w)
{
	for (;;) {
		w->udp = open_at(SOCK_DGRAM, HERE, 0, &w->ns);
		w->tcp = open_at(SOCK_STREAM, HERE, w->ns.port, &w->ns);
		if (w->tcp != -1)
			return;
		close(w->udp);
	}
}

/* What the host is told. */
static void
hear(struct world *w)
{
	char packet[NOTICE_SIZE];
	struct notice notice;
	struct outcome fact;

	while (!w->is_deaf &&
	       recv(w->host, packet, sizeof(packet), MSG_DONTWAIT) > 0) {
		const struct broker_record *record = &notice.record;

		CHECK(notice_read(str_view(packet, sizeof(packet)), &notice));
		if (notice.kind != NOTICE_REQUEST)
			continue;
		w->heard.n++;
		w->heard.last = *record;
		snprintf(w->heard.name, sizeof(w->heard.name), "%.*s",
		    STR_ARG(record->name));
		if (!broker_record_outcome(record, NULL, &fact))
			continue;
		w->heard.refusals += fact.cause == OUTCOME_POLICY;
		w->heard.not_permitted += fact.cause == OUTCOME_PERMISSION;
		w->heard.limits += fact.cause == OUTCOME_LIMIT;
	}
}

/* So many name servers; order NULL: nobody has begun anything. */
static void
make_broker(struct world *w, size_t n_ns, const struct order_packet *order)
{
	struct net_config net = NET_CONFIG_NONE;
	struct broker_config config = { .net = &net, .watched = 1 };
	int fd[2], control[2];

	net.ns = w->list != NULL ? w->list : &w->ns;
	net.n_ns = n_ns;
	if (broker_pair(fd, NULL) == -1 || broker_pair(control, NULL) == -1)
		abort();
	config.egress = w->egress;
	config.control = control[0];
	w->host = control[1];
	w->fd = fd[1];
	w->broker = broker_new(fd[0], &config);
	if (order != NULL)
		broker_begin(w->broker, order);
}

static void
drop_broker(struct world *w)
{
	broker_free(w->broker);
	close(w->fd);
	close(w->host);
}

static void
world_init(struct world *w, const char *allow, unsigned connections)
{
	const struct order_packet order = { 1,
		connections != 0 ? connections : 10000 };

	memset(w, 0, sizeof(*w));
	w->peer = -1;
	open_name_server(w);
	w->web = open_at(SOCK_STREAM, HERE, 0, &w->to);
	w->egress = egress_new();
	if (allow != NULL && egress_allow(w->egress, str_of(allow), NULL) == -1)
		abort();
	make_broker(w, 1, &order);
}

static void
world_clear(struct world *w)
{
	drop_broker(w);
	egress_free(w->egress);
	close(w->udp);
	close(w->tcp);
	close(w->web);
	if (w->peer != -1)
		close(w->peer);
}

static void
set_zone(struct world *w, const unsigned char ip[4], size_t n)
{
	w->zone.n = n;
	w->zone.ttl = 60;
	for (size_t i = 0; i < n; i++)
		memcpy(w->zone.ip[i], ip, 4);
}

/* The query back, with what is in the zone. */
static size_t
put_answer(const struct zone *zone, unsigned char *out,
    const unsigned char *query)
{
	size_t n = 12;

	while (query[n] != 0)
		n += 1u + query[n];
	n += 5;
	memcpy(out, query, n);
	out[2] = 0x81;
	out[3] = (unsigned char)zone->rcode;
	out[6] = (unsigned char)(zone->n >> 8);
	out[7] = (unsigned char)zone->n;
	out[11] = 0;
	for (size_t i = 0; i < zone->n; i++) {
		const unsigned char record[12] = { 0xc0, 12, 0, 1, 0, 1,
			(unsigned char)(zone->ttl >> 24),
			(unsigned char)(zone->ttl >> 16),
			(unsigned char)(zone->ttl >> 8),
			(unsigned char)zone->ttl, 0, 4 };

		memcpy(out + n, record, sizeof(record));
		memcpy(out + n + sizeof(record), zone->ip[i], 4);
		n += sizeof(record) + 4;
	}
	return n;
}

static void
serve_udp(struct world *w)
{
	static unsigned char out[MOST_BYTES];
	unsigned char query[600];
	struct sockaddr_in from;
	socklen_t size = sizeof(from);

	if (recvfrom(w->udp, query, sizeof(query), 0, (struct sockaddr *)&from,
		&size) < 17)
		return;
	w->queries++;
	if (!w->zone.is_silent)
		(void)sendto(w->udp, out, put_answer(&w->zone, out, query), 0,
		    (struct sockaddr *)&from, size);
}

static void
serve_tcp(struct world *w)
{
	static unsigned char out[MOST_BYTES];
	unsigned char query[600];
	size_t n;

	if (w->peer == -1)
		w->peer = accept(w->tcp, NULL, NULL);
	if (w->peer == -1 ||
	    recv(w->peer, query, sizeof(query), MSG_DONTWAIT) < 19)
		return;
	w->queries++;
	n = put_answer(&w->zone, out + 2, query + 2);
	out[0] = (unsigned char)(n >> 8);
	out[1] = (unsigned char)n;
	(void)send(w->peer, out, n + 2, MSG_NOSIGNAL);
	close(w->peer);
	w->peer = -1;
}

/* One turn of both; nothing here is waited for but what will come. */
static void
turn(struct world *w)
{
	struct pollfd p[BROKER_MAX_FDS + 3];
	size_t n = broker_poll(w->broker, p);

	p[n] = (struct pollfd){ w->udp, POLLIN, 0 };
	p[n + 1] = (struct pollfd){ w->tcp, POLLIN, 0 };
	p[n + 2] = (struct pollfd){ w->peer, POLLIN, 0 };
	(void)poll(p, n + 3, broker_timeout(w->broker));
	serve_udp(w);
	serve_tcp(w);
	broker_step(w->broker, p, n);
	hear(w);
}

/* The reply; *fd is the descriptor in it, or -1. */
static struct reply
take_reply(struct world *w, int *fd)
{
	char bytes[REPLY_MAX + 1];
	struct reply reply = { .status = REPLY_BAD };
	ssize_t n;

	while ((n = recv_descriptor(w->fd, bytes, sizeof(bytes), fd)) == -1)
		turn(w);
	CHECK(broker_reply_read(str_view(bytes, (size_t)n), &reply));
	return reply;
}

static struct request
request(const struct world *w)
{
	return (struct request){ .kind = REQUEST_NAME,
		.proto = DIAL_TCP,
		.wait_ms = 60000,
		.number = 5,
		.to.port = w->to.port,
		.name = STR("a.test"),
		.lookup = { .ms = 60000, .all = REQUEST_FOREVER } };
}

static struct reply
ask(struct world *w, const struct request *r)
{
	unsigned char packet[REQUEST_MAX];
	size_t n = request_write(packet, r);
	struct reply reply;
	int fd;

	if (send(w->fd, packet, n, MSG_NOSIGNAL) != (ssize_t)n)
		abort();
	reply = take_reply(w, &fd);
	CHECK_INT(reply.number, r->number);
	CHECK_INT(fd != -1, reply.status == REPLY_CONNECTED);
	if (fd != -1)
		close(fd);
	return reply;
}

/* Has anybody come? Takes who has. */
static bool
is_touched(const struct world *w)
{
	int come = accept(w->web, NULL, NULL);

	if (come != -1)
		close(come);
	return come != -1;
}

static void
a_name_is_looked_up_and_connected_to(void)
{
	struct world w;
	struct request r;
	struct reply reply;

	world_init(&w, "127.0.0.1", 0);
	r = request(&w);
	set_zone(&w, HERE, 1);
	reply = ask(&w, &r);
	CHECK_INT(reply.status, REPLY_CONNECTED);
	CHECK_INT(reply.addrs, 1);
	CHECK_INT(reply.n_tried, 1);
	CHECK(addr_eq(&reply.tried[0].to, &w.to));
	CHECK(is_touched(&w));
	/* the socket to the name server, and that */
	CHECK_INT(w.heard.n, 2);
	CHECK(addr_eq(&w.heard.last.to, &w.to) && !w.heard.last.is_name);
	CHECK_STR(str_of(w.heard.name), "a.test");
	CHECK_INT(broker_count(w.broker), 2);
	world_clear(&w);
}

static void
each_address_is_judged(void)
{
	struct world w;
	struct request r;
	struct reply reply;

	world_init(&w, "127.0.0.1", 0);
	r = request(&w);
	set_zone(&w, INSIDE, 3);
	memcpy(w.zone.ip[2], HERE, 4);
	reply = ask(&w, &r);
	CHECK_INT(reply.status, REPLY_CONNECTED);
	CHECK_INT(reply.n_tried, 3);
	CHECK_INT(reply.tried[0].status, REPLY_REFUSED);
	CHECK_INT(reply.tried[0].class, EGRESS_PRIVATE);
	CHECK_INT(w.heard.refusals, 2);
	/* nothing was sent there */
	CHECK_INT(broker_count(w.broker), 2);
	world_clear(&w);
}

/*
 * Rebinding: what a name meant the first time says nothing of the second. The
 * first answer may be connected to, the second is this machine.
 */
static void
a_name_that_turns_inward_is_refused(void)
{
	struct world w;
	struct request r;
	struct reply reply;

	world_init(&w, "127.0.0.2", 0);
	r = request(&w);
	for (int i = 0; i < 4; i++) {
		set_zone(&w, i % 2 == 0 ? ALSO : HERE, 1);
		reply = ask(&w, &r);
		CHECK_INT(w.queries, i + 1);
		CHECK_INT(reply.n_tried, 1);
		/* nobody listens there */
		CHECK_INT(reply.status,
		    i % 2 == 0 ? REPLY_FAILED : REPLY_REFUSED);
		if (i % 2 == 0)
			CHECK_INT(reply.error, ECONNREFUSED);
		else
			CHECK_INT(reply.class, EGRESS_LOCAL);
		CHECK(!is_touched(&w));
	}
	world_clear(&w);
}

static void
a_name_is_kept_if_that_is_asked_for(void)
{
	struct world w;
	struct request r;
	struct reply reply;

	world_init(&w, "127.0.0.1", 0);
	r = request(&w);
	set_zone(&w, HERE, 1);
	r.lookup.is_kept = true;
	for (int i = 0; i < 3; i++) {
		reply = ask(&w, &r);
		CHECK_INT(reply.status, REPLY_CONNECTED);
		CHECK_INT(reply.is_kept, i != 0);
		CHECK_INT(w.queries, 1);
	}
	r.lookup.is_kept = false;
	CHECK(!ask(&w, &r).is_kept);
	CHECK_INT(w.queries, 2);
	/* that there is none is kept, too */
	r.lookup.is_kept = true;
	r.name = STR("b.test");
	w.zone.n = 0;
	reply = ask(&w, &r);
	CHECK_INT(reply.status, REPLY_NAME);
	CHECK_INT(reply.error, OUTCOME_NAME_NO_RECORD);
	CHECK_INT(w.queries, 3);
	world_clear(&w);
}

/* With a TTL of 0 it is not, and an answer without records has none. */
static void
what_must_not_be_kept_is_not(void)
{
	struct world w;
	struct request r;

	world_init(&w, "127.0.0.1", 0);
	r = request(&w);
	r.lookup.is_kept = true;
	set_zone(&w, HERE, 1);
	w.zone.ttl = 0;
	for (unsigned i = 1; i <= 2; i++) {
		CHECK(!ask(&w, &r).is_kept);
		CHECK_INT(w.queries, i);
	}
	world_clear(&w);
}

/* All are tried, so many a reply, after one look-up. */
static void
many_addresses_come_in_several_replies(void)
{
	static const size_t size[] = { 0, 1, 2, 3, 4, 5, REPLY_TRIED_MAX - 1,
		REPLY_TRIED_MAX, REPLY_TRIED_MAX + 1, 2 * REPLY_TRIED_MAX,
		MOST_ADDRS };

	for (size_t k = 0; k < ARRAY_SIZE(size); k++) {
		static struct world w;
		struct request r;
		struct reply reply;
		size_t tried = 0;

		world_init(&w, NULL, 0);
		r = request(&w);
		r.lookup.tcp = true;
		set_zone(&w, INSIDE, size[k]);
		do {
			r.lookup.first = (uint16_t)tried;
			reply = ask(&w, &r);
			tried += reply.n_tried;
			CHECK_INT(reply.status,
			    size[k] != 0 ? REPLY_REFUSED : REPLY_NAME);
		} while (reply.n_tried != 0 && tried < reply.addrs);
		CHECK_INT(tried, size[k]);
		CHECK_INT(reply.addrs, size[k]);
		CHECK_INT(w.queries, 1);
		CHECK_INT(w.heard.refusals, size[k]);
		world_clear(&w);
	}
}

static void
who_goes_on_starts_behind_what_was_tried(void)
{
	struct world w;
	struct request r;
	struct reply reply;

	world_init(&w, "127.0.0.0/8", 0);
	r = request(&w);
	set_zone(&w, HERE, 3);
	memcpy(w.zone.ip[1], ALSO, 4);
	for (unsigned first = 0; first < 3; first++) {
		r.lookup.first = (uint16_t)first;
		reply = ask(&w, &r);
		CHECK_INT(reply.status, REPLY_CONNECTED);
		/* the second one refuses, so it goes on to the third */
		CHECK_INT(reply.n_tried, first == 1 ? 2 : 1);
		CHECK_INT(w.queries, 1);
	}
	r.lookup.first = 3;
	reply = ask(&w, &r);
	CHECK_INT(reply.status, REPLY_FAILED);
	CHECK_INT(reply.n_tried, 0);
	CHECK_INT(reply.addrs, 3);
	CHECK_INT(w.queries, 1);
	/* another name has another list */
	r.name = STR("b.test");
	r.lookup.first = 1;
	reply = ask(&w, &r);
	CHECK_INT(w.queries, 2);
	CHECK_INT(reply.n_tried, 2);
	world_clear(&w);
}

static void
what_the_name_server_says_is_told(void)
{
	struct world w;
	struct request r;
	struct reply reply;

	world_init(&w, NULL, 0);
	r = request(&w);
	for (unsigned rcode = 1; rcode < 16; rcode++) {
		w.zone.rcode = rcode;
		reply = ask(&w, &r);
		CHECK_INT(reply.status, REPLY_NAME);
		CHECK_INT(reply.error, rcode);
		CHECK(addr_eq(&reply.server, &w.ns));
	}
	w.zone.is_silent = true;
	r.lookup.ms = 30;
	reply = ask(&w, &r);
	CHECK_INT(reply.status, REPLY_NAME);
	CHECK_INT(reply.error, OUTCOME_NAME_SILENCE);
	CHECK(addr_eq(&reply.server, &w.ns));
	CHECK_INT(w.heard.refusals + w.heard.limits, 0);
	world_clear(&w);
}

static void
no_time_is_no_look_up(void)
{
	struct world w;
	struct request r;
	struct reply reply;

	world_init(&w, "127.0.0.1", 0);
	r = request(&w);
	r.lookup.all = 0;
	reply = ask(&w, &r);
	CHECK_INT(reply.status, REPLY_NAME);
	CHECK_INT(reply.error, OUTCOME_NAME_SILENCE);
	CHECK_INT(reply.server.port, 0);
	CHECK_INT(w.queries + w.heard.n, 0);
	/* what is kept is tried in vain, without a packet */
	r.lookup.is_kept = true;
	r.lookup.all = REQUEST_FOREVER;
	set_zone(&w, HERE, 2);
	CHECK_INT(ask(&w, &r).status, REPLY_CONNECTED);
	CHECK(is_touched(&w));
	w.heard.n = 0;
	r.lookup.all = 0;
	reply = ask(&w, &r);
	CHECK_INT(reply.status, REPLY_FAILED);
	CHECK_INT(reply.n_tried, 2);
	CHECK_INT(reply.tried[0].error, ETIMEDOUT);
	CHECK_INT(w.heard.n, 0);
	CHECK(!is_touched(&w));
	world_clear(&w);
}

/* A look-up is a connection, too: nobody asks name servers without end. */
static void
look_ups_count_as_connections(void)
{
	struct world w;
	struct request r;
	struct reply reply;

	world_init(&w, "127.0.0.1", 3);
	r = request(&w);
	set_zone(&w, HERE, 1);
	CHECK_INT(ask(&w, &r).status, REPLY_CONNECTED);
	reply = ask(&w, &r);
	CHECK_INT(reply.status, REPLY_BUDGET);
	CHECK_INT(reply.n_tried, 1);
	CHECK_INT(w.queries, 2);
	reply = ask(&w, &r);
	CHECK_INT(reply.status, REPLY_BUDGET);
	CHECK_INT(reply.n_tried, 0);
	CHECK_INT(w.queries, 2);
	CHECK_INT(w.heard.limits, 2);
	CHECK_INT(broker_count(w.broker), 3);
	world_clear(&w);
}

static void
without_name_servers_nobody_is_asked(void)
{
	const struct order_packet order = { 1, 10000 };
	struct world w;
	struct request r;
	struct reply reply;

	world_init(&w, "open", 0);
	r = request(&w);
	drop_broker(&w);
	make_broker(&w, 0, &order);
	reply = ask(&w, &r);
	CHECK_INT(reply.status, REPLY_NAME);
	CHECK_INT(reply.error, OUTCOME_NAME_NOBODY);
	/* nor before there was an order */
	drop_broker(&w);
	make_broker(&w, 1, NULL);
	CHECK_INT(ask(&w, &r).status, REPLY_REFUSED);
	CHECK_INT(w.queries, 0);
	world_clear(&w);
}

/* Lets it work for as long as it can, and asks again at each reply. */
static unsigned
ask_until_it_sleeps(struct world *w, const struct request *r, unsigned most)
{
	unsigned char packet[REQUEST_MAX];
	size_t n = request_write(packet, r);
	char bytes[REPLY_MAX];

	CHECK_INT(send(w->fd, packet, n, MSG_NOSIGNAL), n);
	for (unsigned asked = 1; asked < most;) {
		struct pollfd p[BROKER_MAX_FDS];
		size_t fds = broker_poll(w->broker, p);

		if (poll(p, fds, 0) == 0 && broker_timeout(w->broker) != 0)
			return asked;
		broker_step(w->broker, p, fds);
		if (recv(w->fd, bytes, sizeof(bytes), MSG_DONTWAIT) <= 0)
			continue;
		CHECK_INT(send(w->fd, packet, n, MSG_NOSIGNAL), n);
		asked++;
	}
	return most;
}

/*
 * Each of many name servers refuses at once, each is told, and nobody listens:
 * then nothing more is asked, and nothing burns.
 */
static void
a_host_that_does_not_read_holds_look_ups_up(void)
{
	const struct order_packet order = { 1, 10000 };
	struct addr dead[64]; /* more than control holds */
	struct world w;
	struct request r;
	struct reply reply;
	int fd;

	world_init(&w, NULL, 0);
	r = request(&w);
	r.lookup.tcp = true;
	close(open_at(SOCK_STREAM, HERE, 0, &dead[0]));
	for (size_t i = 1; i < ARRAY_SIZE(dead); i++)
		dead[i] = dead[0];
	drop_broker(&w);
	w.list = dead;
	w.is_deaf = true;
	make_broker(&w, ARRAY_SIZE(dead), &order);
	CHECK(ask_until_it_sleeps(&w, &r, 1000) < 1000);
	CHECK_INT(broker_timeout(w.broker), -1);
	CHECK_INT(w.heard.n, 0);
	w.is_deaf = false;
	hear(&w);
	reply = take_reply(&w, &fd);
	CHECK_INT(reply.status, REPLY_NAME);
	CHECK_INT(reply.error, OUTCOME_NAME_BROKEN);
	/* all of them were told, those before as well */
	CHECK_INT(w.heard.n, broker_count(w.broker));
	CHECK_INT(w.heard.n % ARRAY_SIZE(dead), 0);
	world_clear(&w);
}

static void
who_goes_leaves_no_look_up_behind(void)
{
	unsigned char packet[REQUEST_MAX];
	unsigned before = count_descriptors();
	struct world w;
	struct request r;
	size_t n;

	world_init(&w, NULL, 0);
	r = request(&w);
	w.zone.is_silent = true;
	n = request_write(packet, &r);
	CHECK_INT(send(w.fd, packet, n, MSG_NOSIGNAL), n);
	while (w.queries == 0)
		turn(&w);
	CHECK_INT(shutdown(w.fd, SHUT_RDWR), 0);
	while (!broker_is_done(w.broker))
		turn(&w);
	world_clear(&w);
	CHECK_INT(count_descriptors(), before);
}

/* The next attempt, limited to that. */
static void
order_limited(struct world *w, const struct permit *rule, size_t n)
{
	static uint32_t attempt = 1;
	const struct order_packet order = { ++attempt, 10000, true };
	unsigned char packet[ORDER_SIZE];
	struct buf rules = BUF_NONE;

	CHECK_INT(permits_write(&rules, rule, n, NULL), 0);
	order_packet_write(packet, &order);
	if (send(w->host, rules.p, rules.n, MSG_NOSIGNAL) != (ssize_t)rules.n ||
	    send(w->host, packet, sizeof(packet), MSG_NOSIGNAL) != ORDER_SIZE)
		abort();
	buf_clear(&rules);
}

static struct reply
ask_by_address(struct world *w, const struct addr *to, bool is_ns)
{
	const struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_TCP,
		.is_ns = is_ns,
		.wait_ms = 60000,
		.number = 5,
		.to = *to };

	return ask(w, &r);
}

static void
a_name_that_is_not_permitted_is_not_looked_up(void)
{
	const struct permit rule[] = { { .kind = PERMIT_BELOW,
					   .name = STR("b.test") },
		{ .kind = PERMIT_NAME, .name = STR("a.test"), .port = 1 } };
	struct world w;
	struct request r;
	struct reply reply;

	world_init(&w, "127.0.0.1", 0);
	r = request(&w);
	set_zone(&w, HERE, 1);
	for (size_t n = 0; n <= ARRAY_SIZE(rule); n++) {
		order_limited(&w, rule, n);
		reply = ask(&w, &r);
		CHECK_INT(reply.status, REPLY_REFUSED);
		CHECK_INT(reply.class, EGRESS_UNNAMED);
		CHECK_INT(reply.n_tried, 0);
		/* nor is the address that it has */
		CHECK_INT(ask_by_address(&w, &w.to, false).class,
		    EGRESS_UNNAMED);
	}
	CHECK_INT(w.queries, 0);
	CHECK_INT(broker_count(w.broker), 0);
	CHECK_INT(w.heard.not_permitted, 6);
	CHECK_INT(w.heard.refusals, 0);
	CHECK(!is_touched(&w));
	r.name = STR("x.b.test");
	CHECK_INT(ask(&w, &r).status, REPLY_CONNECTED);
	world_clear(&w);
}

/* What the name meant here, with the port, in this attempt. */
static void
an_answer_may_be_asked_for_by_address(void)
{
	const struct permit rule = { .kind = PERMIT_NAME,
		.name = STR("a.test") };
	struct world w;
	struct request r;
	struct addr other;

	world_init(&w, "127.0.0.1", 0);
	r = request(&w);
	set_zone(&w, HERE, 1);
	order_limited(&w, &rule, 1);
	CHECK_INT(ask_by_address(&w, &w.to, false).class, EGRESS_UNNAMED);
	CHECK_INT(ask(&w, &r).status, REPLY_CONNECTED);
	CHECK_INT(ask_by_address(&w, &w.to, false).status, REPLY_CONNECTED);
	other = w.to;
	other.port++;
	CHECK_INT(ask_by_address(&w, &other, false).class, EGRESS_UNNAMED);
	order_limited(&w, &rule, 1);
	CHECK_INT(ask_by_address(&w, &w.to, false).class, EGRESS_UNNAMED);
	world_clear(&w);
}

static void
a_permission_opens_nothing_that_the_policy_shuts(void)
{
	const struct permit any = { .kind = PERMIT_ANY };
	struct world w;
	struct request r;
	struct reply reply;

	world_init(&w, NULL, 0);
	r = request(&w);
	set_zone(&w, HERE, 1);
	for (int i = 0; i < 2; i++) {
		order_limited(&w, &any, 1);
		if (i == 1) {
			reply = ask(&w, &r);
			CHECK_INT(reply.status, REPLY_REFUSED);
			CHECK_INT(reply.class, EGRESS_LOCAL);
		}
		reply = ask_by_address(&w, &w.to, false);
		CHECK_INT(reply.status, REPLY_REFUSED);
		CHECK_INT(reply.class, EGRESS_LOCAL);
	}
	CHECK(!is_touched(&w));
	CHECK_INT(w.heard.not_permitted, 0);
	world_clear(&w);
}

/* The worker's own; those of the broker are not asked for. */
static void
name_servers_are_for_who_looks_names_up(void)
{
	const struct permit rule[] = { { .kind = PERMIT_NAME,
					   .name = STR("a.test") },
		{ .kind = PERMIT_LOOKUPS } };
	struct world w;
	struct request r;

	world_init(&w, "127.0.0.1", 0);
	r = request(&w);
	set_zone(&w, HERE, 1);
	order_limited(&w, rule, 1);
	CHECK_INT(ask_by_address(&w, &w.ns, true).class, EGRESS_NO_LOOKUPS);
	CHECK_INT(w.heard.not_permitted, 1);
	CHECK_INT(ask(&w, &r).status, REPLY_CONNECTED);
	order_limited(&w, rule, 2);
	CHECK_INT(ask_by_address(&w, &w.ns, true).status, REPLY_CONNECTED);
	/* for another purpose it is an address like others */
	CHECK_INT(ask_by_address(&w, &w.ns, false).class, EGRESS_UNNAMED);
	world_clear(&w);
}

CHECK_MAIN(CASE(a_name_is_looked_up_and_connected_to),
    CASE(each_address_is_judged), CASE(a_name_that_turns_inward_is_refused),
    CASE(a_name_is_kept_if_that_is_asked_for),
    CASE(what_must_not_be_kept_is_not),
    CASE(many_addresses_come_in_several_replies),
    CASE(who_goes_on_starts_behind_what_was_tried),
    CASE(what_the_name_server_says_is_told), CASE(no_time_is_no_look_up),
    CASE(look_ups_count_as_connections),
    CASE(without_name_servers_nobody_is_asked),
    CASE(a_host_that_does_not_read_holds_look_ups_up),
    CASE(who_goes_leaves_no_look_up_behind),
    CASE(a_name_that_is_not_permitted_is_not_looked_up),
    CASE(an_answer_may_be_asked_for_by_address),
    CASE(a_permission_opens_nothing_that_the_policy_shuts),
    CASE(name_servers_are_for_who_looks_names_up))
