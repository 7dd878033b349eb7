/* Questions to name servers that do as a script says, over UDP and TCP. */
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#include "base/mem.h"
#include "gate/dialler.h"
#include "name/resolve.h"

#define MOST           3
#define MOST_BYTES     ((size_t)64 << 10) /* what an answer may cost */
#define FLOOD_RECORDS  5000
#define FLOOD_MESSAGES 20

/* What a server does with each query. */
enum manner {
	NONE,
	ANSWER, /* 10.0.0.N of the N-th server */
	RCODE,  /* and the code; no records */
	/* over UDP before the right answer comes */
	WRONG_ID = RCODE + 16,
	WRONG_QUESTION,
	WRONG_SOURCE,
	QUERY_BACK,
	GARBAGE,
	DEAF_ONCE, /* takes no notice of the first */
	/* an OPT record is answered with these, a query without one is right */
	OPT_FORMERR,
	OPT_NOTIMP,
	OPT_BARE,     /* FORMERR: a head and nothing more */
	OPT_BARE_ONE, /* the same, and it counts a question */
	OPT_SILENT,   /* after FORMERR says nothing */
	OPT_DEAF,     /* takes no notice */
	OPT_BADVERS,
	BARE_SERVFAIL,
	BARE_NOERROR,
	/* truncated over UDP; over TCP */
	CUT,
	CUT_CLOSED, /* nobody listens */
	CUT_SHORT,  /* closes inside the answer */
	CUT_SLOW,   /* byte by byte */
	CUT_SILENT,
	CUT_OPT,   /* takes no OPT there */
	CUT_FLOOD, /* large answers to another question come first */
	SILENT_,
	DEAD,
};

struct server {
	enum manner manner;
	int number;
	unsigned queries;
};

static size_t
put_answer(unsigned char *out, const unsigned char *query, int number)
{
	static const unsigned char record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0,
		60, 0, 4, 10, 0, 0 };
	size_t end = 12;

	while (query[end] != 0)
		end += 1u + query[end];
	end += 5;
	memcpy(out, query, end);
	out[2] |= 0x80;
	out[7] = 1;
	out[11] = 0;
	memcpy(out + end, record, sizeof(record));
	out[end + sizeof(record)] = (unsigned char)number;
	return end + sizeof(record) + 1;
}

static size_t
put_code(unsigned char *out, const unsigned char *query, unsigned rcode)
{
	size_t n = put_answer(out, query, 0) - 16;
	out[3] = (unsigned char)rcode;
	out[7] = 0;
	return n;
}

static size_t
put_bare(unsigned char *out, const unsigned char *query, unsigned rcode,
    unsigned questions)
{
	memcpy(out, query, 12);
	out[2] |= 0x80;
	out[3] = (unsigned char)rcode;
	out[5] = (unsigned char)questions;
	out[11] = 0;
	return 12;
}

/* The high bits of the code are in an OPT record of the answer. */
static size_t
put_badvers(unsigned char *out, const unsigned char *query)
{
	static const unsigned char opt[] = { 0, 0, 41, 4, 208, 1, 0, 0, 0, 0,
		0 };
	size_t n = put_code(out, query, 0);

	memcpy(out + n, opt, sizeof(opt));
	out[11] = 1;
	return n + sizeof(opt);
}

static size_t
put_reply(struct server *s, unsigned char *out, const unsigned char *query,
    bool tcp)
{
	size_t n;
	bool has_opt = query[11] != 0;
	enum manner m = s->manner;

	if (m >= RCODE && m < RCODE + 16)
		return put_code(out, query, m - RCODE);
	if (m == BARE_SERVFAIL || m == BARE_NOERROR)
		return put_bare(out, query, m == BARE_SERVFAIL ? 2 : 0, 0);
	if (has_opt && (m == OPT_FORMERR || m == OPT_NOTIMP || m == OPT_SILENT))
		return put_code(out, query, m == OPT_NOTIMP ? 4 : 1);
	if (has_opt && (m == OPT_BARE || m == OPT_BARE_ONE))
		return put_bare(out, query, 1, m == OPT_BARE_ONE);
	if (has_opt && m == OPT_BADVERS)
		return put_badvers(out, query);
	if (has_opt && m == OPT_DEAF)
		return 0;
	if (has_opt && m == CUT_OPT && tcp)
		return put_code(out, query, 1);
	if (m == SILENT_ || m == OPT_SILENT ||
	    (m == DEAF_ONCE && s->queries == 1))
		return 0;
	n = put_answer(out, query, s->number);
	if (m >= CUT && m <= CUT_FLOOD && !tcp) {
		out[2] |= 2;
		out[n - 1] = 99;
	}
	return n;
}

