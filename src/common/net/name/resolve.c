/*
 * The look-up itself is lookup.h; here it gets its sockets from the dialler,
 * and its end becomes an error text and a cause for who counts.
 */
#include "name/resolve.h"

#include <errno.h>

#include "base/bytes.h"
#include "base/halt.h"
#include "base/mem.h"
#include "gate/dialler.h"
#include "name/lookup.h"

/* Where a look-up's sockets come from, and why there was none last time. */
struct sockets {
	struct dialler *d;
	struct err *err;
	struct tap *tap;
};

static int
open_socket(void *arg, enum dial_proto proto, const struct addr *ns,
    struct str query, int64_t until, enum lookup_way *way,
    enum lookup_fault *fault)
{
	struct sockets *s = arg;
	struct dialler *d = s->d;
	bool is_ns = net_config_has_ns(dialler_config(d), ns);
	bool is_sent = false;
	int errnum = 0, fd;

	if (proto == DIAL_UDP)
		fd = dial_datagram(d, ns, is_ns, query, &is_sent, until,
		    &errnum, s->err);
	else
		fd = dial_socket(d, proto, ns, is_ns, until, &errnum, s->err);
	*way = is_sent ? LOOKUP_ASKED : LOOKUP_CONNECTED;
	if (fd == -1)
		*fault = errnum == 0 || dialler_cause(d) == OUTCOME_LIMIT
		             ? LOOKUP_REFUSED
		             : lookup_fault_of(proto, errnum);
	return fd;
}

static void
on_message(void *arg, bool is_query, struct str message)
{
	struct sockets *s = arg;

	tap_message(s->tap, is_query, message);
}

static void
tell_route(struct tap *tap, const struct dialler *d,
    const struct lookup_end *end)
{
	struct tap_route route = { .number = dialler_connection(d) };

	if (end->server != NULL)
		route.server = *end->server;
	tap_route(tap, &route);
}

static int
fail_query(struct dialler *d, uint32_t detail, const struct addr *server,
    int64_t timeout_ms, struct str faults, struct err *err)
{
	const char *text =
	    timeout_ms == -1 ? "request timed out" : "DNS query timed out";

	dial_blame(d, OUTCOME_NAME, detail, server);
	if (detail == OUTCOME_NAME_NOBODY)
		return err_set(err, "No nameserver configured");
	if (detail == OUTCOME_NAME_BROKEN) {
		err_set(err, "io error");
		return err_wrap(err, "proto error");
	}
	if (faults.n == 0)
		return err_set(err, "%s", text);
	err_set_str(err, faults);
	return err_wrap(err, "%s", text);
}

static int
fail_lookup(struct dialler *d, const struct resolve *how,
    const struct lookup_end *end, struct err *refusal, struct err *err)
{
	if (end->fault != LOOKUP_REFUSED)
		return fail_query(d, lookup_detail(end), end->server,
		    how->timeout_ms, how->says_who ? end->faults : STR_NONE,
		    err);
	if (err != NULL)
		err_move(err, refusal);
	return -1;
}

/* Goes through all of it, waiting; called off, it ends as far as it came. */
static void
wait_for(struct lookup *l, struct lookup_end *end)
{
	short revents = 0;

	while (!lookup_step(l, revents) && !halt_is_wanted) {
		struct pollfd p;

		lookup_poll(l, &p);
		/* what happened to the socket it says itself when it is used */
		revents = stream_poll(p.fd, p.events, lookup_due(l)) != 0
		              ? p.events
		              : 0;
	}
	lookup_end(l, end);
}

int
resolve_query(struct dialler *d, const struct dns_name *name, uint16_t type,
    const struct resolve *how, struct pool *pool, struct dns_message *out,
    struct err *err)
{
	const struct net_config *config = dialler_config(d);
	autoerr struct err refusal = ERR_NONE;
	struct sockets sockets = { d, &refusal, how->tap };
	struct lookup_question question = { .name = name,
		.type = type,
		.ns = how->ns != NULL ? how->ns : config->ns,
		.n_ns = how->ns != NULL ? how->n_ns : config->n_ns,
		.tcp = how->tcp,
		.until = clock_first(how->deadline,
		    clock_in(how->timeout_ms != -1 ? (uint64_t)how->timeout_ms
						   : LOOKUP_TIMEOUT_MS)),
		.pool = pool };
	struct lookup *lookup;
	struct lookup_end end;

	if (question.n_ns == 0)
		return fail_query(d, OUTCOME_NAME_NOBODY, NULL, -1, STR_NONE,
		    err);
	dialler_forget(d);
	lookup = lookup_new(&question,
	    &(struct lookup_door){ .open = open_socket,
		.seen = how->tap != NULL ? on_message : NULL,
		.arg = &sockets });
	wait_for(lookup, &end);
	lookup_free(lookup);
	tell_route(how->tap, d, &end);
	if (!end.has_answer)
		return fail_lookup(d, how, &end, &refusal, err);
	/* whether an error code is a failure is the caller's to say */
	dial_blame(d, OUTCOME_NAME, end.answer.rcode, end.server);
	*out = end.answer;
	return 0;
}

static bool
cut_message(struct str *rest, struct str *message)
{
	size_t n;

	if (rest->n < 2)
		return false;
	n = bytes_be16((const unsigned char *)rest->p);
	if (rest->n - 2 < n)
		return false;
	*message = str_sub(*rest, 2, n);
	*rest = str_from(*rest, 2 + n);
	return true;
}

/* Behind those that are there already, of which room says how many fit. */
static void
add_records(struct pool *pool, struct dns_message *to, size_t *room,
    const struct dns_message *more)
{
	size_t n = to->n_answers + more->n_answers;

	if (n > *room) {
		to->answer = pool_grow(pool, to->answer,
		    to->n_answers * sizeof(*to->answer),
		    2 * n * sizeof(*to->answer));
		*room = 2 * n;
	}
	if (more->n_answers != 0)
		memcpy(to->answer + to->n_answers, more->answer,
		    more->n_answers * sizeof(*to->answer));
	to->n_answers = n;
}

int
resolve_read(struct str messages, uint16_t type, struct pool *pool,
    struct dns_message *out, struct err *err)
{
	struct dns_message answer = { .id = 0 }, m;
	struct str rest = messages, message;
	bool has_one = false;
	size_t room = 0;

	while (cut_message(&rest, &message)) {
		if (dns_read(pool, message, &m, err) == -1)
			return -1;
		if (m.is_truncated && rest.n != 0)
			continue;
		if (type == DNS_AXFR && has_one && answer.rcode == 0 &&
		    m.rcode == 0)
			add_records(pool, &answer, &room, &m);
		else
			answer = m, room = m.n_answers;
		has_one = true;
	}
	if (!has_one || rest.n != 0)
		return err_set(err, "the recorded answer is cut");
	*out = answer;
	return 0;
}

int
resolve_fail(struct dialler *d, uint32_t detail, const struct addr *server,
    struct err *err)
{
	if (detail >= OUTCOME_NAME_SILENCE)
		return fail_query(d, detail, server,
		    dialler_config(d)->dns_timeout_ms, STR_NONE, err);
	dial_blame(d, OUTCOME_NAME, detail, server);
	return err_set(err, "dns server returned error: %s",
	    dns_rcode_name(detail));
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
	if (m.rcode != DNS_NOERROR)
		return err_set(err, "dns server returned error: %s",
		    dns_rcode_name(m.rcode));
	*addr = pool_array(pool, m.n_answers, sizeof(**addr));
	*n = lookup_addrs(&m, *addr, m.n_answers, ttl);
	return 0;
}
