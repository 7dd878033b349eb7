#include "gate/request.h"

#include "gate/net_config.h"

#define VERSION 1

size_t
request_write(unsigned char out[REQUEST_MAX], const struct request *request)
{
	uint16_t n = 0;

	if (request->kind == REQUEST_NAME)
		n = (uint16_t)(request->name.n < REQUEST_NAME_MAX
				   ? request->name.n
				   : REQUEST_NAME_MAX);
	memset(out, 0, REQUEST_HEAD);
	out[0] = VERSION;
	out[1] = (unsigned char)request->kind;
	out[2] = (unsigned char)request->proto;
	out[3] = request->is_ns;
	out[4] = (unsigned char)(request->to.port >> 8);
	out[5] = (unsigned char)(request->to.port & 0xff);
	memcpy(out + 6, &n, 2);
	memcpy(out + 8, &request->wait_ms, 4);
	memcpy(out + 12, &request->number, 4);
	if (request->kind == REQUEST_ADDR)
		memcpy(out + 16, request->to.ip, 16);
	if (n != 0)
		memcpy(out + REQUEST_HEAD, request->name.p, n);
	return REQUEST_HEAD + (size_t)n;
}

bool
request_read(struct str packet, struct request *out)
{
	const unsigned char *p = (const unsigned char *)packet.p;
	struct request r = { 0 };
	uint16_t n;

	if (packet.n < REQUEST_HEAD || packet.n > REQUEST_MAX ||
	    p[0] != VERSION || p[3] > 1)
		return false;
	memcpy(&n, p + 6, 2);
	if (packet.n != REQUEST_HEAD + (size_t)n)
		return false;
	if (p[2] != DIAL_TCP && p[2] != DIAL_UDP)
		return false;
	if (!(p[1] == REQUEST_ADDR && n == 0) &&
	    !(p[1] == REQUEST_NAME && n != 0 && p[2] == DIAL_TCP))
		return false;
	r.kind = (enum request_kind)p[1];
	r.proto = p[2];
	r.is_ns = p[3] == 1;
	memcpy(&r.wait_ms, p + 8, 4);
	memcpy(&r.number, p + 12, 4);
	r.to = addr_ip6(p + 16, (uint16_t)(p[4] << 8 | p[5]));
	r.name = str_from(packet, REQUEST_HEAD);
	if (r.kind == REQUEST_NAME && !hostname_is_normal(r.name))
		return false;
	*out = r;
	return true;
}

void
broker_reply_write(unsigned char out[REPLY_SIZE], const struct reply *reply)
{
	memset(out, 0, REPLY_SIZE);
	out[0] = VERSION;
	out[1] = (unsigned char)reply->status;
	out[2] = (unsigned char)reply->class;
	memcpy(out + 4, &reply->number, 4);
	memcpy(out + 8, &reply->error, 4);
}

bool
broker_reply_read(struct str packet, struct reply *out)
{
	const unsigned char *p = (const unsigned char *)packet.p;

	if (packet.n != REPLY_SIZE || p[0] != VERSION || p[1] > REPLY_PROXY)
		return false;
	out->status = (enum reply_status)p[1];
	out->class = p[2];
	memcpy(&out->number, p + 4, 4);
	memcpy(&out->error, p + 8, 4);
	return true;
}
