#include "url/ip.h"

#include "base/num.h"

#define GROUPS 8

/* Eight numbers of 16 bits, and where "::" stood. */
struct groups {
	unsigned n;
	int gap; /* index of the group behind it; -1: none */
	unsigned group[GROUPS];
};

static int
read_decimal_byte(struct str part, unsigned char *out)
{
	uint64_t v;

	if (part.n > 1 && part.p[0] == '0')
		return -1;
	if (num_read_max(part, 255, &v) == -1)
		return -1;
	*out = (unsigned char)v;
	return 0;
}

static int
read_v4(struct str text, unsigned char byte[4])
{
	for (int i = 0; i < 4; i++) {
		size_t dot = str_find_char(text, '.');
		struct str part = text;

		if ((dot == STR_NPOS) != (i == 3))
			return -1;
		if (i != 3) {
			part = str_sub(text, 0, dot);
			text = str_from(text, dot + 1);
		}
		if (read_decimal_byte(part, &byte[i]) == -1)
			return -1;
	}
	return 0;
}

static int
read_group(struct str part, unsigned *out)
{
	unsigned v = 0;

	if (part.n == 0 || part.n > 4)
		return -1;
	for (size_t i = 0; i < part.n; i++) {
		int digit = num_hex_digit(part.p[i]);

		if (digit == -1)
			return -1;
		v = v << 4 | (unsigned)digit;
	}
	*out = v;
	return 0;
}

/* The last part of an address may be IPv4: two groups. */
static int
add_tail(struct groups *g, struct str part)
{
	unsigned char byte[4] = { 0 };

	if (g->n > GROUPS - 2 || read_v4(part, byte) == -1)
		return -1;
	g->group[g->n++] = (unsigned)byte[0] << 8 | byte[1];
	g->group[g->n++] = (unsigned)byte[2] << 8 | byte[3];
	return 0;
}

/* Takes the "::" in front of text, if there is one and it is the first. */
static int
take_gap(struct groups *g, struct str *text)
{
	if (!str_starts(*text, STR("::")))
		return 0;
	if (g->gap != -1)
		return -1;
	g->gap = (int)g->n;
	*text = str_from(*text, 2);
	return 1;
}

static int
read_groups(struct str text, struct groups *g)
{
	int gap = take_gap(g, &text);

	while (text.n != 0) {
		size_t colon = str_find_char(text, ':');
		struct str part = str_sub(text, 0, colon);

		if (colon == STR_NPOS && str_find_char(text, '.') != STR_NPOS)
			return add_tail(g, text);
		if (g->n == GROUPS || read_group(part, &g->group[g->n]) == -1)
			return -1;
		g->n++;
		if (colon == STR_NPOS)
			return 0;
		text = str_from(text, colon);
		gap = take_gap(g, &text);
		if (gap == -1)
			return -1;
		if (gap == 0)
			text = str_from(text, 1);
	}
	/* only "::" may stand at the end */
	return gap == 1 ? 0 : -1;
}

static int
read_v6(struct str text, unsigned char byte[16])
{
	struct groups g = { .gap = -1 };
	unsigned missing, at = 0;

	if (read_groups(text, &g) == -1)
		return -1;
	missing = GROUPS - g.n;
	/* RFC 4291, 2.2: "::" stands for one group or more */
	if ((missing != 0) != (g.gap != -1))
		return -1;
	memset(byte, 0, 16);
	for (unsigned i = 0; i < g.n; i++, at++) {
		if ((int)i == g.gap)
			at += missing;
		byte[2 * at] = (unsigned char)(g.group[i] >> 8);
		byte[2 * at + 1] = (unsigned char)g.group[i];
	}
	return 0;
}

int
ip_read(struct str text, struct ip *out)
{
	struct ip ip = { .size = IP_V4 };

	if (read_v4(text, ip.byte) == -1) {
		ip.size = IP_V6;
		if (read_v6(text, ip.byte) == -1)
			return -1;
	}
	*out = ip;
	return 0;
}

/* How many ones a mask begins with; -1 if another one follows a zero. */
static int
read_mask(struct str text, unsigned *prefix)
{
	unsigned char byte[4];
	uint32_t mask = 0, rest;

	if (read_v4(text, byte) == -1)
		return -1;
	for (int i = 0; i < 4; i++)
		mask = mask << 8 | byte[i];
	rest = ~mask;
	if ((rest & (rest + 1)) != 0)
		return -1;
	*prefix = 32 - (unsigned)__builtin_popcount(rest);
	return 0;
}

int
ip_block_read(struct str text, struct ip_block *out)
{
	size_t slash = str_find_char(text, '/');
	struct ip_block block;
	struct str len;
	uint64_t bits;

	if (ip_read(str_sub(text, 0, slash), &block.ip) == -1)
		return -1;
	bits = 8u * block.ip.size;
	block.prefix = (unsigned)bits;
	if (slash != STR_NPOS) {
		len = str_from(text, slash + 1);
		if (num_read_max(len, bits, &bits) == 0)
			block.prefix = (unsigned)bits;
		else if (block.ip.size != IP_V4 ||
			 read_mask(len, &block.prefix) == -1)
			return -1;
	}
	*out = block;
	return 0;
}

static void
write_v4(struct buf *out, const unsigned char byte[4])
{
	for (int i = 0; i < 4; i++) {
		if (i != 0)
			buf_add_char(out, '.');
		buf_add_uint(out, byte[i]);
	}
}

static bool
is_mapped(const unsigned char byte[16])
{
	static const unsigned char prefix[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(byte, prefix, sizeof(prefix)) == 0;
}

/* RFC 5952, 4.2: the longest run of two or more zero groups, the first. */
static unsigned
find_zeros(const unsigned group[GROUPS], unsigned *at)
{
	unsigned best = 1;

	for (unsigned i = 0, run = 0; i < GROUPS; i++) {
		run = group[i] == 0 ? run + 1 : 0;
		if (run > best) {
			best = run;
			*at = i + 1 - run;
		}
	}
	return best > 1 ? best : 0;
}

static void
write_v6(struct buf *out, const unsigned char byte[16])
{
	unsigned group[GROUPS], at = GROUPS, zeros;

	for (int i = 0; i < GROUPS; i++)
		group[i] = (unsigned)byte[2 * i] << 8 | byte[2 * i + 1];
	zeros = find_zeros(group, &at);
	for (unsigned i = 0; i < GROUPS; i++) {
		if (i == at) {
			buf_add(out, STR("::"));
			i += zeros - 1;
			continue;
		}
		if (i != 0 && i != at + zeros)
			buf_add_char(out, ':');
		buf_printf(out, "%x", group[i]);
	}
}

void
ip_write_groups(struct buf *out, const struct ip *ip)
{
	if (ip->size == IP_V4)
		write_v4(out, ip->byte);
	else
		write_v6(out, ip->byte);
}

void
ip_write(struct buf *out, const struct ip *ip)
{
	if (ip->size == IP_V4 || !is_mapped(ip->byte)) {
		ip_write_groups(out, ip);
		return;
	}
	buf_add(out, STR("::ffff:"));
	write_v4(out, ip->byte + 12);
}

void
ip_block_write(struct buf *out, const struct ip_block *block)
{
	ip_write(out, &block->ip);
	buf_add_char(out, '/');
	buf_add_uint(out, block->prefix);
}
