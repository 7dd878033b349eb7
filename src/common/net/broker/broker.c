/*
 * One request of a worker is worked on at a time, and its next one is read only
 * when the worker has taken what it was told before, and the host what it was
 * told of that. So whatever a worker does, its broker holds one descriptor for
 * it (and those that traffic.c watches, which have a bound), and what is sent
 * to it and lies in the queue is a reply or two; the rest waits on the worker's
 * own account, in its send buffer, where send(2) makes it wait. A host that is
 * busy makes all of it wait.
 *
 * A notice leaves before the reply that it is about: so what a worker says
 * after it has a connection comes after the notice of that. Orders of the host
 * are read before each packet of the worker, for the same reason: what it asks
 * for in an errand comes after the order for that.
 *
 * Outside of broker_new() only look-ups allocate (brk, mmap, mremap, munmap: up
 * to a few MB for the largest answer that DNS has, given back at its end), and
 * these are all other calls into the kernel, for the filter of the outer half
 * (SEQPACKET is the worker's and the host's socket, INET those that are handed
 * over, and those to name servers):
 *
 *	ppoll
 *	recv		of both SEQPACKETs; of a proxy's and a name server's INET
 *	send		to the host's SEQPACKET; to a proxy's and a name server's
 *			INET; a worker's first packet over UDP
 *	sendmsg		to the worker's SEQPACKET, with one INET
 *	socket, setsockopt TCP_NODELAY, bind (UDP), connect, close
 *	getsockopt	SO_ERROR and TCP_INFO, of INET
 *	getrandom	for the port of a UDP socket, and the id of a query
 *	clock_gettime	where the vDSO has none
 *
 * and what egress_learn_own() does.
 */
#include "broker/broker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/fds.h"
#include "base/mem.h"
#include "broker/inner.h"
#include "stream/clock.h"

#define REQUESTS_A_STEP 16    /* so that one worker cannot starve others */
#define SEND_BYTES      1024  /* for replies; Linux makes 4608 of it */
#define CONTROL_BYTES   16384 /* for notices; Linux makes it the double */
#define LAST_PACKETS    1024  /* more than a socket holds */
#define ORDERS_A_TIME   8     /* rules, an order, places */

/* In the array of broker_poll(). */
enum { AT_WORKER, AT_CONTROL, AT_JOB, AT_FLOWS };

int
broker_pair(int fd[2], struct err *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == -1)
		return err_sys(err, "cannot make a broker's socket");
	return 0;
}

static void
drop_job(struct broker *b)
{
	broker_job_clear(&b->job);
	search_stop(b->search);
	if (!broker_is_held_up(b))
		b->retry_at = CLOCK_NEVER;
}

static void
hang_up(struct broker *b)
{
	drop_job(b);
	if (b->fd != -1)
		close(b->fd);
	b->fd = -1;
}

/* What it points to is copied. */
static void
set_network(struct broker *b, const struct net_config *net)
{
	b->net = (struct net_config)NET_CONFIG_NONE;
	if (net == NULL)
		return;
	b->net = *net;
	b->ns = mem_array(net->n_ns, sizeof(*b->ns));
	if (net->n_ns != 0)
		memcpy(b->ns, net->ns, net->n_ns * sizeof(*b->ns));
	b->net.ns = b->ns;
}

