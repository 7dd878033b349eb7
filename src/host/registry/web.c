/*
 * A server is asked by children that fetch (web/fetch.h): this file makes URLs,
 * and reads JSON that a child of ours has found to be a reply (ipc/api.h). It
 * is read here as a child's lines are: the child may have been taken over by
 * what it read.
 *
 * Lists go to a file without a name, and are read from there when all has come
 * (registry/records.h).
 */
#include "registry/web.h"

#include <stdlib.h>
#include <sys/utsname.h>

#include "base/mem.h"
#include "ipc/api.h"
#include "registry/records.h"
#include "registry/replies.h"
#include "state/spool.h"
#include "stream/addr.h"
#include "term/term.h"
#include "transport/starter.h"
#include "url/percent.h"
#include "url/url.h"
#include "value/quote.h"
#include "web/fetch.h"
#include "work/policy.h"

#define COMPATIBLE "0.26.1" /* whose words are spoken */

struct web {
	struct registry *registry;
	struct pool pool;
	const char *cache;
	struct str user_agent;
	struct start start;
	struct slot_texts allow; /* of the command line, and the server */
	struct fetcher *fetcher;
	struct starter *starter; /* NULL: children are started from here */
	struct recipe recipe;
};

/* "sn0int/0.26.1, x86_64-linux, linux": no more is anybody's business. */
static struct str
make_user_agent(struct pool *pool)
{
	struct utsname u;

	if (uname(&u) == -1)
		return STR("sn0int/" COMPATIBLE ", unknown, unknown");
	for (char *p = u.sysname; *p != '\0'; p++)
		*p = (char)char_lower(*p);
	return str_of(pool_printf(pool, "sn0int/" COMPATIBLE ", %s-%s, %s",
	    u.machine, u.sysname, u.sysname));
}

static void
on_note(void *arg, struct str text)
{
	(void)arg;
	term_line(TERM_WARN, "%.*s", STR_ARG(text));
}

static void
on_tick(void *arg)
{
	(void)arg;
	term_status_tick();
	(void)term_flush();
}

static int
read_url(struct pool *pool, struct str text, struct url *url, struct err *err)
{
	autopool struct pool own = POOL_NONE;
	struct str quoted = quote_text(&own, str_sub(text, 0, 256));

	if (url_parse(pool, text, NULL, url, err) == 0 &&
	    (str_is(url->scheme, "https") || str_is(url->scheme, "http")) &&
	    url->username.n + url->password.n == 0 && !url->has_query &&
	    !url->has_fragment)
		return 0;
	return err_set(err,
	    "a registry is a URL like " REGISTRY_URL
	    " or file:///srv/modules, not %.*s",
	    STR_ARG(quoted));
}

/*
 * Whoever writes down an address means it; of a name nobody knows beforehand
 * where it leads.
 */
static struct str
address_of(struct pool *pool, const struct url *url)
{
	if (url->host_kind != URL_HOST_IPV4 && url->host_kind != URL_HOST_IPV6)
		return STR_NONE;
	return str_of(
	    pool_printf(pool, "%.*s:%d", STR_ARG(url->host), url_port(url)));
}

static void
set_allow(struct web *w, const struct slot_texts *given, const struct url *url)
{
	struct str address = address_of(&w->pool, url);
	struct str *text = pool_array(&w->pool, given->n + 1, sizeof(*text));
	size_t n = given->n;

	if (n != 0)
		memcpy(text, given->text, n * sizeof(*text));
	if (address.p != NULL)
		text[n++] = address;
	w->allow = (struct slot_texts){ text, n };
}

static int
set_network(struct program *p, struct web *w, const struct registry_options *o,
    struct err *err)
{
	struct addr proxy;

	if (program_start(p, &o->ns, &w->pool, &w->start, err) == -1)
		return -1;
	w->start.user_agent = w->user_agent;
	if (o->proxy.p != NULL)
		w->start.proxy = o->proxy;
	if (w->start.proxy.p != NULL &&
	    addr_read(w->start.proxy, &proxy, err) == -1)
		return err_usage(err, "-X takes IP:PORT, not '%.*s'",
		    STR_ARG(w->start.proxy));
	return policy_check_option("--allow-net", o->allow_net.text,
	    o->allow_net.n, err);
}

