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
 *			INET
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

#include "base/mem.h"
#include "broker/outbox.h"
#include "broker/search.h"
#include "gate/socket.h"
#include "gate/socks5.h"
#include "stream/clock.h"

#define OWN_REFRESH_MS  10000 /* own addresses are asked for anew after */
#define REQUESTS_A_STEP 16    /* so that one worker cannot starve others */
#define SEND_BYTES      1024  /* for replies; Linux makes 4608 of it */
#define CONTROL_BYTES   16384 /* for notices; Linux makes it the double */
#define RETRY_MS        100   /* when the system has no room for a packet */
#define LAST_PACKETS    1024  /* more than a socket holds */
#define ORDERS_A_TIME   4     /* there is never but one */

/* In the array of broker_poll(). */
enum { AT_WORKER, AT_CONTROL, AT_JOB, AT_FLOWS };

enum job_state {
	JOB_FREE,
	JOB_LOOKING, /* the name is being looked up: search.h */
	JOB_CONNECTING,
	JOB_METHOD, /* waits for the proxy's choice of method */
	JOB_REPLY,  /* waits for the proxy's reply */
	JOB_DONE,   /* the worker is to be told */
};

struct job {
	enum job_state state;
	int fd; /* -1: none */
	bool is_proxied;
	bool is_search; /* of the addresses of a name the last word is not said */
	bool is_told;   /* the host knows what came of `to` */
	struct request request; /* its name views `name` */
	struct addr to;         /* what is tried */
	struct reply reply;
	uint32_t attempt;
	uint32_t number; /* of the connection; 0: none was tried */
	int64_t start, until;
	size_t got; /* bytes of the proxy's current answer */
	unsigned char answer[SOCKS5_REPLY_MAX];
	char name[REQUEST_NAME_MAX];
};

struct broker {
	int fd; /* -1: hung up */
	struct net_config net;
	struct addr *ns;
	struct egress *egress;
	bool is_begun;      /* there was an order */
	bool is_gone;       /* the worker is; its last words are not */
	bool is_lost;       /* the host is */
	uint32_t attempt;   /* of the last order */
	unsigned connections, count, bad;
	unsigned words;     /* outcomes that the worker has told */
	unsigned refused;   /* requests that came to nothing, and were told */
	uint32_t number;    /* of the last connection, in any attempt */
	int64_t own_at;     /* when the own addresses were learnt */
	bool is_stuck;      /* the worker does not take its replies */
	int64_t retry_at;   /* the system has no room; CLOCK_NEVER: it has */
	struct job job;
	struct search *search;
	struct job asked; /* a socket to a name server, of the look-up */
	struct outbox box;
	struct traffic traffic;
};

int
broker_pair(int fd[2], struct err *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == -1)
		return err_sys(err, "cannot make a broker's socket");
	return 0;
}

static void
job_clear(struct job *job)
{
	if (job->fd != -1)
		close(job->fd);
	job->fd = -1;
	job->state = JOB_FREE;
}

/* Does the host have to take notices first? */
static bool
is_held_up(const struct broker *b)
{
	return b->box.n != 0;
}

