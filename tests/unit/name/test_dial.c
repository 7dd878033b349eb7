/*
 * Dialling by name over a broker that is none of ours: it answers as a script
 * says, and each request is looked at. What becomes of it are the texts that
 * modules see.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "descriptors.h"

#include "base/fds.h"
#include "base/mem.h"
#include "gate/egress.h"
#include "gate/socks5.h"
#include "name/dial.h"
#include "name/name_cache.h"

#define MOST_STEPS 4

/* One answer. */
struct step {
	struct reply reply;
	bool has_fd;
	struct str raw; /* instead, p != NULL */
};

/* The broker's side, in a thread of its own. */
struct script {
	struct step step[MOST_STEPS];
	size_t n;
	int fd;
	pthread_t thread;
	struct request asked[MOST_STEPS]; /* their names are gone */
	size_t n_asked;
};

static void
send_step(int to, const struct step *step)
{
	unsigned char bytes[REPLY_MAX];
	struct str packet = step->raw;
	int fd[2] = { -1, -1 };

	if (packet.p == NULL)
		packet = str_view((char *)bytes,
		    broker_reply_write(bytes, &step->reply));
	if (step->has_fd && socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1)
		abort();
	(void)fds_send(to, packet, fd, step->has_fd ? 1 : 0, 0);
	if (step->has_fd) {
		close(fd[0]);
		close(fd[1]);
	}
}

static void *
answer(void *arg)
{
	struct script *s = arg;
	char packet[REQUEST_MAX + 1];

	while (s->n_asked < s->n) {
		struct request r;
		ssize_t n = recv(s->fd, packet, sizeof(packet), 0);

		if (n <= 0 || !request_read(str_view(packet, (size_t)n), &r))
			break;
		s->step[s->n_asked].reply.number = r.number;
		s->asked[s->n_asked] = r;
		send_step(s->fd, &s->step[s->n_asked++]);
	}
	close(s->fd);
	return NULL;
}

/* Fails as often as it is told to, as a handshake would. */
static int
fail_ready(struct stream *s, void *arg, struct err *err)
{
	int *left = arg;

	(void)s;
	if ((*left)-- > 0)
		return err_set(err, "invalid certificate: BadTest");
	return 0;
}

struct asked {
	const char *want; /* the error; NULL: it connects */
	struct dial dial;
	struct net_config net;
	enum outcome_cause cause; /* of the failure */
	uint32_t detail;
};

/* Dials "a.test" port 443; whatever comes, no descriptor is left. */
static void
check(struct script *s, const struct asked *asked)
{
	autoerr struct err err = ERR_NONE;
	unsigned before = count_descriptors();
	struct dial to = asked->dial;
	struct stream *stream = NULL;
	struct outcome failure;
	struct dialler *d;
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) == -1)
		abort();
	s->fd = fd[1];
	if (pthread_create(&s->thread, NULL, answer, s) != 0)
		abort();
	d = dialler_new_broker(fd[0], &asked->net);
	CHECK_INT(target_read(STR("a.test"), 443, &to.target, &err), 0);
	CHECK_INT(dial_tcp(d, &to, &stream, &err),
	    asked->want != NULL ? -1 : 0);
	if (asked->want != NULL)
		CHECK_STR(str_of(err_cstr(&err)), asked->want);
	failure = dial_take_failure(d);
	CHECK_INT(failure.cause, asked->cause);
	CHECK_INT(failure.detail, asked->detail);
	stream_free(stream);
	dialler_free(d);
	close(fd[0]);
	if (pthread_join(s->thread, NULL) != 0)
		abort();
	CHECK_INT(s->n_asked, s->n);
	CHECK_INT(count_descriptors(), before);
}

static struct reply_tried
tried(unsigned char last, enum reply_status status, uint32_t what)
{
	return (struct reply_tried){ .status = status,
		.class = status == REPLY_REFUSED ? what : 0,
		.error = status == REPLY_FAILED ? what : 0,
		.to =
		    addr_ip4((const unsigned char[4]){ 10, 0, 0, last }, 443) };
}

static void
add_tried(struct step *step, struct reply_tried t, uint16_t addrs)
{
	struct reply *reply = &step->reply;

	reply->status = t.status;
	reply->class = t.class;
	reply->error = t.error;
	reply->addrs = addrs;
	reply->tried[reply->n_tried++] = t;
	step->has_fd = t.status == REPLY_CONNECTED;
}

#define DIRECT NET_CONFIG_NONE

