/*
 * A request:
 *
 *	0  version   1  kind     2  proto    3  flags
 *	4  port, in network byte order       6  length of what is at 32
 *	8  ms for an address    12  number
 *	16 the address; of a name: ms for the look-up, 20 ms for all,
 *	   24 first address, 26 zero
 *	32 the name; of an address over UDP what is sent at once
 *
 * and a reply:
 *
 *	0  version   1  status   2  class    3  1: the addresses are kept ones,
 *	                                        2: it was sent
 *	4  number    8  error   12  tried   14  addresses of the name
 *	16 number of the connection
 *	20 each one tried: address, 16 port, 18 status, 19 class, 20 error;
 *	   of a name that has none in its place the name server: address,
 *	   16 port, 18 zero
 *
 * What is not used is zero, so there is one way to write each.
 */
#include "gate/request.h"

#include "base/bytes.h"
#include "gate/net_config.h"
#include "stream/clock.h"

#define VERSION 1

enum { IS_NS = 1, IS_KEPT = 2, OVER_TCP = 4 };
enum { REPLY_IS_KEPT = 1, REPLY_IS_SENT = 2 };
enum { AT_LOOKUP = 16, AT_ALL = 20, AT_FIRST = 24, AT_REST = 26 };
enum { AT_TRIED_PORT = 16, AT_TRIED_STATUS = 18, AT_TRIED_ERROR = 20 };

uint32_t
request_ms(int64_t until)
{
	int left = clock_left(until);

	return left == -1 ? REQUEST_FOREVER : (uint32_t)left;
}

static void
write_lookup(unsigned char *out, const struct request_lookup *l)
{
	out[3] = (unsigned char)((l->is_kept ? IS_KEPT : 0) |
				 (l->tcp ? OVER_TCP : 0));
	memcpy(out + AT_LOOKUP, &l->ms, 4);
	memcpy(out + AT_ALL, &l->all, 4);
	memcpy(out + AT_FIRST, &l->first, 2);
}

size_t
request_write(unsigned char out[REQUEST_MAX], const struct request *request)
{
	bool is_name = request->kind == REQUEST_NAME;
	struct str tail = str_sub(is_name ? request->name : request->first, 0,
	    REQUEST_NAME_MAX);
	uint16_t n = (uint16_t)tail.n;

	memset(out, 0, REQUEST_HEAD);
	out[0] = VERSION;
	out[1] = (unsigned char)request->kind;
	out[2] = (unsigned char)request->proto;
	out[3] = request->is_ns ? IS_NS : 0;
	bytes_put_be16(out + 4, request->to.port);
	memcpy(out + 6, &n, 2);
	memcpy(out + 8, &request->wait_ms, 4);
	memcpy(out + 12, &request->number, 4);
	if (is_name)
		write_lookup(out, &request->lookup);
	else
		memcpy(out + 16, request->to.ip, 16);
	if (n != 0)
		memcpy(out + REQUEST_HEAD, tail.p, n);
	return REQUEST_HEAD + (size_t)n;
}

static bool
read_name(const unsigned char *p, struct str name, struct request *out)
{
	struct request_lookup *l = &out->lookup;

	if (out->proto != DIAL_TCP || (p[3] & ~(IS_KEPT | OVER_TCP)) != 0 ||
	    !bytes_are_zero(p + AT_REST, REQUEST_HEAD - AT_REST) ||
	    !hostname_is_normal(name))
		return false;
	out->name = name;
	l->is_kept = (p[3] & IS_KEPT) != 0;
	l->tcp = (p[3] & OVER_TCP) != 0;
	memcpy(&l->ms, p + AT_LOOKUP, 4);
	memcpy(&l->all, p + AT_ALL, 4);
	memcpy(&l->first, p + AT_FIRST, 2);
	return true;
}

static bool
read_addr(const unsigned char *p, struct str first, struct request *out)
{
	if ((p[3] & ~IS_NS) != 0 || first.n > REQUEST_NAME_MAX ||
	    (first.n != 0 && out->proto != DIAL_UDP))
		return false;
	out->first = first;
	out->is_ns = p[3] == IS_NS;
	memcpy(out->to.ip, p + 16, 16);
	return true;
}

bool
request_read(struct str packet, struct request *out)
{
	const unsigned char *p = (const unsigned char *)packet.p;
	struct request r = { 0 };
	struct str tail;
	uint16_t n;

	if (packet.n < REQUEST_HEAD || packet.n > REQUEST_MAX ||
	    p[0] != VERSION || (p[2] != DIAL_TCP && p[2] != DIAL_UDP))
		return false;
	memcpy(&n, p + 6, 2);
	if (packet.n != REQUEST_HEAD + (size_t)n)
		return false;
	r.kind = (enum request_kind)p[1];
	r.proto = p[2];
	r.to.port = bytes_be16(p + 4);
	memcpy(&r.wait_ms, p + 8, 4);
	memcpy(&r.number, p + 12, 4);
	tail = str_from(packet, REQUEST_HEAD);
	if (!(r.kind == REQUEST_NAME && read_name(p, tail, &r)) &&
	    !(r.kind == REQUEST_ADDR && read_addr(p, tail, &r)))
		return false;
	*out = r;
	return true;
}

