/*
 * The host's own requests, by children that fetch: real ones, against real
 * servers. The host here is this program, which links no TLS.
 */
#include "web/fetch.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "check.h"
#include "ports.h"
#include "stream/clock.h"

#define MOST 64 /* requests of a case */

struct world {
	struct pool pool;
	struct loop *loop;
	struct start start;
	struct fetcher *fetcher;
	struct buf notes;
};

static void
on_note(void *arg, struct str text)
{
	struct world *w = arg;

	buf_add(&w->notes, text);
	buf_add_char(&w->notes, '\n');
}

static void
begin_with(struct world *w, unsigned children, const char *allow)
{
	autoerr struct err err = ERR_NONE;
	struct fetch_config config = { .start = &w->start,
		.children = children,
		.note = on_note,
		.arg = w };
	struct str word;

	w->loop = loop_new(NULL);
	if (allow != NULL) {
		word = str_of(allow);
		config.allow_net = (struct slot_texts){ &word, 1 };
	}
	w->fetcher = fetcher_new(w->loop, &config, &err);
	if (w->fetcher == NULL)
		check_where(__FILE__, __LINE__, err_cstr(&err));
}

static void
begin(struct world *w)
{
	*w = (struct world){ .start = { .proxy = STR_NONE } };
	begin_with(w, 0, "local");
}

static void
end(struct world *w)
{
	fetcher_free(w->fetcher);
	loop_free(w->loop);
	buf_clear(&w->notes);
	pool_clear(&w->pool);
}

static struct fetch_request
get(struct world *w, const char *scheme, const char *port, const char *path)
{
	struct fetch_request r = FETCH_REQUEST_NONE;

	r.url = str_of(pool_printf(&w->pool, "%s://127.0.0.1:%u%s", scheme,
	    port_of(port), path));
	return r;
}

/* "200 BODY", or "FAULT: WHY". */
static const char *
shown(struct pool *pool, const struct fetch_answer *a)
{
	if (a->fault != FETCH_FINE)
		return pool_printf(pool, "%s: %.*s", fetch_fault_name(a->fault),
		    STR_ARG(a->why));
	return pool_printf(pool, "%u %.*s", a->status, STR_ARG(a->body));
}

static const char *
result(struct world *w, const struct fetch_request *r)
{
	struct fetch_answer answer = { .fault = FETCH_FINE };
	autoerr struct err err = ERR_NONE;
	int status = fetch_wait(w->fetcher, r, &w->pool, &answer, &err);

	CHECK_INT(status, answer.fault == FETCH_FINE ? 0 : -1);
	CHECK_INT(answer.bytes, answer.body.n);
	return shown(&w->pool, &answer);
}

#define CHECK_RESULT(w, r, want) CHECK_STR(str_of(result(w, r)), want)

/* Requests of which only the end counts. */
struct ends {
	struct world *w;
	size_t n;
	const char *text[MOST];
};

static void
on_done(void *arg, const struct fetch_answer *answer)
{
	struct ends *ends = arg;

	CHECK(ends->n < MOST);
	ends->text[ends->n++] = shown(&ends->w->pool, answer);
}

static void
run(struct world *w)
{
	CHECK_INT(fetcher_run(w->fetcher, NULL), 0);
	CHECK_INT(fetcher_pending(w->fetcher), 0);
}

/* "200 CONNECTION REQUESTS" of nginx. */
static uint64_t
connection_of(const char *text)
{
	struct str rest = str_from(str_of(text), 4);
	uint64_t n = 0;

	CHECK(str_starts(str_of(text), STR("200 ")));
	CHECK_INT(num_read_u64(str_cut(&rest, ' '), &n), 0);
	return n;
}

/* Of 12 requests that begin at once as many connections as children. */
static void
several_at_once_keep_their_connections(void)
{
	static const unsigned children[] = { 1, 2, 4, 16 };
	struct world w;

	NEEDS("P_HTTPS");
	for (size_t k = 0; k < ARRAY_SIZE(children); k++) {
		struct ends ends = { .w = &w };
		struct fetch_request r;
		size_t connections = 0;

		w = (struct world){ .start = { .proxy = STR_NONE } };
		begin_with(&w, children[k], "local");
		r = get(&w, "https", "P_HTTPS", "/reqs");
		r.done = on_done;
		r.arg = &ends;
		for (int i = 0; i < 12; i++)
			CHECK(fetch_start(w.fetcher, &r) != 0);
		run(&w);
		CHECK_INT(ends.n, 12);
		for (size_t i = 0; i < ends.n; i++)
			connections +=
			    str_ends(str_of(ends.text[i]), STR(" 1"));
		CHECK(connections >= 1 && connections <= children[k]);
		/* and for what comes later */
		ends.n = 0;
		(void)fetch_start(w.fetcher, &r);
		run(&w);
		CHECK(connection_of(ends.text[0]) != 0);
		CHECK(!str_ends(str_of(ends.text[0]), STR(" 1")));
		end(&w);
	}
}