static void
drop_job(struct broker *b)
{
	job_clear(&b->job);
	search_stop(b->search);
	if (!is_held_up(b))
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

/*
 * There is no host any more. Its worker is hung up on at the end of the step:
 * we may be in the middle of a look-up.
 */
static void
lose_control(struct broker *b)
{
	if (b->box.fd != -1)
		close(b->box.fd);
	b->box.fd = -1;
	b->box.n = 0;
	b->is_lost = true;
}

/* Sends what the host is to know. */
static void
flush_notices(struct broker *b)
{
	switch (outbox_flush(&b->box)) {
	case OUTBOX_RETRY:
		b->retry_at = clock_in(RETRY_MS);
		break;
	case OUTBOX_GONE:
		lose_control(b);
		break;
	case OUTBOX_EMPTY:
	case OUTBOX_FULL:
		break;
	}
}

/* All of it, however long the host takes. */
static void
flush_whole(struct broker *b)
{
	const struct timespec pause = { .tv_nsec = RETRY_MS * 1000000L };

	for (;;) {
		struct pollfd p = { .fd = b->box.fd, .events = POLLOUT };

		flush_notices(b);
		if (!is_held_up(b))
			return;
		if (b->retry_at != CLOCK_NEVER)
			(void)ppoll(NULL, 0, &pause, NULL);
		else
			(void)ppoll(&p, 1, NULL, NULL);
		b->retry_at = CLOCK_NEVER;
	}
}

/* A host that has not read as much as there is room for is waited for. */
static void
add_notice(struct broker *b, const struct notice *notice)
{
	if (b->box.n == OUTBOX_ROOM)
		flush_whole(b);
	outbox_add(&b->box, notice);
	flush_notices(b);
}

static uint32_t
since(int64_t start)
{
	int64_t ms = clock_ms() - start;

	return ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
}

/* Tells the host of it, unless it was no request. */
static void
tell_job(struct broker *b, struct job *job)
{
	const struct request *r = &job->request;
	struct notice notice = { .kind = NOTICE_REQUEST,
		.attempt = job->attempt,
		.record = {
		    .is_name = r->kind == REQUEST_NAME && !job->is_search,
		    .is_ns = r->is_ns,
		    .is_proxied = job->is_proxied,
		    .to = job->to,
		    .name = r->name,
		    .proto = (enum dial_proto)r->proto,
		    .number = job->number,
		    .status = job->reply.status,
		    .class = job->reply.class,
		    .error = job->reply.error,
		    .ms = since(job->start),
		} };

	job->is_told = true;
	if (job->reply.status == REPLY_BAD)
		return;
	if (job->reply.status != REPLY_CONNECTED &&
	    b->refused++ >= NOTICE_MOST_REFUSED)
		return;
	add_notice(b, &notice);
}

/* What became of the last socket to a name server. */
static void
asked_arrived(void *arg, int error)
{
	struct broker *b = arg;

	b->asked.reply.status = error == 0 ? REPLY_CONNECTED : REPLY_FAILED;
	b->asked.reply.error = (uint32_t)error;
	tell_job(b, &b->asked);
}

static enum lookup_fault
fault_of(enum dial_proto proto, int error)
{
	if (error == ETIMEDOUT)
		return LOOKUP_SILENT;
	return proto == DIAL_TCP ? LOOKUP_BROKEN : LOOKUP_ABSENT;
}

/*
 * A socket to a name server for a look-up here counts, and is told, like one
 * that the worker asks for.
 */
static int
open_asked(void *arg, enum dial_proto proto, const struct addr *ns,
    int64_t until, bool *is_pending, enum lookup_fault *fault)
{
	struct broker *b = arg;
	struct job *job = &b->asked;
	int fd, error = 0;

	(void)until;
	*job = (struct job){ .to = *ns,
		.start = clock_ms(),
		.attempt = b->attempt,
		.request = { .kind = REQUEST_ADDR,
		    .proto = proto,
		    .is_ns = true,
		    .to = *ns } };
	if (b->count >= b->connections) {
		job->reply.status = REPLY_BUDGET;
		tell_job(b, job);
		*fault = LOOKUP_REFUSED;
		return -1;
	}
	b->count++;
	job->number = ++b->number;
	fd = socket_connect(proto, ns, SOCKET_DRAW_PORT, is_pending, &error);
	if (fd == -1)
		*fault = fault_of(proto, error);
	if (!*is_pending)
		asked_arrived(b, error);
	return fd;
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

	set_send_buffer(fd, SEND_BYTES);
	if (config->control != -1)
		set_send_buffer(config->control, CONTROL_BYTES);
	b->fd = fd;
	b->box.fd = config->control;
	b->traffic.most = config->watched < TRAFFIC_MOST ? config->watched
	                                                 : TRAFFIC_MOST;
	b->egress = config->egress;
	set_network(b, config->net);
	b->retry_at = CLOCK_NEVER;
	b->job.fd = -1;
	b->search = search_new(&b->net,
	    &(struct lookup_door){ open_asked, asked_arrived, b });
	return b;
}

void
broker_free(struct broker *b)
{
	if (b == NULL)
		return;
	lose_control(b);
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
	b->count = b->bad = b->words = b->refused = 0;
}

static void
finish_job(struct job *job, enum reply_status status, unsigned class, int error)
{
	job->state = JOB_DONE;
	job->reply.status = status;
	job->reply.class = class;
	job->reply.error = (uint32_t)error;
	if (status != REPLY_CONNECTED && job->fd != -1) {
		close(job->fd);
		job->fd = -1;
	}
}

/*
 * false: they were never known, so that one of them may be taken for public.
 * What was known counts until it can be asked for again.
 */
static bool
refresh_own(struct broker *b)
{
	int64_t now = clock_ms();

	if (b->own_at != 0 && now - b->own_at < OWN_REFRESH_MS)
		return true;
	if (egress_learn_own(b->egress, NULL) == 0)
		b->own_at = now;
	return b->own_at != 0;
}

/* false: the job is finished, with a refusal or because nobody can judge. */
static bool
judge_job(struct broker *b, struct job *job)
{
	const struct request *r = &job->request;
	enum egress_class why = EGRESS_DENIED;
	bool is_allowed = false;

	if (!b->is_begun) {
		finish_job(job, REPLY_REFUSED, EGRESS_DENIED, 0);
		return false;
	}
	if (b->net.has_proxy && r->proto == DIAL_UDP) {
		finish_job(job, REPLY_REFUSED, EGRESS_PROXIED, 0);
		return false;
	}
	if (!b->net.has_proxy && r->is_ns &&
	    net_config_has_ns(&b->net, &job->to))
		return true;
	if (!refresh_own(b)) {
		finish_job(job, REPLY_FAILED, 0, errno);
		return false;
	}
	if (r->kind == REQUEST_NAME && !job->is_search)
		is_allowed =
		    egress_judge_name(b->egress, r->name, r->to.port, &why);
	else
		is_allowed = egress_judge(b->egress, &job->to, &why);
	if (!is_allowed)
		finish_job(job, REPLY_REFUSED, why, 0);
	return is_allowed;
}

/* Small answers to small questions: a fresh socket takes them at once. */
static void
send_to_proxy(struct job *job, struct str bytes, enum job_state next)
{
	if (send(job->fd, bytes.p, bytes.n, MSG_NOSIGNAL) != (ssize_t)bytes.n) {
		finish_job(job, REPLY_FAILED, 0, errno);
		return;
	}
	job->got = 0;
	job->state = next;
}

static void
connected(struct job *job)
{
	if (job->is_proxied)
		send_to_proxy(job, socks5_hello(), JOB_METHOD);
	else
		finish_job(job, REPLY_CONNECTED, 0, 0);
}

/* One address, or a name that the proxy shall look up. */
static void
start_job(struct broker *b, struct job *job)
{
	const struct addr *to = &job->to;
	bool is_pending;
	int errnum;

	/* not begun: the refusal says so, not the budget */
	if (b->is_begun && b->count >= b->connections) {
		finish_job(job, REPLY_BUDGET, 0, 0);
		return;
	}
	if (!judge_job(b, job))
		return;
	job->is_proxied = b->net.has_proxy;
	if (job->is_proxied)
		to = &b->net.proxy;
	b->count++;
	job->number = ++b->number;
	job->fd = socket_connect((enum dial_proto)job->request.proto, to,
	    SOCKET_DRAW_PORT, &is_pending, &errnum);
	if (job->fd == -1)
		finish_job(job, REPLY_FAILED, 0, errnum);
	else if (is_pending)
		job->state = JOB_CONNECTING;
	else
		connected(job);
}

/* false: no address is left for this reply. */
static bool
try_next(struct broker *b, struct job *job)
{
	int64_t now = clock_ms();

	if (!search_next(b->search, &job->reply, &job->to, &job->until))
		return false;
	job->start = now;
	job->number = 0;
	job->is_told = false;
	if (job->until > now) {
		start_job(b, job);
	} else {
		finish_job(job, REPLY_FAILED, 0, ETIMEDOUT);
		job->is_told = true; /* nobody tried */
	}
	return true;
}

static void
follow_search(struct broker *b, struct job *job, enum search_state state)
{
	switch (state) {
	case SEARCH_LOOKING:
		job->state = JOB_LOOKING;
		break;
	case SEARCH_THERE:
		(void)try_next(b, job);
		break;
	case SEARCH_OVER:
		job->state = JOB_DONE;
		job->is_search = false;
		job->is_told = true; /* the sockets to name servers were */
		break;
	}
}

/* A name that we look up. */
static void
start_search(struct broker *b, struct job *job)
{
	if (!b->is_begun) {
		finish_job(job, REPLY_REFUSED, EGRESS_DENIED, 0);
		return;
	}
	job->is_search = true;
	follow_search(b, job,
	    search_begin(b->search, &job->request, &job->reply));
}

/* What came of an address goes into the reply; then, if the host has heard of
 * it, the next one. */
static void
go_through(struct broker *b, struct job *job)
{
	while (job->state == JOB_DONE && job->is_search && !is_held_up(b)) {
		if (!job->is_told)
			tell_job(b, job);
		search_note(&job->to, &job->reply);
		if (job->reply.status == REPLY_CONNECTED || !try_next(b, job))
			job->is_search = false;
	}
}

static void
send_request(struct job *job)
{
	const struct request *r = &job->request;
	unsigned char out[SOCKS5_REQUEST_MAX];
	size_t n = socks5_write_request(out,
	    r->kind == REQUEST_NAME ? &r->name : NULL, &r->to);

	send_to_proxy(job, str_view((char *)out, n), JOB_REPLY);
}

/* One answer of the proxy: never a byte more than it has. */
static void
read_proxy(struct job *job)
{
	int (*read_answer)(struct str, size_t *, enum socks5_fault *) =
	    job->state == JOB_METHOD ? socks5_read_method : socks5_read_reply;
	enum socks5_fault fault;
	size_t need;

	for (;;) {
		int result =
		    read_answer(str_view((char *)job->answer, job->got), &need,
			&fault);
		ssize_t n;

		if (result == -1)
			finish_job(job, REPLY_PROXY, 0, (int)fault);
		else if (result == 0 && job->state == JOB_METHOD)
			send_request(job);
		else if (result == 0)
			finish_job(job, REPLY_CONNECTED, 0, 0);
		if (result != 1)
			return;
		n = recv(job->fd, job->answer + job->got, need - job->got, 0);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n == -1)
			finish_job(job, REPLY_FAILED, 0, errno);
		else if (n == 0)
			finish_job(job, REPLY_PROXY, 0, SOCKS5_EOF);
		if (n <= 0)
			return;
		job->got += (size_t)n;
	}
}