static int
set_fetcher(struct program *p, struct web *w, const struct registry_options *o,
    struct err *err)
{
	struct fetch_config config = {
		.start = &w->start,
		.allow_net = w->allow,
		.deny_net = p->config.deny_net,
		.missing = o->missing,
		.children = REGISTRY_AT_ONCE,
		.note = on_note,
		.tick = on_tick,
	};

	w->fetcher = fetcher_new(registry_loop(w->registry), &config, err);
	return w->fetcher != NULL ? 0 : -1;
}

static void
web_close(void *source)
{
	struct web *w = source;

	fetcher_free(w->fetcher);
	starter_free(w->starter);
	pool_clear(&w->pool);
	free(w);
}

void *
web_open(struct program *p, struct registry *r,
    const struct registry_options *o, struct err *err)
{
	struct web *w = mem_zalloc(sizeof(*w));
	struct url url;

	w->registry = r;
	w->cache = p->paths.cache;
	w->user_agent = make_user_agent(&w->pool);
	/* while folders can be made; spool_open() tells what was wrong */
	(void)paths_make(w->cache, NULL);
	if (read_url(&w->pool, registry_url(r), &url, err) == 0) {
		set_allow(w, &o->allow_net, &url);
		if (set_network(p, w, o, err) == 0 &&
		    set_fetcher(p, w, o, err) == 0)
			return w;
	}
	web_close(w);
	return NULL;
}

/* BASE/api/v0/WHAT */
static struct str
make_url(const struct web *w, struct pool *pool, const char *what)
{
	return str_of(pool_printf(pool, "%.*s/api/v0/%s",
	    STR_ARG(registry_url(w->registry)), what));
}

/* What all requests have in common; more lines are the caller's. */
static void
set_request(struct fetch_request *request, struct str url)
{
	*request = (struct fetch_request)FETCH_REQUEST_NONE;
	request->url = url;
	request->expect = ERRAND_REPLY;
	request->most = API_MAX_BYTES;
	request->silence_ms = REGISTRY_SILENCE_S * 1000;
}

/* Why there is none: nobody could ask, or what came is no reply. */
static int
fail_answer(const struct fetch_answer *answer, struct str url, struct err *err)
{
	(void)err_set_str(err, answer->why);
	if (answer->fault == FETCH_CONTENT && answer->status != 200)
		(void)err_wrap(err, "http status %u", answer->status);
	if (answer->fault == FETCH_PROXY)
		(void)err_wrap(err, "the proxy does not bring us there");
	return err_wrap(err, "cannot ask %.*s", STR_ARG(url));
}

/* Of a server that says itself that it cannot answer nothing is known. */
static enum registry_answer
refuse(unsigned status, struct str text, struct err *err)
{
	(void)reply_error(text, err);
	return status >= 500 ? REGISTRY_UNKNOWN : REGISTRY_NONE;
}

static enum registry_answer
read_answer(const struct fetch_answer *answer, struct str url,
    struct pool *pool, const struct json **success, struct err *err)
{
	struct api_reply reply;

	if (answer->fault != FETCH_FINE) {
		(void)fail_answer(answer, url, err);
		return REGISTRY_UNKNOWN;
	}
	if (api_read(pool, answer->body, &reply, err) == -1)
		return REGISTRY_UNKNOWN;
	if (reply.error.p != NULL)
		return refuse(answer->status, reply.error, err);
	*success = reply.success;
	return REGISTRY_FOUND;
}

static int
check_asked(const struct ask *ask, const struct registry_module *m,
    struct err *err)
{
	if (str_eq(m->author, ask->author) && str_eq(m->name, ask->name))
		return 0;
	return err_set(err, "it tells of %.*s/%.*s, asked for was %.*s/%.*s",
	    STR_ARG(m->author), STR_ARG(m->name), STR_ARG(ask->author),
	    STR_ARG(ask->name));
}