static void
faults_are_told_apart(void)
{
	static const struct {
		const char *scheme, *port, *path, *want;
	} row[] = {
		{ "http", "P_HTTP", "/", "200 hello" },
		{ "https", "P_HTTPS", "/", "200 hello tls" },
		{ "http", "P_HTTP_ODD", "/status/404", "404 " },
		{ "http", "P_CLOSED", "/",
		    "refused: error trying to connect: Connection refused (os "
		    "error 111)" },
		{ "https", "P_HTTPS_SELF", "/",
		    "tls: error trying to connect: invalid certificate: "
		    "CAUsedAsEndEntity" },
		{ "https", "P_HTTP", "/",
		    "tls: error trying to connect: received corrupt message" },
		{ "http", "P_HTTP_ODD", "/http2line",
		    "answer: invalid HTTP version parsed" },
		{ "http", "P_HTTP_ODD", "/short",
		    "answer: error reading a body from connection: end of file "
		    "before message length reached" },
		{ "http", "P_HTTP_ODD", "/loop",
		    "answer: more than 5 redirects" },
		{ "http", "P_HTTP_ODD", "/\x7f",
		    "request: invalid uri character" },
		{ "ftp", "P_HTTP", "/", "request: unsupported scheme" },
	};
	struct world w;

	NEEDS("P_HTTP_ODD");
	NEEDS("P_HTTPS");
	begin(&w);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct fetch_request r =
		    get(&w, row[i].scheme, row[i].port, row[i].path);
		const char *got = result(&w, &r);

		if (strcmp(row[i].path, "/status/404") == 0)
			CHECK(str_starts(str_of(got), STR("404 ")));
		else
			CHECK_STR(str_of(got), row[i].want);
	}
	end(&w);
}

/* No name server, the policy, a proxy that is not there, a wrong header. */
static void
faults_of_the_way_are_told_apart(void)
{
	struct errand_field field = { STR("x"), STR("a\nb") };
	struct fetch_request r;
	struct world w;
	struct str ns;

	NEEDS("P_HTTP");
	w = (struct world){ .start = { .proxy = STR_NONE } };
	begin_with(&w, 0, NULL);
	r = get(&w, "http", "P_HTTP", "/");
	CHECK(str_starts(str_of(result(&w, &r)),
	    STR("policy: error trying to connect: connection to 127.0.0.1:")));
	end(&w);

	begin(&w);
	r = get(&w, "http", "P_HTTP", "/");
	r.field = &field;
	r.fields = 1;
	CHECK_RESULT(&w, &r, "request: failed to parse header value");
	r.fields = 0;
	r.method = STR("");
	CHECK_RESULT(&w, &r, "request: invalid HTTP method");
	end(&w);

	w = (struct world){ .start = { .proxy = STR_NONE } };
	ns = str_of(pool_printf(&w.pool, "127.0.0.1:%u", port_of("P_CLOSED")));
	w.start.dns.ns = (struct slot_texts){ &ns, 1 };
	begin_with(&w, 0, "local");
	r = (struct fetch_request)FETCH_REQUEST_NONE;
	r.url = STR("http://nobody.test/");
	CHECK(str_starts(str_of(result(&w, &r)),
	    STR("lookup: error trying to connect: ")));
	end(&w);

	/* asked of a server that knows */
	if (port_of("P_DNS") != 0) {
		w = (struct world){ .start = { .proxy = STR_NONE } };
		ns = str_of(
		    pool_printf(&w.pool, "127.0.0.1:%u", port_of("P_DNS")));
		w.start.dns.ns = (struct slot_texts){ &ns, 1 };
		begin_with(&w, 0, "local");
		r.url = STR("http://nobody.big.test/");
		CHECK(str_starts(str_of(result(&w, &r)),
		    STR("name: error trying to connect: ")));
		end(&w);
	}

	w = (struct world){ .start = { .proxy = STR_NONE } };
	w.start.proxy =
	    str_of(pool_printf(&w.pool, "127.0.0.1:%u", port_of("P_CLOSED")));
	begin_with(&w, 0, "local");
	r.url = STR("http://example.com/");
	CHECK(str_starts(str_of(result(&w, &r)),
	    str_of(pool_printf(&w.pool,
		"proxy: error trying to connect: proxy 127.0.0.1:%u: "
		"Connection refused",
		port_of("P_CLOSED")))));
	end(&w);
}

