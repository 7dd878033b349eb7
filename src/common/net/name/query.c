#include "name/query.h"

#include "base/bytes.h"
#include "stream/values.h"

#define HEAD_SIZE 12

void
query_make(struct query *q, const struct dns_name *name, uint16_t type,
    bool has_opt)
{
	unsigned char id[2];

	q->name = name;
	q->type = type;
	values_random(VALUES_ID, id, sizeof(id));
	q->id = (uint16_t)bytes_be16(id);
	q->n = dns_write_query(q->bytes + 2, q->id, name, type, has_opt);
	q->bytes[0] = (unsigned char)(q->n >> 8);
	q->bytes[1] = (unsigned char)q->n;
	q->n_plain = dns_write_query(q->plain, q->id, name, type, false);
}

static bool
is_question(const struct query *q, const struct dns_message *m)
{
	return m->has_question && m->question.n == q->name->n &&
	       memcmp(m->question.wire, q->name->wire, q->name->n) == 0 &&
	       m->qtype == q->type && m->qclass == 1;
}

/*
 * What says that the query could not be worked on need not repeat it: some
 * servers send their head only, even one that counts a question (RFC 6891, 7).
 */
static bool
is_rejection(struct str bytes, struct dns_message *m)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	unsigned rcode;

	if (bytes.n < HEAD_SIZE || (p[2] & 0x80) == 0 || (p[2] >> 3 & 15) != 0)
		return false;
	rcode = p[3] & 15;
	if (rcode != DNS_FORMERR && rcode != DNS_NOTIMP &&
	    rcode != DNS_SERVFAIL && rcode != DNS_REFUSED)
		return false;
	if (bytes.n != HEAD_SIZE && (p[4] | p[5] | p[6] | p[7]) != 0)
		return false;
	*m = (struct dns_message){ .is_response = true, .rcode = rcode };
	return true;
}

bool
query_is_answered(const struct query *q, struct str message, struct pool *pool,
    struct dns_message *out)
{
	autopool struct pool trial = POOL_NONE;
	const unsigned char *p = (const unsigned char *)message.p;
	struct dns_message m;

	/* the id first: what others send costs no time */
	if (message.n <= 2 || bytes_be16(p) != q->id)
		return false;
	if (is_rejection(message, out))
		return true;
	/* the server knows the id: what is no answer may come by the thousand */
	if (dns_read(&trial, message, &m, NULL) == -1 || !m.is_response ||
	    m.opcode != 0 || !is_question(q, &m))
		return false;
	return dns_read(pool, message, out, NULL) == 0;
}

bool
query_is_about_opt(unsigned rcode)
{
	return rcode == DNS_FORMERR || rcode == DNS_NOTIMP ||
	       rcode == DNS_BADVERS;
}
