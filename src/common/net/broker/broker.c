/*
 * One request of a worker is worked on at a time, and its next one is read only
 * when the worker has taken what it was told before. So whatever a worker does,
 * its broker holds one descriptor for it, and what is sent to it and lies in
 * the queue is a reply or two; the rest waits on the worker's own account, in
 * its send buffer, where send(2) makes it wait.
 */
#include "broker/broker.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "broker/search.h"
#include "gate/socket.h"
#include "gate/socks5.h"
#include "stream/clock.h"

#define OWN_REFRESH_MS  10000 /* own addresses are asked for anew after */
#define REQUESTS_A_STEP 16    /* so that one worker cannot starve others */
#define SEND_BYTES      1024  /* for replies; Linux makes 4608 of it */
#define RETRY_MS        100   /* when the system has no room for a reply */
#define LAST_PACKETS    1024  /* more than a socket holds */

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
	bool is_told;   /* what came of `to` */
	struct request request; /* its name views `name` */
	struct addr to;         /* what is tried */
	struct reply reply;
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
	unsigned connections, count, bad;
	unsigned words; /* outcomes that the worker has told */
	void (*record)(void *arg, const struct broker_record *record);
	void (*outcome)(void *arg, const struct outcome *outcome, bool is_word);
	void *arg;
	int64_t own_at;   /* when the own addresses were learnt */
	bool is_stuck;    /* the worker does not take its replies */
	int64_t retry_at; /* the system has no room; CLOCK_NEVER: it has */
	struct job job;
	struct search *search;
	struct job asked; /* a socket to a name server, of the look-up */
};

int
broker_pair(int fd[2], struct err *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) == -1)
		return err_sys(err, "cannot make a broker's socket");
	return 0;
}

static void
note_job(struct broker *b, const struct job *job)
{
	const struct request *r = &job->request;
	struct broker_record record = {
		.is_name = r->kind == REQUEST_NAME && !job->is_search,
		.to = job->to,
		.name = r->name,
		.proto = (enum dial_proto)r->proto,
		.reply = job->reply,
		.ms = clock_ms() - job->start,
	};

	if (b->record != NULL && job->reply.status != REPLY_BAD)
		b->record(b->arg, &record);
}

/* What this reply says of the way there; FINE where it says nothing. */
static void
judge_reply(const struct broker *b, const struct job *job, struct outcome *out)
{
	const struct reply *reply = &job->reply;

	if (reply->status == REPLY_REFUSED) {
		out->cause = OUTCOME_POLICY;
		out->detail = reply->class;
	} else if (reply->status == REPLY_BUDGET) {
		out->cause = OUTCOME_LIMIT;
	} else if (reply->status == REPLY_PROXY || job->is_proxied) {
		out->cause = OUTCOME_PROXY;
		out->server = b->net.proxy;
		out->detail = reply->error;
		if (reply->status == REPLY_PROXY)
			out->detail |= OUTCOME_FAULT;
	} else {
		out->cause = outcome_of_errno((int)reply->error);
		out->detail = reply->error;
	}
}

/* What a socket to a name server was good for is the worker's to say. */
static bool
is_half(const struct request *r, const struct outcome *o)
{
	return (r->is_ns || r->proto == DIAL_UDP) &&
	       o->cause != OUTCOME_POLICY && o->cause != OUTCOME_LIMIT;
}

static void
tell_outcome(struct broker *b, const struct job *job)
{
	const struct request *r = &job->request;
	struct outcome o = { .what = OUTCOME_CONNECTION, .port = r->to.port };
	char text[ADDR_TEXT_MAX];

	if (b->outcome == NULL || job->reply.status == REPLY_BAD)
		return;
	if (job->reply.status != REPLY_CONNECTED)
		judge_reply(b, job, &o);
	if (is_half(r, &o))
		return;
	outcome_set_host(&o, r->kind == REQUEST_NAME && !job->is_search
				 ? r->name
				 : str_of(addr_ip_text(&job->to, text)));
	b->outcome(b->arg, &o, false);
}

static void
tell_job(struct broker *b, struct job *job)
{
	job->is_told = true;
	note_job(b, job);
	tell_outcome(b, job);
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
	fd = socket_connect(proto, ns, SOCKET_DRAW_PORT, is_pending, &error);
	if (fd == -1)
		*fault = fault_of(proto, error);
	if (!*is_pending)
		asked_arrived(b, error);
	return fd;
}

struct broker *
broker_new(int fd)
{
	struct broker *b = mem_zalloc(sizeof(*b));

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){ SEND_BYTES },
	    sizeof(int));
	b->fd = fd;
	b->net = (struct net_config)NET_CONFIG_NONE;
	b->retry_at = CLOCK_NEVER;
	b->job.fd = -1;
	b->search = search_new(&b->net,
	    &(struct lookup_door){ open_asked, asked_arrived, b });
	return b;
}

static void
job_clear(struct job *job)
{
	if (job->fd != -1)
		close(job->fd);
	job->fd = -1;
	job->state = JOB_FREE;
}

static void
hang_up(struct broker *b)
{
	job_clear(&b->job);
	search_stop(b->search);
	if (b->fd != -1)
		close(b->fd);
	b->fd = -1;
}

