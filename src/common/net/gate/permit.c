/*
 * The packet: version, kind 3, zero; at 4 the number of rules, then zeros up to
 * 16; then each:
 *
 *	0  kind   1  1: it takes away
 *	2  port, in network byte order
 *	4  length of the name, or bits of the block   5  zero
 *	6  the name, or the address
 *
 * There are never many: what is asked is looked for from the first one on.
 */
#include "gate/permit.h"

#include "base/bytes.h"
#include "gate/hostname.h"

#define VERSION 1
#define KIND    3

enum { HEAD = 16, AT_COUNT = 4, RULE_HEAD = 6, IP = 16 };

static bool
has_name(enum permit_kind kind)
{
	return kind == PERMIT_NAME || kind == PERMIT_BELOW;
}

static void
write_rule(struct buf *out, const struct permit *rule)
{
	unsigned char head[RULE_HEAD] = { (unsigned char)rule->kind,
		rule->is_denied };

	bytes_put_be16(head + 2, rule->port);
	if (has_name(rule->kind))
		head[4] = (unsigned char)rule->name.n;
	else if (rule->kind == PERMIT_BLOCK)
		head[4] = (unsigned char)rule->block.bits;
	buf_add(out, str_view((char *)head, sizeof(head)));
	if (has_name(rule->kind))
		buf_add(out, rule->name);
	else if (rule->kind == PERMIT_BLOCK)
		buf_add(out, str_view((const char *)rule->block.ip, IP));
}

int
permits_write(struct buf *out, const struct permit *rule, size_t n,
    struct err *err)
{
	unsigned char head[HEAD] = { VERSION, KIND };
	size_t start = out->n;
	uint32_t count = (uint32_t)n;

	if (n > PERMITS_MAX)
		return err_set(err, "%zu rules, more than %d", n, PERMITS_MAX);
	memcpy(head + AT_COUNT, &count, 4);
	buf_add(out, str_view((char *)head, sizeof(head)));
	for (size_t i = 0; i < n; i++) {
		if (has_name(rule[i].kind) && !hostname_is_normal(rule[i].name))
			return err_set(err, "not a name in normal form: %.*s",
			    STR_ARG(rule[i].name));
		write_rule(out, &rule[i]);
	}
	if (out->n - start > PERMITS_MAX_BYTES)
		return err_set(err, "rules of %zu bytes, more than %d",
		    out->n - start, PERMITS_MAX_BYTES);
	return 0;
}

static bool
take_block(struct str *rest, unsigned bits, struct block *out)
{
	struct addr addr;
	struct str ip;

	if (bytes_take(rest, IP, &ip) == -1)
		return false;
	addr = addr_ip6((const unsigned char *)ip.p, 0);
	memcpy(out->ip, addr.ip, IP);
	out->bits = bits;
	out->is_ip4 = addr_is_ip4(&addr);
	return block_is_valid(out);
}

/* Cuts one off the front. false: there is none, or it is malformed. */
static bool
take_rule(struct str *rest, struct permit *out)
{
	struct permit r = { 0 };
	const unsigned char *p;
	struct str head;

	if (bytes_take(rest, RULE_HEAD, &head) == -1)
		return false;
	p = (const unsigned char *)head.p;
	r.kind = (enum permit_kind)p[0];
	if (p[0] == 0 || p[0] >= PERMIT_KINDS || p[1] > 1 || p[5] != 0)
		return false;
	r.is_denied = p[1] == 1;
	r.port = bytes_be16(p + 2);
	if ((r.kind == PERMIT_LOOKUPS || r.kind == PERMIT_OFFLINE) &&
	    r.port != 0)
		return false;
	if (has_name(r.kind)) {
		if (bytes_take(rest, p[4], &r.name) == -1 ||
		    !hostname_is_normal(r.name))
			return false;
	} else if (r.kind == PERMIT_BLOCK) {
		if (!take_block(rest, p[4], &r.block))
			return false;
	} else if (p[4] != 0) {
		return false;
	}
	*out = r;
	return true;
}

