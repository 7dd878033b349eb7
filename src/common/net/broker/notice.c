/*
 * A notice:
 *
 *	0  version   1  kind   2  zero
 *	4  attempt
 *	8  of a request:
 *	   8  proto  9  flags  10  status  11  class
 *	   12 port, in network byte order  14  length of the name
 *	   16 number    20 error   24 ms   28  when
 *	   32 address   48 name
 *	   of a word: the packet of the worker, as gate/outcome.c writes it
 *	   of a closed connection:
 *	   8  number   12 is it cut   16 sent   24 received   32  when
 *
 * an order: version, kind 1, zero, attempt at 4, connections at 8, is it limited
 * at 12; a place: version, kind 2, zero, processor at 8; kind 3 are rules
 * (gate/permit.c).
 */
#include "broker/notice.h"

#include <assert.h>
#include <time.h>

#include "base/bytes.h"
#include "gate/egress.h"
#include "gate/socks5.h"
#include "stream/clock.h"

#define VERSION    1
#define KIND_ORDER 1
#define KIND_PLACE 2

enum { AT_ATTEMPT = 4, AT_BODY = 8, AT_LIMITED = 12 };
enum {
	AT_PROTO = 8,
	AT_FLAGS = 9,
	AT_STATUS = 10,
	AT_CLASS = 11,
	AT_PORT = 12,
	AT_NAME_N = 14,
	AT_NUMBER = 16,
	AT_ERROR = 20,
	AT_MS = 24,
	AT_WHEN = 28,
	AT_IP = 32,
};
enum {
	AT_CLOSED = 8,
	AT_CUT = 12,
	AT_SENT = 16,
	AT_RECEIVED = 24,
	AT_OVER = 32,
};
enum { IS_NAME = 1, IS_NS = 2, IS_PROXIED = 4, ALL_FLAGS = 7 };

static_assert(AT_BODY + OUTCOME_SIZE <= NOTICE_SIZE, "a word has room");

uint32_t
notice_now(void)
{
	return (uint32_t)clock_unix_ms();
}

int64_t
notice_when(uint32_t when, int64_t now)
{
	return now - (int32_t)((uint32_t)now - when);
}

void
order_packet_write(unsigned char out[ORDER_SIZE],
    const struct order_packet *order)
{
	memset(out, 0, ORDER_SIZE);
	out[0] = VERSION;
	out[1] = KIND_ORDER;
	memcpy(out + AT_ATTEMPT, &order->attempt, 4);
	memcpy(out + AT_BODY, &order->connections, 4);
	out[AT_LIMITED] = order->is_limited;
}

bool
order_packet_read(struct str packet, struct order_packet *out)
{
	const unsigned char *p = (const unsigned char *)packet.p;

	if (packet.n != ORDER_SIZE || p[0] != VERSION || p[1] != KIND_ORDER ||
	    !bytes_are_zero(p + 2, 2) || p[AT_LIMITED] > 1 ||
	    !bytes_are_zero(p + AT_LIMITED + 1, 3))
		return false;
	memcpy(&out->attempt, p + AT_ATTEMPT, 4);
	memcpy(&out->connections, p + AT_BODY, 4);
	out->is_limited = p[AT_LIMITED] == 1;
	return true;
}

void
place_packet_write(unsigned char out[ORDER_SIZE], uint32_t processor)
{
	memset(out, 0, ORDER_SIZE);
	out[0] = VERSION;
	out[1] = KIND_PLACE;
	memcpy(out + AT_BODY, &processor, 4);
}

bool
place_packet_read(struct str packet, uint32_t *processor)
{
	const unsigned char *p = (const unsigned char *)packet.p;

	if (packet.n != ORDER_SIZE || p[0] != VERSION || p[1] != KIND_PLACE ||
	    !bytes_are_zero(p + 2, 6) || !bytes_are_zero(p + 12, 4))
		return false;
	memcpy(processor, p + AT_BODY, 4);
	return true;
}

static void
write_record(unsigned char *out, const struct broker_record *r)
{
	uint16_t n =
	    (uint16_t)(r->name.n < REQUEST_NAME_MAX ? r->name.n
						    : REQUEST_NAME_MAX);

	out[AT_PROTO] = (unsigned char)r->proto;
	out[AT_FLAGS] = (unsigned char)((r->is_name ? IS_NAME : 0) |
					(r->is_ns ? IS_NS : 0) |
					(r->is_proxied ? IS_PROXIED : 0));
	out[AT_STATUS] = (unsigned char)r->status;
	out[AT_CLASS] = (unsigned char)r->class;
	bytes_put_be16(out + AT_PORT, r->to.port);
	memcpy(out + AT_NAME_N, &n, 2);
	memcpy(out + AT_NUMBER, &r->number, 4);
	memcpy(out + AT_ERROR, &r->error, 4);
	memcpy(out + AT_MS, &r->ms, 4);
	memcpy(out + AT_WHEN, &r->when, 4);
	memcpy(out + AT_IP, r->to.ip, 16);
	if (n != 0)
		memcpy(out + NOTICE_HEAD, r->name.p, n);
}