/* What must not count, before the right answer. */
static void
mislead(const struct server *s, int fd, const struct sockaddr_in *to,
    const unsigned char *query)
{
	unsigned char out[600];
	size_t size = put_answer(out, query, 66);
	int from = fd;

	if (s->manner == WRONG_ID)
		out[0] ^= 1;
	else if (s->manner == WRONG_QUESTION)
		out[13] ^= 1;
	else if (s->manner == WRONG_SOURCE)
		from = socket(AF_INET, SOCK_DGRAM, 0);
	else if (s->manner == QUERY_BACK)
		out[2] &= 0x7f;
	else if (s->manner == GARBAGE)
		size = 17;
	else
		return;
	(void)sendto(from, out, size, 0, (const struct sockaddr *)to,
	    sizeof(*to));
	if (from != fd)
		close(from);
}

static void
serve_udp(struct server *s, int fd)
{
	unsigned char query[600], out[600];
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	ssize_t n = recvfrom(fd, query, sizeof(query), 0,
	    (struct sockaddr *)&from, &size);
	size_t reply;

	if (n < 17)
		return;
	s->queries++;
	mislead(s, fd, &from, query);
	reply = put_reply(s, out, query, false);
	if (reply != 0)
		(void)sendto(fd, out, reply, 0, (struct sockaddr *)&from, size);
}

/* Empty records, as many as a message holds, with the right id. */
static void
flood(int fd, const unsigned char *query)
{
	static unsigned char out[2 + 12 + 7 + FLOOD_RECORDS * 11];
	size_t n = sizeof(out) - 2;

	out[0] = (unsigned char)(n >> 8);
	out[1] = (unsigned char)n;
	memcpy(out + 2, query, 2);
	out[4] = 0x80;
	out[7] = 1;
	out[8] = FLOOD_RECORDS >> 8;
	out[9] = FLOOD_RECORDS & 255;
	memcpy(out + 14, "\1b\0\0\1\0\1", 7);
	for (int i = 0; i < FLOOD_MESSAGES; i++)
		(void)send(fd, out, sizeof(out), MSG_NOSIGNAL);
}

static void
serve_tcp(struct server *s, int listener)
{
	unsigned char query[600], out[600];
	int fd = accept(listener, NULL, NULL);
	ssize_t n = read(fd, query, 2);
	size_t reply;

	if (n != 2)
		abort();
	if (read(fd, query, sizeof(query)) < 17)
		abort();
	if (s->manner == CUT_FLOOD)
		flood(fd, query);
	reply = put_reply(s, out + 2, query, true);
	out[0] = 0;
	out[1] = (unsigned char)reply;
	if (s->manner == CUT_SHORT)
		(void)send(fd, out, reply - 1, MSG_NOSIGNAL);
	for (size_t i = 0; s->manner == CUT_SLOW && i < reply + 2; i++) {
		(void)send(fd, out + i, 1, MSG_NOSIGNAL);
		usleep(1000);
	}
	if (s->manner == CUT_SILENT || reply == 0)
		pause();
	if (s->manner != CUT_SHORT && s->manner != CUT_SLOW)
		(void)send(fd, out, reply + 2, MSG_NOSIGNAL);
	close(fd);
}

static void
serve(struct server *s, int udp, int tcp)
{
	struct pollfd p[] = { { udp, POLLIN, 0 }, { tcp, POLLIN, 0 } };

	while (poll(p, 2, -1) != -1) {
		if (p[0].revents != 0)
			serve_udp(s, udp);
		if (p[1].revents != 0)
			serve_tcp(s, tcp);
	}
	abort();
}

/* Both ports are the same; *to is where it is. */
static bool
open_ports(int *udp, int *tcp, struct addr *to)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof(sin);

	*udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	*tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*udp == -1 || *tcp == -1 ||
	    bind(*udp, (struct sockaddr *)&sin, n) == -1 ||
	    getsockname(*udp, (struct sockaddr *)&sin, &n) == -1 ||
	    !addr_from_sockaddr((struct sockaddr *)&sin, to))
		abort();
	if (bind(*tcp, (struct sockaddr *)&sin, n) == 0)
		return true;
	close(*udp);
	close(*tcp);
	return false;
}

