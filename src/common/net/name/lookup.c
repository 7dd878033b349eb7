/*
 * One socket at a time. A *server* has its share of the time; it is asked in
 * one or two *rounds* (with an OPT record, and, if it does not take that,
 * without); a round has one or two *ways* (UDP and, where the answer is cut, or
 * at once, TCP). What a way came to is said in end_way(), which chooses the
 * next one: of this round, of this server, of the next server, or none.
 */
#include "name/lookup.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/mem.h"
#include "gate/outcome.h"
#include "gate/socket.h"
#include "name/query.h"

#define READS_A_STEP 64 /* so that who sends without end is left in time */
#define FIRST_ROOM   4096

enum state {
	AT_SERVER,  /* the next one is to be asked */
	AT_DOOR,    /* a socket is needed */
	CONNECTING, /* it is on its way */
	ASKING,
	LISTENING,
	OVER,
};

struct lookup {
	struct lookup_question ask;
	struct lookup_door door;
	enum state state;
	bool is_ready;   /* poll(2) said something about the socket */
	bool has_opened; /* a socket, in this step */
	size_t server;   /* that is asked, in ask.ns */
	int64_t until;   /* this server's */
	struct query query;
	enum dial_proto proto;
	int fd; /* -1: none */

	/* UDP */
	int64_t resend_at;
	uint64_t pause;
	bool is_resent;

	/* TCP: what is sent of the query, what has come */
	size_t sent;
	unsigned char *bytes;
	size_t got, room;
	bool is_zone;      /* the first message of one is in answer */
	size_t zone_bytes; /* behind it */
	size_t record_room;

	struct dns_message answer; /* of this way */
	bool has_first;            /* round two: first is what round one had */
	struct dns_message first;

	struct lookup_end end;
	struct buf faults;
};

struct lookup *
lookup_new(const struct lookup_question *question,
    const struct lookup_door *door)
{
	struct lookup *l = mem_zalloc(sizeof(*l));

	l->ask = *question;
	l->door = *door;
	l->fd = -1;
	l->faults.pool = question->pool;
	l->end.fault = LOOKUP_SILENT;
	l->state = question->n_ns != 0 ? AT_SERVER : OVER;
	return l;
}

static void
close_way(struct lookup *l)
{
	if (l->fd != -1)
		close(l->fd);
	l->fd = -1;
}

void
lookup_free(struct lookup *l)
{
	if (l == NULL)
		return;
	close_way(l);
	free(l->bytes);
	free(l);
}

static void
note_fault(struct lookup *l, enum lookup_fault fault, const struct addr *ns)
{
	static const char *const what[] = {
		[LOOKUP_SILENT] = "does not answer",
		[LOOKUP_ABSENT] = "is not there",
		[LOOKUP_BROKEN] = "broke the connection off",
		[LOOKUP_REFUSED] = "is out of bounds",
	};
	char text[ADDR_TEXT_MAX];

	if (l->faults.n != 0)
		buf_add(&l->faults, STR(", "));
	buf_printf(&l->faults, "%s %s", addr_text(ns, text), what[fault]);
}

static void
tell(const struct lookup *l, bool is_query, struct str message)
{
	if (l->door.seen != NULL)
		l->door.seen(l->door.arg, is_query, message);
}

/* Another server would not know better. */
static bool
is_final(const struct dns_message *m)
{
	return m->rcode == DNS_NOERROR || m->rcode == DNS_NXDOMAIN;
}

/* An answer counts for more than no answer. */
static void
end_server(struct lookup *l, enum lookup_fault fault)
{
	const struct addr *ns = &l->ask.ns[l->server];
	struct lookup_end *end = &l->end;

	if (fault == LOOKUP_FINE) {
		end->has_answer = true;
		end->answer = l->answer;
		end->server = ns;
	} else {
		note_fault(l, fault, ns);
		if (!end->has_answer)
			end->server = ns;
	}
	end->fault = fault;
	l->server++;
	l->state = AT_SERVER;
	if (fault == LOOKUP_FINE && is_final(&l->answer))
		l->state = OVER;
}