static void
a_proxy_gets_all_of_it(void)
{
	struct world w = { .start = { .proxy = STR_NONE } };
	struct fetch_request r;

	NEEDS("P_SOCKS");
	NEEDS("P_HTTPS");
	w.start.proxy =
	    str_of(pool_printf(&w.pool, "127.0.0.1:%u", port_of("P_SOCKS")));
	begin_with(&w, 0, "local");
	r = get(&w, "https", "P_HTTPS", "/");
	CHECK_RESULT(&w, &r, "200 hello tls");
	r = get(&w, "http", "P_CLOSED", "/");
	CHECK(str_starts(str_of(result(&w, &r)), STR("proxy: ")));
	end(&w);
}

static void
bodies_are_limited(void)
{
	static const struct {
		const char *path;
		uint64_t n;
	} row[] = {
		{ "/size?5000", 5000 },
		{ "/size?3000000", 3000000 },
		{ "/bigchunks", 328200 },
		{ "/nolen", 9 },
	};
	struct world w;

	NEEDS("P_HTTP_ODD");
	begin(&w);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct fetch_request r =
		    get(&w, "http", "P_HTTP_ODD", row[i].path);
		const char *want = pool_printf(&w.pool,
		    "answer: error reading a body from connection: body is too "
		    "large: more than %llu bytes",
		    (unsigned long long)row[i].n - 1);

		r.most = row[i].n;
		CHECK_INT(strlen(result(&w, &r)), 4 + row[i].n);
		r.most = row[i].n - 1;
		CHECK_RESULT(&w, &r, want);
	}
	end(&w);
}

/* By the child; an answer of another status is not what was asked for at all. */
static void
what_is_not_expected_is_no_answer(void)
{
	static const struct {
		enum errand_expect expect;
		const char *path, *want;
	} row[] = {
		{ ERRAND_ANYTHING, "/chunked", "200 hello world" },
		{ ERRAND_GEOIP_CITY, "/chunked",
		    "content: it is no MaxMind database (.mmdb): its metadata "
		    "is missing" },
		{ ERRAND_SUFFIX_LIST, "/chunked",
		    "content: it is no public suffix list: " },
		{ ERRAND_GEOIP_ASN, "/size?3000000", "content: it is no Max" },
		{ ERRAND_GEOIP_ASN, "/status/404", "404 " },
		{ ERRAND_ANYTHING, "/chunked", "200 hello world" },
	};
	struct world w;

	NEEDS("P_HTTP_ODD");
	begin(&w);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct fetch_request r =
		    get(&w, "http", "P_HTTP_ODD", row[i].path);
		const char *got;

		r.expect = row[i].expect;
		got = result(&w, &r);
		if (!str_starts(str_of(got), str_of(row[i].want)))
			CHECK_STR(str_of(got), row[i].want);
	}
	end(&w);
}

static void
silence_ends_a_request(void)
{
	static const char *const path[] = { "/never", "/slowbody" };
	struct world w;

	NEEDS("P_HTTP_ODD");
	begin(&w);
	for (size_t i = 0; i < ARRAY_SIZE(path); i++) {
		struct fetch_request r = get(&w, "http", "P_HTTP_ODD", path[i]);

		r.silence_ms = 150;
		CHECK_RESULT(&w, &r, "timeout: Request timed out");
		r.silence_ms = FETCH_SILENCE_MS;
		r.timeout_ms = 150;
		CHECK_RESULT(&w, &r, "timeout: Request timed out");
	}
	end(&w);
}

/* What a request told while it went on. */
struct progress {
	size_t calls, before_head;
	uint64_t bytes;
};

static void
on_progress(void *arg, const struct fetch_answer *answer)
{
	struct progress *p = arg;

	CHECK(answer->bytes >= p->bytes);
	p->calls++;
	p->before_head += answer->status == 0;
	p->bytes = answer->bytes;
}

