#include "gate/dialler.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fds.h"
#include "base/halt.h"
#include "base/mem.h"
#include "gate/egress.h"
#include "gate/request.h"
#include "gate/socket.h"
#include "gate/socks5.h"

#define NO_ROOM (-2)

struct dialler {
	const struct net_config *config;
	const struct record *record; /* NULL: there is a network */
	int fd; /* the broker's; -1: open sockets ourselves */
	uint32_t number;
	unsigned owed;       /* answers that nobody waited for: base/halt.h */
	uint32_t connection; /* see dialler_connection() */
	const struct taps *taps;
	struct outcome blame; /* of what is being tried; FINE: nothing is */
	unsigned told;
	bool has_failed;        /* an exchange has */
	struct outcome failure; /* see dial_take_failure() */
};

struct dialler *
dialler_new_direct(const struct net_config *config)
{
	return dialler_new_broker(-1, config);
}

struct dialler *
dialler_new_broker(int fd, const struct net_config *config)
{
	struct dialler *d = mem_zalloc(sizeof(*d));

	d->config = config;
	d->fd = fd;
	return d;
}

struct dialler *
dialler_new_record(const struct record *record, const struct net_config *config)
{
	struct dialler *d = dialler_new_broker(-1, config);

	d->record = record;
	return d;
}

const struct record *
dialler_record(const struct dialler *d)
{
	return d->record;
}

void
dialler_free(struct dialler *d)
{
	free(d);
}

const struct net_config *
dialler_config(const struct dialler *d)
{
	return d->config;
}

bool
dialler_is_broker(const struct dialler *d)
{
	return d->fd != -1;
}

void
dialler_set_taps(struct dialler *d, const struct taps *taps)
{
	d->taps = taps;
}

const struct taps *
dialler_taps(const struct dialler *d)
{
	return d->taps;
}

uint32_t
dialler_connection(const struct dialler *d)
{
	return d->connection;
}

void
dialler_forget(struct dialler *d)
{
	d->connection = 0;
}

enum outcome_cause
dialler_cause(const struct dialler *d)
{
	return d->blame.cause;
}

bool
dialler_lost_proxy(const struct dialler *d)
{
	return d->blame.cause == OUTCOME_PROXY && d->blame.detail != 0 &&
	       (d->blame.detail & OUTCOME_FAULT) == 0;
}

void
dial_blame(struct dialler *d, enum outcome_cause cause, uint32_t detail,
    const struct addr *server)
{
	d->blame = (struct outcome){ .cause = cause, .detail = detail };
	if (server != NULL)
		d->blame.server = *server;
}

static int
fail_errno(int fd, int *errnum, int error, struct err *err)
{
	if (fd != -1)
		close(fd);
	*errnum = error;
	return err_set_errno(err, error);
}

/* With a proxy nothing goes elsewhere, whoever asks for it. */
static int
judge_direct(const struct dialler *d, const struct request *r, int *errnum,
    struct err *err)
{
	const struct net_config *config = d->config;

	if (!config->has_proxy ||
	    (r->proto == DIAL_TCP && addr_eq(&r->to, &config->proxy)))
		return 0;
	*errnum = 0;
	return egress_refusal(err, &r->to, NULL, EGRESS_PROXIED);
}

static int
open_direct(const struct request *r, int64_t deadline, int *errnum,
    struct err *err)
{
	bool is_pending;
	int error = 0, n;
	int fd = socket_connect((enum dial_proto)r->proto, &r->to, 0,
	    &is_pending, &error);

	if (fd == -1)
		return fail_errno(-1, errnum, error, err);
	if (!is_pending)
		return fd;
	n = stream_poll(fd, POLLOUT, deadline);
	error = n == 0 ? ETIMEDOUT : n == -1 ? errno : socket_error(fd);
	return error == 0 ? fd : fail_errno(fd, errnum, error, err);
}

/*
 * Waits for one packet; *fd is the descriptor in it, -1 if there is none, and
 * NO_ROOM for one that had come, and there was no number left for it.
 */
static bool
receive_reply(int broker, struct reply *reply, int *fd)
{
	char bytes[REPLY_MAX];
	struct pollfd p = { .fd = broker, .events = POLLIN };
	struct fds came;
	ssize_t n;

	while ((n = fds_recv(broker, bytes, sizeof(bytes), &came)) == -1) {
		*fd = -1;
		if (errno != EAGAIN)
			return false;
		(void)poll(&p, 1, -1);
	}
	*fd = came.is_cut ? NO_ROOM : -1;
	if (came.n == 1)
		*fd = came.fd[0];
	else
		fds_close(&came);
	return broker_reply_read(str_view(bytes, (size_t)n), reply);
}

/* What a request came to as one address. */
static struct reply_tried
verdict_of(const struct reply *reply, const struct addr *to)
{
	return (struct reply_tried){ reply->status, reply->class, reply->error,
		*to };
}

