/*
 * The packet: the head of a request (request.h) with the kind 3, so that one
 * socket carries both; then server and host. Everything has its place, and
 * what is not used is zero, so there is one way to write each record.
 *
 *	0  version   1  kind 3   2  what   3  cause
 *	4  port, in network byte order     6  length of the host
 *	8  detail   12  the server's port 14  zero
 *	16 the server's address           32  the host, and zeros
 */
#include "gate/outcome.h"

#include <errno.h>

#include "base/bytes.h"

#define VERSION 1

enum { AT_PORT = 4, AT_N = 6, AT_DETAIL = 8, AT_SERVER_PORT = 12, AT_IP = 16 };

void
outcome_set_host(struct outcome *outcome, struct str host)
{
	outcome->host_n = host.n < OUTCOME_HOST_MAX ? host.n : OUTCOME_HOST_MAX;
	if (outcome->host_n != 0)
		memcpy(outcome->host, host.p, outcome->host_n);
}

struct str
outcome_host(const struct outcome *outcome)
{
	return str_view(outcome->host, outcome->host_n);
}

enum outcome_cause
outcome_of_errno(int errnum)
{
	switch (errnum) {
	case ECONNREFUSED:
		return OUTCOME_REFUSED;
	case ETIMEDOUT:
	case EAGAIN:
		return OUTCOME_TIMEOUT;
	default:
		return OUTCOME_UNREACHABLE;
	}
}

bool
outcome_is_refusal(enum outcome_cause cause)
{
	return cause == OUTCOME_POLICY || cause == OUTCOME_LIMIT ||
	       cause == OUTCOME_PERMISSION;
}

const char *
outcome_cause_name(enum outcome_cause cause)
{
	static const char *const name[OUTCOME_CAUSES] = {
		[OUTCOME_FINE] = "fine",
		[OUTCOME_POLICY] = "policy",
		[OUTCOME_LIMIT] = "limit",
		[OUTCOME_PROXY] = "proxy",
		[OUTCOME_NAME] = "name",
		[OUTCOME_REFUSED] = "refused",
		[OUTCOME_TIMEOUT] = "timeout",
		[OUTCOME_UNREACHABLE] = "unreachable",
		[OUTCOME_TLS] = "tls",
		[OUTCOME_MISSING] = "missing",
		[OUTCOME_ANSWER] = "answer",
		[OUTCOME_PERMISSION] = "permission",
	};

	return name[cause];
}

void
outcome_write(unsigned char out[OUTCOME_SIZE], const struct outcome *outcome)
{
	uint16_t n = (uint16_t)outcome->host_n;

	memset(out, 0, OUTCOME_SIZE);
	out[0] = VERSION;
	out[1] = OUTCOME_KIND;
	out[2] = (unsigned char)outcome->what;
	out[3] = (unsigned char)outcome->cause;
	bytes_put_be16(out + AT_PORT, outcome->port);
	memcpy(out + AT_N, &n, 2);
	memcpy(out + AT_DETAIL, &outcome->detail, 4);
	if (outcome->server.port != 0) {
		bytes_put_be16(out + AT_SERVER_PORT, outcome->server.port);
		memcpy(out + AT_IP, outcome->server.ip, 16);
	}
	if (n != 0)
		memcpy(out + REQUEST_HEAD, outcome->host, n);
}

bool
outcome_is_one(struct str packet)
{
	return packet.n >= 2 && packet.p[0] == VERSION &&
	       packet.p[1] == OUTCOME_KIND;
}

bool
outcome_read(struct str packet, struct outcome *out)
{
	const unsigned char *p = (const unsigned char *)packet.p;
	struct outcome o = { 0 };
	uint16_t n;

	if (packet.n != OUTCOME_SIZE || !outcome_is_one(packet) ||
	    p[2] >= OUTCOME_WHATS || p[3] >= OUTCOME_CAUSES)
		return false;
	memcpy(&n, p + AT_N, 2);
	if (n > OUTCOME_HOST_MAX ||
	    !bytes_are_zero(p + AT_SERVER_PORT + 2, 2) ||
	    !bytes_are_zero(p + REQUEST_HEAD + n, OUTCOME_HOST_MAX - (size_t)n))
		return false;
	o.what = (enum outcome_what)p[2];
	o.cause = (enum outcome_cause)p[3];
	o.port = bytes_be16(p + AT_PORT);
	memcpy(&o.detail, p + AT_DETAIL, 4);
	o.server = addr_ip6(p + AT_IP, bytes_be16(p + AT_SERVER_PORT));
	if (o.server.port == 0 && !bytes_are_zero(p + AT_IP, 16))
		return false;
	outcome_set_host(&o, str_view(packet.p + REQUEST_HEAD, n));
	*out = o;
	return true;
}
