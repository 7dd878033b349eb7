#include "fetch/fetch.h"

#include "base/mem.h"
#include "fetch/judge.h"
#include "gate/dialler.h"
#include "http/http.h"
#include "ipc/errand.h"
#include "name/dns.h"
#include "stdlib/network.h"
#include "stream/clock.h"

#define ALIVE_MS  1000              /* so often at most the host is told */
#define MOST_TEXT ((size_t)4 << 10) /* of an error */

struct fetch {
	struct wire *wire;
	struct net_config config;
	struct dialler *dialler;
	struct http *http;
	struct str user_agent;
	struct pool pool;     /* ends with the errand */
	struct errand errand; /* id 0: none */
	struct judge judge;
	int64_t said; /* when the host heard something last, clock_ms() */
};

/* The one that runs; for the hook of streams, which takes no argument. */
static struct fetch *running;

static int
say_line(struct fetch *f, const struct buf *line, struct err *err)
{
	f->said = clock_ms();
	return wire_send(f->wire, buf_str(line), err);
}

/*
 * The first wait of an errand may be the only one; one that comes later than
 * what was said last shows that something happened in between.
 */
static void
before_wait(void)
{
	struct fetch *f = running;
	struct buf line = BUF_IN(&f->pool);

	if (f->errand.id != 0 && clock_ms() - f->said >= ALIVE_MS) {
		errand_write_alive(&line, f->errand.id);
		(void)say_line(f, &line, NULL);
	}
	(void)wire_flush(f->wire);
}

/* One more redirect than were to be followed: nobody wants that answer. */
static int
check_redirects(const struct fetch *f, const struct http_response *response,
    struct err *err)
{
	struct str to =
	    http_redirect(response->status, response->field, response->fields);

	if (f->errand.redirects != 0 && to.p != NULL)
		return err_set(err, "more than %u redirects",
		    f->errand.redirects);
	return 0;
}

