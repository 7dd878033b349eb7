/* Messages of the DNS as lines. */
#include "trace/trace.h"

#include "name/dns.h"
#include "url/ip.h"

static void
add_address(struct buf *out, const struct dns_record *r)
{
	struct ip ip = { r->type == DNS_A ? IP_V4 : IP_V6, { 0 } };

	memcpy(ip.byte, r->ip, ip.size);
	ip_write(out, &ip);
}

static void
add_data(struct buf *out, const struct dns_record *r)
{
	switch (r->type) {
	case DNS_A:
	case DNS_AAAA:
		add_address(out, r);
		break;
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		buf_add(out, r->name);
		break;
	case DNS_TXT:
		buf_add(out, r->text);
		break;
	case DNS_MX:
		buf_printf(out, "%u ", r->mx.preference);
		buf_add(out, r->mx.name);
		break;
	case DNS_SRV:
		buf_add(out, r->srv.target);
		buf_printf(out, " %u", r->srv.port);
		break;
	case DNS_SOA:
		buf_add(out, r->soa.mname);
		buf_add_char(out, ' ');
		buf_add(out, r->soa.rname);
		break;
	default:
		break;
	}
}

static const char *
type_name(uint16_t type)
{
	static const struct {
		uint16_t type;
		const char *name;
	} row[] = {
		{ DNS_A, "A" },
		{ DNS_NS, "NS" },
		{ DNS_CNAME, "CNAME" },
		{ DNS_SOA, "SOA" },
		{ DNS_PTR, "PTR" },
		{ DNS_MX, "MX" },
		{ DNS_TXT, "TXT" },
		{ DNS_AAAA, "AAAA" },
		{ DNS_SRV, "SRV" },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		if (row[i].type == type)
			return row[i].name;
	}
	return "?";
}

static void
add_message(struct buf *out, const struct dns_message *message)
{
	for (size_t i = 0; i < message->n_answers; i++) {
		const struct dns_record *r = &message->answer[i];

		buf_add(out, r->owner);
		buf_printf(out, " %s ", type_name(r->type));
		add_data(out, r);
		buf_add_char(out, '\n');
	}
}

void
trace_dns_read(struct pool *pool, struct str bytes, struct buf *out,
    size_t *bad)
{
	*bad = 0;
	while (bytes.n >= 2) {
		size_t n = (size_t)(unsigned char)bytes.p[0] << 8 |
		           (unsigned char)bytes.p[1];
		struct dns_message message;

		if (dns_read(pool, str_sub(bytes, 2, n), &message, NULL) == -1)
			++*bad;
		else
			add_message(out, &message);
		bytes = str_from(bytes, 2 + n);
	}
	if (bytes.n != 0)
		++*bad;
}
