/*
 * lookup: name servers that send what they like (name_server.h). The first byte
 * says how they are asked. Whatever comes, the look-up ends or waits, what it
 * has is within its bounds, and its sockets are closed.
 */
#include "name/lookup.h"

#include "../name_server.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check_end(const struct lookup *l, const struct addr *ns)
{
	struct lookup_end end;
	struct addr addr[4];
	int64_t ttl;

	lookup_end(l, &end);
	assert(end.server == NULL ||
	       (end.server >= ns && end.server < ns + SERVERS));
	if (!end.has_answer)
		return;
	assert(end.server != NULL && end.answer.rcode < 4096);
	assert(end.answer.n_answers <= LOOKUP_MAX_RECORDS);
	assert(lookup_addrs(&end.answer, addr, 4, &ttl) <= 4);
	assert((ttl == -1) == (end.answer.n_answers == 0));
}

static void
converse(struct world *w, struct lookup *l, const struct addr *ns,
    const uint8_t *p, size_t n)
{
	bool is_over = lookup_step(l, 0);

	while (!is_over && say_next(w, &p, &n))
		is_over = lookup_step(l, POLLIN);
	for (int i = 0; !is_over && i < WAYS; i++) {
		fall_silent(w);
		is_over = lookup_step(l, POLLIN);
	}
	if (is_over)
		check_end(l, ns);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct world w = WORLD_NONE;
	struct addr ns[SERVERS] = { { .port = 53 }, { .port = 54 },
		{ .port = 55 } };
	struct lookup_door door = { .open = open_pair, .arg = &w };
	struct dns_name name;
	struct lookup_question q = { .name = &name,
		.ns = ns,
		.n_ns = SERVERS,
		.until = clock_in(60000),
		.pool = &pool };
	struct lookup *l;

	if (n == 0 || dns_name_read(STR("a.test"), &name, NULL) == -1)
		return 0;
	q.tcp = (p[0] & 1) != 0;
	q.type = (p[0] & 2) != 0 ? DNS_AXFR : DNS_A;
	l = lookup_new(&q, &door);
	converse(&w, l, ns, p + 1, n - 1);
	lookup_free(l);
	world_clear(&w);
	return 0;
}
