#include "net.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "tls/tls.h"

static const struct net_config plain = NET_CONFIG_NONE;

/* Connects and starts TLS: "" on success, else the error. In pool. */
static const char *
try_tls(struct pool *pool, const char *port, const struct tls_opts *opts,
    uint32_t read_ms, struct stream **out)
{
	autoerr struct err err = ERR_NONE;
	struct dialler *d = dialler_new_direct(&plain);
	struct dial to = DIAL_NONE;
	struct stream *s;
	const char *result = "";

	target_read(STR("127.0.0.1"), port_of(port), &to.target, NULL);
	to.read_timeout_ms = read_ms;
	s = MUST_DIAL(d, &to);
	dialler_free(d);
	if (s == NULL)
		return "not connected";
	if (tls_start(s, opts, &err) == -1) {
		result = pool_copy(pool, str_of(err_cstr(&err))).p;
		stream_free(s);
		s = NULL;
	}
	if (out != NULL)
		*out = s;
	else
		stream_free(s);
	return result;
}

static void
a_certificate_is_judged_in_order(void)
{
	static const struct {
		const char *port, *host, *want;
	} row[] = {
		{ "P_HTTPS", "good.vec.test", "" },
		{ "P_HTTPS", "good.vec.test.", "" },
		{ "P_HTTPS", "GOOD.vec.test", "" },
		{ "P_HTTPS", "x.wild.vec.test", "" },
		{ "P_HTTPS", "foo_bar.wild.vec.test", "" },
		{ "P_HTTPS", "-x-.wild.vec.test", "" },
		{ "P_HTTPS", "127.0.0.1", "" },
		{ "P_HTTPS", "127.0.0.2",
		    "invalid certificate: CertNotValidForName" },
		{ "P_HTTPS", "::1",
		    "invalid certificate: CertNotValidForName" },
		{ "P_HTTPS", "x.y.wild.vec.test",
		    "invalid certificate: CertNotValidForName" },
		{ "P_HTTPS", "wild.vec.test",
		    "invalid certificate: CertNotValidForName" },
		/* its common name, which does not count */
		{ "P_HTTPS", "good",
		    "invalid certificate: CertNotValidForName" },
		{ "P_HTTPS", "", "invalid certificate: CertNotValidForName" },
		{ "P_HTTPS",
		    "b\xc3\xbc"
		    "cher.test",
		    "invalid certificate: CertNotValidForName" },
		{ "P_HTTPS_NAME", "good.vec.test",
		    "invalid certificate: CertNotValidForName" },
		{ "P_HTTPS_SELF", "good.vec.test",
		    "invalid certificate: CAUsedAsEndEntity" },
		{ "P_HTTPS_EXPIRED", "good.vec.test",
		    "invalid certificate: CertExpired" },
		{ "P_HTTPS_EXPIRED", "other.vec.test",
		    "invalid certificate: CertExpired" },
		{ "P_HTTPS_INTER", "good.vec.test", "" },
		{ "P_HTTPS_NOINT", "good.vec.test",
		    "invalid certificate: UnknownIssuer" },
		{ "P_HTTPS_NOINT", "wrong.vec.test",
		    "invalid certificate: UnknownIssuer" },
	};

	NEEDS("P_HTTPS");
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct tls_opts opts = { .host = str_of(row[i].host) };
		const char *got = try_tls(&pool, row[i].port, &opts, 0, NULL);

		CHECK_CSTR(got, row[i].want);
		if (strcmp(got, row[i].want) != 0)
			printf("# %s %s\n", row[i].port, row[i].host);
	}
}

static void
without_verification_every_certificate_will_do(void)
{
	static const char *const port[] = { "P_HTTPS", "P_HTTPS_NAME",
		"P_HTTPS_SELF", "P_HTTPS_EXPIRED", "P_HTTPS_NOINT" };

	NEEDS("P_HTTPS");
	for (size_t i = 0; i < ARRAY_SIZE(port); i++) {
		autopool struct pool pool = POOL_NONE;
		struct tls_opts opts = { .no_verify = true };

		CHECK_CSTR(try_tls(&pool, port[i], &opts, 0, NULL), "");
	}
}

static void
what_is_no_tls_is_told_apart(void)
{
	static const struct {
		const char *port, *want;
	} row[] = {
		{ "P_TLS_10", "received fatal alert: ProtocolVersion" },
		{ "P_TLS_12", "" },
		{ "P_TLS_13", "" },
		{ "P_TCP_SILENT",
		    "Resource temporarily unavailable (os error 11)" },
		{ "P_TCP", "received corrupt message" },
	};

	NEEDS("P_TCP");
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct tls_opts opts = { .no_verify = true };

		CHECK_CSTR(try_tls(&pool, row[i].port, &opts, 300, NULL),
		    row[i].want);
	}
}

