#include "gate/socks5.h"

#include "base/mem.h"

#define VERSION   5
#define CONNECT   1
#define TYPE_IP4  1
#define TYPE_NAME 3
#define TYPE_IP6  4

static const char *const fault_text[SOCKS5_FAULTS] = {
	[SOCKS5_FINE] = "succeeded",
	[SOCKS5_FAILURE] = "general failure",
	[SOCKS5_RULESET] = "connection not allowed by ruleset",
	[SOCKS5_NET] = "network unreachable",
	[SOCKS5_HOST] = "host unreachable",
	[SOCKS5_REFUSED] = "connection refused by destination host",
	[SOCKS5_TTL] = "TTL expired",
	[SOCKS5_COMMAND] = "command not supported / protocol error",
	[SOCKS5_ADDRESS] = "address type not supported",
	[SOCKS5_UNKNOWN] = "unknown connection error",
	[SOCKS5_AUTH] = "auth failed",
	[SOCKS5_VERSION] = "wrong version",
	[SOCKS5_RESERVED] = "wrong reserved bytes",
	[SOCKS5_BAD_TYPE] = "wrong address type",
	[SOCKS5_EOF] = "early eof",
};

const char *
socks5_fault_text(unsigned fault)
{
	return fault_text[fault < SOCKS5_FAULTS ? fault : SOCKS5_UNKNOWN];
}

struct str
socks5_hello(void)
{
	/* version, one method, "no authentication required" */
	return str_view("\5\1\0", 3);
}

static size_t
put_address(unsigned char *out, const struct str *name, const struct addr *to)
{
	if (name != NULL) {
		out[0] = TYPE_NAME;
		out[1] = (unsigned char)name->n;
		memcpy(out + 2, name->p, name->n);
		return 2 + name->n;
	}
	if (addr_is_ip4(to)) {
		out[0] = TYPE_IP4;
		memcpy(out + 1, to->ip + 12, 4);
		return 5;
	}
	out[0] = TYPE_IP6;
	memcpy(out + 1, to->ip, 16);
	return 17;
}

size_t
socks5_write_request(unsigned char out[SOCKS5_REQUEST_MAX],
    const struct str *name, const struct addr *to)
{
	size_t n = 3;

	out[0] = VERSION;
	out[1] = CONNECT;
	out[2] = 0;
	n += put_address(out + n, name, to);
	out[n++] = (unsigned char)(to->port >> 8);
	out[n++] = (unsigned char)(to->port & 0xff);
	return n;
}

static int
fail_with(enum socks5_fault *fault, enum socks5_fault what)
{
	*fault = what;
	return -1;
}

static int
want(struct str got, size_t n, size_t *need)
{
	*need = n;
	return got.n < n;
}

int
socks5_read_method(struct str got, size_t *need, enum socks5_fault *fault)
{
	if (want(got, 2, need))
		return 1;
	if (got.p[0] != VERSION)
		return fail_with(fault, SOCKS5_VERSION);
	if (got.p[1] != 0)
		return fail_with(fault, SOCKS5_AUTH);
	return 0;
}

static int
read_head(const unsigned char *head, enum socks5_fault *fault)
{
	if (head[0] != VERSION)
		return fail_with(fault, SOCKS5_VERSION);
	if (head[1] != 0)
		return fail_with(fault, head[1] <= SOCKS5_ADDRESS
					    ? (enum socks5_fault)head[1]
					    : SOCKS5_UNKNOWN);
	if (head[2] != 0)
		return fail_with(fault, SOCKS5_RESERVED);
	return 0;
}

int
socks5_read_reply(struct str got, size_t *need, enum socks5_fault *fault)
{
	const unsigned char *p = (const unsigned char *)got.p;

	if (want(got, 4, need))
		return 1;
	if (read_head(p, fault) == -1)
		return -1;
	switch (p[3]) {
	case TYPE_IP4:
		return want(got, 4 + 4 + 2, need);
	case TYPE_IP6:
		return want(got, 4 + 16 + 2, need);
	case TYPE_NAME:
		if (want(got, 5, need))
			return 1;
		return want(got, 5 + (size_t)p[4] + 2, need);
	default:
		return fail_with(fault, SOCKS5_BAD_TYPE);
	}
}