/* As the broker sees it, so that the two agree. */
static void
blame_verdict(struct dialler *d, const struct reply_tried *v)
{
	const struct net_config *config = d->config;
	const struct addr *proxy = config->has_proxy ? &config->proxy : NULL;

	if (v->status == REPLY_REFUSED)
		dial_blame(d,
		    egress_is_permission((enum egress_class)v->class)
			? OUTCOME_PERMISSION
			: OUTCOME_POLICY,
		    v->class, NULL);
	else if (v->status == REPLY_BUDGET)
		dial_blame(d, OUTCOME_LIMIT, 0, NULL);
	else if (v->status == REPLY_PROXY)
		dial_blame(d, OUTCOME_PROXY, OUTCOME_FAULT | v->error, proxy);
	else if (config->has_proxy)
		dial_blame(d, OUTCOME_PROXY, v->error, proxy);
	else
		dial_blame(d, outcome_of_errno((int)v->error), v->error, NULL);
}

/* Nobody would let it pass for another reason: no error of the system. */
static int
explain_refusal(const struct dialler *d, const struct str *name,
    const struct reply_tried *v, int *errnum, struct err *err)
{
	enum egress_class why = (enum egress_class)v->class;

	*errnum = 0;
	if (egress_is_permission(why))
		return egress_not_permitted(err, &v->to, name, why,
		    d->config->module);
	return egress_refusal(err, &v->to, name, why);
}

/* name: NULL for an address. */
static int
explain_verdict(const struct dialler *d, const struct str *name,
    const struct reply_tried *v, int *errnum, struct err *err)
{
	*errnum = EACCES;
	switch (v->status) {
	case REPLY_REFUSED:
		return explain_refusal(d, name, v, errnum, err);
	case REPLY_FAILED:
		return fail_errno(-1, errnum, (int)v->error, err);
	case REPLY_PROXY:
		return err_set(err, "%s", socks5_fault_text(v->error));
	case REPLY_BUDGET:
		return err_set(err,
		    "too many connections in one run (raise it with --limit "
		    "connections=NUMBER)");
	default:
		return err_set(err, "the network broker did not understand");
	}
}

static bool
send_packet(int broker, const unsigned char *packet, size_t n)
{
	ssize_t sent;

	do
		sent = send(broker, packet, n, MSG_NOSIGNAL);
	while (sent == -1 && errno == EINTR);
	return sent == (ssize_t)n;
}

/* It is connected; the kernel has closed it again. */
static int
no_room(struct dialler *d, struct err *err)
{
	dial_blame(d, outcome_of_errno(EMFILE), EMFILE, NULL);
	return err_set(err,
	    "no descriptor is left for another connection (limit files; raise "
	    "it with --limit files=NUMBER, or ulimit -n)");
}

/* Where waits may be called off, this one can be: the answer comes later. */
static bool
wait_for_reply(struct dialler *d)
{
	if (!halt_may_come || stream_poll(d->fd, POLLIN, CLOCK_NEVER) != -1)
		return true;
	d->owed++;
	return false;
}

/* The answer to this request; before it come those that nobody waited for. */
static bool
take_reply(struct dialler *d, uint32_t number, struct reply *reply, int *fd)
{
	for (;;) {
		if (!wait_for_reply(d) || !receive_reply(d->fd, reply, fd))
			return false;
		if (d->owed == 0 || reply->number == number)
			return true;
		d->owed--;
		if (*fd >= 0)
			close(*fd);
		*fd = -1;
	}
}

/*
 * It answers every request once, and there is never but one that is waited for.
 * -1: there will be no connection, whatever the answer.
 */
static int
ask_broker(struct dialler *d, struct request *r, struct reply *reply, int *fd,
    struct err *err)
{
	unsigned char packet[REQUEST_MAX];
	bool is_there;
	size_t n;

	r->number = ++d->number;
	n = request_write(packet, r);
	if (stream_before_wait != NULL)
		stream_before_wait();
	*fd = -1;
	is_there = send_packet(d->fd, packet, n) &&
	           take_reply(d, r->number, reply, fd);
	if (is_there && reply->connection != 0)
		d->connection = reply->connection;
	if (*fd == NO_ROOM)
		return no_room(d, err);
	if (is_there && reply->status == REPLY_CONNECTED && *fd != -1 &&
	    reply->number == r->number)
		return 0;
	if (*fd != -1)
		close(*fd);
	*fd = -1;
	return is_there ? 0 : err_set(err, "the network broker has gone");
}

/* Leaves why it failed as the cause. */
static int
fail_verdict(struct dialler *d, const struct str *name,
    const struct reply_tried *verdict, int *errnum, struct err *err)
{
	blame_verdict(d, verdict);
	return explain_verdict(d, name, verdict, errnum, err);
}

static int
fail_reply(struct dialler *d, const struct request *r,
    const struct reply *reply, int *errnum, struct err *err)
{
	const struct reply_tried verdict = verdict_of(reply, &r->to);

	return fail_verdict(d, r->kind == REQUEST_NAME ? &r->name : NULL,
	    &verdict, errnum, err);
}