/* By the kind of the question. 1; 0: there is none of it; -1. */
static int
read_finding(const struct ask *ask, const struct json *v, struct pool *pool,
    struct finding *f, struct err *err)
{
	switch (ask->kind) {
	case ASK_INFO:
		return reply_module(v, pool, &f->module, err) == 0 &&
		               check_asked(ask, &f->module, err) == 0
		           ? 1
		           : -1;
	case ASK_DOWNLOAD:
		return reply_code(v, true, pool, &f->code, err) == 0 &&
		               code_check(ask, &f->code, err) == 0
		           ? 1
		           : -1;
	case ASK_LATEST:
		return reply_time(v, pool, &f->time, err);
	}
	return -1;
}

static enum registry_answer
find(const struct ask *ask, const struct fetch_answer *answer,
    struct pool *pool, struct finding *f, struct err *err)
{
	const struct json *success = NULL;
	enum registry_answer is =
	    read_answer(answer, ask->url, pool, &success, err);
	int status;

	if (is != REGISTRY_FOUND)
		return is;
	status = read_finding(ask, success, pool, f, err);
	if (status == 1)
		return REGISTRY_FOUND;
	if (status == -1) {
		(void)err_wrap(err, "what the registry says is not right");
		return REGISTRY_UNKNOWN;
	}
	(void)err_set(err, "nothing was published yet");
	return REGISTRY_NONE;
}

static void
on_done(void *arg, const struct fetch_answer *answer)
{
	struct ask *ask = arg;
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct finding f = { .time = 0 };
	enum registry_answer is = REGISTRY_UNKNOWN;

	if (ask_check(ask, &err) == 0)
		is = find(ask, answer, &pool, &f, &err);
	ask_end(ask, is, &f, &err);
}

/* What was checked means itself in a path. */
static const char *
what_of(const struct ask *ask, struct pool *pool)
{
	switch (ask->kind) {
	case ASK_INFO:
		return pool_printf(pool, "info/%.*s/%.*s", STR_ARG(ask->author),
		    STR_ARG(ask->name));
	case ASK_DOWNLOAD:
		return pool_printf(pool, "dl/%.*s/%.*s/%.*s",
		    STR_ARG(ask->author), STR_ARG(ask->name),
		    STR_ARG(ask->version));
	case ASK_LATEST:
		break;
	}
	return "latest";
}

/* Without a URL nobody is asked, and on_done() says why. */
static void
web_begin(void *source, struct ask *ask)
{
	struct web *w = source;
	struct fetch_request request;

	ask->url = STR("");
	if (ask_check(ask, NULL) == 0)
		ask->url = make_url(w, &ask->pool, what_of(ask, &ask->pool));
	set_request(&request, ask->url);
	request.done = on_done;
	request.arg = ask;
	ask->number = fetch_start(w->fetcher, &request);
}

static void
web_stop(void *source, const struct err *why)
{
	struct web *w = source;
	struct ask *ask;

	(void)why;
	while ((ask = registry_first(w->registry)) != NULL)
		fetch_cancel(w->fetcher, ask->number);
}

/* A list that is coming, and then read. */
struct listing {
	struct registry *registry;
	struct spool spool;
	each_module *each;
	void *arg;
};

static int
on_part(void *arg, struct str bytes, struct err *err)
{
	struct listing *l = arg;

	return spool_add(&l->spool, bytes, err);
}

/* What is not right in it is told and left out. */
static int
on_record(void *arg, const struct json *record, struct err *err)
{
	const struct listing *l = arg;
	autopool struct pool pool = POOL_NONE;
	autoerr struct err why = ERR_NONE;
	struct registry_module module;

	if (reply_module(record, &pool, &module, &why) == 0)
		return l->each(l->arg, &module, err);
	term_line(TERM_WARN, "the registry's list: %s", err_cstr(&why));
	registry_leaves_out(l->registry);
	return 0;
}

static int
add_piece(void *arg, struct str bytes, struct err *err)
{
	return records_add(arg, bytes, err);
}

static int
read_list(struct listing *l, struct err *err)
{
	struct records r = { .each = on_record, .arg = l };
	int status = spool_each(&l->spool, add_piece, &r, err);

	if (status == 0)
		status = records_end(&r, err);
	records_clear(&r);
	return status;
}

/* From its beginning to its end, whatever else is under way. */
static int
fetch_one(struct web *w, struct fetch_request *request, struct pool *pool,
    struct fetch_answer *answer, struct err *err)
{
	autoerr struct err why = ERR_NONE;