static int
on_head(void *arg, const struct http_response *response, struct err *err)
{
	struct fetch *f = arg;
	struct buf line = BUF_IN(&f->pool);
	size_t n = response->fields;
	struct errand_field *field = pool_array(&f->pool, n, sizeof(*field));

	if (check_redirects(f, response, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		field[i].name = response->field[i].name;
		field[i].value = response->field[i].value;
	}
	errand_write_head(&line, f->errand.id, response->status, response->url,
	    field, n);
	if (line.n > ERRAND_MAX_LINE)
		return err_set(err, "message head is too large");
	return say_line(f, &line, err);
}

static int
on_body(void *arg, struct str bytes, struct err *err)
{
	struct fetch *f = arg;

	judge_add(&f->judge, bytes);
	while (bytes.n != 0) {
		struct str piece = str_sub(bytes, 0, ERRAND_MAX_PIECE);
		struct buf line = BUF_NONE;
		int status;

		errand_write_body(&line, f->errand.id, piece.n);
		buf_add(&line, piece);
		status = say_line(f, &line, err);
		buf_clear(&line);
		if (status == -1)
			return -1;
		bytes = str_from(bytes, piece.n);
	}
	return 0;
}

/* No such name, or one without an address, is an answer; silence is none. */
static bool
is_no_name(const struct outcome *failure)
{
	return failure->cause == OUTCOME_NAME &&
	       (failure->detail == DNS_NXDOMAIN ||
		   failure->detail == OUTCOME_NAME_NO_RECORD);
}

static enum errand_cause
cause_of(struct outcome failure)
{
	static const enum errand_cause cause[OUTCOME_CAUSES] = {
		[OUTCOME_FINE] = ERRAND_REQUEST, /* nothing was tried */
		[OUTCOME_POLICY] = ERRAND_POLICY,
		[OUTCOME_LIMIT] = ERRAND_LIMIT,
		[OUTCOME_PROXY] = ERRAND_PROXY,
		[OUTCOME_NAME] = ERRAND_LOOKUP,
		[OUTCOME_REFUSED] = ERRAND_REFUSED,
		[OUTCOME_TIMEOUT] = ERRAND_TIMEOUT,
		[OUTCOME_UNREACHABLE] = ERRAND_UNREACHABLE,
		[OUTCOME_TLS] = ERRAND_TLS,
		[OUTCOME_MISSING] = ERRAND_REQUEST, /* no data file here */
		[OUTCOME_ANSWER] = ERRAND_ANSWER,
		[OUTCOME_PERMISSION] = ERRAND_POLICY, /* nobody limits it */
	};

	return is_no_name(&failure) ? ERRAND_NAME : cause[failure.cause];
}

static void
make_request(struct fetch *f, struct http_request *r)
{
	const struct errand *errand = &f->errand;
	struct http_field *field =
	    pool_array(&f->pool, errand->fields, sizeof(*field));

	for (size_t i = 0; i < errand->fields; i++) {
		field[i].name = errand->field[i].name;
		field[i].value = errand->field[i].value;
	}
	r->method = errand->method;
	r->url = errand->url;
	r->user_agent = f->user_agent;
	r->field = field;
	r->fields = errand->fields;
	r->body = errand->body;
	r->redirects = errand->redirects;
	r->stays_encrypted = true;
	r->timeout_ms = errand->timeout_ms < INT64_MAX
	                    ? (int64_t)errand->timeout_ms
	                    : INT64_MAX;
	r->silence_ms = r->connect_ms = errand->silence_ms;
	r->max_body =
	    errand->max_body < SIZE_MAX ? (size_t)errand->max_body : SIZE_MAX;
}

static void
write_failed(struct fetch *f, struct buf *line, enum errand_cause cause,
    const struct err *err)
{
	errand_write_failed(line, f->errand.id, cause,
	    str_sub(err_join(&f->pool, err), 0, MOST_TEXT));
}

/* The last line of an errand. */
static void
write_end(struct fetch *f, struct buf *line)
{
	struct http_sink sink = { on_head, on_body, f };
	struct http_request request = HTTP_REQUEST_NONE;
	struct http_response response;
	autoerr struct err err = ERR_NONE;

	make_request(f, &request);
	request.sink = &sink;
	(void)dial_take_failure(f->dialler);
	if (http_send(f->http, &request, &f->pool, &response, &err) == -1)
		write_failed(f, line, cause_of(dial_take_failure(f->dialler)),
		    &err);
	else if (judge_has_say(&f->judge, response.status) &&
		 judge_end(&f->judge, &err) == -1)
		write_failed(f, line, ERRAND_CONTENT, &err);
	else
		errand_write_end(line, f->errand.id);
}

static int
run_errand(struct fetch *f)
{
	struct buf line = BUF_IN(&f->pool);

	f->said = clock_ms();
	judge_begin(&f->judge, f->errand.expect);
	write_end(f, &line);
	f->errand.id = 0;
	return say_line(f, &line, NULL);
}

/* The host does not say what is none; so it is not the host. */
static int
fail_errand(struct fetch *f, const struct err *err)
{
	struct buf line = BUF_IN(&f->pool);

	buf_add(&line, STR("{\"Exit\":{\"Err\":"));
	json_write_str(&line, err_text(err));
	buf_add(&line, STR("}}\n"));
	(void)wire_end(f->wire, buf_str(&line));
	return 1;
}

static int
run_errands(struct fetch *f)
{
	autoerr struct err err = ERR_NONE;
	struct str line;

	for (;;) {
		if (wire_receive(f->wire, &line, &err) == -1)
			return fail_errand(f, &err);
		if (line.n == 0)
			return 0;
		if (errand_take(&f->pool, line, &f->errand, &err) == -1)
			return fail_errand(f, &err);
		if (run_errand(f) == -1)
			return 1;
		pool_reset(&f->pool);
	}
}

int
fetch_run(const struct start *start, struct wire *wire)
{
	struct fetch f = { .wire = wire,
		.errand = { .id = 0 },
		.judge = JUDGE_NONE };
	struct pool pool = POOL_NONE;
	int status;

	network_read_config(start, &pool, &f.config);
	f.user_agent =
	    start->user_agent.p != NULL ? start->user_agent : STR("sn0int");
	f.dialler = dialler_new_broker(network_broker, &f.config);
	f.http = http_new(f.dialler);
	http_name_proxy(f.http);
	running = &f;
	stream_before_wait = before_wait;
	status = run_errands(&f);
	stream_before_wait = NULL;
	running = NULL;
	judge_clear(&f.judge);
	http_free(f.http);
	dialler_free(f.dialler);
	pool_clear(&f.pool);
	pool_clear(&pool);
	return status;
}