/* Two seconds for the whole, a twentieth for a byte. */
static void
who_is_slow_is_not_silent(void)
{
	struct world w;
	struct fetch_request r;
	struct progress progress = { 0 };

	NEEDS("P_HTTP_ODD");
	begin(&w);
	r = get(&w, "http", "P_HTTP_ODD", "/drip");
	r.silence_ms = 1000;
	r.progress = on_progress;
	r.arg = &progress;
	CHECK_RESULT(&w, &r, "200 hello");
	CHECK(progress.before_head >= 1);
	CHECK(progress.calls > progress.before_head);
	CHECK_INT(progress.bytes, 5);
	end(&w);
}

static void
redirects_are_counted(void)
{
	struct world w;
	struct fetch_request r;

	NEEDS("P_HTTP_ODD");
	begin(&w);
	r = get(&w, "http", "P_HTTP_ODD", "/hops?3");
	for (r.redirects = 1; r.redirects < 3; r.redirects++)
		CHECK_RESULT(&w, &r,
		    pool_printf(&w.pool, "answer: more than %u redirects",
			r.redirects));
	CHECK(str_starts(str_of(result(&w, &r)), STR("200 GET /echo")));
	r.redirects = 0;
	CHECK(str_starts(str_of(result(&w, &r)), STR("302 ")));
	end(&w);
}

/* What was there before is asked for only if it has changed. */
static void
conditions_pass(void)
{
	struct world w;
	struct fetch_request r;
	struct fetch_answer answer;
	struct errand_field field = { STR("If-None-Match"), STR_NONE };

	NEEDS("P_HTTPS");
	begin(&w);
	r = get(&w, "https", "P_HTTPS", "/certs/vec-ca.pem");
	CHECK_INT(fetch_wait(w.fetcher, &r, &w.pool, &answer, NULL), 0);
	CHECK_INT(answer.status, 200);
	CHECK(answer.body.n != 0);
	CHECK(str_eq(answer.url, r.url));
	field.value = fetch_header(&answer, STR("etag"));
	CHECK(field.value.n != 0);
	r.field = &field;
	r.fields = 1;
	CHECK_INT(fetch_wait(w.fetcher, &r, &w.pool, &answer, NULL), 0);
	CHECK_INT(answer.status, 304);
	CHECK_INT(answer.body.n, 0);
	end(&w);
}

static void
requests_may_have_a_body(void)
{
	static const size_t size[] = { 0, 1, 5, 100000, 3000000 };
	struct world w;

	NEEDS("P_HTTP_ODD");
	begin(&w);
	for (size_t i = 0; i < ARRAY_SIZE(size); i++) {
		struct fetch_request r = get(&w, "http", "P_HTTP_ODD", "/echo");
		char *body = pool_alloc(&w.pool, size[i]);
		struct str got;

		memset(body, '\xff', size[i]);
		r.method = STR("POST");
		r.body = str_view(body, size[i]);
		got = str_of(result(&w, &r));
		CHECK(str_starts(got, STR("200 POST /echo HTTP/1.1\r\n")));
		CHECK(str_ends(got, r.body));
	}
	end(&w);
}

/* Our children, or those of one. The count. */
static size_t
children_of(pid_t parent, pid_t pid[MOST])
{
	char path[64];
	FILE *f;
	size_t n = 0;
	int one;

	snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children",
	    (long)parent, (long)parent);
	f = fopen(path, "r");
	while (f != NULL && n < MOST && fscanf(f, "%d", &one) == 1)
		pid[n++] = one;
	if (f != NULL)
		fclose(f);
	return n;
}

/* Kills a child when the first part of its answer is there. */
struct killer {
	struct ends ends;
	bool kills_worker; /* and not the outer half */
};

static int
kill_child(void *arg, const struct fetch_answer *answer, struct err *err)
{
	const struct killer *killer = arg;
	pid_t pid[MOST], worker[MOST];

	(void)err;
	CHECK_INT(answer->status, 200);
	CHECK_INT(children_of(getpid(), pid), 1);
	CHECK_INT(children_of(pid[0], worker), 1);
	CHECK_INT(kill(killer->kills_worker ? worker[0] : pid[0], SIGKILL), 0);
	return 0;
}