static void
a_name_is_asked_for_as_a_name(void)
{
	static struct script s;
	struct asked asked = { .dial = DIAL_NONE, .net = DIRECT };

	s = (struct script){ .n = 1 };
	add_tried(&s.step[0], tried(1, REPLY_CONNECTED, 0), 1);
	asked.dial.connect_timeout_ms = 3000;
	asked.net.dns_tcp = true;
	asked.net.dns_timeout_ms = 700;
	check(&s, &asked);
	CHECK_INT(s.asked[0].kind, REQUEST_NAME);
	CHECK_INT(s.asked[0].wait_ms, 3000);
	CHECK_INT(s.asked[0].to.port, 443);
	CHECK_INT(s.asked[0].lookup.ms, 700);
	CHECK_INT(s.asked[0].lookup.all, REQUEST_FOREVER);
	CHECK_INT(s.asked[0].lookup.first, 0);
	CHECK(s.asked[0].lookup.tcp && !s.asked[0].lookup.is_kept);
}

static void
times_and_the_cache_go_along(void)
{
	struct name_cache *cache = name_cache_new();
	static struct script s;
	struct asked asked = { .dial = DIAL_NONE, .net = DIRECT };

	s = (struct script){ .n = 1 };
	add_tried(&s.step[0], tried(1, REPLY_CONNECTED, 0), 1);
	asked.dial.cache = cache;
	asked.dial.deadline = clock_in(5000);
	check(&s, &asked);
	CHECK_INT(s.asked[0].wait_ms, DIAL_MOST_MS);
	CHECK_INT(s.asked[0].lookup.ms, 5000);
	CHECK(s.asked[0].lookup.all > 0 && s.asked[0].lookup.all <= 5000);
	CHECK(s.asked[0].lookup.is_kept);
	name_cache_free(cache);
}

/* As it was when each address was asked for alone. */
static void
every_address_is_in_the_error(void)
{
	static struct script s;
	struct asked asked = { .dial = DIAL_NONE,
		.net = DIRECT,
		.cause = OUTCOME_TIMEOUT,
		.detail = ETIMEDOUT };

	for (unsigned flags = 0; flags <= DIAL_LIST_CAUSES; flags++) {
		s = (struct script){ .n = 1 };
		add_tried(&s.step[0], tried(1, REPLY_FAILED, ECONNREFUSED), 4);
		add_tried(&s.step[0], tried(2, REPLY_REFUSED, EGRESS_PRIVATE),
		    4);
		add_tried(&s.step[0], tried(3, REPLY_BUDGET, 0), 4);
		add_tried(&s.step[0], tried(4, REPLY_FAILED, ETIMEDOUT), 4);
		asked.dial.flags = flags;
		asked.want =
		    flags == 0
			? "Connection timed out (os error 110)"
			: "couldn't connect: [(10.0.0.1, Connection refused "
			  "(os error 111)), (10.0.0.2, connection to "
			  "10.0.0.2:443 refused: private address (allow it "
			  "with --allow-net 10.0.0.2:443)), (10.0.0.3, too "
			  "many connections in one run (raise it with --limit "
			  "connections=NUMBER)), (10.0.0.4, Connection timed "
			  "out (os error 110))]";
		check(&s, &asked);
	}
}