static void
go_on(struct broker *b, struct job *job, short revents)
{
	int error;

	if (job->state == JOB_LOOKING) {
		/* each socket that it opens is told */
		if (!is_held_up(b))
			follow_search(b, job,
			    search_step(b->search, revents, &job->reply));
		return;
	}
	if (job->state != JOB_CONNECTING) {
		read_proxy(job);
		return;
	}
	error = socket_error(job->fd);
	if (error != 0)
		finish_job(job, REPLY_FAILED, 0, error);
	else
		connected(job);
}

static bool
send_reply(int fd, const struct job *job)
{
	unsigned char bytes[REPLY_MAX];
	struct iovec iov = { bytes, broker_reply_write(bytes, &job->reply) };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (job->fd != -1) {
		memset(&control, 0, sizeof(control));
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.head), &job->fd, sizeof(int));
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control.room);
	}
	return sendmsg(fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) != -1;
}

/* The worker's word. false: it is none, or one too many. */
static bool
take_word(struct broker *b, struct str packet)
{
	struct notice notice = { .kind = NOTICE_WORD, .attempt = b->attempt };

	if (!outcome_read(packet, &notice.word) || ++b->words > OUTCOME_MOST)
		return false;
	add_notice(b, &notice);
	return true;
}

/* Is there room for a reply? Not while the worker leaves the last ones. */
static bool
is_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	const struct timespec at_once = { 0, 0 };

	return ppoll(&p, 1, &at_once, NULL) == 1 &&
	       (p.revents & POLLOUT) != 0;
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
	else if (error == EINTR)
		b->retry_at = clock_ms();
	else if (error == ENOBUFS || error == ENOMEM || error == ETOOMANYREFS)
		b->retry_at = clock_in(RETRY_MS);
	else
		hang_up(b);
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
	add_notice(b, &notice);
}

