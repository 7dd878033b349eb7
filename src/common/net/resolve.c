#include "net/resolve.h"

#include <errno.h>
#include <poll.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/dialler.h"

/* How one server did. */
enum result {
	GOOD,
	SILENT,  /* no usable answer in its time, or nobody there */
	BROKEN,  /* TCP refused or broken */
	REFUSED, /* by the policy or a limit; err says so */
};

struct asking {
	struct dialler *d;
	const struct dns_name *name;
	uint16_t type, id;
	struct pool *pool;
	struct dns_message *out;
	struct err *err;
	unsigned char query[2 + DNS_QUERY_MAX]; /* with its length, for TCP */
	size_t n;
};

static bool
is_question(const struct asking *a, const struct dns_message *m)
{
	return m->has_question && m->question.n == a->name->n &&
	       memcmp(m->question.wire, a->name->wire, a->name->n) == 0 &&
	       m->qtype == a->type && m->qclass == 1;
}

/* Reads what came if it is the answer to this question. */
static bool
is_answer(struct asking *a, struct str bytes, struct dns_message *m)
{
	const unsigned char *p = (const unsigned char *)bytes.p;

	/* the id first: what others send costs no memory */
	return bytes.n > 2 && (p[0] << 8 | p[1]) == a->id &&
	       dns_read(a->pool, bytes, m, NULL) == 0 && m->is_response &&
	       m->opcode == 0 && is_question(a, m);
}

static int
open_socket(struct asking *a, enum dial_proto proto, const struct addr *ns,
    int64_t until, enum result *outcome)
{
	int errnum = 0;
	int fd = dial_socket(a->d, proto, ns,
	    net_config_has_ns(dialler_config(a->d), ns), until, &errnum,
	    a->err);

	if (fd == -1)
		*outcome = errnum == 0 ||
				   dialler_cause(a->d) == OUTCOME_LIMIT
				       ? REFUSED
		           : proto == DIAL_TCP && errnum != ETIMEDOUT ? BROKEN
		                                                      : SILENT;
	return fd;
}

/* Waits for the answer until then: GOOD, BROKEN if nobody listens. */
static enum result
receive_udp(struct asking *a, int fd, int64_t until)
{
	char bytes[DNS_UDP_MAX + 1];

	while (stream_poll(fd, POLLIN, until) == 1) {
		struct dns_message m;
		ssize_t n = recv(fd, bytes, sizeof(bytes), 0);

		if (n == -1 && errno != EAGAIN && errno != EINTR)
			return BROKEN;
		/* one byte more than offered: cut by us */
		if (n == -1 || (size_t)n == sizeof(bytes))
			continue;
		if (is_answer(a, str_view(bytes, (size_t)n), &m)) {
			*a->out = m;
			return GOOD;
		}
	}
	return SILENT;
}

static enum result
ask_udp(struct asking *a, const struct addr *ns, int64_t until)
{
	enum result outcome = SILENT;
	uint64_t pause = RESOLVE_RESEND_MS;
	int fd = open_socket(a, DIAL_UDP, ns, until, &outcome);

	if (fd == -1)
		return outcome;
	do {
		int64_t next = clock_first(until, clock_in(pause));

		/* a refusal of the packet before shows up here as well */
		if (send(fd, a->query + 2, a->n, MSG_NOSIGNAL) == -1 &&
		    errno != EAGAIN && errno != EINTR)
			break;
		outcome = receive_udp(a, fd, next);
		pause *= 2;
	} while (outcome == SILENT && clock_ms() < until);
	close(fd);
	return outcome == BROKEN ? SILENT : outcome;
}

/* One message off the stream: 1, 0 at the end, -1. */
static int
receive_tcp(struct stream *s, struct str *bytes, struct err *err)
{
	const unsigned char *head;
	size_t n;
	int result = stream_fill_to(s, 2, err);

	if (result != 1)
		return result;
	head = (const unsigned char *)stream_held(s).p;
	n = (size_t)head[0] << 8 | head[1];
	result = stream_fill_to(s, 2 + n, err);
	if (result == 1)
		*bytes = str_sub(stream_held(s), 2, n);
	return result;
}

static void
add_records(struct pool *pool, struct dns_message *to, size_t *room,
    const struct dns_message *from)
{
	size_t n = to->n_answers + from->n_answers;

	if (n > *room) {
		size_t more = n * 2;

		to->answer = pool_grow(pool, to->answer,
		    *room * sizeof(*to->answer), more * sizeof(*to->answer));
		*room = more;
	}
	memcpy(to->answer + to->n_answers, from->answer,
	    from->n_answers * sizeof(*from->answer));
	to->n_answers = n;
}

/* RFC 5936, 2.2: the zone ends with the SOA that it began with. */
static bool
is_whole(const struct asking *a, const struct dns_message *m)
{
	if (a->type != DNS_AXFR || m->rcode != 0 || m->n_answers == 0 ||
	    m->answer[0].type != DNS_SOA)
		return true;
	return m->n_answers > 1 && m->answer[m->n_answers - 1].type == DNS_SOA;
}

/* The first message is in a->out; the others need not repeat the question. */
static enum result
receive_zone(struct asking *a, struct stream *s)
{
	size_t room = a->out->n_answers, total = 0;

	while (!is_whole(a, a->out)) {
		struct dns_message m;
		struct str bytes;

		if (receive_tcp(s, &bytes, NULL) != 1)
			return stream_fault(s) == STREAM_TIMEOUT ? SILENT
			                                         : BROKEN;
		total += bytes.n;
		if (dns_read(a->pool, bytes, &m, NULL) == -1 || m.id != a->id ||
		    m.rcode != 0 || total > RESOLVE_MAX_BYTES ||
		    a->out->n_answers + m.n_answers > RESOLVE_MAX_RECORDS)
			return BROKEN;
		add_records(a->pool, a->out, &room, &m);
		stream_take(s, 2 + bytes.n);
	}
	return GOOD;
}