	if (fetch_wait(w->fetcher, request, pool, answer, &why) == 0)
		return 0;
	if (fetcher_is_interrupted(w->fetcher))
		registry_interrupted(w->registry);
	return fail_answer(answer, request->url, err);
}

static struct str
list_url(const struct web *w, struct str query, struct pool *pool)
{
	struct buf what = BUF_IN(pool);

	if (query.p == NULL)
		return make_url(w, pool, "quickstart");
	form_add(&what, STR("q"), query);
	return make_url(w, pool,
	    pool_printf(pool, "search?%s", buf_cstr(&what)));
}

static int
web_list(void *source, struct str query, each_module *each, void *arg,
    struct err *err)
{
	struct web *w = source;
	autopool struct pool pool = POOL_NONE;
	struct listing l = { w->registry, SPOOL_NONE, each, arg };
	struct fetch_request request;
	struct fetch_answer answer;
	int status = -1;

	set_request(&request, list_url(w, query, &pool));
	request.body_part = on_part;
	request.arg = &l;
	if (spool_open(&l.spool, w->cache, err) == 0 &&
	    fetch_one(w, &request, &pool, &answer, err) == 0)
		status = read_list(&l, err);
	spool_close(&l.spool);
	return status;
}

/* With the token, which follows no redirect. */
static enum registry_answer
ask_as_user(struct web *w, struct fetch_request *request, struct pool *pool,
    const struct json **success, struct err *err)
{
	struct fetch_answer answer;

	request->redirects = 0;
	if (fetch_one(w, request, pool, &answer, err) == -1)
		return REGISTRY_UNKNOWN;
	return read_answer(&answer, request->url, pool, success, err);
}

static enum registry_answer
check_reply(int status, struct err *err)
{
	if (status == 0)
		return REGISTRY_FOUND;
	(void)err_wrap(err, "what the registry says is not right");
	return REGISTRY_UNKNOWN;
}

static enum registry_answer
web_whoami(void *source, struct str token, struct pool *pool, struct str *user,
    struct err *err)
{
	struct web *w = source;
	struct errand_field field[] = { { STR("auth"), token } };
	const struct json *success = NULL;
	struct fetch_request request;
	enum registry_answer is;

	set_request(&request, make_url(w, pool, "whoami"));
	request.field = field;
	request.fields = ARRAY_SIZE(field);
	is = ask_as_user(w, &request, pool, &success, err);
	return is != REGISTRY_FOUND
	           ? is
	           : check_reply(reply_user(success, pool, user, err), err);
}

static struct str
publish_body(struct pool *pool, struct str code)
{
	struct json body = json_map();
	struct buf out = BUF_IN(pool);

	(void)json_set(pool, &body, STR("code"), json_str(code));
	json_write(&out, &body, 0);
	return buf_str(&out);
}

static enum registry_answer
web_publish(void *source, struct str token, struct str name, struct str code,
    struct pool *pool, struct registry_code *out, struct err *err)
{
	struct web *w = source;
	struct errand_field field[] = { { STR("auth"), token },
		{ STR("content-type"),
		    STR("application/json; charset=utf-8") } };
	const struct json *success = NULL;
	struct fetch_request request;
	enum registry_answer is;

	set_request(&request,
	    make_url(w, pool,
		pool_printf(pool, "publish/%.*s", STR_ARG(name))));
	request.method = STR("POST");
	request.field = field;
	request.fields = ARRAY_SIZE(field);
	request.body = publish_body(pool, code);
	is = ask_as_user(w, &request, pool, &success, err);
	return is != REGISTRY_FOUND
	           ? is
	           : check_reply(reply_code(success, false, pool, out, err),
			 err);
}

/* Lists are kept in the cache folder while they are read. */
static int
web_prepare(void *source, const char **folder, struct err *err)
{
	struct web *w = source;

	*folder = w->cache;
	w->recipe = fetcher_recipe(w->fetcher);
	w->starter = starter_new(&w->recipe, 1, FETCH_MAX_CHILDREN, err);
	if (w->starter == NULL)
		return err_wrap(err, "cannot make what starts children");
	fetcher_via(w->fetcher, w->starter);
	return 0;
}

const struct source source_web = { web_begin, web_stop, web_list, web_whoami,
	web_publish, web_prepare, web_close };