static void
a_child_may_die_in_the_middle(void)
{
	struct world w;

	NEEDS("P_HTTP_ODD");
	begin(&w);
	for (int i = 0; i < 2; i++) {
		struct killer killer = { .ends = { .w = &w },
			.kills_worker = i == 1 };
		struct fetch_request r =
		    get(&w, "http", "P_HTTP_ODD", "/slowbody");
		struct str text;
		pid_t pid[MOST];

		r.head = kill_child;
		r.done = on_done;
		r.arg = &killer;
		(void)fetch_start(w.fetcher, &r);
		run(&w);
		CHECK_INT(killer.ends.n, 1);
		text = str_of(killer.ends.text[0]);
		CHECK(str_starts(text,
		    STR("child: the child that fetches (process ")));
		CHECK(str_find(text, STR("was killed (SIGKILL)")) != STR_NPOS);
		r = get(&w, "http", "P_HTTP_ODD", "/chunked");
		CHECK_RESULT(&w, &r, "200 hello world");
		CHECK_INT(children_of(getpid(), pid), 1);
	}
	end(&w);
}

/* The one child that is kept, and its worker. */
static void
kept_child(pid_t *outer, pid_t *worker)
{
	pid_t pid[MOST];

	CHECK_INT(children_of(getpid(), pid), 1);
	*outer = pid[0];
	CHECK_INT(children_of(*outer, pid), 1);
	*worker = pid[0];
}

/* Both halves are dead, and the loop has not seen it. */
static void
kill_kept(pid_t pid, int sig)
{
	pid_t worker[MOST];
	struct pollfd end = { .events = POLLIN };

	CHECK_INT(children_of(pid, worker), 1);
	end.fd = (int)syscall(SYS_pidfd_open, worker[0], 0);
	CHECK(end.fd != -1);
	CHECK_INT(kill(pid, sig), 0);
	CHECK_INT(waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT), 0);
	CHECK_INT(poll(&end, 1, 60000), 1);
	close(end.fd);
}

/*
 * Between two requests, of whatever: nobody has asked it for anything, so
 * nothing fails, whatever the method.
 */
static void
who_dies_while_it_is_kept_fails_nothing(void)
{
	static const char *const method[] = { "GET", "POST" };
	static const int by[] = { 0, SIGKILL, SIGTERM, SIGSEGV };
	struct world w;

	NEEDS("P_HTTP_ODD");
	begin(&w);
	for (size_t m = 0; m < 2; m++) {
		for (size_t k = 0; k < ARRAY_SIZE(by); k++) {
			struct fetch_request r =
			    get(&w, "http", "P_HTTP_ODD", "/chunked");
			pid_t outer, worker, again;

			CHECK_RESULT(&w, &r, "200 hello world");
			kept_child(&outer, &worker);
			if (by[k] == 0)
				CHECK_INT(kill(worker, SIGKILL), 0);
			else
				kill_kept(outer, by[k]);
			if (by[k] == 0)
				CHECK_INT(waitid(P_PID, (id_t)outer, NULL,
					      WEXITED | WNOWAIT),
				    0);
			r.method = str_of(method[m]);
			CHECK_RESULT(&w, &r, "200 hello world");
			kept_child(&again, &worker);
			CHECK(again != outer);
		}
	}
	CHECK_STR(buf_str(&w.notes), NULL);
	end(&w);
}

/* Nor do several: the second child is a new one. */
static void
all_that_are_kept_may_die(void)
{
	struct world w;
	struct fetch_request r;
	pid_t pid[MOST];

	NEEDS("P_HTTP_ODD");
	begin(&w);
	for (int i = 0; i < 3; i++) {
		struct ends ends = { .w = &w };

		r = get(&w, "http", "P_HTTP_ODD", "/chunked");
		r.done = on_done;
		r.arg = &ends;
		for (int k = 0; k < 3; k++)
			(void)fetch_start(w.fetcher, &r);
		run(&w);
		CHECK_INT(ends.n, 3);
		for (size_t k = 0; k < ends.n; k++)
			CHECK_STR(str_of(ends.text[k]), "200 hello world");
		CHECK_INT(children_of(getpid(), pid), 3);
		for (int k = 0; k < 3; k++) {
			kill_kept(pid[k], SIGKILL);
		}
	}
	end(&w);
}

/* Kills the kept child as soon as it was told of the next request. */
struct hunter {
	struct loop_timer timer;
	pid_t worker;
};

static void
on_hunt(void *ctx)
{
	const struct hunter *hunter = ctx;

	CHECK_INT(kill(hunter->worker, SIGKILL), 0);
}

