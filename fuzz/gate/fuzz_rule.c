/*
 * rule: an entry of an egress list. What is read is a word or a block, never
 * both; a block has its own first address and reads back from its usual
 * spelling as the same.
 */
#include "gate/rule.h"

#include <assert.h>

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check_block(const struct rule *rule)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);
	const struct block *b = &rule->block;
	struct addr first = addr_ip6(b->ip, rule->port);
	char ip[ADDR_TEXT_MAX];
	struct rule back;

	assert(b->bits <= 128 && (!b->is_ip4 || b->bits >= 96));
	assert(addr_is_ip4(&first) == b->is_ip4);
	assert(block_has(b, &first));
	addr_ip_text(&first, ip);
	if (b->is_ip4)
		buf_printf(&text, "%s/%u", ip, b->bits - 96);
	else
		buf_printf(&text, "[%s]/%u", ip, b->bits);
	if (rule->port != 0)
		buf_printf(&text, ":%u", (unsigned)rule->port);
	assert(rule_read(buf_str(&text), &back, NULL) == 0);
	assert(back.is_block && back.port == rule->port &&
	       back.block.bits == b->bits && back.block.is_ip4 == b->is_ip4);
	assert(memcmp(back.block.ip, b->ip, sizeof(b->ip)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autoerr struct err err = ERR_NONE;
	struct rule rule;

	if (rule_read(str_view((const char *)p, n), &rule, &err) == -1) {
		assert(err_text(&err).n != 0);
		return 0;
	}
	assert(
	    (int)rule.is_block + (int)rule.is_open + (int)(rule.classes != 0) ==
	    1);
	if (rule.is_block)
		check_block(&rule);
	return 0;
}