static void
set_send_buffer(int fd, int bytes)
{
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

struct broker *
broker_new(int fd, const struct broker_config *config)
{
	struct broker *b = mem_zalloc(sizeof(*b));
	const struct lookup_door door = broker_job_door(b);

	set_send_buffer(fd, SEND_BYTES);
	if (config->control != -1)
		set_send_buffer(config->control, CONTROL_BYTES);
	b->fd = fd;
	b->box.fd = config->control;
	b->place = config->place;
	b->traffic.most =
	    config->watched < TRAFFIC_MOST ? config->watched : TRAFFIC_MOST;
	b->egress = config->egress;
	set_network(b, config->net);
	b->retry_at = CLOCK_NEVER;
	b->job.fd = -1;
	b->search = search_new(&b->net, &door);
	return b;
}

void
broker_free(struct broker *b)
{
	if (b == NULL)
		return;
	broker_lose_control(b);
	hang_up(b);
	search_free(b->search);
	traffic_clear(&b->traffic);
	free(b->ns);
	free(b);
}

void
broker_begin(struct broker *b, const struct order_packet *order)
{
	b->is_begun = true;
	b->attempt = order->attempt;
	b->connections = order->connections;
	b->is_limited = order->is_limited;
	b->has_rules = false;
	b->count = b->bad = b->words = b->refused = 0;
}

static int
send_reply(int fd, const struct job *job)
{
	unsigned char bytes[REPLY_MAX];
	size_t n = broker_reply_write(bytes, &job->reply);

	return fds_send(fd, str_view((char *)bytes, n), &job->fd,
	    job->fd != -1 ? 1 : 0, MSG_DONTWAIT);
}

/* The worker's word. false: it is none, or one too many. */
static bool
take_word(struct broker *b, struct str packet)
{
	struct notice notice = { .kind = NOTICE_WORD, .attempt = b->attempt };

	if (!outcome_read(packet, &notice.word) || ++b->words > OUTCOME_MOST)
		return false;
	broker_tell(b, &notice);
	return true;
}

/* Is there room for a reply? Not while the worker leaves the last ones. */
static bool
is_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	const struct timespec at_once = { 0, 0 };

	return ppoll(&p, 1, &at_once, NULL) == 1 && (p.revents & POLLOUT) != 0;
}

/*
 * Where descriptors on their way are too many (of this user, maybe of another
 * program) or memory is short, no event says when that has changed.
 */
static void
postpone(struct broker *b, int error)
{
	if (error == EAGAIN)
		b->is_stuck = true;
	else if (error == ENOBUFS || error == ENOMEM || error == ETOOMANYREFS)
		b->retry_at = clock_in(BROKER_RETRY_MS);
	else
		hang_up(b);
}

/*
 * What the worker would send first, once: it was judged and told by now. A
 * packet that cannot leave is left to the worker, whom the system tells why.
 */
static void
send_first(struct job *job)
{
	struct str first = job->request.first;

	if (job->fd == -1 || first.n == 0 || job->reply.is_sent)
		return;
	job->reply.is_sent =
	    send(job->fd, first.p, first.n, MSG_NOSIGNAL) == (ssize_t)first.n;
}

/* A connection is the worker's from here on; how much goes over it is asked. */
static void
watch_job(struct broker *b, struct job *job)
{
	const struct traffic_flow flow = { job->fd, job->number, job->attempt };
	struct notice notice;

	if (job->fd == -1 || b->box.fd == -1 || job->request.is_ns ||
	    job->request.proto != DIAL_TCP)
		return;
	job->fd = -1;
	if (!traffic_add(&b->traffic, &flow, &notice))
		return;
	broker_tell(b, &notice);
}

static void
deliver(struct broker *b)
{
	struct job *job = &b->job;

	broker_job_go_through(b, job);
	if (job->state != JOB_DONE || broker_is_held_up(b) ||
	    clock_left(b->retry_at) > 0)
		return;
	b->retry_at = CLOCK_NEVER;
	b->is_stuck = false;
	if (!job->is_told)
		broker_tell_job(b, job);
	if (broker_is_held_up(b) || b->is_lost)
		return;
	send_first(job);
	if (send_reply(b->fd, job) == -1) {
		postpone(b, errno);
		return;
	}
	b->has_replied = true;
	watch_job(b, job);
	broker_job_clear(job);
}

/* After something happened. */
static void
settle_job(struct broker *b)
{
	struct job *job = &b->job;

	if (job->state == JOB_FREE)
		return;
	if (broker_job_is_under_way(job) &&
	    clock_ms() >= broker_job_due(b, job))
		broker_job_late(b, job);
	if (job->state == JOB_DONE)
		deliver(b);
}

