#include "run/serve.h"

#include <assert.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/agreed.h"
#include "base/mem.h"
#include "ipc/peek.h"
#include "ipc/start.h"

#define OTHER_FDS  64 /* all but connections that are watched */
#define WIPE_BYTES ((size_t)1 << 20) /* more is only given back */

int
serve_init(struct serve *serve, struct line *in, int control, struct err *err)
{
	*serve = (struct serve){ .in = in, .control = control };
	if (control == -1 || control == CONTROL_FD)
		return 0;
	serve->control = dup3(control, CONTROL_FD, O_CLOEXEC);
	if (serve->control == -1)
		return err_sys(err, "cannot move descriptor %d", control);
	(void)close(control);
	return 0;
}

/* Their syntax has been checked. */
static struct addr *
read_servers(struct pool *pool, const struct slot_texts *text)
{
	struct addr *ns = pool_array(pool, text->n, sizeof(*ns));

	for (size_t i = 0; i < text->n; i++)
		(void)addr_read(text->text[i], &ns[i], NULL);
	return ns;
}

/* Of a foreign parent. */
static int
read_start_line(struct pool *pool, struct str line, struct net_config *net,
    struct err *err)
{
	struct start start = { 0 };
	struct peek peek;

	if (!peek_read(line, &peek))
		return err_set(err, "the start line is none");
	if (start_read_network(pool, peek.dns_config, peek.proxy, &start,
		err) == -1)
		return -1;
	net->n_ns = start.dns.ns.n;
	net->ns = read_servers(pool, &start.dns.ns);
	net->has_proxy = start.proxy.p != NULL;
	if (net->has_proxy)
		(void)addr_read(start.proxy, &net->proxy, NULL);
	return 0;
}

/* Of our own; child_options_read() has checked their syntax. */
static void
read_words(struct pool *pool, const struct child_options *o,
    struct net_config *net)
{
	net->n_ns = o->name_server.n;
	net->ns = read_servers(pool, &o->name_server);
	net->has_proxy = o->proxy.p != NULL;
	if (net->has_proxy)
		(void)addr_read(o->proxy, &net->proxy, NULL);
}

/* A foreign parent expects what the reference lets its modules do. */
static int
make_policy(struct serve *serve, const struct child_options *o, struct err *err)
{
	bool is_open = serve->control == -1 && !o->has_allow_net;

	serve->egress = egress_new();
	for (size_t i = 0; i < o->allow_net.n; i++) {
		if (egress_allow(serve->egress, o->allow_net.text[i], err) ==
		    -1)
			return -1;
	}
	for (size_t i = 0; i < o->deny_net.n; i++) {
		if (egress_deny(serve->egress, o->deny_net.text[i], err) == -1)
			return -1;
	}
	return is_open ? egress_allow(serve->egress, STR("open"), err) : 0;
}

/*
 * How many descriptors there may be, and how many of them are for connections
 * that are watched. What is lowered here is the outer half's alone.
 */
static size_t
watched_fds(void)
{
	struct rlimit most;

	if (getrlimit(RLIMIT_NOFILE, &most) == -1 || most.rlim_cur <= OTHER_FDS)
		return 0;
	return most.rlim_cur - OTHER_FDS < TRAFFIC_MOST
	           ? (size_t)(most.rlim_cur - OTHER_FDS)
	           : TRAFFIC_MOST;
}

/*
 * The filter of the outer half knows its descriptors by their numbers
 * (base/agreed.h). Behind jail_close_inherited() nothing else has them, but
 * perhaps the other end of the same pair.
 */
static int
settle_numbers(int fd[2], struct err *err)
{
	int ours, workers;

	workers = fcntl(fd[1], F_DUPFD_CLOEXEC, OUTER_SOCKETS_FD);
	(void)close(fd[1]);
	ours = fd[0];
	if (ours != BROKER_FD) {
		ours = dup3(fd[0], BROKER_FD, O_CLOEXEC);
		(void)close(fd[0]);
	}
	if (workers == -1 || ours == -1)
		return err_sys(err, "cannot move a broker's socket");
	fd[0] = ours;
	fd[1] = workers;
	return 0;
}

int
serve_broker(struct serve *serve, const struct child_options *o,
    struct str line, struct jail_options *options, struct err *err)
{
	const struct order_packet order = {
		.connections = (uint32_t)o->limits.of[LIMIT_CONNECTIONS]
	};
	struct net_config net = NET_CONFIG_NONE;
	struct broker_config config = { .net = &net,
		.control = serve->control,
		.watched = watched_fds() };
	/* a line that cannot be read runs no module: refuse everything */
	bool is_known = serve->control != -1 ||
	                read_start_line(&serve->pool, line, &net, NULL) == 0;
	int fd[2];

	if (serve->control != -1)
		read_words(&serve->pool, o, &net);
	if (make_policy(serve, o, err) == -1 || broker_pair(fd, err) == -1 ||
	    settle_numbers(fd, err) == -1)
		return -1;
	egress_open_own(serve->egress, OUTER_NETLINK_FD);
	options->broker_fd = fd[1];
	config.egress = serve->egress;
	serve->broker = broker_new(fd[0], &config);
	if (serve->control == -1 && is_known)
		broker_begin(serve->broker, &order);
	return 0;
}

static size_t
on_wait(void *arg, struct pollfd *p, int *timeout_ms)
{
	struct serve *serve = arg;

	*timeout_ms = broker_timeout(serve->broker);
	return broker_poll(serve->broker, p);
}

static void
on_step(void *arg, const struct pollfd *p, size_t n)
{
	struct serve *serve = arg;

	broker_step(serve->broker, p, n);
}

static void
on_begin(void *arg)
{
	struct serve *serve = arg;
	struct buf *buf = &serve->in->buf;
	const rlim_t most = OTHER_FDS + TRAFFIC_MOST;
	struct rlimit limit;

	mem_wipe(buf->p, buf->n < WIPE_BYTES ? buf->n : WIPE_BYTES);
	line_clear(serve->in);
	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return;
	if (limit.rlim_cur > most)
		limit.rlim_cur = most;
	limit.rlim_max = limit.rlim_cur;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void
on_end(void *arg)
{
	struct serve *serve = arg;

	broker_end(serve->broker);
}

static_assert(JAIL_SERVE_FDS >= BROKER_MAX_FDS, "a broker has room there");

void
serve_options(struct serve *serve, struct jail_options *options)
{
	options->serve.arg = serve;
	options->serve.begin = on_begin;
	if (serve->broker == NULL)
		return;
	options->serve.wait = on_wait;
	options->serve.step = on_step;
	options->serve.end = on_end;
}
