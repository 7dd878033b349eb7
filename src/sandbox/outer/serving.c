#include "outer/serving.h"

#include <assert.h>
#include <sys/resource.h>

#include "base/agreed.h"
#include "base/num.h"

#define OTHER_FDS 64 /* all but connections that are watched */

/* One kind of word: what is behind its "=", "" if there is none. */
struct word {
	const char *name;
	int (*take)(struct serving *s, struct str value, struct err *err);
};

static int
take_allow(struct serving *s, struct str value, struct err *err)
{
	return egress_allow(s->egress, value, err);
}

static int
take_deny(struct serving *s, struct str value, struct err *err)
{
	return egress_deny(s->egress, value, err);
}

static int
take_ns(struct serving *s, struct str value, struct err *err)
{
	struct addr addr;

	if (addr_read(value, &addr, err) == -1)
		return -1;
	s->ns = pool_push(&s->pool, s->ns, s->net.n_ns, sizeof(*s->ns));
	s->ns[s->net.n_ns++] = addr;
	s->net.ns = s->ns;
	return 0;
}

static int
take_proxy(struct serving *s, struct str value, struct err *err)
{
	s->net.has_proxy = true;
	return addr_read(value, &s->net.proxy, err);
}

static int
take_control(struct serving *s, struct str value, struct err *err)
{
	(void)value, (void)err;
	s->control = CONTROL_FD;
	return 0;
}

static int
take_own(struct serving *s, struct str value, struct err *err)
{
	(void)value, (void)err;
	egress_keep_own(s->egress, OUTER_NETLINK_FD);
	return 0;
}

static int
take_begin(struct serving *s, struct str value, struct err *err)
{
	uint64_t n;

	if (num_read_max(value, UINT32_MAX, &n) == -1)
		return err_set(err, "not a number of connections: %.*s",
		    STR_ARG(value));
	s->is_begun = true;
	s->order.connections = (uint32_t)n;
	return 0;
}

static const struct word words[] = {
	{ "allow", take_allow },
	{ "deny", take_deny },
	{ "ns", take_ns },
	{ "proxy", take_proxy },
	{ "control", take_control },
	{ "own", take_own },
	{ "begin", take_begin },
	{ NULL },
};

static int
take_word(struct serving *s, const char *text, struct err *err)
{
	struct str value = str_of(text), name = str_cut(&value, '=');

	for (const struct word *w = words; w->name != NULL; w++) {
		if (str_is(name, w->name))
			return w->take(s, value, err);
	}
	return err_set(err, "not a word of a broker: %s", text);
}

/*
 * Bounds the descriptors, of the outer half alone. How many of them are for
 * connections that are watched; 0: nobody knows how many there may be.
 */
static size_t
bound_fds(void)
{
	const rlim_t most = OTHER_FDS + TRAFFIC_MOST;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return 0;
	if (limit.rlim_cur > most)
		limit.rlim_cur = most;
	limit.rlim_max = limit.rlim_cur;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur > OTHER_FDS ? (size_t)(limit.rlim_cur - OTHER_FDS)
	                                  : 0;
}

int
serving_init(struct serving *s, int fd, const char *const *word,
    struct err *err)
{
	s->fd = fd;
	s->net = (struct net_config)NET_CONFIG_NONE;
	s->egress = egress_new();
	s->control = -1;
	for (; *word != NULL; word++) {
		if (take_word(s, *word, err) == -1)
			return -1;
	}
	if (!egress_has_own(s->egress))
		egress_open_own(s->egress, OUTER_NETLINK_FD);
	return 0;
}

void
serving_begin(void *arg)
{
	struct serving *s = arg;
	const struct broker_config config = {
		.net = &s->net,
		.egress = s->egress,
		.control = s->control,
		.watched = bound_fds(),
		.place = jail_place,
	};

	s->broker = broker_new(s->fd, &config);
	if (s->is_begun)
		broker_begin(s->broker, &s->order);
}

static size_t
on_wait(void *arg, struct pollfd *p, int *timeout_ms)
{
	struct serving *s = arg;

	*timeout_ms = broker_timeout(s->broker);
	return broker_poll(s->broker, p);
}

static void
on_step(void *arg, const struct pollfd *p, size_t n)
{
	struct serving *s = arg;

	broker_step(s->broker, p, n);
}

static void
on_end(void *arg)
{
	struct serving *s = arg;

	broker_end(s->broker);
}

static_assert(JAIL_SERVE_FDS >= BROKER_MAX_FDS, "a broker has room there");

void
serving_hooks(struct serving *s, struct jail_serve *serve)
{
	serve->begin = serving_begin;
	serve->wait = on_wait;
	serve->step = on_step;
	serve->end = on_end;
	serve->arg = s;
}

/* A line that wants one of reply: all but these. */
bool
serving_is_question(struct str head)
{
	return !str_starts(head, STR("{\"Log\"")) &&
	       !str_starts(head, STR("{\"Data\"")) &&
	       !str_starts(head, STR("{\"Exit\""));
}
