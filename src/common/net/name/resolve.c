/*
 * resolve_query() goes through the servers (struct turn), ask_server() through
 * the ways to ask one of them: with an OPT record or without, over UDP and,
 * where that is cut, over TCP.
 */
#include "name/resolve.h"

#include <errno.h>
#include <poll.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/mem.h"
#include "gate/dialler.h"

#define HEAD_SIZE 12

/* How one server did. */
enum result {
	GOOD,
	SILENT,  /* no usable answer in its time */
	ABSENT,  /* UDP: the system says that nobody is there */
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
	unsigned char plain[DNS_QUERY_MAX]; /* the same without OPT */
	size_t n_plain;
};

static bool
is_question(const struct asking *a, const struct dns_message *m)
{
	return m->has_question && m->question.n == a->name->n &&
	       memcmp(m->question.wire, a->name->wire, a->name->n) == 0 &&
	       m->qtype == a->type && m->qclass == 1;
}

/*
 * What says that the query could not be worked on need not repeat it: some
 * servers send their head only, even one that counts a question (RFC 6891, 7).
 */
static bool
is_rejection(struct str bytes, struct dns_message *m)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	unsigned rcode;

	if (bytes.n < HEAD_SIZE || (p[2] & 0x80) == 0 || (p[2] >> 3 & 15) != 0)
		return false;
	rcode = p[3] & 15;
	if (rcode != DNS_FORMERR && rcode != DNS_NOTIMP &&
	    rcode != DNS_SERVFAIL && rcode != DNS_REFUSED)
		return false;
	if (bytes.n != HEAD_SIZE && (p[4] | p[5] | p[6] | p[7]) != 0)
		return false;
	*m = (struct dns_message){ .is_response = true, .rcode = rcode };
	return true;
}

/* Reads what came if it is the answer to this question. */
static bool
is_answer(struct asking *a, struct str bytes, struct dns_message *m)
{
	autopool struct pool trial = POOL_NONE;
	const unsigned char *p = (const unsigned char *)bytes.p;

	/* the id first: what others send costs no time */
	if (bytes.n <= 2 || (p[0] << 8 | p[1]) != a->id)
		return false;
	if (is_rejection(bytes, m))
		return true;
	/* the server knows the id: what is no answer may come by the thousand */
	if (dns_read(&trial, bytes, m, NULL) == -1 || !m->is_response ||
	    m->opcode != 0 || !is_question(a, m))
		return false;
	return dns_read(a->pool, bytes, m, NULL) == 0;
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
		*outcome = errnum == 0 || dialler_cause(a->d) == OUTCOME_LIMIT
		               ? REFUSED
		           : errnum == ETIMEDOUT ? SILENT
		           : proto == DIAL_TCP   ? BROKEN
		                                 : ABSENT;
	return fd;
}

