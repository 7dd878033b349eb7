#include "stream/addr.h"

#include <netinet/in.h>
#include <stdio.h>

#include "base/num.h"
#include "url/ip.h"

static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff,
	0xff };

struct addr
addr_ip4(const unsigned char ip[4], uint16_t port)
{
	struct addr addr = { .port = port };

	memcpy(addr.ip, mapped, sizeof(mapped));
	memcpy(addr.ip + 12, ip, 4);
	return addr;
}

struct addr
addr_ip6(const unsigned char ip[16], uint16_t port)
{
	struct addr addr = { .port = port };

	memcpy(addr.ip, ip, 16);
	return addr;
}

bool
addr_is_ip4(const struct addr *addr)
{
	return memcmp(addr->ip, mapped, sizeof(mapped)) == 0;
}

bool
addr_eq(const struct addr *a, const struct addr *b)
{
	return a->port == b->port && memcmp(a->ip, b->ip, 16) == 0;
}

bool
addr_read_ip(struct str text, struct addr *out)
{
	struct ip ip;

	if (ip_read(text, &ip) == -1)
		return false;
	*out = ip.size == IP_V4 ? addr_ip4(ip.byte, 0) : addr_ip6(ip.byte, 0);
	return true;
}

/* "host:port" cut at the last colon; the brackets of IPv6 are taken off. */
static bool
cut_port(struct str text, struct str *host, struct str *port)
{
	size_t at = str_rfind_char(text, ':');

	if (at == STR_NPOS)
		return false;
	*host = str_sub(text, 0, at);
	*port = str_from(text, at + 1);
	if (host->n >= 2 && host->p[0] == '[' && host->p[host->n - 1] == ']') {
		*host = str_sub(*host, 1, host->n - 2);
		return str_find_char(*host, ':') != STR_NPOS;
	}
	return str_find_char(*host, ':') == STR_NPOS;
}

int
addr_read(struct str text, struct addr *out, struct err *err)
{
	struct str host, port;
	struct addr addr;
	uint64_t n;

	if (!cut_port(text, &host, &port) || !addr_read_ip(host, &addr) ||
	    num_read_max(port, UINT16_MAX, &n) == -1)
		return err_set(err, "invalid socket address syntax");
	addr.port = (uint16_t)n;
	*out = addr;
	return 0;
}

const char *
addr_ip6_text(const unsigned char ip[16], char text[ADDR_TEXT_MAX])
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct ip from = { .size = IP_V6 };

	memcpy(from.byte, ip, sizeof(from.byte));
	ip_write(&out, &from);
	(void)buf_cstr(&out);
	memcpy(text, out.p, out.n + 1);
	return text;
}

const char *
addr_ip_text(const struct addr *addr, char text[ADDR_TEXT_MAX])
{
	const unsigned char *ip = addr->ip + 12;

	if (!addr_is_ip4(addr))
		return addr_ip6_text(addr->ip, text);
	snprintf(text, ADDR_TEXT_MAX, "%d.%d.%d.%d", ip[0], ip[1], ip[2],
	    ip[3]);
	return text;
}

const char *
addr_text(const struct addr *addr, char text[ADDR_TEXT_MAX])
{
	char ip[ADDR_TEXT_MAX];

	addr_ip_text(addr, ip);
	snprintf(text, ADDR_TEXT_MAX,
	    addr_is_ip4(addr) ? "%.45s:%u" : "[%.45s]:%u", ip, addr->port);
	return text;
}

socklen_t
addr_to_sockaddr(const struct addr *addr, struct sockaddr_storage *out)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	memset(out, 0, sizeof(*out));
	if (addr_is_ip4(addr)) {
		in4.sin_port = htons(addr->port);
		memcpy(&in4.sin_addr, addr->ip + 12, 4);
		memcpy(out, &in4, sizeof(in4));
		return sizeof(in4);
	}
	in6.sin6_port = htons(addr->port);
	memcpy(&in6.sin6_addr, addr->ip, 16);
	memcpy(out, &in6, sizeof(in6));
	return sizeof(in6);
}

bool
addr_from_sockaddr(const struct sockaddr *sa, struct addr *out)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (sa->sa_family == AF_INET) {
		memcpy(&in4, sa, sizeof(in4));
		*out = addr_ip4((const unsigned char *)&in4.sin_addr,
		    ntohs(in4.sin_port));
		return true;
	}
	if (sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof(in6));
		*out = addr_ip6(in6.sin6_addr.s6_addr, ntohs(in6.sin6_port));
		return true;
	}
	return false;
}