static pid_t
start(enum manner manner, int number, struct addr *to)
{
	struct server s = { manner, number, 0 };
	int udp, tcp;
	pid_t pid;

	while (!open_ports(&udp, &tcp, to))
		continue;
	if (manner != DEAD && manner != CUT_CLOSED && listen(tcp, 8) == -1)
		abort();
	pid = manner != DEAD ? fork() : 0;
	if (pid == 0 && manner != DEAD) {
		if (manner == CUT_CLOSED)
			tcp = -1;
		serve(&s, udp, tcp);
	}
	close(udp);
	close(tcp);
	return pid;
}

/* The address, "CODE of SERVER", or the error; ports become ordinals. */
static struct str
ask(struct pool *pool, const struct addr *ns, size_t n,
    const struct resolve *like)
{
	autoerr struct err err = ERR_NONE;
	struct net_config config = NET_CONFIG_NONE;
	struct dialler *d = dialler_new_direct(&config);
	struct resolve how = *like;
	struct dns_message m;
	struct dns_name name;
	struct str text;
	char ip[ADDR_TEXT_MAX];

	how.ns = ns;
	how.n_ns = n;
	how.says_who = true;
	CHECK_INT(dns_name_read(STR("a.test"), &name, NULL), 0);
	if (resolve_query(d, &name, DNS_A, &how, pool, &m, &err) == -1) {
		text = err_join(pool, &err);
		for (size_t i = 0; i < n; i++) {
			struct str at =
			    str_of(pool_printf(pool, "%u", ns[i].port));
			size_t k = str_find(text, at);

			if (k != STR_NPOS)
				text = str_of(pool_printf(pool, "%.*s%zu%.*s",
				    (int)k, text.p, i + 1,
				    STR_ARG(str_from(text, k + at.n))));
		}
	} else if (m.rcode != 0) {
		text = str_of(dns_rcode_name(m.rcode));
	} else if (m.n_answers == 1) {
		struct addr a = addr_ip4(m.answer[0].ip, 0);

		text = pool_copy(pool, str_of(addr_ip_text(&a, ip)));
	} else {
		text = STR("none");
	}
	dialler_free(d);
	return text;
}

struct row {
	enum manner manner[MOST];
	const char *want;
	int64_t timeout_ms;
	bool tcp;
};

static void
check(const struct row *row)
{
	autopool struct pool pool = POOL_NONE;
	struct resolve how = RESOLVE_NONE;
	struct addr ns[MOST];
	pid_t pid[MOST];
	size_t n = 0;

	for (; n < MOST && row->manner[n] != NONE; n++)
		pid[n] = start(row->manner[n], (int)n + 1, &ns[n]);
	how.tcp = row->tcp;
	how.timeout_ms = row->timeout_ms != 0 ? row->timeout_ms : 5000;
	CHECK_STR(ask(&pool, ns, n, &how), row->want);
	CHECK(pool.used <= MOST_BYTES);
	for (size_t i = 0; i < n; i++) {
		if (pid[i] == 0)
			continue;
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
	}
}

