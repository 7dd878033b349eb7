#include "name/dns.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "stream/addr.h"

#define HEAD_SIZE  12
#define MOST_JUMPS 64 /* compression pointers in one name */
#define FLAG_RD    0x0100u
#define FLAG_TC    0x0200u
#define FLAG_QR    0x8000u
#define CLASS_IN   1
#define OPT_SIZE   11
#define TYPE_ANAME 65305 /* of the reference; never registered */

static const struct {
	const char *name;
	uint16_t type;
} type_row[] = {
	{ "A", DNS_A },
	{ "AAAA", DNS_AAAA },
	{ "ANAME", TYPE_ANAME },
	{ "ANY", DNS_ANY },
	{ "*", DNS_ANY },
	{ "AXFR", DNS_AXFR },
	{ "CAA", DNS_CAA },
	{ "CNAME", DNS_CNAME },
	{ "MX", DNS_MX },
	{ "NAPTR", 35 },
	{ "NS", DNS_NS },
	{ "NSEC", DNS_NSEC },
	{ "NSEC3PARAM", DNS_NSEC3PARAM },
	{ "NULL", 10 },
	{ "OPENPGPKEY", 61 },
	{ "PTR", DNS_PTR },
	{ "SOA", DNS_SOA },
	{ "SRV", DNS_SRV },
	{ "SSHFP", 44 },
	{ "TLSA", DNS_TLSA },
	{ "TXT", DNS_TXT },
	{ NULL, 0 },
};

bool
dns_type_by_name(struct str name, uint16_t *type)
{
	for (size_t i = 0; type_row[i].name != NULL; i++) {
		if (str_is(name, type_row[i].name)) {
			*type = type_row[i].type;
			return true;
		}
	}
	return false;
}

const char *
dns_type_name(uint16_t type)
{
	for (size_t i = 0; type_row[i].name != NULL; i++) {
		if (type_row[i].type == type && type != TYPE_ANAME)
			return type_row[i].name;
	}
	return NULL;
}

/* What is left to read of a message; a name may point back into all of it. */
struct reader {
	const unsigned char *all;
	size_t n, at;
	struct pool *pool;
};

static bool
take_u16(struct reader *r, uint16_t *out)
{
	if (r->n - r->at < 2)
		return false;
	*out = (uint16_t)(r->all[r->at] << 8 | r->all[r->at + 1]);
	r->at += 2;
	return true;
}

static bool
take_u32(struct reader *r, uint32_t *out)
{
	uint16_t high, low;

	if (!take_u16(r, &high) || !take_u16(r, &low))
		return false;
	*out = (uint32_t)high << 16 | low;
	return true;
}

/*
 * RFC 1035, 4.1.4. A pointer must lead in front of the labels it stands
 * behind, so no name can loop.
 */
static bool
take_name(struct reader *r, struct dns_name *out)
{
	size_t at = r->at, start = r->at, end = 0, n = 0;

	for (int jumps = 0; jumps <= MOST_JUMPS;) {
		unsigned length;

		if (at >= r->n)
			return false;
		length = r->all[at];
		if (length >= 0xc0) {
			if (r->n - at < 2)
				return false;
			if (end == 0)
				end = at + 2;
			at = (length & 0x3f) << 8 | r->all[at + 1];
			if (at >= start)
				return false;
			start = at;
			jumps++;
			continue;
		}
		if (length > DNS_LABEL_MAX || r->n - at < 1 + length ||
		    n + 1 + length > DNS_NAME_MAX)
			return false;
		memcpy(out->wire + n, r->all + at, 1 + length);
		n += 1 + length;
		at += 1 + length;
		if (length == 0) {
			out->n = n;
			r->at = end != 0 ? end : at;
			return true;
		}
	}
	return false;
}

static void
add_escaped(struct buf *out, unsigned char c)
{
	if (c == '.' || c == '\\' || c == '"') {
		buf_add_char(out, '\\');
		buf_add_char(out, (char)c);
	} else if (c <= 0x20 || c >= 0x7f) {
		buf_printf(out, "\\%03o", c);
	} else {
		buf_add_char(out, (char)c);
	}
}