static void
write_tried(unsigned char *out, const struct reply_tried *t)
{
	memcpy(out, t->to.ip, 16);
	bytes_put_be16(out + AT_TRIED_PORT, t->to.port);
	out[AT_TRIED_STATUS] = (unsigned char)t->status;
	out[AT_TRIED_STATUS + 1] = (unsigned char)t->class;
	memcpy(out + AT_TRIED_ERROR, &t->error, 4);
}

size_t
broker_reply_write(unsigned char out[REPLY_MAX], const struct reply *reply)
{
	const struct reply_tried server = { .to = reply->server };
	size_t n = REPLY_SIZE;

	memset(out, 0, REPLY_SIZE);
	out[0] = VERSION;
	out[1] = (unsigned char)reply->status;
	out[2] = (unsigned char)reply->class;
	out[3] = (unsigned char)((reply->is_kept ? REPLY_IS_KEPT : 0) |
				 (reply->is_sent ? REPLY_IS_SENT : 0));
	memcpy(out + 4, &reply->number, 4);
	memcpy(out + 8, &reply->error, 4);
	memcpy(out + 12, &reply->n_tried, 2);
	memcpy(out + 14, &reply->addrs, 2);
	memcpy(out + 16, &reply->connection, 4);
	for (size_t i = 0; i < reply->n_tried; i++, n += REPLY_TRIED_SIZE)
		write_tried(out + n, &reply->tried[i]);
	if (reply->status == REPLY_NAME && reply->server.port != 0) {
		write_tried(out + n, &server);
		n += REPLY_TRIED_SIZE;
	}
	return n;
}

/* Any but the last one failed. */
static bool
read_tried(const unsigned char *p, bool is_last, struct reply_tried *out)
{
	unsigned status = p[AT_TRIED_STATUS];

	if (status != REPLY_REFUSED && status != REPLY_FAILED &&
	    status != REPLY_BUDGET && !(is_last && status == REPLY_CONNECTED))
		return false;
	out->status = (enum reply_status)status;
	out->class = p[AT_TRIED_STATUS + 1];
	out->to = addr_ip6(p, bytes_be16(p + AT_TRIED_PORT));
	memcpy(&out->error, p + AT_TRIED_ERROR, 4);
	return true;
}

static bool
read_server(const unsigned char *p, size_t n, struct addr *out)
{
	if (n == 0)
		return true;
	if (n != REPLY_TRIED_SIZE)
		return false;
	*out = addr_ip6(p, bytes_be16(p + AT_TRIED_PORT));
	return out->port != 0 &&
	       bytes_are_zero(p + AT_TRIED_STATUS, n - AT_TRIED_STATUS);
}

static bool
read_addresses(const unsigned char *p, size_t n, struct reply *out)
{
	if (out->n_tried > REPLY_TRIED_MAX || out->n_tried > out->addrs ||
	    n != out->n_tried * (size_t)REPLY_TRIED_SIZE)
		return false;
	for (size_t i = 0; i < out->n_tried; i++) {
		if (!read_tried(p + i * REPLY_TRIED_SIZE, i + 1 == out->n_tried,
			&out->tried[i]))
			return false;
	}
	return out->n_tried == 0 ||
	       out->tried[out->n_tried - 1].status == out->status;
}

bool
broker_reply_read(struct str packet, struct reply *out)
{
	const unsigned char *p = (const unsigned char *)packet.p;
	struct reply r = { 0 };
	size_t rest = packet.n - REPLY_SIZE;

	if (packet.n < REPLY_SIZE || p[0] != VERSION ||
	    p[1] >= REPLY_STATUSES ||
	    (p[3] & ~(REPLY_IS_KEPT | REPLY_IS_SENT)) != 0 ||
	    ((p[3] & REPLY_IS_SENT) != 0 && p[1] != REPLY_CONNECTED))
		return false;
	r.status = (enum reply_status)p[1];
	r.class = p[2];
	r.is_kept = (p[3] & REPLY_IS_KEPT) != 0;
	r.is_sent = (p[3] & REPLY_IS_SENT) != 0;
	memcpy(&r.number, p + 4, 4);
	memcpy(&r.error, p + 8, 4);
	memcpy(&r.n_tried, p + 12, 2);
	memcpy(&r.addrs, p + 14, 2);
	memcpy(&r.connection, p + 16, 4);
	if (r.status == REPLY_NAME
		? r.n_tried != 0 || r.addrs != 0 ||
		      !read_server(p + REPLY_SIZE, rest, &r.server)
		: !read_addresses(p + REPLY_SIZE, rest, &r))
		return false;
	*out = r;
	return true;
}