static int
open_broker(struct dialler *d, struct request *r, int64_t deadline,
    bool *is_sent, int *errnum, struct err *err)
{
	struct reply reply;
	int fd;

	r->wait_ms = request_ms(deadline);
	*errnum = EPIPE;
	if (ask_broker(d, r, &reply, &fd, err) == -1) {
		if (fd == NO_ROOM)
			*errnum = 0;
		return -1;
	}
	if (fd == -1)
		return fail_reply(d, r, &reply, errnum, err);
	if (is_sent != NULL)
		*is_sent = reply.is_sent;
	return fd;
}

int
dialler_ask_name(struct dialler *d, struct request *r, struct reply *reply,
    int *fd, struct err *err)
{
	int errnum;

	if (ask_broker(d, r, reply, fd, err) == -1)
		return -1;
	if (reply->n_tried != 0)
		return *fd != -1;
	if (*fd != -1)
		close(*fd);
	if (reply->addrs != 0 || reply->status == REPLY_NAME)
		return 0;
	return fail_reply(d, r, reply, &errnum, err);
}

bool
dialler_explain(struct dialler *d, const struct reply_tried *tried,
    struct err *err)
{
	int errnum;

	(void)fail_verdict(d, NULL, tried, &errnum, err);
	return tried->status == REPLY_REFUSED;
}

void
dial_tell(struct dialler *d, enum outcome_what what, struct str host,
    uint16_t port, bool is_fine)
{
	struct outcome o = d->blame;
	unsigned char packet[OUTCOME_SIZE];
	bool is_none = !is_fine && o.cause == OUTCOME_FINE;

	d->blame = (struct outcome){ .cause = OUTCOME_FINE };
	if (!is_fine && !is_none)
		d->failure = o;
	if (d->fd == -1 || is_none || d->told == OUTCOME_MOST)
		return;
	d->told++;
	if (is_fine)
		o = (struct outcome){ .cause = OUTCOME_FINE };
	o.what = what;
	o.port = port;
	outcome_set_host(&o, host);
	outcome_write(packet, &o);
	(void)send_packet(d->fd, packet, sizeof(packet));
}

struct outcome
dial_take_failure(struct dialler *d)
{
	struct outcome failure = d->failure;

	d->failure = (struct outcome){ .cause = OUTCOME_FINE };
	return failure;
}

static void
blame_stream(struct dialler *d, const struct stream *s)
{
	switch (stream_fault(s)) {
	case STREAM_TIMEOUT:
		dial_blame(d, OUTCOME_TIMEOUT, 0, NULL);
		break;
	case STREAM_BROKEN:
	case STREAM_GONE:
		dial_blame(d, OUTCOME_UNREACHABLE, (uint32_t)stream_errno(s),
		    NULL);
		break;
	case STREAM_BAD_TLS:
		dial_blame(d, OUTCOME_TLS, OUTCOME_TLS_BROKEN, NULL);
		break;
	case STREAM_FULL:
	case STREAM_FINE:
		dial_blame(d, OUTCOME_ANSWER,
		    stream_has_ended(s) ? OUTCOME_ANSWER_CUT
					: OUTCOME_ANSWER_BAD,
		    NULL);
		break;
	}
}

void
dial_tell_exchange(struct dialler *d, struct stream *s, struct str path,
    bool is_fine)
{
	struct buf what = BUF_NONE;

	if (is_fine ? !d->has_failed : !stream_fails_first(s))
		return;
	d->has_failed = true;
	if (!is_fine)
		blame_stream(d, s);
	buf_add(&what, stream_host(s));
	buf_add(&what, path);
	dial_tell(d, OUTCOME_EXCHANGE, buf_str(&what), stream_port(s), is_fine);
	buf_clear(&what);
}

int
dialler_open(struct dialler *d, struct request *r, int64_t deadline,
    bool *is_sent, int *errnum, struct err *err)
{
	if (is_sent != NULL)
		*is_sent = false;
	if (d->record != NULL) {
		*errnum = 0;
		return err_set(err, "there is no network in a replay");
	}
	if (clock_left(deadline) == 0) {
		dial_blame(d, OUTCOME_TIMEOUT, 0, NULL);
		return fail_errno(-1, errnum, ETIMEDOUT, err);
	}
	if (d->fd != -1)
		return open_broker(d, r, deadline, is_sent, errnum, err);
	if (judge_direct(d, r, errnum, err) == -1)
		return -1;
	return open_direct(r, deadline, errnum, err);
}

int
dial_socket(struct dialler *d, enum dial_proto proto, const struct addr *to,
    bool is_ns, int64_t deadline, int *errnum, struct err *err)
{
	struct request r = { .kind = REQUEST_ADDR,
		.proto = proto,
		.is_ns = is_ns,
		.to = *to };

	return dialler_open(d, &r, deadline, NULL, errnum, err);
}

int
dial_datagram(struct dialler *d, const struct addr *to, bool is_ns,
    struct str first, bool *is_sent, int64_t deadline, int *errnum,
    struct err *err)
{
	struct request r = { .kind = REQUEST_ADDR,
		.proto = DIAL_UDP,
		.is_ns = is_ns,
		.to = *to };

	if (first.n <= REQUEST_NAME_MAX)
		r.first = first;
	return dialler_open(d, &r, deadline, is_sent, errnum, err);
}