struct str
dns_name_text(struct pool *pool, const struct dns_name *name)
{
	struct buf out = BUF_IN(pool);

	for (size_t at = 0; name->wire[at] != 0; at += 1u + name->wire[at]) {
		for (size_t i = 1; i <= name->wire[at]; i++)
			add_escaped(&out, name->wire[at + i]);
		buf_add_char(&out, '.');
	}
	return out.n != 0 ? buf_str(&out) : STR(".");
}

static bool
take_name_text(struct reader *r, struct str *out)
{
	struct dns_name name;

	if (!take_name(r, &name))
		return false;
	*out = dns_name_text(r->pool, &name);
	return true;
}

static bool
take_owner(struct reader *r, struct dns_record *out)
{
	struct dns_name name;
	struct buf text;

	if (!take_name(r, &name))
		return false;
	text = (struct buf)BUF_IN(r->pool);
	buf_room(&text, name.n);
	for (size_t at = 0; name.wire[at] != 0; at += 1u + name.wire[at]) {
		struct str label =
		    str_view((char *)name.wire + at + 1, name.wire[at]);

		if (at != 0)
			buf_add_char(&text, '.');
		buf_add(&text, label);
		if (out->bad.p == NULL && !utf8_is_valid(label))
			out->bad = str_view(text.p + text.n - label.n, label.n);
	}
	out->owner = buf_str(&text);
	out->owner_text = dns_name_text(r->pool, &name);
	return true;
}

static bool
take_bytes(struct reader *r, void *out, size_t n)
{
	if (r->n - r->at < n)
		return false;
	memcpy(out, r->all + r->at, n);
	r->at += n;
	return true;
}

/* RFC 1035, 3.3.14: strings with a length each, joined. */
static bool
take_text(struct reader *r, struct str *out)
{
	struct buf text = BUF_IN(r->pool);

	while (r->at < r->n) {
		size_t n = r->all[r->at++];

		if (r->n - r->at < n)
			return false;
		buf_add(&text, str_view((char *)r->all + r->at, n));
		r->at += n;
	}
	*out = buf_str(&text);
	return true;
}

static bool
take_soa(struct reader *r, struct dns_record *out)
{
	return take_name_text(r, &out->soa.mname) &&
	       take_name_text(r, &out->soa.rname) &&
	       take_u32(r, &out->soa.serial) &&
	       take_u32(r, &out->soa.refresh) && take_u32(r, &out->soa.retry) &&
	       take_u32(r, &out->soa.expire) && take_u32(r, &out->soa.minimum);
}

static bool
take_srv(struct reader *r, struct dns_record *out)
{
	return take_u16(r, &out->srv.priority) &&
	       take_u16(r, &out->srv.weight) && take_u16(r, &out->srv.port) &&
	       take_name_text(r, &out->srv.target);
}

/* r ends where the data does; all of it must be used. */
static bool
take_data(struct reader *r, struct dns_record *out)
{
	bool is_good = true;

	switch (out->type) {
	case DNS_A:
		is_good = take_bytes(r, out->ip, 4);
		break;
	case DNS_AAAA:
		is_good = take_bytes(r, out->ip, 16);
		break;
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		is_good = take_name_text(r, &out->name);
		break;
	case DNS_MX:
		is_good = take_u16(r, &out->mx.preference) &&
		          take_name_text(r, &out->mx.name);
		break;
	case DNS_SRV:
		is_good = take_srv(r, out);
		break;
	case DNS_SOA:
		is_good = take_soa(r, out);
		break;
	case DNS_TXT:
		is_good = take_text(r, &out->text);
		break;
	case DNS_CAA:
	case DNS_NSEC:
	case DNS_NSEC3PARAM:
	case DNS_TLSA:
		/* for dns_typed(), when the message is gone */
		out->data = pool_copy(r->pool, out->data);
		return true;
	default:
		return true;
	}
	return is_good && r->at == r->n;
}