/* Whether it has begun is not known: only who may be asked twice is. */
static void
who_is_killed_before_a_word_may_have_begun(void)
{
	static const struct {
		const char *method, *want;
	} row[] = {
		{ "GET", "200 hello world" },
		{ "HEAD", "200 " },
		{ "POST", "child: the child that fetches (process " },
	};
	struct world w;

	NEEDS("P_HTTP_ODD");
	begin(&w);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct fetch_request r =
		    get(&w, "http", "P_HTTP_ODD", "/chunked");
		struct hunter hunter = { .timer = { .call = on_hunt,
					     .ctx = &hunter } };
		const char *got;
		pid_t outer;

		CHECK_RESULT(&w, &r, "200 hello world");
		kept_child(&outer, &hunter.worker);
		CHECK_INT(kill(hunter.worker, SIGSTOP), 0);
		loop_timer_set(w.loop, &hunter.timer, clock_in(0));
		r.method = str_of(row[i].method);
		got = result(&w, &r);
		CHECK(str_starts(str_of(got), str_of(row[i].want)));
	}
	end(&w);
}

/* A child that comes at once to its end is no reason to start others. */
static void
only_one_more_is_tried(void)
{
	struct world w;
	struct fetch_request r;

	NEEDS("P_HTTP_ODD");
	begin(&w);
	for (int i = 0; i < 2; i++) {
		struct killer killer = { .ends = { .w = &w } };
		pid_t outer, worker;

		r = get(&w, "http", "P_HTTP_ODD", "/chunked");
		CHECK_RESULT(&w, &r, "200 hello world");
		kept_child(&outer, &worker);
		kill_kept(outer, SIGKILL);
		r = get(&w, "http", "P_HTTP_ODD", "/slowbody");
		r.head = kill_child; /* the second one */
		r.done = on_done;
		r.arg = &killer;
		(void)fetch_start(w.fetcher, &r);
		run(&w);
		CHECK_INT(killer.ends.n, 1);
		CHECK(str_starts(str_of(killer.ends.text[0]),
		    STR("child: the child that fetches (process ")));
	}
	end(&w);
}

/* It worked for nobody, so no request says that it was stopped. */
static void
who_breaks_out_while_it_is_kept_is_named(void)
{
	struct world w;
	struct fetch_request r;
	pid_t outer, worker;

	NEEDS("P_HTTP_ODD");
	begin(&w);
	r = get(&w, "http", "P_HTTP_ODD", "/chunked");
	CHECK_RESULT(&w, &r, "200 hello world");
	kept_child(&outer, &worker);
	kill_kept(outer, SIGSYS);
	CHECK_RESULT(&w, &r, "200 hello world");
	CHECK_STR(buf_str(&w.notes),
	    pool_printf(&w.pool,
		"the child that fetches (process %ld): stopped by the sandbox "
		"before it could say why (SIGSYS)\n",
		(long)outer));
	end(&w);
}

/* Cancels itself, another one that waits and one that is under way. */
struct canceller {
	struct ends ends;
	uint64_t id[3];
	unsigned heads;
};

static int
cancel_all(void *arg, const struct fetch_answer *answer, struct err *err)
{
	struct canceller *c = arg;

	(void)answer;
	(void)err;
	c->heads++;
	for (size_t i = 0; i < 3; i++)
		fetch_cancel(c->ends.w->fetcher, c->id[i]);
	return 0;
}

static int
refuse_head(void *arg, const struct fetch_answer *answer, struct err *err)
{
	(void)arg;
	return err_set(err, "status %u will not do", answer->status);
}

static void
requests_may_be_stopped(void)
{
	struct world w = { .start = { .proxy = STR_NONE } };
	struct canceller c = { .ends = { .w = &w } };
	struct fetch_request r;

	NEEDS("P_HTTP_ODD");
	begin_with(&w, 2, "local");
	r = get(&w, "http", "P_HTTP_ODD", "/slowbody");
	r.head = cancel_all;
	r.done = on_done;
	r.arg = &c;
	for (size_t i = 0; i < 3; i++)
		c.id[i] = fetch_start(w.fetcher, &r);
	run(&w);
	CHECK_INT(c.heads, 1);
	CHECK_INT(c.ends.n, 3);
	for (size_t i = 0; i < 3; i++)
		CHECK_STR(str_of(c.ends.text[i]), "stopped: it was cancelled");
	fetch_cancel(w.fetcher, c.id[0]); /* it is over: nothing */

	r.head = refuse_head;
	CHECK_RESULT(&w, &r, "stopped: status 200 will not do");

	/* those that are left when the fetcher ends are told */
	c.ends.n = 0;
	r.head = NULL;
	for (size_t i = 0; i < 3; i++)
		(void)fetch_start(w.fetcher, &r);
	CHECK_INT(loop_turn(w.loop, NULL), 0);
	fetcher_free(w.fetcher);
	w.fetcher = NULL;
	CHECK_INT(c.ends.n, 3);
	CHECK_STR(str_of(c.ends.text[0]), "stopped: it was not waited for");
	end(&w);
}

