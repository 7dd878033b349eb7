/* The client against a server that plays a script, byte for byte. */
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#include "base/mem.h"
#include "http/http.h"
#include "name/dial.h"

#define SILENCE_MS 100

/* What the server does after it has said a line of its script. */
enum then {
	NEXT,   /* waits for another request */
	END,    /* closes */
	RESET,  /* so that the other side sees it */
	SILENT, /* says nothing more, and stays */
	DRIP,   /* goes on with a byte 'x' every 20 ms */
	DEAF,   /* does not even read the request; must be the first */
};

struct line {
	const char *say; /* an '@' is the number of the connection */
	enum then then;
};

/* In one packet. */
static void
say(int fd, const char *text, int number)
{
	char bytes[512];
	size_t n = strlen(text);

	if (n > sizeof(bytes))
		abort();
	for (size_t i = 0; i < n; i++)
		bytes[i] = text[i] != '@' ? text[i] : (char)('0' + number);
	(void)send(fd, bytes, n, MSG_NOSIGNAL);
}

/* Up to the empty line; false at the end. */
static bool
read_request(int fd)
{
	char last[4] = { 0 };

	while (memcmp(last, "\r\n\r\n", 4) != 0) {
		memmove(last, last + 1, 3);
		if (read(fd, last + 3, 1) != 1)
			return false;
	}
	return true;
}

static void
finish(int fd, enum then then)
{
	static const struct linger none = { 1, 0 };

	while (then == SILENT || then == DEAF)
		pause();
	while (then == DRIP) {
		usleep(20000);
		if (send(fd, "x", 1, MSG_NOSIGNAL) != 1)
			break;
	}
	if (then == RESET)
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &none,
		    sizeof(none));
	close(fd);
}

static void
play(int listener, const struct line *line)
{
	for (int number = 1;; number++) {
		int fd = accept(listener, NULL, NULL);

		while (line->then == DEAF || read_request(fd)) {
			enum then then = line->then;

			say(fd, line->say, number);
			line++;
			if (then == NEXT)
				continue;
			finish(fd, then);
			fd = -1;
			break;
		}
		if (fd != -1)
			close(fd);
	}
}

struct bench {
	struct pool pool;
	struct dialler *dialler;
	struct http *http;
	pid_t server;
	struct http_request request;
};

static const struct net_config plain = NET_CONFIG_NONE;

/* The script ends with the server. */
static void
begin(struct bench *b, const struct line *script)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&sin, n) == -1 ||
	    listen(fd, 8) == -1 ||
	    getsockname(fd, (struct sockaddr *)&sin, &n) == -1)
		abort();
	b->server = fork();
	if (b->server == 0)
		play(fd, script);
	close(fd);
	b->pool = (struct pool)POOL_NONE;
	b->dialler = dialler_new_direct(&plain);
	b->http = http_new(b->dialler);
	b->request = (struct http_request)HTTP_REQUEST_NONE;
	b->request.url = str_of(
	    pool_printf(&b->pool, "http://127.0.0.1:%u/", ntohs(sin.sin_port)));
}

static void
end(struct bench *b)
{
	kill(b->server, SIGKILL);
	waitpid(b->server, NULL, 0);
	http_free(b->http);
	dialler_free(b->dialler);
	pool_clear(&b->pool);
}

/* The body, or the error. */
static struct str
ask(struct bench *b)
{
	autoerr struct err err = ERR_NONE;
	struct http_response response;

	if (http_send(b->http, &b->request, &b->pool, &response, &err) == -1)
		return err_join(&b->pool, &err);
	return response.body;
}

#define HEAD "HTTP/1.1 200 OK\r\n"

/* Two answers: is the second one asked for over the same connection? */
static void
only_what_is_certain_is_kept(void)
{
	static const struct {
		const char *first, *body;
		bool is_kept;
	} row[] = {
		{ HEAD "Content-Length: 2\r\n\r\nab", "ab", true },
		{ HEAD "Transfer-Encoding: identity\r\n"
		       "Content-Length: 2\r\n\r\nab",
		    "ab", true },
		{ HEAD "Transfer-Encoding: chunked\r\n\r\n"
		       "2;x\r\nab\r\n0\r\nT: u\r\n\r\n",
		    "ab", true },
		{ "HTTP/1.1 999 No\r\nContent-Length: 2\r\n\r\nab", "ab",
		    true },
		{ "HTTP/1.1 100\r\n\r\nHTTP/1.1 103 E\r\nLink: x\r\n\r\n" HEAD
		  "Content-Length: 2\r\n\r\nab",
		    "ab", true },
		{ "HTTP/1.1 204 No\r\n\r\n", "", true },
		{ "HTTP/1.1 304 No\r\nContent-Length: 9\r\n\r\n", "", true },
		/* in two ways */
		{ HEAD "Content-Length: 2\r\nContent-Length : 2\r\n\r\nab",
		    "ab", false },
		{ HEAD "Content-Length: 2\r\nX: y\r\n z\r\n\r\nab", "ab",
		    false },
		{ HEAD "Content-Length: 2\r\nnonsense\r\n\r\nab", "ab", false },
		{ HEAD "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
		       "2\r\nab\r\n0\r\n\r\n",
		    "ab", false },
		{ HEAD "Transfer-Encoding: chunked\r\n\r\n2\nab\n0\n\n", "ab",
		    false },
		/* more than the answer */
		{ HEAD "Content-Length: 2\r\n\r\nab" HEAD
		       "Content-Length: 4\r\n\r\nevil",
		    "ab", false },
		{ "HTTP/1.1 204 No\r\nContent-Length: 4\r\n\r\nevil", "",
		    false },
	};
	static const char second[] = HEAD "Content-Length: 1\r\n\r\n@";

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		const struct line script[] = { { row[i].first, NEXT },
			{ second, NEXT }, { "", END } };
		struct bench b;

		begin(&b, script);
		CHECK_STR(ask(&b), row[i].body);
		CHECK_STR(ask(&b), row[i].is_kept ? "1" : "2");
		end(&b);
	}
}

