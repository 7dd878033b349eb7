#include "witness/zone.h"

#include "name/dns.h"
#include "stream/addr.h"
#include "text/codec.h"

#define CLASS_IN 1

struct zone {
	struct part *out;
	const char *folder;
	struct buf held; /* of a message that has not come whole */
	uint64_t read, written;
	bool is_full;
};

static bool
is_octal(struct str escape)
{
	return escape.n >= 4 && escape.p[1] >= '0' && escape.p[1] <= '3' &&
	       escape.p[2] >= '0' && escape.p[2] <= '7' && escape.p[3] >= '0' &&
	       escape.p[3] <= '7';
}

/* A name as it is shown to modules has \NNN in octal; here it is decimal. */
static void
add_name(struct buf *out, struct str name)
{
	while (name.n != 0) {
		size_t n = name.p[0] != '\\' ? 1 : is_octal(name) ? 4 : 2;

		if (n == 4)
			buf_printf(out, "\\%03d",
			    (name.p[1] - '0') * 64 + (name.p[2] - '0') * 8 +
				(name.p[3] - '0'));
		else
			buf_add(out, str_sub(name, 0, n));
		name = str_from(name, n);
	}
}

static void
add_string(struct buf *out, struct str text)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c < ' ' || c >= 0x7f)
			buf_printf(out, "\\%03u", c);
		else
			buf_add_char(out, (char)c);
	}
	buf_add_char(out, '"');
}

/* The reader has seen that each string is there. */
static void
add_strings(struct buf *out, struct str data)
{
	while (data.n != 0) {
		size_t n = (unsigned char)data.p[0];

		add_string(out, str_sub(data, 1, n));
		data = str_from(data, 1 + n);
		if (data.n != 0)
			buf_add_char(out, ' ');
	}
}

static void
add_address(struct buf *out, const struct dns_record *r)
{
	struct addr addr = addr_ip4(r->ip, 0);
	char text[ADDR_TEXT_MAX];

	if (r->type == DNS_A)
		addr_ip_text(&addr, text);
	else
		addr_ip6_text(r->ip, text);
	buf_add(out, str_of(text));
}

static void
add_soa(struct buf *out, const struct dns_record *r)
{
	add_name(out, r->soa.mname);
	buf_add_char(out, ' ');
	add_name(out, r->soa.rname);
	buf_printf(out, " %u %u %u %u %u", r->soa.serial, r->soa.refresh,
	    r->soa.retry, r->soa.expire, r->soa.minimum);
}

static void
add_unknown(struct buf *out, struct pool *pool, struct str data)
{
	buf_printf(out, "\\# %zu", data.n);
	if (data.n != 0)
		buf_printf(out, " %.*s", STR_ARG(hex_write(pool, data)));
}

static void
add_data(struct buf *out, struct pool *pool, const struct dns_record *r)
{
	switch (r->type) {
	case DNS_A:
	case DNS_AAAA:
		add_address(out, r);
		break;
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		add_name(out, r->name);
		break;
	case DNS_MX:
		buf_printf(out, "%u ", r->mx.preference);
		add_name(out, r->mx.name);
		break;
	case DNS_SRV:
		buf_printf(out, "%u %u %u ", r->srv.priority, r->srv.weight,
		    r->srv.port);
		add_name(out, r->srv.target);
		break;
	case DNS_SOA:
		add_soa(out, r);
		break;
	case DNS_TXT:
		add_strings(out, r->data);
		break;
	default:
		add_unknown(out, pool, r->data);
		break;
	}
}

static void
add_record(struct buf *out, struct pool *pool, const struct dns_record *r)
{
	const char *type = dns_type_name(r->type);

	add_name(out, r->owner_text);
	buf_printf(out, " %u ", r->ttl);
	if (r->class == CLASS_IN)
		buf_add(out, STR("IN "));
	else
		buf_printf(out, "CLASS%u ", r->class);
	if (type != NULL)
		buf_printf(out, "%s ", type);
	else
		buf_printf(out, "TYPE%u ", r->type);
	add_data(out, pool, r);
	buf_add_char(out, '\n');
}

/* Lines, as long as there is room for them. */
static int
put(struct zone *z, struct buf *line, struct err *err)
{
	if (z->is_full)
		return 0;
	if (z->written + line->n > ZONE_LEAST + z->read * ZONE_GROWTH) {
		z->is_full = true;
		line->n = 0;
		buf_add(line, STR("; the rest is in the messages alone\n"));
	}
	z->written += line->n;
	return part_add(z->out, buf_str(line), PART_MEMORY, z->folder, err);
}

static int
write_message(struct zone *z, struct str bytes, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf line = BUF_IN(&pool);
	struct dns_message message;
	int status = 0;

	if (dns_read(&pool, bytes, &message, NULL) == -1) {
		buf_printf(&line, "; %zu bytes that are no message\n", bytes.n);
		return put(z, &line, err);
	}
	if (message.rcode != DNS_NOERROR) {
		buf_printf(&line, "; code %u, %s\n", message.rcode,
		    dns_rcode_name(message.rcode));
		status = put(z, &line, err);
	}
	for (size_t i = 0; i < message.n_answers && status == 0; i++) {
		line.n = 0;
		add_record(&line, &pool, &message.answer[i]);
		status = put(z, &line, err);
	}
	return status;
}

static int
feed(void *arg, struct str bytes, struct err *err)
{
	struct zone *z = arg;
	struct str rest;

	buf_add(&z->held, bytes);
	rest = buf_str(&z->held);
	while (rest.n >= 2) {
		size_t n = (size_t)(unsigned char)rest.p[0] << 8 |
		           (unsigned char)rest.p[1];

		if (rest.n - 2 < n)
			break;
		z->read += n;
		if (write_message(z, str_sub(rest, 2, n), err) == -1)
			return -1;
		rest = str_from(rest, 2 + n);
	}
	if (rest.n != 0)
		memmove(z->held.p, rest.p, rest.n);
	z->held.n = rest.n;
	return 0;
}

int
zone_write(struct part *out, const struct part *answer, const char *folder,
    struct err *err)
{
	struct zone z = { .out = out, .folder = folder };
	struct buf line = BUF_NONE;
	int status = part_each(answer, 0, feed, &z, err);

	if (status == 0 && z.held.n != 0) {
		buf_printf(&line, "; %zu bytes of a message that is cut off\n",
		    z.held.n);
		status = put(&z, &line, err);
	}
	buf_clear(&line);
	buf_clear(&z.held);
	return status == 0 ? part_finish(out, folder, err) : -1;
}
