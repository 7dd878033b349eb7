/*
 * One request: judged, connected to, by way of the proxy if there is one, and
 * of a name whose addresses we look up ourselves one address after the other.
 * It is done with a reply, which broker.c delivers.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "broker/inner.h"
#include "gate/socket.h"
#include "stream/clock.h"

#define OWN_REFRESH_MS 10000 /* own addresses are asked for anew after */

void
broker_job_clear(struct job *job)
{
	if (job->fd != -1)
		close(job->fd);
	job->fd = -1;
	job->state = JOB_FREE;
}

/* What became of the last socket to a name server. */
static void
asked_arrived(void *arg, int error)
{
	struct broker *b = arg;

	b->asked.reply.status = error == 0 ? REPLY_CONNECTED : REPLY_FAILED;
	b->asked.reply.error = (uint32_t)error;
	broker_tell_job(b, &b->asked);
}

/*
 * A socket to a name server for a look-up here counts, and is told, like one
 * that the worker asks for.
 */
static int
open_asked(void *arg, enum dial_proto proto, const struct addr *ns,
    struct str query, int64_t until, enum lookup_way *way,
    enum lookup_fault *fault)
{
	struct broker *b = arg;
	struct job *job = &b->asked;
	bool is_pending;
	int fd, error = 0;

	(void)until, (void)query;
	*job = (struct job){ .to = *ns,
		.start = clock_ms(),
		.attempt = b->attempt,
		.request = { .kind = REQUEST_ADDR,
		    .proto = proto,
		    .is_ns = true,
		    .to = *ns } };
	if (b->count >= b->connections) {
		job->reply.status = REPLY_BUDGET;
		broker_tell_job(b, job);
		*fault = LOOKUP_REFUSED;
		return -1;
	}
	b->count++;
	job->number = ++b->number;
	fd = socket_connect(proto, ns, SOCKET_DRAW_PORT, &is_pending, &error);
	if (fd == -1)
		*fault = lookup_fault_of(proto, error);
	*way = is_pending ? LOOKUP_PENDING : LOOKUP_CONNECTED;
	if (!is_pending)
		asked_arrived(b, error);
	return fd;
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

/* Not a name that a proxy looks up: judged by its address. */
static bool
is_by_address(const struct job *job)
{
	return job->request.kind == REQUEST_ADDR || job->is_search;
}

/* By the permissions. Of a name that we look up the name was judged before. */
static bool
is_permitted(const struct broker *b, const struct job *job,
    enum egress_class *why)
{
	const struct request *r = &job->request;

	if (!b->is_limited || job->is_search)
		return true;
	if (r->kind == REQUEST_NAME)
		return permits_judge_name(&b->permits, r->name, r->to.port,
		    why);
	if (r->is_ns)
		return permits_judge_lookups(&b->permits, why);
	return permits_judge_addr(&b->permits, &job->to, why);
}

static bool
is_allowed(const struct broker *b, const struct job *job,
    enum egress_class *why)
{
	const struct request *r = &job->request;

	if (!b->net.has_proxy && r->is_ns)
		return true;
	return is_by_address(job)
	           ? egress_judge(b->egress, &job->to, why)
	           : egress_judge_name(b->egress, r->name, r->to.port, why);
}

/* false: the job is finished, with a refusal or because nobody can judge. */
static bool
judge_job(struct broker *b, struct job *job)
{
	const struct request *r = &job->request;
	enum egress_class why = EGRESS_DENIED;

	if (!b->is_begun) {
		finish_job(job, REPLY_REFUSED, EGRESS_DENIED, 0);
		return false;
	}
	if (b->net.has_proxy && r->proto == DIAL_UDP) {
		finish_job(job, REPLY_REFUSED, EGRESS_PROXIED, 0);
		return false;
	}
	if ((b->net.has_proxy || !r->is_ns) && !refresh_own(b)) {
		finish_job(job, REPLY_FAILED, 0, errno);
		return false;
	}
	if (is_allowed(b, job, &why) && is_permitted(b, job, &why))
		return true;
	finish_job(job, REPLY_REFUSED, why, 0);
	return false;
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
	job->reply.connection = job->number;
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

/* A name that we look up: of one that is not permitted nobody is asked. */
static void
start_search(struct broker *b, struct job *job)
{
	enum egress_class why = EGRESS_DENIED;

	if (!b->is_begun || !is_permitted(b, job, &why)) {
		finish_job(job, REPLY_REFUSED, why, 0);
		return;
	}
	job->is_search = true;
	follow_search(b, job,
	    search_begin(b->search, &job->request, &job->reply));
}

void
broker_job_go_through(struct broker *b, struct job *job)
{
	while (
	    job->state == JOB_DONE && job->is_search && !broker_is_held_up(b)) {
		if (!job->is_told)
			broker_tell_job(b, job);
		search_note(&job->to, &job->reply);
		if (b->is_limited && job->reply.status != REPLY_REFUSED)
			permits_remember(&b->permits, &job->to);
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

void
broker_job_go_on(struct broker *b, struct job *job, short revents)
{
	int error;

	if (job->state == JOB_LOOKING) {
		/* each socket that it opens is told */
		if (!broker_is_held_up(b))
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

bool
broker_job_is_under_way(const struct job *job)
{
	return job->state != JOB_FREE && job->state != JOB_DONE;
}

int64_t
broker_job_due(const struct broker *b, const struct job *job)
{
	if (job->state != JOB_LOOKING)
		return job->until;
	return broker_is_held_up(b) ? CLOCK_NEVER : search_due(b->search);
}

void
broker_job_begin(struct broker *b, struct job *job, struct str packet)
{
	struct request *r = &job->request;
	bool is_good = request_read(packet, r);
	struct str *view;
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
	view = r->kind == REQUEST_NAME ? &r->name : &r->first;
	if (view->n != 0)
		memcpy(job->name, view->p, view->n);
	view->p = job->name;
	job->reply.number = r->number;
	wait =
	    r->wait_ms < BROKER_MAX_WAIT_MS ? r->wait_ms : BROKER_MAX_WAIT_MS;
	job->until = job->start + wait;
	job->to = r->to;
	/* who says so of another gets what is not counted otherwise */
	r->is_ns = r->is_ns && net_config_has_ns(&b->net, &job->to);
	if (r->kind == REQUEST_NAME && !b->net.has_proxy)
		start_search(b, job);
	else
		start_job(b, job);
}

void
broker_job_late(struct broker *b, struct job *job)
{
	if (job->state == JOB_LOOKING)
		broker_job_go_on(b, job, 0);
	else
		finish_job(job, REPLY_FAILED, 0, ETIMEDOUT);
}

struct lookup_door
broker_job_door(struct broker *b)
{
	return (struct lookup_door){ .open = open_asked,
		.arrived = asked_arrived,
		.arg = b };
}