static void
begin_round(struct lookup *l, bool has_opt)
{
	query_make(&l->query, l->ask.name, l->ask.type, has_opt);
	l->proto = l->ask.tcp ? DIAL_TCP : DIAL_UDP;
	l->state = AT_DOOR;
}

/* Whatever the second round came to, the first one was an answer. */
static void
end_round(struct lookup *l, enum lookup_fault fault)
{
	if (l->has_first && fault != LOOKUP_FINE)
		l->answer = l->first;
	if (l->has_first || fault != LOOKUP_FINE ||
	    !query_is_about_opt(l->answer.rcode)) {
		end_server(l, l->has_first ? LOOKUP_FINE : fault);
		return;
	}
	l->has_first = true;
	l->first = l->answer;
	begin_round(l, false);
}

static void
end_way(struct lookup *l, enum lookup_fault fault)
{
	close_way(l);
	if (fault == LOOKUP_FINE && l->proto == DIAL_UDP &&
	    l->answer.is_truncated) {
		l->proto = DIAL_TCP;
		l->state = AT_DOOR;
		return;
	}
	end_round(l, fault);
}

/* The rest of the time is shared by those that were not asked yet. */
static int64_t
share(int64_t until, size_t servers)
{
	int64_t now = clock_ms(), n = (int64_t)servers;

	return now + (until - now + n - 1) / n;
}

static bool
begin_server(struct lookup *l)
{
	if (l->server == l->ask.n_ns || clock_ms() >= l->ask.until) {
		l->state = OVER;
		return false;
	}
	l->until = share(l->ask.until, l->ask.n_ns - l->server);
	l->has_first = false;
	begin_round(l, true);
	return true;
}

/* What is sent again is another one: see ask_udp(). */
static bool
listen_for(struct lookup *l)
{
	l->is_resent = true;
	l->resend_at = clock_first(l->until, clock_in(l->pause));
	l->pause *= 2;
	l->state = LISTENING;
	return false; /* nothing can be there yet */
}

static bool
open_way(struct lookup *l)
{
	const struct str query =
	    str_view((const char *)l->query.bytes + 2, l->query.n);
	enum lookup_fault fault = LOOKUP_SILENT;
	enum lookup_way way = LOOKUP_CONNECTED;

	if (l->has_opened)
		return false;
	l->has_opened = true;
	if (clock_ms() < l->until)
		l->fd = l->door.open(l->door.arg, l->proto,
		    &l->ask.ns[l->server], query, l->until, &way, &fault);
	if (l->fd == -1) {
		end_way(l, fault);
		return true;
	}
	l->pause = LOOKUP_RESEND_MS;
	l->sent = l->got = 0;
	l->is_resent = l->is_zone = false;
	l->is_ready = false;
	if (way == LOOKUP_ASKED) {
		tell(l, true, query);
		return listen_for(l);
	}
	l->state = way == LOOKUP_PENDING ? CONNECTING : ASKING;
	return true;
}

/* true: the time of the server is over, and so is this way. */
static bool
is_late(struct lookup *l)
{
	if (clock_ms() < l->until)
		return false;
	end_way(l, LOOKUP_SILENT);
	return true;
}

enum lookup_fault
lookup_fault_of(enum dial_proto proto, int errnum)
{
	if (errnum == ETIMEDOUT)
		return LOOKUP_SILENT;
	return proto == DIAL_TCP ? LOOKUP_BROKEN : LOOKUP_ABSENT;
}

static bool
finish_connecting(struct lookup *l)
{
	int error = l->is_ready              ? socket_error(l->fd)
	            : clock_ms() >= l->until ? ETIMEDOUT
	                                     : EINPROGRESS;

	if (error == EINPROGRESS)
		return false;
	if (l->door.arrived != NULL)
		l->door.arrived(l->door.arg, error);
	if (error == 0)
		l->state = ASKING;
	else
		end_way(l, lookup_fault_of(l->proto, error));
	return true;
}