/* The worker's word wants no answer and leaves the job free. */
static void
accept_packet(struct broker *b, struct str packet)
{
	if (!outcome_is_one(packet))
		broker_job_begin(b, &b->job, packet);
	else if (!take_word(b, packet))
		b->bad++;
}

static void
hang_up_on_nonsense(struct broker *b)
{
	const struct notice notice = { .kind = NOTICE_HUNG_UP,
		.attempt = b->attempt };

	hang_up(b);
	broker_tell(b, &notice);
}

/* Those of the attempt that goes on count no more: its order is behind them. */
static bool
take_rules(struct broker *b, struct str packet)
{
	struct permits rules;

	if (!permits_read(packet, &rules))
		return false;
	memcpy(b->rules, packet.p, packet.n);
	return permits_read(str_view(b->rules, packet.n), &b->permits);
}

/* Rules and the order for them come together, or somebody has lost one. */
static bool
take_order(struct broker *b, struct str packet)
{
	struct order_packet order;

	if (!order_packet_read(packet, &order) ||
	    order.is_limited != b->has_rules)
		return false;
	broker_begin(b, &order);
	return true;
}

static bool
take_place(struct broker *b, struct str packet)
{
	uint32_t processor;

	if (!place_packet_read(packet, &processor))
		return false;
	if (b->place != NULL)
		b->place(processor);
	return true;
}

/* What the host says. */
static void
take_control(struct broker *b, struct str packet)
{
	if (permits_is_packet(packet) && !b->has_rules)
		b->has_rules = take_rules(b, packet);
	else if (take_order(b, packet) || take_place(b, packet))
		return;
	else
		broker_lose_control(b);
}

static void
read_orders(struct broker *b)
{
	for (int i = 0; i < ORDERS_A_TIME && b->box.fd != -1; i++) {
		ssize_t n = recv(b->box.fd, b->control, sizeof(b->control),
		    MSG_DONTWAIT);

		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n > 0)
			take_control(b, str_view(b->control, (size_t)n));
		else
			broker_lose_control(b);
	}
}

/* Of one who has gone only the words count. */
static void
take_packet(struct broker *b, struct str packet)
{
	if (b->is_gone)
		(void)take_word(b, packet);
	else
		accept_packet(b, packet);
	if (b->job.state == JOB_DONE)
		deliver(b);
	if (b->fd != -1 && b->bad >= BROKER_MAX_BAD)
		hang_up_on_nonsense(b);
}

static bool
may_read(const struct broker *b)
{
	return b->fd != -1 && !b->is_lost && b->job.state == JOB_FREE &&
	       !broker_is_held_up(b);
}

static bool
has_room(struct broker *b)
{
	b->is_stuck = !b->is_gone && !is_writable(b->fd);
	return !b->is_stuck;
}

/*
 * Up to a reply, which takes of the room for them; and who has just got one
 * asks nothing yet. Also drops what descriptors a worker sends: recv(2) does
 * not take them.
 */
static void
read_requests(struct broker *b)
{
	char packet[REQUEST_MAX + 1];

	if (!may_read(b) || !has_room(b))
		return;
	b->has_replied = false;
	for (int i = 0; i < REQUESTS_A_STEP && !b->has_replied && may_read(b);
	     i++) {
		ssize_t n = recv(b->fd, packet, sizeof(packet), MSG_DONTWAIT);

		if (n == -1 && errno == ECONNRESET)
			continue;
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			hang_up(b);
			return;
		}
		read_orders(b);
		if (!b->is_lost)
			take_packet(b, str_view(packet, (size_t)n));
	}
}

/* That the worker goes is always waited for; poll(2) tells it unasked. */
static short
events_of_worker(const struct broker *b)
{
	if (b->is_stuck)
		return POLLOUT;
	return b->job.state == JOB_FREE ? POLLIN : POLLHUP;
}

static short
events_of_job(const struct job *job)
{
	return job->state == JOB_CONNECTING ? POLLOUT : POLLIN;
}

/* While the host has to read first nothing else is looked at, so that nothing
 * that goes on being true keeps us awake. */