static void
an_end_is_judged_by_what_is_missing(void)
{
#define CUT                                                                    \
	"error reading a body from connection: "                               \
	"end of file before message length reached"
	static const struct {
		struct line line;
		const char *want;
	} row[] = {
		{ { HEAD "\r\nab", END }, "ab" },
		{ { HEAD "Transfer-Encoding: gzip\r\n\r\nab", END }, "ab" },
		{ { HEAD "Content-Length: 3\r\n\r\nab", END }, CUT },
		{ { HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", END },
		    CUT },
		{ { HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0",
		      END },
		    CUT },
		{ { HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n",
		      END },
		    "ab" },
		{ { HEAD "Content-Le", END },
		    "connection closed before message completed" },
		{ { "", END }, "connection closed before message completed" },
		{ { "", RESET },
		    "connection error: Connection reset by peer (os error "
		    "104)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct bench b;

		begin(&b, &row[i].line);
		CHECK_STR(ask(&b), row[i].want);
		end(&b);
	}
}

/* A request that says nothing about time ends all the same. */
static void
silence_has_an_end_in_every_state(void)
{
	static const char *const said[] = {
		"",
		"HTTP/1.1 2",
		HEAD "Content-Length: 4",
		"HTTP/1.1 100 Continue\r\n\r\n",
		HEAD "Content-Length: 4\r\n\r\n",
		HEAD "Content-Length: 4\r\n\r\nabc",
		HEAD "\r\nabc",
		HEAD "Transfer-Encoding: chunked\r\n\r\n",
		HEAD "Transfer-Encoding: chunked\r\n\r\n9",
		HEAD "Transfer-Encoding: chunked\r\n\r\n9\r\nabc",
		HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
		HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\nT: u",
	};

	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		struct line line = { said[i], SILENT };
		int64_t begun = clock_ms();
		struct bench b;

		begin(&b, &line);
		b.request.silence_ms = SILENCE_MS;
		CHECK_STR(ask(&b), "Request timed out");
		CHECK(clock_ms() - begun >= SILENCE_MS);
		end(&b);
	}
}

/* The second request of a kept connection is bounded as the first. */
static void
a_kept_connection_may_fall_silent(void)
{
	static const struct line script[] = {
		{ HEAD "Content-Length: 2\r\n\r\nab", NEXT },
		{ "", SILENT },
	};
	struct bench b;

	begin(&b, script);
	CHECK_STR(ask(&b), "ab");
	b.request.silence_ms = SILENCE_MS;
	CHECK_STR(ask(&b), "Request timed out");
	end(&b);
}

static void
a_server_may_refuse_to_read(void)
{
	static const struct line script = { "", DEAF };
	static char body[64 << 20];
	struct bench b;

	begin(&b, &script);
	b.request.method = STR("POST");
	b.request.body = str_view(body, sizeof(body));
	b.request.silence_ms = SILENCE_MS;
	CHECK_STR(ask(&b), "Request timed out");
	end(&b);
}

/* Each byte comes in time, all of them together do not. */
static void
slowness_has_an_end_too(void)
{
	static const char *const said[] = {
		"HTTP/1.1 200 ",
		HEAD "A: ",
		HEAD "Content-Length: 40000\r\n\r\n",
		HEAD "\r\n",
		HEAD "Transfer-Encoding: chunked\r\n\r\nffff\r\n",
		HEAD "Transfer-Encoding: chunked\r\n\r\n1;",
		HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		struct line line = { said[i], DRIP };
		int64_t begun = clock_ms();
		struct bench b;

		begin(&b, &line);
		b.request.silence_ms = 10000;
		b.request.timeout_ms = 2 * SILENCE_MS;
		CHECK_STR(ask(&b), "Request timed out");
		CHECK(clock_ms() - begun >= 2 * SILENCE_MS);
		CHECK(clock_ms() - begun < 10000);
		end(&b);
	}
}

/* A server that leads in a circle, and a request that allows a million. */
static void
redirects_have_an_end(void)
{
	static const struct line again = {
		"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
		NEXT
	};
	struct line script[HTTP_MAX_HOPS + 2];
	struct bench b;

	for (size_t i = 0; i < ARRAY_SIZE(script); i++)
		script[i] = again;
	begin(&b, script);
	b.request.redirects = 1000000;
	CHECK_STR(ask(&b), "too many redirects: more than 50");
	end(&b);
	script[HTTP_MAX_HOPS].say = HEAD "Content-Length: 3\r\n\r\nend";
	begin(&b, script);
	b.request.redirects = 1000000;
	CHECK_STR(ask(&b), "end");
	end(&b);
}

static void
who_says_nothing_about_time_is_bounded(void)
{
	struct http_request r = HTTP_REQUEST_NONE;

	CHECK_INT(r.silence_ms, HTTP_SILENCE_MS);
	CHECK(r.timeout_ms == -1 && HTTP_HOP_MS <= 3600000);
}

CHECK_MAIN(CASE(only_what_is_certain_is_kept),
    CASE(an_end_is_judged_by_what_is_missing),
    CASE(silence_has_an_end_in_every_state),
    CASE(a_kept_connection_may_fall_silent), CASE(a_server_may_refuse_to_read),
    CASE(slowness_has_an_end_too), CASE(redirects_have_an_end),
    CASE(who_says_nothing_about_time_is_bounded))