static bool
take_record(struct reader *r, struct dns_record *out)
{
	uint16_t length;
	struct reader data;

	memset(out, 0, sizeof(*out));
	if (!take_owner(r, out) || !take_u16(r, &out->type) ||
	    !take_u16(r, &out->class) || !take_u32(r, &out->ttl) ||
	    !take_u16(r, &length) || r->n - r->at < length)
		return false;
	data = *r;
	data.n = r->at + length;
	out->data = str_view((char *)r->all + r->at, length);
	r->at = data.n;
	return take_data(&data, out);
}

static bool
take_answers(struct reader *r, size_t n, struct dns_message *out)
{
	/* a record has at least 11 bytes: room only for what can be there */
	if (n > (r->n - r->at) / 11)
		return false;
	out->answer = pool_array(r->pool, n, sizeof(*out->answer));
	out->n_answers = n;
	for (size_t i = 0; i < n; i++) {
		if (!take_record(r, &out->answer[i]))
			return false;
	}
	return true;
}

/* Authority and additional records: read, and dropped but for OPT. */
static bool
take_rest(struct reader *r, size_t n, struct dns_message *out)
{
	struct dns_record record;

	while (n-- != 0) {
		if (!take_record(r, &record))
			return false;
		/* RFC 6891, 6.1.3: the upper 8 bits of the code */
		if (record.type == DNS_OPT)
			out->rcode |= record.ttl >> 24 << 4;
	}
	return true;
}

static void
lower_name(struct dns_name *name)
{
	for (size_t i = 0; i < name->n; i++) {
		if (name->wire[i] >= 'A' && name->wire[i] <= 'Z')
			name->wire[i] += 'a' - 'A';
	}
}

static bool
take_questions(struct reader *r, size_t n, struct dns_message *out)
{
	out->has_question = n == 1;
	while (n-- != 0) {
		if (!take_name(r, &out->question) ||
		    !take_u16(r, &out->qtype) || !take_u16(r, &out->qclass))
			return false;
	}
	lower_name(&out->question);
	return true;
}

static bool
take_message(struct reader *r, struct dns_message *out)
{
	uint16_t flags, count[4] = { 0 };

	if (!take_u16(r, &out->id) || !take_u16(r, &flags))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(count); i++) {
		if (!take_u16(r, &count[i]))
			return false;
	}
	out->is_response = (flags & FLAG_QR) != 0;
	out->is_truncated = (flags & FLAG_TC) != 0;
	out->opcode = flags >> 11 & 15;
	out->rcode = flags & 15;
	return take_questions(r, count[0], out) &&
	       take_answers(r, count[1], out) &&
	       take_rest(r, (size_t)count[2] + count[3], out);
}

int
dns_read(struct pool *pool, struct str bytes, struct dns_message *out,
    struct err *err)
{
	struct reader r = { (const unsigned char *)bytes.p, bytes.n, 0, pool };
	struct dns_message message = { 0 };

	if (!take_message(&r, &message))
		return err_set(err, "malformed DNS message");
	*out = message;
	return 0;
}

static size_t
put_u16(unsigned char *out, unsigned v)
{
	out[0] = (unsigned char)(v >> 8);
	out[1] = (unsigned char)v;
	return 2;
}

size_t
dns_write_query(unsigned char out[DNS_QUERY_MAX], uint16_t id,
    const struct dns_name *name, uint16_t type, bool has_opt)
{
	size_t n = HEAD_SIZE;

	memset(out, 0, DNS_QUERY_MAX);
	put_u16(out, id);
	put_u16(out + 2, FLAG_RD);
	put_u16(out + 4, 1); /* one question */
	put_u16(out + 10, has_opt);
	memcpy(out + n, name->wire, name->n);
	n += name->n;
	n += put_u16(out + n, type);
	n += put_u16(out + n, CLASS_IN);
	if (!has_opt)
		return n;
	/* OPT (RFC 6891, 6.1.2): root, type, payload, no flags, no options */
	put_u16(out + n + 1, DNS_OPT);
	put_u16(out + n + 3, DNS_UDP_MAX);
	return n + OPT_SIZE;
}