void
broker_free(struct broker *b)
{
	if (b == NULL)
		return;
	hang_up(b);
	search_free(b->search);
	free(b->ns);
	free(b);
}

void
broker_configure(struct broker *b, const struct broker_config *config)
{
	free(b->ns);
	b->ns = NULL;
	b->net = (struct net_config)NET_CONFIG_NONE;
	if (config->net != NULL) {
		b->net = *config->net;
		b->ns = mem_array(b->net.n_ns, sizeof(*b->ns));
		if (b->net.n_ns != 0)
			memcpy(b->ns, b->net.ns, b->net.n_ns * sizeof(*b->ns));
		b->net.ns = b->ns;
	}
	b->egress = config->egress;
	b->connections =
	    config->connections != 0 ? config->connections : BROKER_CONNECTIONS;
	b->count = b->bad = b->words = 0;
	b->record = config->record;
	b->outcome = config->outcome;
	b->arg = config->arg;
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

	if (b->egress == NULL) {
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

	/* not configured: the refusal says so, not the budget */
	if (b->egress != NULL && b->count >= b->connections) {
		finish_job(job, REPLY_BUDGET, 0, 0);
		return;
	}
	if (!judge_job(b, job))
		return;
	job->is_proxied = b->net.has_proxy;
	if (job->is_proxied)
		to = &b->net.proxy;
	b->count++;
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
	if (b->egress == NULL) {
		finish_job(job, REPLY_REFUSED, EGRESS_DENIED, 0);
		return;
	}
	job->is_search = true;
	follow_search(b, job,
	    search_begin(b->search, &job->request, &job->reply));
}

/* What came of an address goes into the reply; then the next one. */
static void
go_through(struct broker *b, struct job *job)
{
	while (job->state == JOB_DONE && job->is_search) {
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
	struct outcome o;

	if (!outcome_read(packet, &o) || ++b->words > OUTCOME_MOST)
		return false;
	if (b->outcome != NULL)
		b->outcome(b->arg, &o, true);
	return true;
}

/* Is there room for a reply? Not while the worker leaves the last ones. */
static bool
is_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0;
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

static void
deliver(struct broker *b)
{
	struct job *job = &b->job;

	go_through(b, job);
	if (job->state != JOB_DONE || clock_left(b->retry_at) > 0)
		return;
	b->retry_at = CLOCK_NEVER;
	b->is_stuck = false;
	if (!send_reply(b->fd, job)) {
		postpone(b, errno);
		return;
	}
	if (!job->is_told)
		tell_job(b, job);
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
	return job->state == JOB_LOOKING ? search_due(b->search) : job->until;
}

/* After something happened. */
static void
settle_records(struct broker *b)
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
	job->is_search = job->is_told = job->is_proxied = false;
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

void
broker_last_words(struct broker *b)
{
	char packet[OUTCOME_SIZE + 1];

	for (int i = 0; i < LAST_PACKETS && b->fd != -1; i++) {
		ssize_t n = recv(b->fd, packet, sizeof(packet), MSG_DONTWAIT);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		(void)take_word(b, str_view(packet, (size_t)n));
	}
}

/* Also drops what descriptors a worker sends: recv(2) does not take them. */
static void
read_requests(struct broker *b)
{
	char packet[REQUEST_MAX + 1];

	for (int i = 0; i < REQUESTS_A_STEP && b->job.state == JOB_FREE; i++) {
		ssize_t n;

		b->is_stuck = !is_writable(b->fd);
		if (b->is_stuck)
			return;
		n = recv(b->fd, packet, sizeof(packet), MSG_DONTWAIT);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			hang_up(b);
			return;
		}
		accept_packet(b, str_view(packet, (size_t)n));
		if (b->job.state == JOB_DONE)
			deliver(b);
		if (b->bad >= BROKER_MAX_BAD)
			hang_up(b);
		if (b->fd == -1)
			return;
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

size_t
broker_poll(const struct broker *b, struct pollfd p[BROKER_MAX_FDS])
{
	const struct job *job = &b->job;

	if (b->fd == -1)
		return 0;
	p[0] = (struct pollfd){ .fd = b->fd, .events = events_of_worker(b) };
	if (!is_under_way(job))
		return 1;
	p[1] = (struct pollfd){ .fd = job->fd,
		.events = job->state == JOB_CONNECTING ? POLLOUT : POLLIN };
	if (job->state == JOB_LOOKING)
		search_poll(b->search, &p[1]);
	return 2;
}

int
broker_timeout(const struct broker *b)
{
	int64_t first = b->retry_at;

	if (is_under_way(&b->job))
		first = clock_first(first, due_of(b, &b->job));
	return b->fd != -1 ? clock_left(first) : -1;
}

void
broker_step(struct broker *b, const struct pollfd *p, size_t n)
{
	if (b->fd == -1)
		return;
	if (n == 2 && p[1].revents != 0 && is_under_way(&b->job))
		go_on(b, &b->job, p[1].revents);
	settle_records(b);
	if (b->fd == -1 || n == 0)
		return;
	if ((p[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) {
		broker_last_words(b);
		hang_up(b);
	} else if ((p[0].revents & (POLLIN | POLLOUT)) != 0) {
		read_requests(b);
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