/* Whose connection was refused: the proxy's, or, as the proxy says, the target's. */
static void
a_proxy_that_is_lost_is_named(void)
{
	static const struct {
		unsigned flags;
		enum reply_status status;
		uint32_t error;
		const char *want;
	} row[] = {
		{ DIAL_SAY_PROXY, REPLY_FAILED, ECONNREFUSED,
		    "proxy 10.0.0.9:1080: Connection refused (os error 111)" },
		{ DIAL_SAY_PROXY, REPLY_FAILED, ETIMEDOUT,
		    "proxy 10.0.0.9:1080: Connection timed out (os error "
		    "110)" },
		{ DIAL_SAY_PROXY, REPLY_PROXY, SOCKS5_REFUSED,
		    "connection refused by destination host" },
		{ 0, REPLY_FAILED, ECONNREFUSED,
		    "Connection refused (os error 111)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct script s = { .n = 1 };
		struct asked asked = { .dial = DIAL_NONE,
			.net = DIRECT,
			.want = row[i].want,
			.cause = OUTCOME_PROXY,
			.detail = row[i].error };

		asked.net.has_proxy = true;
		asked.net.proxy =
		    addr_ip4((const unsigned char[4]){ 10, 0, 0, 9 }, 1080);
		asked.dial.flags = row[i].flags;
		if (row[i].status == REPLY_PROXY)
			asked.detail |= OUTCOME_FAULT;
		s.step[0].reply.status = row[i].status;
		s.step[0].reply.error = row[i].error;
		check(&s, &asked);
	}
}

static void
refusals_alone_are_said_as_one(void)
{
	static struct script s;
	struct asked asked = { .dial = DIAL_NONE,
		.net = DIRECT,
		.want = "connection to 10.0.0.1:443 refused: private address "
			"(allow it with --allow-net 10.0.0.1:443)",
		.cause = OUTCOME_POLICY,
		.detail = EGRESS_PRIVATE };

	s = (struct script){ .n = 1 };
	add_tried(&s.step[0], tried(1, REPLY_REFUSED, EGRESS_PRIVATE), 2);
	add_tried(&s.step[0], tried(2, REPLY_REFUSED, EGRESS_PRIVATE), 2);
	asked.dial.flags = DIAL_LIST_CAUSES;
	check(&s, &asked);
}

/* More than a reply holds, and some whose handshake fails. */
static void
it_goes_on_behind_what_is_of_no_use(void)
{
	static struct script s;
	struct asked asked = { .dial = DIAL_NONE, .net = DIRECT };
	int fails = 2;

	s = (struct script){ .n = 4 };
	for (unsigned char i = 0; i < REPLY_TRIED_MAX; i++)
		add_tried(&s.step[0], tried(i, REPLY_FAILED, ECONNREFUSED),
		    REPLY_TRIED_MAX + 5);
	add_tried(&s.step[1], tried(64, REPLY_FAILED, ECONNREFUSED),
	    REPLY_TRIED_MAX + 5);
	add_tried(&s.step[1], tried(65, REPLY_CONNECTED, 0),
	    REPLY_TRIED_MAX + 5);
	add_tried(&s.step[2], tried(66, REPLY_CONNECTED, 0),
	    REPLY_TRIED_MAX + 5);
	add_tried(&s.step[3], tried(67, REPLY_CONNECTED, 0),
	    REPLY_TRIED_MAX + 5);
	asked.dial.ready = fail_ready;
	asked.dial.arg = &fails;
	check(&s, &asked);
	CHECK_INT(s.asked[1].lookup.first, REPLY_TRIED_MAX);
	CHECK_INT(s.asked[2].lookup.first, REPLY_TRIED_MAX + 2);
	CHECK_INT(s.asked[3].lookup.first, REPLY_TRIED_MAX + 3);
}

static void
the_last_handshake_is_the_error(void)
{
	static struct script s;
	struct asked asked = { .dial = DIAL_NONE,
		.net = DIRECT,
		.want = "invalid certificate: BadTest",
		.cause = OUTCOME_TLS,
		.detail = OUTCOME_TLS_UNTRUSTED };
	int fails = 2;

	s = (struct script){ .n = 2 };
	add_tried(&s.step[0], tried(1, REPLY_CONNECTED, 0), 2);
	add_tried(&s.step[1], tried(2, REPLY_CONNECTED, 0), 2);
	asked.dial.ready = fail_ready;
	asked.dial.arg = &fails;
	check(&s, &asked);
	/* the list is shorter than it was: what is known is the error */
	fails = 1;
	s = (struct script){ .n = 2 };
	add_tried(&s.step[0], tried(1, REPLY_CONNECTED, 0), 2);
	s.step[1].reply.status = REPLY_FAILED;
	s.step[1].reply.addrs = 1;
	check(&s, &asked);
	fails = 1;
	s.n_asked = 0;
	s.step[1].reply = (struct reply){ .status = REPLY_NAME, .error = 3 };
	asked.cause = OUTCOME_NAME;
	asked.detail = 3;
	check(&s, &asked);
}

static void
why_a_name_has_no_address(void)
{
	static const struct {
		uint32_t error;
		int64_t timeout_ms;
		bool is_kept, has_cache;
		const char *want;
	} row[] = {
		{ 3, -1, false, false, "dns server returned error: NXDomain" },
		{ 2, 9, false, true, "dns server returned error: ServFail" },
		{ 4095, -1, false, false, "dns server returned error: Other" },
		{ OUTCOME_NAME_SILENCE, -1, false, false, "request timed out" },
		{ OUTCOME_NAME_SILENCE, 9, false, true, "DNS query timed out" },
		{ OUTCOME_NAME_BROKEN, -1, false, false,
		    "proto error: io error" },
		{ OUTCOME_NAME_NOBODY, -1, false, false,
		    "No nameserver configured" },
		{ OUTCOME_NAME_NO_RECORD, -1, false, false,
		    "no dns records found" },
		{ OUTCOME_NAME_NO_RECORD, -1, false, true, "no record found" },
		{ OUTCOME_NAME_NO_RECORD, -1, true, true,
		    "dns cache has a negative ttl" },
	};
	struct name_cache *cache = name_cache_new();

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		static struct script s;
		struct asked asked = { .dial = DIAL_NONE,
			.net = DIRECT,
			.want = row[i].want,
			.cause = OUTCOME_NAME,
			.detail = row[i].error };

		s = (struct script){ .n = 1 };
		s.step[0].reply.status = REPLY_NAME;
		s.step[0].reply.error = row[i].error;
		s.step[0].reply.is_kept = row[i].is_kept;
		asked.net.dns_timeout_ms = row[i].timeout_ms;
		asked.dial.cache = row[i].has_cache ? cache : NULL;
		check(&s, &asked);
	}
	name_cache_free(cache);
}

