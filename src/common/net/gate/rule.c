#include "gate/rule.h"

#include "base/mem.h"
#include "base/num.h"

static const struct word {
	const char *name;
	unsigned classes;
} word[] = {
	{ "public", 1 << EGRESS_PUBLIC | 1 << EGRESS_NAME },
	{ "private", 1 << EGRESS_PRIVATE | 1 << EGRESS_LINK_LOCAL },
	{ "local", 1 << EGRESS_LOCAL },
	{ "metadata", 1 << EGRESS_METADATA },
	{ "reserved", 1 << EGRESS_RESERVED },
	{ "multicast", 1 << EGRESS_MULTICAST },
	{ "open", 0 },
};

static bool
read_word(struct str text, struct rule *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(word); i++) {
		if (str_is(text, word[i].name)) {
			out->classes = word[i].classes;
			out->is_open = word[i].classes == 0;
			return true;
		}
	}
	return false;
}

/* Takes ":port" off the end of a word, a block, or [block]; 0 without one. */
static int
cut_port(struct str *text, uint16_t *port)
{
	size_t at = str_rfind_char(*text, ':');
	bool is_ip6 = at != STR_NPOS && str_find_char(*text, ':') != at;
	uint64_t n;

	*port = 0;
	if (at == STR_NPOS || (is_ip6 && text->p[0] != '['))
		return 0;
	/* STR_NPOS is behind every position */
	if (is_ip6 && str_find_char(*text, ']') > at)
		return 0;
	if (num_read_max(str_from(*text, at + 1), UINT16_MAX, &n) == -1 ||
	    n == 0)
		return -1;
	*port = (uint16_t)n;
	text->n = at;
	return 0;
}

/* "[A]/N", "[A/N]", "A/N", "A" into address and length. */
static bool
cut_block(struct str text, struct str *ip, struct str *bits)
{
	if (text.n != 0 && text.p[0] == '[') {
		size_t end = str_find_char(text, ']');
		struct str rest;

		if (end == STR_NPOS)
			return false;
		rest = str_from(text, end + 1);
		text = str_sub(text, 1, end - 1);
		if (rest.n != 0 &&
		    (rest.p[0] != '/' || str_find_char(text, '/') != STR_NPOS))
			return false;
		if (rest.n != 0) {
			*ip = text;
			*bits = str_from(rest, 1);
			return true;
		}
	}
	*ip = str_cut(&text, '/');
	*bits = text;
	return text.p == NULL || text.n != 0;
}

static bool
is_clean(const struct block *b)
{
	unsigned char tail = (unsigned char)(0xff >> b->bits % 8);
	unsigned i = b->bits / 8;

	if (i < 16 && (b->ip[i] & tail) != 0)
		return false;
	while (++i < 16) {
		if (b->ip[i] != 0)
			return false;
	}
	return true;
}

static int
read_block(struct str text, struct block *out, struct err *err)
{
	struct str ip, bits;
	struct addr addr;
	uint64_t n, most;

	if (!cut_block(text, &ip, &bits) || !addr_read_ip(ip, &addr))
		return err_set(err, "no such address block: %.*s",
		    STR_ARG(text));
	out->is_ip4 = addr_is_ip4(&addr);
	most = str_find_char(ip, ':') == STR_NPOS ? 32 : 128;
	n = most;
	if (bits.p != NULL && num_read_max(bits, most, &n) == -1)
		return err_set(err, "no such prefix length: %.*s",
		    STR_ARG(text));
	if (most == 32)
		n += 96;
	if (out->is_ip4 && n < 96)
		return err_set(err, "no such prefix length: %.*s",
		    STR_ARG(text));
	memcpy(out->ip, addr.ip, 16);
	out->bits = (unsigned)n;
	if (!is_clean(out))
		return err_set(err, "%.*s has bits set behind its prefix",
		    STR_ARG(text));
	return 0;
}

/*
 * "::1:80": an address of IPv6 without brackets whose last group may be meant as
 * a port. "fc00::/7:443": only a port can be meant.
 */
static int
check_brackets(struct str text, struct err *err)
{
	size_t at = str_rfind_char(text, ':');
	struct str rest, port;
	struct addr addr;
	uint64_t n;

	if (at == STR_NPOS || text.p[0] == '[')
		return 0;
	rest = str_sub(text, 0, at);
	port = str_from(text, at + 1);
	if (str_find_char(rest, ':') == STR_NPOS ||
	    num_read_max(port, UINT16_MAX, &n) == -1)
		return 0;
	if (str_find_char(rest, '/') != STR_NPOS)
		return err_set(err,
		    "a port behind IPv6 needs brackets: [%.*s]:%.*s",
		    STR_ARG(rest), STR_ARG(port));
	if (addr_read_ip(rest, &addr) && addr_read_ip(text, &addr))
		return err_set(err,
		    "%.*s may mean [%.*s]:%.*s or [%.*s]: write one of them",
		    STR_ARG(text), STR_ARG(rest), STR_ARG(port), STR_ARG(text));
	return 0;
}

bool
block_is_valid(const struct block *block)
{
	return block->bits <= 128 && (!block->is_ip4 || block->bits >= 96) &&
	       is_clean(block);
}

int
rule_read(struct str text, struct rule *out, struct err *err)
{
	struct rule rule = { 0 };
	struct str rest = text;

	if (check_brackets(text, err) == -1)
		return -1;
	if (cut_port(&rest, &rule.port) == -1)
		return err_set(err, "no such port: %.*s", STR_ARG(text));
	if (!read_word(rest, &rule)) {
		if (read_block(rest, &rule.block, err) == -1)
			return -1;
		rule.is_block = true;
	}
	*out = rule;
	return 0;
}

bool
block_has(const struct block *block, const struct addr *addr)
{
	unsigned whole = block->bits / 8, rest = block->bits % 8;

	if (addr_is_ip4(addr) != block->is_ip4 ||
	    memcmp(addr->ip, block->ip, whole) != 0)
		return false;
	return rest == 0 ||
	       ((addr->ip[whole] ^ block->ip[whole]) >> (8 - rest)) == 0;
}