/* Who asks behind the fetcher's own place in the turn. */
struct asker {
	struct loop_before before;
	struct world *w;
	struct fetch_request request;
};

static void
ask_once(void *ctx)
{
	struct asker *asker = ctx;

	loop_before_stop(&asker->before);
	(void)fetch_start(asker->w->fetcher, &asker->request);
}

static void
on_guard(void *ctx)
{
	(void)ctx;
}

static void
whoever_asks_is_heard_in_the_next_turn(void)
{
	struct world w;
	struct ends ends = { .w = &w };
	struct asker asker = { .before = { .call = ask_once, .ctx = &asker },
		.w = &w,
		.request = FETCH_REQUEST_NONE };
	struct loop_timer guard = { .call = on_guard };
	int64_t until = clock_in(10000);

	begin(&w);
	asker.request.url = STR("gopher://a/");
	asker.request.done = on_done;
	asker.request.arg = &ends;
	loop_before_start(w.loop, &asker.before);
	loop_timer_set(w.loop, &guard, until);
	for (int i = 0; i < 2; i++)
		CHECK_INT(loop_turn(w.loop, NULL), 0);
	CHECK(clock_ms() < until);
	CHECK_INT(ends.n, 1);
	loop_timer_stop(&guard);
	end(&w);
}

/* done() starts the next one: each in its turn, also where it fails at once. */
struct chain {
	struct ends ends;
	struct fetch_request next;
	unsigned left;
};

static void
start_next(void *arg, const struct fetch_answer *answer)
{
	struct chain *chain = arg;

	on_done(&chain->ends, answer);
	if (chain->left-- != 0)
		(void)fetch_start(chain->ends.w->fetcher, &chain->next);
}

static void
what_is_begun_at_the_end_ends_with_it(void)
{
	struct world w;
	struct chain chain = { .ends = { .w = &w }, .left = 2 };

	begin(&w);
	chain.next = (struct fetch_request)FETCH_REQUEST_NONE;
	chain.next.url = STR("http://127.0.0.1:1/");
	chain.next.done = start_next;
	chain.next.arg = &chain;
	(void)fetch_start(w.fetcher, &chain.next);
	fetcher_free(w.fetcher);
	w.fetcher = NULL;
	CHECK_INT(chain.ends.n, 3);
	for (size_t i = 0; i < chain.ends.n; i++)
		CHECK_STR(str_of(chain.ends.text[i]),
		    "stopped: it was not waited for");
	end(&w);
}

static void
done_may_start_the_next(void)
{
	static const char *const scheme[] = { "http", "ftp" };
	struct world w;

	NEEDS("P_HTTP");
	begin(&w);
	for (size_t i = 0; i < ARRAY_SIZE(scheme); i++) {
		struct chain chain = { .ends = { .w = &w }, .left = 9 };

		chain.next = get(&w, scheme[i], "P_HTTP", "/");
		chain.next.done = start_next;
		chain.next.arg = &chain;
		(void)fetch_start(w.fetcher, &chain.next);
		CHECK_INT(chain.ends.n, 0);
		run(&w);
		CHECK_INT(chain.ends.n, 10);
	}
	end(&w);
}

/* One is waited for; another, which takes longer, goes on. */
static void
only_one_may_be_waited_for(void)
{
	struct world w;
	struct ends ends = { .w = &w };
	struct fetch_request slow, r;

	NEEDS("P_HTTP_ODD");
	begin(&w);
	slow = get(&w, "http", "P_HTTP_ODD", "/drip");
	slow.done = on_done;
	slow.arg = &ends;
	(void)fetch_start(w.fetcher, &slow);
	r = get(&w, "http", "P_HTTP_ODD", "/chunked");
	CHECK_RESULT(&w, &r, "200 hello world");
	CHECK_INT(fetcher_pending(w.fetcher), 1);
	CHECK_INT(ends.n, 0);
	run(&w);
	CHECK_INT(ends.n, 1);
	CHECK_STR(str_of(ends.text[0]), "200 hello");
	end(&w);
}

