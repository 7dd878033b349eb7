/*
 * What a server asks of a loop: connections that come, are read, written and
 * dropped when they are idle; no descriptor for the next one; an end that is
 * asked for. Server and clients are in one loop, on a socket of this test.
 */
#include "loop/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "place.h"
#include "stream/clock.h"

#define MOST    1000
#define MESSAGE 4096  /* bytes of each client, written a few at a time */
#define IDLE_MS 50    /* where clients are idle */
#define LONG_MS 10000 /* elsewhere nobody is, however busy the machine is */

static int64_t idle_ms = LONG_MS;

static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, MOST };

static struct loop *loop;
static struct pool pool;
static struct sockaddr_un place;

/* Says back what it is told, in pieces of its own. */
struct connection {
	int fd;
	struct loop_fd watch;
	struct loop_timer idle;
	char held[512];
	size_t n;
};

static struct {
	int fd;
	struct loop_fd listener;
	struct loop_signal stop;
	struct connection connection[MOST];
	size_t open, most_open, dropped, refused;
	bool is_stopping;
} server;

static void
rest_or_listen(void)
{
	bool listens = !server.is_stopping && server.refused == 0;

	loop_fd_set(loop, &server.listener, server.fd, listens ? POLLIN : 0);
}

static void
hang_up(struct connection *c)
{
	loop_fd_stop(&c->watch);
	loop_timer_stop(&c->idle);
	(void)close(c->fd);
	c->fd = -1;
	server.open--;
	server.refused = 0; /* there is a descriptor again */
	rest_or_listen();
}

static void
on_connection(void *ctx, short revents)
{
	struct connection *c = ctx;
	ssize_t n;

	(void)revents;
	if (c->n == 0) {
		n = read(c->fd, c->held, sizeof(c->held));
		c->n = n > 0 ? (size_t)n : 0;
	} else {
		n = write(c->fd, c->held, c->n);
		if (n > 0) {
			c->n -= (size_t)n;
			memmove(c->held, c->held + n, c->n);
		}
	}
	if (n == 0 || (n == -1 && errno != EAGAIN)) {
		hang_up(c);
		return;
	}
	loop_timer_set(loop, &c->idle, clock_in(idle_ms));
	loop_fd_set(loop, &c->watch, c->fd, c->n != 0 ? POLLOUT : POLLIN);
}

/* Where all of us had to wait, it has something for us by now. */
static void
on_idle(void *ctx)
{
	struct connection *c = ctx;
	struct pollfd p = { c->fd, c->n != 0 ? POLLOUT : POLLIN, 0 };

	if (poll(&p, 1, 0) != 0) {
		on_connection(c, p.revents);
		return;
	}
	server.dropped++;
	hang_up(c);
}

static void
take_in(int fd)
{
	struct connection *c = server.connection;

	while (c->fd != -1)
		c++;
	*c = (struct connection){
		.fd = fd,
		.watch = { .call = on_connection, .ctx = c },
		.idle = { .call = on_idle, .ctx = c },
	};
	loop_fd_set(loop, &c->watch, fd, POLLIN);
	loop_timer_set(loop, &c->idle, clock_in(idle_ms));
	if (++server.open > server.most_open)
		server.most_open = server.open;
}

static void
on_client(void *ctx, short revents)
{
	int fd = accept4(server.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)ctx, (void)revents;
	if (fd != -1) {
		take_in(fd);
	} else if (errno == EMFILE) {
		server.refused++;
		rest_or_listen();
	}
}

static void
on_stop(void *ctx, unsigned n)
{
	(void)ctx, (void)n;
	server.is_stopping = true;
	rest_or_listen();
}

/* Writes its message, reads it back, is done. */
struct client {
	int fd;
	struct loop_fd watch;
	size_t written, read, most; /* of the message it will write */
	bool is_done, is_dropped;
};

static struct client client[MOST];

static char
byte_at(size_t at)
{
	return (char)('a' + at % 23);
}

static void
client_end(struct client *c)
{
	loop_fd_stop(&c->watch);
	if (c->fd != -1)
		(void)close(c->fd);
	c->fd = -1;
	c->is_done = true;
}

static void
client_write(struct client *c)
{
	char piece[700];
	size_t n = 0;
	ssize_t written;

	while (n < sizeof(piece) && c->written + n < c->most) {
		piece[n] = byte_at(c->written + n);
		n++;
	}
	written = write(c->fd, piece, n);
	if (written > 0)
		c->written += (size_t)written;
}

static void
client_read(struct client *c)
{
	char piece[300];
	ssize_t n = read(c->fd, piece, sizeof(piece));

	for (ssize_t i = 0; i < n; i++)
		CHECK(piece[i] == byte_at(c->read + (size_t)i));
	if (n > 0)
		c->read += (size_t)n;
	c->is_dropped = n == 0;
	if (n == 0 || c->read == MESSAGE)
		client_end(c);
}

static void
on_server(void *ctx, short revents)
{
	struct client *c = ctx;

	if ((revents & POLLIN) != 0)
		client_read(c);
	if (!c->is_done && (revents & POLLOUT) != 0)
		client_write(c);
	if (!c->is_done)
		loop_fd_set(loop, &c->watch, c->fd,
		    c->written < c->most ? POLLIN | POLLOUT : POLLIN);
}