/* Waits for the answer until then. */
static enum result
receive_udp(struct asking *a, int fd, int64_t until)
{
	char bytes[DNS_UDP_MAX + 1];

	while (stream_poll(fd, POLLIN, until) == 1) {
		struct dns_message m;
		ssize_t n = recv(fd, bytes, sizeof(bytes), 0);

		if (n == -1 && errno != EAGAIN && errno != EINTR)
			return ABSENT;
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

/*
 * What is on the way may drop queries with an OPT record in silence: RFC 6891,
 * 6.2.5. What is sent again goes without, under the same id, so that a late
 * answer to the first counts yet.
 */
static ssize_t
send_query(const struct asking *a, int fd, bool is_first)
{
	if (is_first)
		return send(fd, a->query + 2, a->n, MSG_NOSIGNAL);
	return send(fd, a->plain, a->n_plain, MSG_NOSIGNAL);
}

static enum result
ask_udp(struct asking *a, const struct addr *ns, int64_t until)
{
	enum result outcome = SILENT;
	uint64_t pause = RESOLVE_RESEND_MS;
	bool is_first = true;
	int fd = open_socket(a, DIAL_UDP, ns, until, &outcome);

	if (fd == -1)
		return outcome;
	do {
		int64_t next = clock_first(until, clock_in(pause));

		/* a refusal of the packet before shows up here as well */
		if (send_query(a, fd, is_first) == -1 && errno != EAGAIN &&
		    errno != EINTR) {
			outcome = ABSENT;
			break;
		}
		is_first = false;
		outcome = receive_udp(a, fd, next);
		pause *= 2;
	} while (outcome == SILENT && clock_ms() < until);
	close(fd);
	return outcome;
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
ask_over(struct asking *a, const struct addr *ns, bool tcp, int64_t until)
{
	enum result outcome = SILENT;

	if (!tcp) {
		outcome = ask_udp(a, ns, until);
		if (outcome != GOOD || !a->out->is_truncated)
			return outcome;
	}
	return ask_tcp(a, ns, until);
}

static void
make_query(struct asking *a, bool has_opt)
{
	while (getrandom(&a->id, sizeof(a->id), 0) != sizeof(a->id))
		continue; /* only a signal can be in the way */
	a->n = dns_write_query(a->query + 2, a->id, a->name, a->type, has_opt);
	a->query[0] = (unsigned char)(a->n >> 8);
	a->query[1] = (unsigned char)a->n;
	a->n_plain = dns_write_query(a->plain, a->id, a->name, a->type, false);
}

/* It may not be the question that it does not take. */
static bool
is_about_opt(unsigned rcode)
{
	return rcode == DNS_FORMERR || rcode == DNS_NOTIMP ||
	       rcode == DNS_BADVERS;
}

static enum result
ask_server(struct asking *a, const struct addr *ns, bool tcp, int64_t until)
{
	struct dns_message first;
	enum result outcome;

	make_query(a, true);
	outcome = ask_over(a, ns, tcp, until);
	if (outcome != GOOD || !is_about_opt(a->out->rcode))
		return outcome;
	first = *a->out;
	make_query(a, false);
	if (ask_over(a, ns, tcp, until) != GOOD)
		*a->out = first;
	return GOOD;
}

/* What came of the servers that were asked so far. */
struct turn {
	struct dialler *d;
	const struct resolve *how;
	enum result last;
	const struct addr *asked;
	bool has_answer; /* of any code */
	struct dns_message answer;
	const struct addr *by;
	struct buf faults; /* "10.0.0.1:53 does not answer, ..." */
};

/* Another server would not know better. */
static bool
is_final(const struct dns_message *m)
{
	return m->rcode == DNS_NOERROR || m->rcode == DNS_NXDOMAIN;
}

static void
note_fault(struct turn *turn, enum result outcome, const struct addr *ns)
{
	static const char *const what[] = {
		[SILENT] = "does not answer",
		[ABSENT] = "is not there",
		[BROKEN] = "broke the connection off",
		[REFUSED] = "is out of bounds",
	};
	char text[ADDR_TEXT_MAX];

	if (turn->faults.n != 0)
		buf_add(&turn->faults, STR(", "));
	buf_printf(&turn->faults, "%s %s", addr_text(ns, text), what[outcome]);
}

/* true: that is the answer. An answer counts for more than no answer. */
static bool
note_result(struct turn *turn, enum result outcome, const struct addr *ns,
    const struct dns_message *m)
{
	turn->last = outcome;
	turn->asked = ns;
	if (outcome != GOOD) {
		note_fault(turn, outcome, ns);
		return false;
	}
	turn->has_answer = true;
	turn->answer = *m;
	turn->by = ns;
	return is_final(m);
}

static const char *
timeout_text(const struct resolve *how)
{
	return how->timeout_ms == -1 ? "request timed out"
	                             : "DNS query timed out";
}

static int
fail_turn(struct turn *turn, struct err *refusal, struct err *err)
{
	if (turn->last == REFUSED) {
		if (err != NULL)
			err_move(err, refusal);
		return -1;
	}
	dial_blame(turn->d, OUTCOME_NAME,
	    turn->last == BROKEN ? OUTCOME_NAME_BROKEN : OUTCOME_NAME_SILENCE,
	    turn->asked);
	if (turn->last == BROKEN) {
		err_set(err, "io error");
		return err_wrap(err, "proto error");
	}
	if (!turn->how->says_who || turn->faults.n == 0)
		return err_set(err, "%s", timeout_text(turn->how));
	err_set_str(err, buf_str(&turn->faults));
	return err_wrap(err, "%s", timeout_text(turn->how));
}

/* The rest is shared by those that were not asked yet. */
static int64_t
share(int64_t until, size_t servers)
{
	int64_t now = clock_ms(), n = (int64_t)servers;

	return now + (until - now + n - 1) / n;
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
	autoerr struct err refusal = ERR_NONE;
	struct dns_message message;
	struct asking a = { .d = d,
		.name = name,
		.type = type,
		.pool = pool,
		.out = &message,
		.err = &refusal };
	struct turn turn = { .d = d,
		.how = how,
		.last = SILENT,
		.faults = BUF_IN(pool) };

	if (n == 0) {
		dial_blame(d, OUTCOME_NAME, OUTCOME_NAME_NOBODY, NULL);
		return err_set(err, "No nameserver configured");
	}
	for (size_t i = 0; i < n && clock_ms() < until; i++) {
		enum result outcome =
		    ask_server(&a, &ns[i], how->tcp, share(until, n - i));

		if (note_result(&turn, outcome, &ns[i], &message))
			break;
	}
	if (!turn.has_answer)
		return fail_turn(&turn, &refusal, err);
	/* whether an error code is a failure is the caller's to say */
	dial_blame(d, OUTCOME_NAME, turn.answer.rcode, turn.by);
	*out = turn.answer;
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