bool
permits_is_packet(struct str packet)
{
	return packet.n >= HEAD && packet.p[0] == VERSION &&
	       packet.p[1] == KIND;
}

bool
permits_read(struct str packet, struct permits *out)
{
	const unsigned char *p = (const unsigned char *)packet.p;
	struct str rest;
	struct permit rule;
	uint32_t n;

	if (!permits_is_packet(packet) || packet.n > PERMITS_MAX_BYTES ||
	    !bytes_are_zero(p + 2, 2) || !bytes_are_zero(p + 8, HEAD - 8))
		return false;
	memcpy(&n, p + AT_COUNT, 4);
	if (n > PERMITS_MAX)
		return false;
	rest = str_from(packet, HEAD);
	while (n-- != 0) {
		if (!take_rule(&rest, &rule))
			return false;
	}
	if (rest.n != 0)
		return false;
	out->packet = packet;
	out->answers = out->next = 0;
	return true;
}

struct question {
	bool is_lookup;
	struct str name;         /* p NULL: it is an address */
	const struct addr *addr; /* with neither: NULL */
	uint16_t port;
};

static bool
is_below(struct str name, struct str domain)
{
	size_t at = name.n - domain.n;

	return name.n > domain.n && name.p[at - 1] == '.' &&
	       str_eq(str_from(name, at), domain);
}

static bool
rule_fits(const struct permit *rule, const struct question *q)
{
	if (rule->kind == PERMIT_OFFLINE)
		return true;
	if (q->is_lookup || rule->kind == PERMIT_LOOKUPS)
		return q->is_lookup && rule->kind == PERMIT_LOOKUPS;
	if (rule->port != 0 && rule->port != q->port)
		return false;
	if (rule->kind == PERMIT_ANY)
		return true;
	if (rule->kind == PERMIT_BLOCK)
		return q->addr != NULL && block_has(&rule->block, q->addr);
	return q->name.p != NULL && (str_eq(q->name, rule->name) ||
					(rule->kind == PERMIT_BELOW &&
					    is_below(q->name, rule->name)));
}

/* For an address that was an answer, is_allowed is so from the start. */
static bool
judge(const struct permits *p, const struct question *q, bool is_allowed,
    enum egress_class *why)
{
	struct str rest = str_from(p->packet, HEAD);
	struct permit rule;

	while (take_rule(&rest, &rule)) {
		if (!rule_fits(&rule, q))
			continue;
		if (rule.is_denied || rule.kind == PERMIT_OFFLINE) {
			*why = rule.is_denied ? EGRESS_TAKEN : EGRESS_OFFLINE;
			return false;
		}
		is_allowed = true;
	}
	if (!is_allowed)
		*why = q->is_lookup ? EGRESS_NO_LOOKUPS : EGRESS_UNNAMED;
	return is_allowed;
}

bool
permits_judge_name(const struct permits *p, struct str name, uint16_t port,
    enum egress_class *why)
{
	const struct question q = { .name = name, .port = port };

	return judge(p, &q, false, why);
}

static bool
was_answer(const struct permits *p, const struct addr *to)
{
	for (size_t i = 0; i < p->answers; i++) {
		if (addr_eq(&p->answer[i], to))
			return true;
	}
	return false;
}

bool
permits_judge_addr(const struct permits *p, const struct addr *to,
    enum egress_class *why)
{
	const struct question q = { .addr = to, .port = to->port };

	return judge(p, &q, was_answer(p, to), why);
}

bool
permits_judge_lookups(const struct permits *p, enum egress_class *why)
{
	const struct question q = { .is_lookup = true };

	return judge(p, &q, false, why);
}

void
permits_remember(struct permits *p, const struct addr *answer)
{
	if (was_answer(p, answer))
		return;
	p->answer[p->next] = *answer;
	p->next = (p->next + 1) % PERMITS_ANSWERS;
	if (p->answers < PERMITS_ANSWERS)
		p->answers++;
}