static void
a_plain_stream_can_be_upgraded(void)
{
	static const struct {
		const char *line, *want;
	} row[] = {
		{ "STARTTLS\n", "" },
		{ "PIPE\n", "" }, /* sends more before TLS, which is dropped */
		{ "CLOSE\n", "unexpected end of file" },
		{ "PLAIN\n", "received corrupt message" },
	};

	NEEDS("P_STARTTLS");
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct dialler *d = dialler_new_direct(&plain);
		struct dial to = DIAL_NONE;
		struct tls_opts opts = { .no_verify = true };
		struct stream *s;
		size_t n;

		target_read(STR("127.0.0.1"), port_of("P_STARTTLS"), &to.target,
		    NULL);
		s = MUST_DIAL(d, &to);
		dialler_free(d);
		if (s == NULL)
			return;
		CHECK_INT(stream_fill_until(s, STR("\n"), 100, &n, NULL), 1);
		stream_take(s, n);
		CHECK_INT(stream_write(s, str_of(row[i].line), NULL), 0);
		if (row[i].want[0] == '\0')
			CHECK_INT(stream_fill_until(s, STR("220 go\r\n"), 100,
				      &n, NULL),
			    1);
		if (strcmp(row[i].line, "CLOSE\n") == 0)
			CHECK_INT(stream_fill(s, NULL), 0);
		(void)tls_start(s, &opts, &err);
		CHECK_CSTR(err_cstr(&err), row[i].want);
		if (err.n == 0) {
			CHECK_INT(stream_fill_until(s, STR("\n"), 100, &n,
				      NULL),
			    1);
			CHECK_STR(str_sub(stream_held(s), 0, n),
			    "sni=None proto=TLSv1.3 "
			    "cipher=TLS_AES_256_GCM_SHA384\n");
		}
		stream_free(s);
	}
}

/* An HTTP request, so that the server closes. */
static struct str
ask(struct stream *s, const char *path, struct pool *pool)
{
	char *text = pool_printf(pool,
	    "GET %s HTTP/1.0\r\nhost: good.vec.test\r\n\r\n", path);

	CHECK_INT(stream_write(s, str_of(text), NULL), 0);
	return read_all(s, pool);
}

static void
bytes_go_both_ways(void)
{
	autopool struct pool pool = POOL_NONE;
	struct tls_opts opts = { .host = STR("good.vec.test") };
	struct stream *s = NULL;
	struct str answer;

	NEEDS("P_HTTPS");
	CHECK_CSTR(try_tls(&pool, "P_HTTPS", &opts, 0, &s), "");
	if (s == NULL)
		return;
	CHECK(stream_is_tls(s));
	CHECK(stream_is_idle(s));
	answer = ask(s, "/tls", &pool);
	/* protocol, suite, server name; no ALPN */
	CHECK(str_find(answer, STR("HTTP/1.0|TLSv1.3|")) != STR_NPOS);
	CHECK(str_find(answer, STR("|good.vec.test|.||")) != STR_NPOS);
	CHECK(
	    str_find(answer, STR("|X25519:secp384r1:prime256v1")) != STR_NPOS);
	CHECK(str_find(answer,
		  STR("TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384:"
		      "TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:"
		      "ECDHE-RSA-CHACHA20-POLY1305:"
		      "ECDHE-ECDSA-AES256-GCM-SHA384:"
		      "ECDHE-RSA-AES256-GCM-SHA384:"
		      "ECDHE-ECDSA-AES128-GCM-SHA256:"
		      "ECDHE-RSA-AES128-GCM-SHA256")) != STR_NPOS);
	CHECK(!stream_is_idle(s));
	stream_free(s);
}

/* Waits until so much is there for the descriptor. */
static bool
has_come(int fd, size_t n)
{
	int64_t until = clock_in(30000);
	char bytes[4096];

	while (clock_left(until) != 0) {
		ssize_t got = recv(fd, bytes, sizeof(bytes), MSG_PEEK);

		if (got >= (ssize_t)n)
			return true;
		if (got == 0)
			return false;
		(void)stream_poll(fd, POLLIN, until);
	}
	return false;
}

/* Two records come at once and are read at once: poll(2) tells of the first. */
static void
what_was_read_ahead_is_not_waited_for(void)
{
	static const char block[1000];
	autopool struct pool pool = POOL_NONE;
	struct tls_opts opts = { .no_verify = true };
	struct str some = str_view(block, sizeof(block));
	struct stream *s = NULL;

	NEEDS("P_TLS_TCP");
	CHECK_CSTR(try_tls(&pool, "P_TLS_TCP", &opts, 5000, &s), "");
	if (s == NULL)
		return;
	/* what comes before it, as tickets do */
	CHECK_INT(stream_write(s, STR("echo\n"), NULL), 0);
	CHECK_INT(stream_write(s, STR("x"), NULL), 0);
	CHECK_INT(stream_fill_to(s, 1, NULL), 1);
	stream_take(s, 1);
	CHECK_INT(stream_write(s, some, NULL), 0);
	CHECK_INT(stream_write(s, some, NULL), 0);
	CHECK(has_come(stream_fd(s), 2 * sizeof(block)));
	CHECK_INT(stream_fill(s, NULL), 1);
	CHECK_INT(stream_held(s).n, sizeof(block));
	CHECK(!stream_is_idle(s));
	CHECK_INT(stream_write(s, STR_NONE, NULL), 0);
	CHECK_INT(stream_fill_to(s, 2 * sizeof(block), NULL), 1);
	stream_free(s);
}