static bool
is_passing(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/*
 * What is on the way may drop queries with an OPT record in silence: RFC 6891,
 * 6.2.5. What is sent again goes without, under the same id, so that a late
 * answer to the first counts yet.
 */
static bool
ask_udp(struct lookup *l)
{
	const struct query *q = &l->query;
	struct str bytes = l->is_resent
	                       ? str_view((const char *)q->plain, q->n_plain)
	                       : str_view((const char *)q->bytes + 2, q->n);
	ssize_t sent = send(l->fd, bytes.p, bytes.n, MSG_NOSIGNAL);

	/* a refusal of the packet before shows up here as well */
	if (sent == -1 && !is_passing(errno)) {
		end_way(l, LOOKUP_ABSENT);
		return true;
	}
	tell(l, true, bytes);
	return listen_for(l);
}

static bool
ask_tcp(struct lookup *l)
{
	size_t n = 2 + l->query.n;
	ssize_t sent =
	    send(l->fd, l->query.bytes + l->sent, n - l->sent, MSG_NOSIGNAL);

	if (sent == -1 && !is_passing(errno)) {
		end_way(l, LOOKUP_BROKEN);
		return true;
	}
	l->sent += sent != -1 ? (size_t)sent : 0;
	if (l->sent < n)
		return is_late(l);
	tell(l, true, str_view((const char *)l->query.bytes + 2, n - 2));
	l->state = LISTENING;
	return false;
}

static bool
ask(struct lookup *l)
{
	return l->proto == DIAL_UDP ? ask_udp(l) : ask_tcp(l);
}

/* false: there is nothing more for now. */
static bool
read_packet(struct lookup *l)
{
	char bytes[DNS_UDP_MAX + 1];
	ssize_t n = recv(l->fd, bytes, sizeof(bytes), 0);

	if (n == -1 && is_passing(errno))
		return false;
	if (n == -1) {
		end_way(l, LOOKUP_ABSENT);
		return true;
	}
	/* one byte more than offered: cut by us */
	if ((size_t)n < sizeof(bytes) &&
	    query_is_answered(&l->query, str_view(bytes, (size_t)n),
		l->ask.pool, &l->answer)) {
		tell(l, false, str_view(bytes, (size_t)n));
		end_way(l, LOOKUP_FINE);
	}
	return true;
}

static bool
listen_udp(struct lookup *l)
{
	for (int i = 0; i < READS_A_STEP && read_packet(l); i++) {
		if (l->state != LISTENING)
			return true;
	}
	if (is_late(l))
		return true;
	if (clock_ms() < l->resend_at)
		return false;
	l->state = ASKING;
	return true;
}

static void
add_records(struct lookup *l, const struct dns_message *from)
{
	struct dns_message *to = &l->answer;
	size_t n = to->n_answers + from->n_answers;

	if (n > l->record_room) {
		size_t more = n * 2;

		to->answer = pool_grow(l->ask.pool, to->answer,
		    l->record_room * sizeof(*to->answer),
		    more * sizeof(*to->answer));
		l->record_room = more;
	}
	if (from->n_answers != 0)
		memcpy(to->answer + to->n_answers, from->answer,
		    from->n_answers * sizeof(*from->answer));
	to->n_answers = n;
}

/* RFC 5936, 2.2: the zone ends with the SOA that it began with. */
static bool
is_whole(const struct lookup *l)
{
	const struct dns_message *m = &l->answer;

	if (l->ask.type != DNS_AXFR || m->rcode != 0 || m->n_answers == 0 ||
	    m->answer[0].type != DNS_SOA)
		return true;
	return m->n_answers > 1 && m->answer[m->n_answers - 1].type == DNS_SOA;
}

/* The messages behind the first one need not repeat the question. */
static void
take_zone(struct lookup *l, struct str message)
{
	struct dns_message m;

	l->zone_bytes += message.n;
	if (dns_read(l->ask.pool, message, &m, NULL) == -1 ||
	    m.id != l->query.id || m.rcode != 0 ||
	    l->zone_bytes > LOOKUP_MAX_BYTES ||
	    l->answer.n_answers + m.n_answers > LOOKUP_MAX_RECORDS) {
		end_way(l, LOOKUP_BROKEN);
		return;
	}
	tell(l, false, message);
	add_records(l, &m);
	if (is_whole(l))
		end_way(l, LOOKUP_FINE);
}

static void
take_message(struct lookup *l, struct str message)
{
	if (l->is_zone) {
		take_zone(l, message);
		return;
	}
	if (!query_is_answered(&l->query, message, l->ask.pool, &l->answer))
		return;
	tell(l, false, message);
	if (is_whole(l)) {
		end_way(l, LOOKUP_FINE);
		return;
	}
	l->is_zone = true;
	l->zone_bytes = 0;
	l->record_room = l->answer.n_answers;
}

/* Takes what is whole; the rest moves to the front, and gets its room. */
static void
take_messages(struct lookup *l)
{
	size_t at = 0, need = FIRST_ROOM;

	while (l->state == LISTENING && l->got - at >= 2) {
		const unsigned char *p = l->bytes + at;
		size_t n = bytes_be16(p);

		need = 2 + n;
		if (l->got - at < need)
			break;
		take_message(l, str_view((const char *)p + 2, n));
		at += need;
	}
	l->got -= at;
	memmove(l->bytes, l->bytes + at, l->got);
	if (l->room < need) {
		l->bytes = mem_realloc(l->bytes, need);
		l->room = need;
	}
}

static bool
listen_tcp(struct lookup *l)
{
	ssize_t n;

	if (l->bytes == NULL) {
		l->bytes = mem_alloc(FIRST_ROOM);
		l->room = FIRST_ROOM;
	}
	n = recv(l->fd, l->bytes + l->got, l->room - l->got, 0);
	if (n == 0 || (n == -1 && !is_passing(errno))) {
		end_way(l, LOOKUP_BROKEN);
		return true;
	}
	if (n > 0) {
		l->got += (size_t)n;
		take_messages(l);
	}
	return l->state != LISTENING || is_late(l);
}

static bool
listen_to(struct lookup *l)
{
	return l->proto == DIAL_UDP ? listen_udp(l) : listen_tcp(l);
}

bool
lookup_step(struct lookup *l, short revents)
{
	/* false: it has to wait */
	static bool (*const act[])(struct lookup *) = {
		[AT_SERVER] = begin_server,
		[AT_DOOR] = open_way,
		[CONNECTING] = finish_connecting,
		[ASKING] = ask,
		[LISTENING] = listen_to,
	};

	l->is_ready = revents != 0;
	l->has_opened = false;
	while (l->state != OVER && act[l->state](l))
		continue;
	return l->state == OVER;
}

void
lookup_poll(const struct lookup *l, struct pollfd *p)
{
	*p = (struct pollfd){ .fd = l->fd,
		.events = l->state == LISTENING ? POLLIN : POLLOUT };
}

int64_t
lookup_due(const struct lookup *l)
{
	if (l->state == AT_DOOR)
		return clock_ms();
	if (l->state == LISTENING && l->proto == DIAL_UDP)
		return clock_first(l->until, l->resend_at);
	return l->until;
}

void
lookup_end(const struct lookup *l, struct lookup_end *out)
{
	*out = l->end;
	out->faults = buf_str(&l->faults);
}

uint32_t
lookup_detail(const struct lookup_end *end)
{
	if (end->has_answer)
		return end->answer.rcode;
	return end->fault == LOOKUP_BROKEN ? OUTCOME_NAME_BROKEN
	                                   : OUTCOME_NAME_SILENCE;
}

size_t
lookup_addrs(const struct dns_message *m, struct addr *addr, size_t most,
    int64_t *ttl)
{
	size_t n = 0;

	*ttl = -1;
	for (size_t i = 0; i < m->n_answers; i++) {
		const struct dns_record *r = &m->answer[i];

		if (*ttl == -1 || r->ttl < *ttl)
			*ttl = r->ttl;
		if (n == most)
			continue;
		if (r->type == DNS_A)
			addr[n++] = addr_ip4(r->ip, 0);
		else if (r->type == DNS_AAAA)
			addr[n++] = addr_ip6(r->ip, 0);
	}
	return n;
}