static void
deliver(struct broker *b)
{
	struct job *job = &b->job;

	go_through(b, job);
	if (job->state != JOB_DONE || is_held_up(b) ||
	    clock_left(b->retry_at) > 0)
		return;
	b->retry_at = CLOCK_NEVER;
	b->is_stuck = false;
	if (!job->is_told)
		tell_job(b, job);
	if (is_held_up(b) || b->is_lost)
		return;
	if (!send_reply(b->fd, job)) {
		postpone(b, errno);
		return;
	}
	watch_job(b, job);
	job_clear(job);
}

static bool
is_under_way(const struct job *job)
{
	return job->state != JOB_FREE && job->state != JOB_DONE;
}

static int64_t
due_of(const struct broker *b, const struct job *job)
{
	if (job->state != JOB_LOOKING)
		return job->until;
	return is_held_up(b) ? CLOCK_NEVER : search_due(b->search);
}

/* After something happened. */
static void
settle_job(struct broker *b)
{
	struct job *job = &b->job;

	if (job->state == JOB_FREE)
		return;
	if (is_under_way(job) && clock_ms() >= due_of(b, job)) {
		if (job->state == JOB_LOOKING)
			go_on(b, job, 0);
		else
			finish_job(job, REPLY_FAILED, 0, ETIMEDOUT);
	}
	if (job->state == JOB_DONE)
		deliver(b);
}

