/*
 * search: a worker that asks for names as it likes, and name servers that send
 * what they like (name_server.h). An input is orders of one byte: ask (with how
 * in the next two), a piece of a name server's, the next address. Whatever
 * comes, a reply reads back as it was written, only addresses of the name are
 * tried, each once, and no socket is left.
 */
#include "broker/search.h"

#include "../name_server.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

struct fuzz {
	struct world world;
	struct search *search;
	enum search_state state;
	struct request request;
	struct reply reply;
};

static void
check_reply(const struct reply *reply)
{
	unsigned char bytes[REPLY_MAX], again[REPLY_MAX];
	size_t n = broker_reply_write(bytes, reply);
	struct reply back;

	assert(broker_reply_read(str_view((char *)bytes, n), &back));
	assert(broker_reply_write(again, &back) == n);
	assert(memcmp(bytes, again, n) == 0);
}

static void
settle(struct fuzz *f)
{
	if (f->state != SEARCH_OVER)
		return;
	assert(f->reply.n_tried == 0);
	check_reply(&f->reply);
}

static void
ask(struct fuzz *f, uint8_t how, uint8_t first)
{
	static const struct str names[] = { STR("a.test"), STR("b.test"),
		STR("a.b-c_d.test"), STR("xn--1.test") };

	f->request = (struct request){ .kind = REQUEST_NAME,
		.proto = DIAL_TCP,
		.wait_ms = 1000,
		.to.port = 443,
		.name = names[how & 3],
		.lookup = { .is_kept = (how & 4) != 0,
		    .tcp = (how & 8) != 0,
		    .ms = (how & 16) != 0 ? 0 : 60000,
		    .all = (how & 32) != 0 ? 0 : REQUEST_FOREVER,
		    .first = first } };
	f->state = search_begin(f->search, &f->request, &f->reply);
	settle(f);
}

/* As the broker does when one is connected to or failed. */
static void
try_one(struct fuzz *f, bool is_connected)
{
	struct addr to;
	int64_t until;
	uint16_t before = f->reply.n_tried;

	if (f->state != SEARCH_THERE)
		return;
	if (!search_next(f->search, &f->reply, &to, &until)) {
		check_reply(&f->reply);
		f->state = SEARCH_OVER;
		return;
	}
	assert(to.port == 443 && until != 0);
	f->reply.status = is_connected ? REPLY_CONNECTED : REPLY_REFUSED;
	search_note(&to, &f->reply);
	assert(f->reply.n_tried == before + 1);
	assert(f->request.lookup.first + f->reply.n_tried <= f->reply.addrs);
	if (is_connected) {
		check_reply(&f->reply);
		f->state = SEARCH_OVER;
	}
}

static void
step(struct fuzz *f)
{
	if (f->state != SEARCH_LOOKING)
		return;
	f->state = search_step(f->search, POLLIN, &f->reply);
	settle(f);
}

static void
obey(struct fuzz *f, const uint8_t **p, size_t *n)
{
	uint8_t order = **p;

	++*p;
	--*n;
	if (order % 4 == 0 && *n >= 2) {
		ask(f, (*p)[0], (*p)[1]);
		*p += 2;
		*n -= 2;
	} else if (order % 4 == 1) {
		(void)say_next(&f->world, p, n);
		step(f);
	} else if (order % 4 == 2) {
		fall_silent(&f->world);
		step(f);
	} else {
		try_one(f, order == 255);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct addr ns[SERVERS] = { { .port = 53 }, { .port = 54 },
		{ .port = 55 } };
	struct net_config net = NET_CONFIG_NONE;
	struct fuzz f = { .world = WORLD_NONE, .state = SEARCH_OVER };
	struct lookup_door door = { .open = open_pair, .arg = &f.world };

	net.ns = ns;
	net.n_ns = n % 4 == 0 ? 0 : SERVERS;
	f.search = search_new(&net, &door);
	while (n != 0)
		obey(&f, &p, &n);
	search_free(f.search);
	world_clear(&f.world);
	return 0;
}