/* Four big writes with small reads in between: both directions wait. */
static void
much_goes_through(void)
{
	autopool struct pool pool = POOL_NONE;
	struct tls_opts opts = { .no_verify = true };
	struct stream *s = NULL;
	size_t n = 3 << 20, got = 0;
	char *data = pool_alloc(&pool, n);

	NEEDS("P_TLS_TCP");
	CHECK_CSTR(try_tls(&pool, "P_TLS_TCP", &opts, 0, &s), "");
	if (s == NULL)
		return;
	CHECK_INT(stream_write(s, STR("size 3145728\n"), NULL), 0);
	while (got < n) {
		ssize_t part = stream_read(s, data + got, n - got, NULL);

		if (part <= 0)
			break;
		got += (size_t)part;
	}
	CHECK_INT(got, n);
	CHECK_INT(stream_read(s, data, 1, NULL), 0);
	stream_free(s);
}

/* Ends with close_notify and without are ends; a reset is an error. */
static void
both_ends_are_ends(void)
{
	static const char *const script[] = { "lines\n", "cut\n" };

	NEEDS("P_TLS_TCP");
	for (size_t i = 0; i < ARRAY_SIZE(script); i++) {
		autopool struct pool pool = POOL_NONE;
		struct tls_opts opts = { .no_verify = true };
		struct stream *s = NULL;

		try_tls(&pool, "P_TLS_TCP", &opts, 0, &s);
		if (s == NULL)
			return;
		CHECK_INT(stream_write(s, str_of(script[i]), NULL), 0);
		CHECK_STR(read_all(s, &pool),
		    i == 0 ? "one\ntwo\r\nthree\nfour" : "one\ntwo");
		CHECK_INT(stream_fill(s, NULL), 0);
		stream_free(s);
	}
}

static void
a_session_is_resumed_for_the_same_place(void)
{
	static const struct {
		const char *host;
		uint16_t port;
		bool no_verify, want;
	} row[] = {
		{ "good.vec.test", 443, false, false },
		{ "good.vec.test", 443, false, true },
		{ "good.vec.test", 443, false, true },
		{ "good.vec.test", 444, false, false },
		{ "web.vec.test", 443, false, false },
		{ "good.vec.test", 443, true, false },
		{ "good.vec.test", 443, true, true },
		{ "good.vec.test", 0, false, false },
		{ "good.vec.test", 443, false, true },
	};

	NEEDS("P_HTTPS");
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct tls_opts opts = { .host = str_of(row[i].host),
			.port = row[i].port,
			.no_verify = row[i].no_verify };
		struct stream *s = NULL;
		struct str answer;

		try_tls(&pool, "P_HTTPS", &opts, 0, &s);
		if (s == NULL)
			return;
		answer = ask(s, "/tls", &pool);
		CHECK_INT(str_find(answer, STR("|r|")) != STR_NPOS,
		    row[i].want);
		stream_free(s);
	}
}

static void
the_chain_is_turned_round(void)
{
	autopool struct pool pool = POOL_NONE;
	struct tls_opts opts = { .host = STR("inter.vec.test") };
	struct stream *s = NULL;
	struct str *pem;
	size_t n;

	NEEDS("P_HTTPS_INTER");
	try_tls(&pool, "P_HTTPS_INTER", &opts, 0, &s);
	if (s == NULL)
		return;
	pem = tls_chain(s, &pool, &n);
	CHECK_INT(n, 2);
	CHECK(str_starts(pem[1],
	    STR("-----BEGIN CERTIFICATE-----\r\n"
		"MIIBrjCCAVOgAwIBAgIBBjAKBggqhkjOPQQDAjAeMRwwGgYDVQQDDBN2ZWN0"
		"b3Ig\r\n")));
	CHECK(str_ends(pem[1], STR("\r\n-----END CERTIFICATE-----\r\n")));
	CHECK(!str_eq(pem[0], pem[1]));
	stream_free(s);
}

int
main(void)
{
	static const struct check_case all[] = {
		CASE(a_certificate_is_judged_in_order),
		CASE(without_verification_every_certificate_will_do),
		CASE(what_is_no_tls_is_told_apart),
		CASE(a_plain_stream_can_be_upgraded),
		CASE(bytes_go_both_ways),
		CASE(what_was_read_ahead_is_not_waited_for),
		CASE(much_goes_through),
		CASE(both_ends_are_ends),
		CASE(a_session_is_resumed_for_the_same_place),
		CASE(the_chain_is_turned_round),
	};
	const char *servers = getenv("NET_SERVERS");
	char path[4096];

	snprintf(path, sizeof(path), "%s/certs/vec-ca.pem",
	    servers != NULL ? servers : ".");
	tls_prepare(path);
	return check_run(all, (int)ARRAY_SIZE(all));
}