static void
nothing_was_tried(void)
{
	static const struct {
		enum reply_status status;
		unsigned class;
		uint32_t error;
		const char *want;
		enum outcome_cause cause;
		uint32_t detail;
	} row[] = {
		{ REPLY_BUDGET, 0, 0,
		    "too many connections in one run (raise it with --limit "
		    "connections=NUMBER)",
		    OUTCOME_LIMIT, 0 },
		{ REPLY_REFUSED, EGRESS_DENIED, 0,
		    "connection to a.test:443 refused: denied by --deny-net or "
		    "network.deny",
		    OUTCOME_POLICY, EGRESS_DENIED },
		{ REPLY_FAILED, 0, ENOBUFS,
		    "No buffer space available (os error 105)",
		    OUTCOME_UNREACHABLE, ENOBUFS },
		{ REPLY_BAD, 0, 0, "the network broker did not understand",
		    OUTCOME_UNREACHABLE, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		static struct script s;
		struct asked asked = { .dial = DIAL_NONE,
			.net = DIRECT,
			.want = row[i].want,
			.cause = row[i].cause,
			.detail = row[i].detail };

		s = (struct script){ .n = 1 };
		s.step[0].reply.status = row[i].status;
		s.step[0].reply.class = row[i].class;
		s.step[0].reply.error = row[i].error;
		check(&s, &asked);
	}
}

/* Nobody but an owned broker says such things. */
static void
a_broker_that_lies_is_survived(void)
{
	static struct script s;
	struct asked asked = { .dial = DIAL_NONE,
		.net = DIRECT,
		.want = "the network broker did not understand",
		.cause = OUTCOME_UNREACHABLE };

	/* connected, to nowhere */
	s = (struct script){ .n = 1 };
	s.step[0].has_fd = true;
	check(&s, &asked);
	/* connected, without a descriptor */
	s = (struct script){ .n = 1 };
	add_tried(&s.step[0], tried(1, REPLY_CONNECTED, 0), 1);
	s.step[0].has_fd = false;
	check(&s, &asked);
	/* failed, with one */
	s = (struct script){ .n = 1 };
	add_tried(&s.step[0], tried(1, REPLY_FAILED, ECONNREFUSED), 1);
	s.step[0].has_fd = true;
	asked.want = "Connection refused (os error 111)";
	asked.cause = OUTCOME_REFUSED;
	asked.detail = ECONNREFUSED;
	check(&s, &asked);
	asked.want = "the network broker has gone";
	asked.cause = OUTCOME_FINE;
	asked.detail = 0;
	s = (struct script){ .n = 1 };
	s.step[0].raw = STR("x");
	check(&s, &asked);
	s.n_asked = 0;
	s.step[0].has_fd = true;
	check(&s, &asked);
	s = (struct script){ .n = 0 };
	check(&s, &asked);
}

CHECK_MAIN(CASE(a_name_is_asked_for_as_a_name),
    CASE(times_and_the_cache_go_along), CASE(every_address_is_in_the_error),
    CASE(a_proxy_that_is_lost_is_named), CASE(refusals_alone_are_said_as_one),
    CASE(it_goes_on_behind_what_is_of_no_use),
    CASE(the_last_handshake_is_the_error), CASE(why_a_name_has_no_address),
    CASE(nothing_was_tried), CASE(a_broker_that_lies_is_survived))
