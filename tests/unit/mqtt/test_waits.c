/* Servers that say something all the time, and never what is waited for. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "check.h"

#include "base/mem.h"
#include "mqtt/mqtt.h"
#include "stream/clock.h"
#include "text/b64.h"
#include "ws/ws.h"

#define TIMEOUT_MS 100
#define GIVE_UP_MS 5000 /* then the server ends, and the client sees that */

struct server {
	const char *say; /* after the handshake, again and again */
	size_t n;
	int pause_ms;
};

/* Takes what the client says, so that it is not held up. */
static void
flood(int fd, const struct server *s)
{
	int64_t until = clock_in(GIVE_UP_MS);
	char bytes[4096];

	while (clock_ms() < until) {
		struct pollfd p = { fd, POLLIN, 0 };

		while (poll(&p, 1, s->pause_ms) == 1) {
			if (read(fd, bytes, sizeof(bytes)) <= 0)
				return;
		}
		if (send(fd, s->say, s->n, MSG_NOSIGNAL | MSG_DONTWAIT) == -1 &&
		    errno != EAGAIN)
			return;
	}
}

static struct str
read_head(int fd, char *bytes, size_t most)
{
	size_t n = 0;

	while (n < most && read(fd, bytes + n, 1) == 1) {
		n++;
		if (str_ends(str_view(bytes, n), STR("\r\n\r\n")))
			break;
	}
	return str_view(bytes, n);
}

static void
serve_ws(int fd, const struct server *s)
{
	static const struct str name = { "sec-websocket-key: ", 19 };
	autopool struct pool pool = POOL_NONE;
	struct buf key = BUF_IN(&pool), out = BUF_IN(&pool);
	unsigned char digest[EVP_MAX_MD_SIZE];
	char bytes[4096];
	struct str head = read_head(fd, bytes, sizeof(bytes));
	unsigned n;

	while (head.p != NULL) {
		struct str line = str_cut(&head, '\n');

		if (str_eq_nocase(str_sub(line, 0, name.n), name))
			buf_add(&key, str_trim(str_from(line, name.n)));
	}
	buf_add(&key, STR("258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
	if (EVP_Digest(key.p, key.n, digest, &n, EVP_sha1(), NULL) != 1)
		abort();
	buf_add(&out, STR("HTTP/1.1 101 Switching\r\nupgrade: websocket\r\n"
			  "connection: upgrade\r\nsec-websocket-accept: "));
	b64_add(&out, str_view((char *)digest, n));
	buf_add(&out, STR("\r\n\r\n"));
	(void)send(fd, out.p, out.n, MSG_NOSIGNAL);
	flood(fd, s);
}

static void
serve_mqtt(int fd, const struct server *s)
{
	char bytes[4096];

	if (read(fd, bytes, sizeof(bytes)) > 0)
		(void)send(fd, "\x20\x02\0\0", 4, MSG_NOSIGNAL);
	flood(fd, s);
}

static struct stream *
connect_to(void (*serve)(int fd, const struct server *s),
    const struct server *server, pid_t *pid)
{
	struct stream *s;
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) == -1)
		abort();
	*pid = fork();
	if (*pid == 0) {
		close(fd[0]);
		serve(fd[1], server);
		_exit(0);
	}
	close(fd[1]);
	s = stream_new(fd[0]);
	stream_set_timeouts(s, TIMEOUT_MS, TIMEOUT_MS);
	return s;
}

static void
end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void
frames_that_are_no_message(void)
{
	static const struct server row[] = {
		{ "\x89\0\x89\0", 4, 0 }, /* pings */
		{ "\x89\0", 2, 30 },      /* one now and then */
		{ "\x8a\0", 2, 0 },       /* pongs */
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct ws_request request = { STR("a"), STR("/"), NULL, 0 };
		enum ws_opcode kind;
		struct str text;
		struct ws *ws;
		pid_t pid;
		struct stream *s = connect_to(serve_ws, &row[i], &pid);

		CHECK_INT(ws_new(s, &request, &ws, &err), 0);
		CHECK_INT(ws_recv(ws, &pool, &kind, &text, &err), 0);
		ws_free(ws);
		end(pid);
	}
}

static void
packets_that_are_no_message(void)
{
	static const struct server row[] = {
		{ "\x62\x02\0\x01", 4, 0 }, { "\x62\x02\0\x01", 4, 30 },
		{ "\x34\x05\0\x01t\0\x01", 7, 0 }, /* one of QoS 2, again */
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct mqtt_opts opts = { .keep_alive = 60 };
		struct mqtt_message message;
		struct mqtt *m;
		pid_t pid;
		struct stream *s = connect_to(serve_mqtt, &row[i], &pid);

		CHECK_INT(mqtt_new(s, &opts, &m, &err), 0);
		CHECK_INT(mqtt_subscribe(m, STR("a"), 0, &err), -1);
		CHECK_STR(err_text(&err),
		    "Failed to read mqtt packet: Resource "
		    "temporarily unavailable (os error 11)");
		err_clear(&err);
		if (row[i].n == 7)
			CHECK_INT(mqtt_recv(m, &pool, &message, &err), 1);
		CHECK_INT(mqtt_recv(m, &pool, &message, &err), 0);
		mqtt_free(m);
		end(pid);
	}
}

/* As TLS does while session tickets come. Not for ever: then it was no wait. */
static enum stream_io
read_nothing(struct stream *s, void *layer, void *p, size_t n, size_t *done,
    struct err *err)
{
	int64_t *until = layer;

	(void)s, (void)p, (void)n, (void)done, (void)err;
	return clock_ms() < *until ? STREAM_IO_WANT_READ : STREAM_IO_END;
}

static enum stream_io
write_nothing(struct stream *s, void *layer, const void *p, size_t n,
    size_t *done, struct err *err)
{
	(void)s, (void)layer, (void)p, (void)n, (void)done, (void)err;
	return STREAM_IO_WANT_WRITE;
}

static bool
has_nothing(void *layer)
{
	(void)layer;
	return false;
}

static void
free_nothing(struct stream *s, void *layer)
{
	(void)s, (void)layer;
}

static void
bytes_that_a_layer_keeps(void)
{
	static const struct stream_layer ops = { .read = read_nothing,
		.write = write_nothing,
		.has_kept = has_nothing,
		.free = free_nothing };
	static const struct server server = { "x", 1, 30 };
	autoerr struct err err = ERR_NONE;
	int64_t until = clock_in(GIVE_UP_MS);
	pid_t pid;
	struct stream *s = connect_to(flood, &server, &pid);

	stream_set_layer(s, &ops, &until);
	CHECK_INT(stream_fill(s, &err), -1);
	CHECK_INT(stream_fault(s), STREAM_TIMEOUT);
	stream_free(s);
	end(pid);
}

CHECK_MAIN(CASE(frames_that_are_no_message), CASE(packets_that_are_no_message),
    CASE(bytes_that_a_layer_keeps))