static void
the_right_answer_counts(void)
{
	static const struct row row[] = {
		{ { ANSWER }, "10.0.0.1", 0, false },
		{ { ANSWER }, "10.0.0.1", 0, true },
		{ { RCODE + 0 }, "none", 0, false },
		{ { WRONG_ID }, "10.0.0.1", 0, false },
		{ { WRONG_QUESTION }, "10.0.0.1", 0, false },
		{ { WRONG_SOURCE }, "10.0.0.1", 0, false },
		{ { QUERY_BACK }, "10.0.0.1", 0, false },
		{ { GARBAGE }, "10.0.0.1", 0, false },
		{ { DEAF_ONCE }, "10.0.0.1", 0, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		check(&row[i]);
}

/* RFC 6891, 6.2.2 and 6.2.5 */
static void
opt_is_left_out_for_who_does_not_take_it(void)
{
	static const struct row row[] = {
		{ { OPT_FORMERR }, "10.0.0.1", 0, false },
		{ { OPT_FORMERR }, "10.0.0.1", 0, true },
		{ { OPT_NOTIMP }, "10.0.0.1", 0, false },
		{ { OPT_NOTIMP, ANSWER }, "10.0.0.1", 0, false },
		{ { OPT_BARE }, "10.0.0.1", 0, false },
		{ { OPT_BARE_ONE }, "10.0.0.1", 0, false },
		{ { OPT_BARE_ONE }, "10.0.0.1", 0, true },
		{ { OPT_SILENT }, "FormErr", 300, false },
		{ { OPT_SILENT, ANSWER }, "10.0.0.2", 600, false },
		{ { OPT_BADVERS }, "10.0.0.1", 0, false },
		{ { OPT_BADVERS }, "10.0.0.1", 0, true },
		{ { OPT_DEAF }, "10.0.0.1", 0, false },
		{ { OPT_DEAF, SILENT_ }, "10.0.0.1", 2600, false },
		{ { CUT_OPT }, "10.0.0.1", 0, false },
		/* it was the question after all */
		{ { RCODE + 1 }, "FormErr", 0, false },
		{ { RCODE + 4 }, "Other", 0, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		check(&row[i]);
}

static void
the_next_server_is_asked(void)
{
	static const struct row row[] = {
		{ { RCODE + 3, ANSWER }, "NXDomain", 0, false },
		{ { RCODE + 0, ANSWER }, "none", 0, false },
		{ { RCODE + 1, ANSWER }, "10.0.0.2", 0, false },
		{ { RCODE + 2, ANSWER }, "10.0.0.2", 0, false },
		{ { RCODE + 4, ANSWER }, "10.0.0.2", 0, false },
		{ { RCODE + 5, ANSWER }, "10.0.0.2", 0, false },
		{ { RCODE + 9, ANSWER }, "10.0.0.2", 0, false },
		{ { RCODE + 15, ANSWER }, "10.0.0.2", 0, false },
		{ { RCODE + 2, RCODE + 5, ANSWER }, "10.0.0.3", 0, true },
		{ { BARE_SERVFAIL, ANSWER }, "10.0.0.2", 0, false },
		{ { BARE_NOERROR, ANSWER }, "10.0.0.2", 300, false },
		{ { RCODE + 2, RCODE + 3 }, "NXDomain", 0, false },
		{ { RCODE + 2, RCODE + 5 }, "Refused", 0, false },
		{ { SILENT_, ANSWER }, "10.0.0.2", 300, false },
		{ { DEAD, ANSWER }, "10.0.0.2", 0, false },
		{ { DEAD, ANSWER }, "10.0.0.2", 0, true },
		{ { DEAD, SILENT_, ANSWER }, "10.0.0.3", 300, false },
		/* an answer of any code is more than none */
		{ { RCODE + 2, DEAD }, "ServFail", 0, false },
		{ { DEAD, RCODE + 5 }, "Refused", 0, false },
		{ { RCODE + 5, SILENT_ }, "Refused", 300, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		check(&row[i]);
}

static void
what_is_cut_is_asked_for_over_tcp(void)
{
	static const struct row row[] = {
		{ { CUT }, "10.0.0.1", 0, false },
		{ { CUT_SLOW }, "10.0.0.1", 0, false },
		{ { CUT_FLOOD }, "10.0.0.1", 0, false },
		{ { CUT_CLOSED, ANSWER }, "10.0.0.2", 0, false },
		{ { CUT_SHORT, ANSWER }, "10.0.0.2", 0, false },
		{ { CUT_SILENT, ANSWER }, "10.0.0.2", 400, false },
		{ { CUT_CLOSED }, "proto error: io error", 0, false },
		{ { CUT_SHORT }, "proto error: io error", 0, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		check(&row[i]);
}

static void
an_error_says_what_each_server_did(void)
{
	static const struct row row[] = {
		{ { SILENT_ },
		    "DNS query timed out: 127.0.0.1:1 does not answer", 200,
		    false },
		{ { SILENT_ },
		    "DNS query timed out: 127.0.0.1:1 does not answer", 200,
		    true },
		{ { DEAD }, "DNS query timed out: 127.0.0.1:1 is not there", 0,
		    false },
		{ { DEAD, SILENT_, DEAD },
		    "DNS query timed out: 127.0.0.1:1 is not there, "
		    "127.0.0.1:2 does not answer, 127.0.0.1:3 is not there",
		    300, false },
		{ { CUT_CLOSED, DEAD },
		    "DNS query timed out: 127.0.0.1:1 broke the connection "
		    "off, 127.0.0.1:2 is not there",
		    0, false },
		{ { DEAD }, "proto error: io error", 0, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		check(&row[i]);
}

CHECK_MAIN(CASE(the_right_answer_counts),
    CASE(opt_is_left_out_for_who_does_not_take_it),
    CASE(the_next_server_is_asked), CASE(what_is_cut_is_asked_for_over_tcp),
    CASE(an_error_says_what_each_server_did))