static enum result
talk_tcp(struct asking *a, struct stream *s)
{
	for (;;) {
		struct dns_message m;
		struct str bytes;
		bool is_good;

		if (receive_tcp(s, &bytes, NULL) != 1)
			return stream_fault(s) == STREAM_TIMEOUT ? SILENT
			                                         : BROKEN;
		is_good = is_answer(a, bytes, &m);
		stream_take(s, 2 + bytes.n);
		if (is_good) {
			*a->out = m;
			return receive_zone(a, s);
		}
	}
}

static enum result
ask_tcp(struct asking *a, const struct addr *ns, int64_t until)
{
	enum result outcome = SILENT;
	int fd = open_socket(a, DIAL_TCP, ns, until, &outcome);
	struct stream *s;

	if (fd == -1)
		return outcome;
	s = stream_new(fd);
	stream_set_deadline(s, until);
	if (stream_write(s, str_view((char *)a->query, 2 + a->n), NULL) == -1)
		outcome = stream_fault(s) == STREAM_TIMEOUT ? SILENT : BROKEN;
	else
		outcome = talk_tcp(a, s);
	stream_free(s);
	return outcome;
}

static enum result
ask(struct asking *a, const struct addr *ns, bool tcp, int64_t until)
{
	enum result outcome = SILENT;

	if (!tcp) {
		outcome = ask_udp(a, ns, until);
		if (outcome != GOOD || !a->out->is_truncated)
			return outcome;
	}
	return ask_tcp(a, ns, until);
}

static int
fail(struct dialler *d, enum result outcome, const struct addr *ns,
    const struct resolve *how, struct err *err)
{
	if (outcome == REFUSED)
		return -1;
	dial_blame(d, OUTCOME_NAME,
	    outcome == BROKEN ? OUTCOME_NAME_BROKEN : OUTCOME_NAME_SILENCE, ns);
	if (outcome == BROKEN) {
		err_set(err, "io error");
		return err_wrap(err, "proto error");
	}
	return err_set(err, how->timeout_ms == -1 ? "request timed out"
						  : "DNS query timed out");
}

static void
make_query(struct asking *a)
{
	while (getrandom(&a->id, sizeof(a->id), 0) != sizeof(a->id))
		continue; /* only a signal can be in the way */
	a->n = dns_write_query(a->query + 2, a->id, a->name, a->type);
	a->query[0] = (unsigned char)(a->n >> 8);
	a->query[1] = (unsigned char)a->n;
}

int
resolve_query(struct dialler *d, const struct dns_name *name, uint16_t type,
    const struct resolve *how, struct pool *pool, struct dns_message *out,
    struct err *err)
{
	const struct net_config *config = dialler_config(d);
	const struct addr *ns = how->ns != NULL ? how->ns : config->ns;
	size_t n = how->ns != NULL ? how->n_ns : config->n_ns;
	int64_t until = clock_first(how->deadline,
	    clock_in(how->timeout_ms != -1 ? (uint64_t)how->timeout_ms
					   : RESOLVE_TIMEOUT_MS));
	struct dns_message message;
	struct asking a = { .d = d,
		.name = name,
		.type = type,
		.pool = pool,
		.out = &message,
		.err = err };
	const struct addr *asked = NULL;
	enum result outcome = SILENT;

	if (n == 0) {
		dial_blame(d, OUTCOME_NAME, OUTCOME_NAME_NOBODY, NULL);
		return err_set(err, "No nameserver configured");
	}
	make_query(&a);
	for (size_t i = 0; i < n && outcome != GOOD; i++) {
		int64_t now = clock_ms();

		if (now >= until)
			break;
		asked = &ns[i];
		/* the rest is shared by those that were not asked yet */
		outcome = ask(&a, &ns[i], how->tcp,
		    now + (until - now + (int64_t)(n - i) - 1) /
			      (int64_t)(n - i));
	}
	if (outcome != GOOD)
		return fail(d, outcome, asked, how, err);
	/* whether an error code is a failure is the caller's to say */
	dial_blame(d, OUTCOME_NAME, message.rcode, asked);
	*out = message;
	return 0;
}

static void
collect(const struct dns_message *m, struct addr *addr, size_t *n, int64_t *ttl)
{
	*n = 0;
	*ttl = -1;
	for (size_t i = 0; i < m->n_answers; i++) {
		const struct dns_record *r = &m->answer[i];

		if (*ttl == -1 || r->ttl < *ttl)
			*ttl = r->ttl;
		if (r->type == DNS_A)
			addr[(*n)++] = addr_ip4(r->ip, 0);
		else if (r->type == DNS_AAAA)
			addr[(*n)++] = addr_ip6(r->ip, 0);
	}
}

int
resolve_host(struct dialler *d, struct str host, int64_t deadline,
    struct pool *pool, struct addr **addr, size_t *n, int64_t *ttl,
    struct err *err)
{
	const struct net_config *config = dialler_config(d);
	struct resolve how = { .tcp = config->dns_tcp,
		.timeout_ms = config->dns_timeout_ms,
		.deadline = deadline };
	struct dns_message m;
	struct dns_name name;

	if (dns_name_read(host, &name, err) == -1 ||
	    resolve_query(d, &name, DNS_A, &how, pool, &m, err) == -1)
		return -1;
	if (m.rcode != 0)
		return err_set(err, "dns server returned error: %s",
		    dns_rcode_name(m.rcode));
	*addr = pool_array(pool, m.n_answers, sizeof(**addr));
	collect(&m, *addr, n, ttl);
	return 0;
}