size_t
broker_poll(const struct broker *b, struct pollfd p[BROKER_MAX_FDS])
{
	bool is_held = broker_is_held_up(b);

	p[AT_WORKER] = (struct pollfd){ .fd = is_held ? -1 : b->fd,
		.events = events_of_worker(b) };
	p[AT_CONTROL] = (struct pollfd){ .fd = b->box.fd, .events = POLLIN };
	if (is_held && b->retry_at == CLOCK_NEVER)
		p[AT_CONTROL].events |= POLLOUT;
	p[AT_JOB] =
	    (struct pollfd){ .fd = broker_job_is_under_way(&b->job) ? b->job.fd
		                                                    : -1,
		    .events = events_of_job(&b->job) };
	if (b->job.state == JOB_LOOKING && !is_held)
		search_poll(b->search, &p[AT_JOB]);
	if (is_held)
		return AT_FLOWS;
	traffic_poll(&b->traffic, p + AT_FLOWS);
	return AT_FLOWS + b->traffic.n;
}

int
broker_timeout(const struct broker *b)
{
	int64_t first = b->retry_at;

	if (broker_job_is_under_way(&b->job))
		first = clock_first(first, broker_job_due(b, &b->job));
	return clock_left(first);
}

/* Those that are over, from the last one on, so that the others keep their
 * places; what finds no room now is told in the next step. */
static void
end_flows(struct broker *b, const struct pollfd *p, size_t n)
{
	for (size_t i = n; i-- > 0 && b->box.n < OUTBOX_ROOM;) {
		struct notice notice;

		if (p[i].revents == 0)
			continue;
		traffic_end(&b->traffic, i,
		    (p[i].revents & POLLERR) != 0 ? TRAFFIC_BROKEN : 0,
		    &notice);
		outbox_add(&b->box, &notice);
	}
}

static void
step_control(struct broker *b, const struct pollfd *p)
{
	if (p->revents != 0)
		read_orders(b);
	if (broker_is_held_up(b) && clock_left(b->retry_at) <= 0) {
		b->retry_at = CLOCK_NEVER;
		broker_flush(b);
	}
}

static void
step_worker(struct broker *b, const struct pollfd *p)
{
	if (b->fd == -1 || p->revents == 0)
		return;
	if ((p->revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) {
		b->is_gone = true;
		drop_job(b);
	}
	read_requests(b);
}

void
broker_step(struct broker *b, const struct pollfd *p, size_t n)
{
	end_flows(b, p + AT_FLOWS, n - AT_FLOWS);
	step_control(b, &p[AT_CONTROL]);
	if (p[AT_JOB].revents != 0 && broker_job_is_under_way(&b->job))
		broker_job_go_on(b, &b->job, p[AT_JOB].revents);
	settle_job(b);
	step_worker(b, &p[AT_WORKER]);
	if (b->is_lost)
		hang_up(b);
}

static void
take_last_words(struct broker *b)
{
	char packet[OUTCOME_SIZE + 1];

	for (int i = 0; i < LAST_PACKETS && b->fd != -1; i++) {
		ssize_t n = recv(b->fd, packet, sizeof(packet), MSG_DONTWAIT);

		/* reset: it ended without its reply; what it said is there */
		if (n == -1 && (errno == EINTR || errno == ECONNRESET))
			continue;
		if (n <= 0)
			return;
		(void)take_word(b, str_view(packet, (size_t)n));
		broker_flush_whole(b);
	}
}

void
broker_end(struct broker *b)
{
	broker_flush_whole(b);
	read_orders(b);
	take_last_words(b);
	hang_up(b);
	while (b->traffic.n != 0) {
		struct notice notice;

		traffic_end(&b->traffic, 0, 0, &notice);
		outbox_add(&b->box, &notice);
		broker_flush_whole(b);
	}
}

bool
broker_is_done(const struct broker *b)
{
	return b->fd == -1;
}

unsigned
broker_count(const struct broker *b)
{
	return b->count;
}