/* Other servers are for other children. */
static void
a_child_serves_one_origin(void)
{
	static const char *const port[] = { "P_HTTP", "P_HTTP_ODD", "P_HTTP" };
	static const char *const path[] = { "/", "/chunked", "/" };
	struct world w = { .start = { .proxy = STR_NONE } };
	pid_t pid[3][MOST];

	NEEDS("P_HTTP");
	NEEDS("P_HTTP_ODD");
	begin_with(&w, 1, "local");
	for (size_t i = 0; i < 3; i++) {
		struct fetch_request r = get(&w, "http", port[i], path[i]);

		CHECK(str_starts(str_of(result(&w, &r)), STR("200 hello")));
		CHECK_INT(children_of(getpid(), pid[i]), 1);
		CHECK(i == 0 || pid[i][0] != pid[i - 1][0]);
	}
	end(&w);
}

static bool
maps(pid_t pid, const char *library)
{
	autopool struct pool pool = POOL_NONE;
	const char *path = pool_printf(&pool, "/proc/%ld/maps", (long)pid);
	FILE *f = fopen(path, "r");
	char line[4096];
	bool found = false;

	CHECK(f != NULL);
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		found = found || strstr(line, library) != NULL;
	if (f != NULL)
		fclose(f);
	return found;
}

static int
look_at_maps(void *arg, const struct fetch_answer *answer, struct err *err)
{
	pid_t pid[MOST], worker[MOST];

	(void)err;
	CHECK_INT(answer->status, 200);
	CHECK_INT(children_of(getpid(), pid), 1);
	CHECK_INT(children_of(pid[0], worker), 1);
	CHECK(maps(worker[0], "libssl"));
	CHECK(!maps(getpid(), "libssl"));
	CHECK(!maps(getpid(), "libcrypto"));
	*(unsigned *)arg += 1;
	return 0;
}

static void
the_host_has_no_tls_library(void)
{
	struct world w;
	struct fetch_request r;
	unsigned looks = 0;

	NEEDS("P_HTTPS");
	begin(&w);
	r = get(&w, "https", "P_HTTPS", "/");
	r.head = look_at_maps;
	r.arg = &looks;
	CHECK_RESULT(&w, &r, "200 hello tls");
	CHECK_INT(looks, 1);
	CHECK(!maps(getpid(), "libssl"));
	end(&w);
}

static void
trust_the_test_servers(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *folder = getenv("NET_SERVERS");

	if (folder != NULL)
		(void)setenv("SSL_CERT_FILE",
		    pool_printf(&pool, "%s/certs/vec-ca.pem", folder), 1);
}

int
main(void)
{
	static const struct check_case all[] = {
		CASE(several_at_once_keep_their_connections),
		CASE(faults_are_told_apart),
		CASE(faults_of_the_way_are_told_apart),
		CASE(a_proxy_gets_all_of_it),
		CASE(bodies_are_limited),
		CASE(what_is_not_expected_is_no_answer),
		CASE(silence_ends_a_request),
		CASE(who_is_slow_is_not_silent),
		CASE(redirects_are_counted),
		CASE(conditions_pass),
		CASE(requests_may_have_a_body),
		CASE(a_child_may_die_in_the_middle),
		CASE(who_dies_while_it_is_kept_fails_nothing),
		CASE(all_that_are_kept_may_die),
		CASE(who_is_killed_before_a_word_may_have_begun),
		CASE(only_one_more_is_tried),
		CASE(who_breaks_out_while_it_is_kept_is_named),
		CASE(requests_may_be_stopped),
		CASE(whoever_asks_is_heard_in_the_next_turn),
		CASE(what_is_begun_at_the_end_ends_with_it),
		CASE(done_may_start_the_next),
		CASE(only_one_may_be_waited_for),
		CASE(a_child_serves_one_origin),
		CASE(the_host_has_no_tls_library),
	};

	(void)signal(SIGPIPE, SIG_IGN); /* as the host does */
	trust_the_test_servers();
	return check_run(all, (int)ARRAY_SIZE(all));
}