static void
client_begin(struct client *c, size_t most)
{
	*c = (struct client){ .most = most };
	c->watch = (struct loop_fd){ .call = on_server, .ctx = c };
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(c->fd != -1);
	CHECK_INT(connect(c->fd, (struct sockaddr *)&place, sizeof(place)), 0);
	CHECK_INT(fcntl(c->fd, F_SETFL, O_NONBLOCK), 0);
	loop_fd_set(loop, &c->watch, c->fd, POLLOUT);
}

static void
begin(void)
{
	const char *path = place_path(&pool, place_new(&pool), "socket");

	place = (struct sockaddr_un){ .sun_family = AF_UNIX };
	(void)snprintf(place.sun_path, sizeof(place.sun_path), "%s", path);
	loop = loop_new(NULL);
	memset(&server, 0, sizeof(server));
	for (size_t i = 0; i < MOST; i++)
		server.connection[i].fd = -1;
	server.fd =
	    socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	CHECK_INT(bind(server.fd, (struct sockaddr *)&place, sizeof(place)), 0);
	CHECK_INT(listen(server.fd, MOST), 0);
	server.listener = (struct loop_fd){ .call = on_client };
	server.stop = (struct loop_signal){ .call = on_stop };
	loop_signal_start(loop, &server.stop, SIGTERM, LOOP_SIGNAL_ASKS);
	rest_or_listen();
}

static void
end(void)
{
	for (size_t i = 0; i < MOST; i++) {
		if (server.connection[i].fd != -1)
			hang_up(&server.connection[i]);
	}
	loop_free(loop);
	(void)close(server.fd);
	pool_clear(&pool);
}

static void
turn(void)
{
	CHECK_INT(loop_turn(loop, NULL), 0);
}

static size_t
count_done(size_t n)
{
	size_t done = 0;

	for (size_t i = 0; i < n; i++)
		done += client[i].is_done;
	return done;
}

/* As many descriptors as are allowed at all. */
static size_t
raise_limit(void)
{
	struct rlimit limit;

	CHECK_INT(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	return (size_t)limit.rlim_cur;
}

static void
every_client_is_served(void)
{
	size_t most = raise_limit();

	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		size_t n = sizes[s];

		if (2 * n + 32 > most)
			continue;
		begin();
		for (size_t i = 0; i < n; i++)
			client_begin(&client[i], MESSAGE);
		while (count_done(n) < n)
			turn();
		while (server.open != 0)
			turn();
		for (size_t i = 0; i < n; i++)
			CHECK_INT(client[i].read, MESSAGE);
		CHECK_INT(server.dropped, 0);
		end();
	}
}

/* Who says nothing more is dropped; whoever is slow and goes on is not. */
static void
idle_clients_are_dropped(void)
{
	idle_ms = IDLE_MS;
	begin();
	client_begin(&client[0], 0);
	client_begin(&client[1], 10);
	client_begin(&client[2], MESSAGE);
	while (count_done(3) < 3)
		turn();
	CHECK(client[0].is_dropped);
	CHECK(client[1].is_dropped);
	CHECK_INT(client[1].read, 10);
	CHECK(!client[2].is_dropped);
	CHECK_INT(server.dropped, 2);
	CHECK_INT(server.open, 0);
	end();
	idle_ms = LONG_MS;
}

static size_t rounds;

static void
count_round(void *ctx)
{
	(void)ctx;
	rounds++;
}

/*
 * One descriptor is left, and many come: the listener rests until there is one
 * again, without a busy loop, and all are served in the end.
 */
static void
without_descriptors_the_listener_rests(void)
{
	struct loop_before before = { .call = count_round };
	struct rlimit old, few;
	int next;

	begin();
	rounds = 0;
	loop_before_start(loop, &before);
	for (size_t i = 0; i < 5; i++)
		client_begin(&client[i], i == 0 ? 10 : MESSAGE);
	next = dup(server.fd);
	(void)close(next);
	CHECK_INT(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = (struct rlimit){ (rlim_t)next + 1, old.rlim_max };
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &few), 0);
	while (count_done(5) < 5)
		turn();
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &old), 0);
	CHECK(client[0].is_dropped); /* after its time, the only one */
	for (size_t i = 1; i < 5; i++)
		CHECK_INT(client[i].read, MESSAGE);
	CHECK(rounds < 1000);
	end();
}

static void
a_server_ends_when_it_is_asked_to(void)
{
	begin();
	client_begin(&client[0], MESSAGE);
	while (server.open == 0)
		turn();
	CHECK_INT(raise(SIGTERM), 0);
	/* whom it has is served to the end, nobody else comes in */
	while (!server.is_stopping)
		turn();
	client_begin(&client[1], MESSAGE);
	while (server.open != 0)
		turn();
	CHECK_INT(client[0].read, MESSAGE);
	CHECK_INT(server.most_open, 1);
	CHECK_INT(client[1].read, 0);
	client_end(&client[1]);
	end();
}

CHECK_MAIN(CASE(every_client_is_served), CASE(idle_clients_are_dropped),
    CASE(without_descriptors_the_listener_rests),
    CASE(a_server_ends_when_it_is_asked_to))