static void
accept_request(struct broker *b, struct job *job, struct str packet)
{
	struct request *r = &job->request;
	bool is_good = request_read(packet, r);
	uint32_t wait;

	job->start = clock_ms();
	job->attempt = b->attempt;
	job->is_search = job->is_told = job->is_proxied = false;
	job->number = 0;
	job->reply = (struct reply){ .number = 0 };
	if (!is_good) {
		memset(r, 0, sizeof(*r));
		finish_job(job, REPLY_BAD, 0, 0);
		b->bad++;
		return;
	}
	/* the packet ends with this call */
	if (r->name.n != 0)
		memcpy(job->name, r->name.p, r->name.n);
	r->name.p = job->name;
	job->reply.number = r->number;
	wait =
	    r->wait_ms < BROKER_MAX_WAIT_MS ? r->wait_ms : BROKER_MAX_WAIT_MS;
	job->until = job->start + wait;
	job->to = r->to;
	if (r->kind == REQUEST_NAME && !b->net.has_proxy)
		start_search(b, job);
	else
		start_job(b, job);
}

/* The worker's word wants no answer and leaves the job free. */
static void
accept_packet(struct broker *b, struct str packet)
{
	if (!outcome_is_one(packet))
		accept_request(b, &b->job, packet);
	else if (!take_word(b, packet))
		b->bad++;
}

static void
hang_up_on_nonsense(struct broker *b)
{
	const struct notice notice = { .kind = NOTICE_HUNG_UP,
		.attempt = b->attempt };

	hang_up(b);
	add_notice(b, &notice);
}

static void
read_orders(struct broker *b)
{
	char packet[ORDER_SIZE + 1];
	struct order_packet order;

	for (int i = 0; i < ORDERS_A_TIME && b->box.fd != -1; i++) {
		ssize_t n =
		    recv(b->box.fd, packet, sizeof(packet), MSG_DONTWAIT);

		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n > 0 &&
		    order_packet_read(str_view(packet, (size_t)n), &order))
			broker_begin(b, &order);
		else
			lose_control(b);
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
may_read(struct broker *b)
{
	if (b->fd == -1 || b->is_lost || b->job.state != JOB_FREE ||
	    is_held_up(b))
		return false;
	b->is_stuck = !b->is_gone && !is_writable(b->fd);
	return !b->is_stuck;
}

/* Also drops what descriptors a worker sends: recv(2) does not take them. */
static void
read_requests(struct broker *b)
{
	char packet[REQUEST_MAX + 1];

	for (int i = 0; i < REQUESTS_A_STEP && may_read(b); i++) {
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
	bool is_held = is_held_up(b);

	p[AT_WORKER] = (struct pollfd){ .fd = is_held ? -1 : b->fd,
		.events = events_of_worker(b) };
	p[AT_CONTROL] = (struct pollfd){ .fd = b->box.fd, .events = POLLIN };
	if (is_held && b->retry_at == CLOCK_NEVER)
		p[AT_CONTROL].events |= POLLOUT;
	p[AT_JOB] = (struct pollfd){ .fd = is_under_way(&b->job) ? b->job.fd
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

	if (is_under_way(&b->job))
		first = clock_first(first, due_of(b, &b->job));
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
	if (is_held_up(b) && clock_left(b->retry_at) <= 0) {
		b->retry_at = CLOCK_NEVER;
		flush_notices(b);
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
	if (p[AT_JOB].revents != 0 && is_under_way(&b->job))
		go_on(b, &b->job, p[AT_JOB].revents);
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
		flush_whole(b);
	}
}

void
broker_end(struct broker *b)
{
	flush_whole(b);
	read_orders(b);
	take_last_words(b);
	hang_up(b);
	while (b->traffic.n != 0) {
		struct notice notice;

		traffic_end(&b->traffic, 0, 0, &notice);
		outbox_add(&b->box, &notice);
		flush_whole(b);
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