static bool
read_record(struct str packet, struct broker_record *out)
{
	const unsigned char *p = (const unsigned char *)packet.p;
	struct broker_record r = { 0 };
	uint16_t n;

	memcpy(&n, p + AT_NAME_N, 2);
	if ((p[AT_PROTO] != DIAL_TCP && p[AT_PROTO] != DIAL_UDP) ||
	    p[AT_FLAGS] > ALL_FLAGS || p[AT_STATUS] > REPLY_PROXY ||
	    p[AT_CLASS] >= EGRESS_CLASSES || n > REQUEST_NAME_MAX ||
	    !bytes_are_zero(p + NOTICE_HEAD + n,
		(size_t)(REQUEST_NAME_MAX - n)))
		return false;
	r.proto = (enum dial_proto)p[AT_PROTO];
	r.is_name = (p[AT_FLAGS] & IS_NAME) != 0;
	r.is_ns = (p[AT_FLAGS] & IS_NS) != 0;
	r.is_proxied = (p[AT_FLAGS] & IS_PROXIED) != 0;
	r.status = (enum reply_status)p[AT_STATUS];
	r.class = p[AT_CLASS];
	memcpy(&r.number, p + AT_NUMBER, 4);
	memcpy(&r.error, p + AT_ERROR, 4);
	memcpy(&r.ms, p + AT_MS, 4);
	memcpy(&r.when, p + AT_WHEN, 4);
	r.to = addr_ip6(p + AT_IP, bytes_be16(p + AT_PORT));
	r.name = n != 0 ? str_sub(packet, NOTICE_HEAD, n) : STR_NONE;
	if (r.is_name && n == 0)
		return false;
	*out = r;
	return true;
}

static void
write_closed(unsigned char *out, const struct broker_closed *c)
{
	memcpy(out + AT_CLOSED, &c->number, 4);
	out[AT_CUT] = c->is_cut;
	memcpy(out + AT_SENT, &c->sent, 8);
	memcpy(out + AT_RECEIVED, &c->received, 8);
	memcpy(out + AT_OVER, &c->when, 4);
}

static bool
read_closed(const unsigned char *p, struct broker_closed *out)
{
	if (p[AT_CUT] > 1 || !bytes_are_zero(p + AT_CUT + 1, 3) ||
	    !bytes_are_zero(p + AT_OVER + 4, NOTICE_SIZE - (AT_OVER + 4)))
		return false;
	memcpy(&out->number, p + AT_CLOSED, 4);
	out->is_cut = p[AT_CUT] == 1;
	memcpy(&out->sent, p + AT_SENT, 8);
	memcpy(&out->received, p + AT_RECEIVED, 8);
	memcpy(&out->when, p + AT_OVER, 4);
	return true;
}

void
notice_write(unsigned char out[NOTICE_SIZE], const struct notice *notice)
{
	memset(out, 0, NOTICE_SIZE);
	out[0] = VERSION;
	out[1] = (unsigned char)notice->kind;
	memcpy(out + AT_ATTEMPT, &notice->attempt, 4);
	if (notice->kind == NOTICE_REQUEST)
		write_record(out, &notice->record);
	else if (notice->kind == NOTICE_WORD)
		outcome_write(out + AT_BODY, &notice->word);
	else if (notice->kind == NOTICE_CLOSED)
		write_closed(out, &notice->closed);
}

static bool
read_body(struct str packet, struct notice *out)
{
	const unsigned char *p = (const unsigned char *)packet.p;
	const size_t end = AT_BODY + OUTCOME_SIZE;

	switch (p[1]) {
	case NOTICE_REQUEST:
		return read_record(packet, &out->record);
	case NOTICE_WORD:
		return bytes_are_zero(p + end, NOTICE_SIZE - end) &&
		       outcome_read(str_sub(packet, AT_BODY, OUTCOME_SIZE),
			   &out->word);
	case NOTICE_CLOSED:
		return read_closed(p, &out->closed);
	case NOTICE_HUNG_UP:
		return bytes_are_zero(p + AT_BODY, NOTICE_SIZE - AT_BODY);
	default:
		return false;
	}
}

bool
notice_read(struct str packet, struct notice *out)
{
	const unsigned char *p = (const unsigned char *)packet.p;
	struct notice notice;

	if (packet.n != NOTICE_SIZE || p[0] != VERSION ||
	    !bytes_are_zero(p + 2, 2) || !read_body(packet, &notice))
		return false;
	notice.kind = (enum notice_kind)p[1];
	memcpy(&notice.attempt, p + AT_ATTEMPT, 4);
	*out = notice;
	return true;
}

/* Not of one that was made: FINE. */
static void
blame(const struct broker_record *r, const struct addr *proxy,
    struct outcome *out)
{
	if (r->status == REPLY_REFUSED) {
		out->cause = egress_is_permission((enum egress_class)r->class)
		                 ? OUTCOME_PERMISSION
		                 : OUTCOME_POLICY;
		out->detail = r->class;
	} else if (r->status == REPLY_BUDGET) {
		out->cause = OUTCOME_LIMIT;
	} else if (r->status == REPLY_PROXY || r->is_proxied) {
		out->cause = OUTCOME_PROXY;
		if (proxy != NULL)
			out->server = *proxy;
		out->detail = r->error;
		if (r->status == REPLY_PROXY)
			out->detail |= OUTCOME_FAULT;
	} else {
		out->cause = outcome_of_errno((int)r->error);
		out->detail = r->error;
	}
}

/* What a socket to a name server was good for is the worker's to say. */
static bool
is_half(const struct broker_record *r, const struct outcome *o)
{
	return (r->is_ns || r->proto == DIAL_UDP) &&
	       !outcome_is_refusal(o->cause);
}

bool
broker_record_outcome(const struct broker_record *record,
    const struct addr *proxy, struct outcome *out)
{
	struct outcome o = { .what = OUTCOME_CONNECTION,
		.port = record->to.port };
	char text[ADDR_TEXT_MAX];

	if (record->status == REPLY_BAD)
		return false;
	if (record->status != REPLY_CONNECTED)
		blame(record, proxy, &o);
	if (is_half(record, &o))
		return false;
	outcome_set_host(&o, record->is_name
				 ? record->name
				 : str_of(addr_ip_text(&record->to, text)));
	*out = o;
	return true;
}
