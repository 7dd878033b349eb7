#include "base/mem.h"
#include "line/cmd.h"
#include "line/given.h"
#include "lock/lock.h"
#include "state/file.h"
#include "term/size.h"
#include "term/term.h"
#include "url/url.h"
#include "web/lists.h"
#include "work/policy.h"

#define PSL_URL   "https://publicsuffix.org/list/public_suffix_list.dat"
#define TIMEOUT_S 600

struct update_lists_opts {
	struct str url[LIST_KINDS];
	struct str proxy;
	struct opt_texts ns, allow_net, allow_missing;
	struct opt_number timeout_s;
};

/* What all downloads of one command share. */
struct update {
	struct pool pool;
	struct start start;
	unsigned slot; /* of the animation */
	struct fetcher *fetcher;
	struct starter *starter; /* NULL: children are started from here */
	struct recipe recipe;
	struct fetch_request request;
	const struct list *list; /* that is being fetched */
};

static int
set_network(struct program *p, const struct update_lists_opts *opts,
    struct update *u, struct err *err)
{
	struct slot_texts ns = { opts->ns.text, opts->ns.n };

	if (program_start(p, &ns, &u->pool, &u->start, err) == -1)
		return -1;
	if (opts->proxy.p != NULL)
		u->start.proxy = opts->proxy;
	if (u->start.proxy.p != NULL &&
	    given_addr("-X", u->start.proxy, err) == -1)
		return -1;
	return 0;
}

static void
on_tick(void *arg)
{
	(void)arg;
	term_status_tick();
	(void)term_flush();
}

static void
on_note(void *arg, struct str text)
{
	(void)arg;
	term_line(TERM_WARN, "%.*s", STR_ARG(text));
}

static void
on_progress(void *arg, const struct fetch_answer *answer)
{
	const struct update *u = arg;
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);

	buf_printf(&text, "Downloading %s (", u->list->label);
	size_add(&text, answer->bytes);
	buf_add_char(&text, ')');
	term_status_set(u->slot, buf_str(&text));
}

static int
set_fetcher(struct program *p, const struct update_lists_opts *opts,
    struct update *u, struct err *err)
{
	struct fetch_config config = {
		.start = &u->start,
		.allow_net = { opts->allow_net.text, opts->allow_net.n },
		.deny_net = p->config.deny_net,
		.missing = { opts->allow_missing.text, opts->allow_missing.n },
		.children = 1,
		.note = on_note,
		.tick = on_tick,
	};
	struct loop *loop = program_loop(p, err);

	if (loop == NULL)
		return -1;
	u->fetcher = fetcher_new(loop, &config, err);
	return u->fetcher != NULL ? 0 : -1;
}

/* The folder in which a list really lies, which may be a link; NULL: nobody knows. */
static const char *
folder_of(struct update *u, const char *cache, const struct list *list)
{
	const char *real;

	if (file_real(&u->pool,
		pool_printf(&u->pool, "%s/%s", cache, list->file), &real,
		NULL) == -1)
		return NULL;
	return file_folder(&u->pool, real);
}

/*
 * From here on there is nothing but the cache, and a starter that starts more
 * children. At the prompt commands follow that need more.
 */
static int
lock_update(struct program *p, struct update *u, struct err *err)
{
	const char *path[LIST_KINDS + 2] = { p->paths.cache };
	struct buf what = BUF_IN(&u->pool);
	size_t n = 1;

	if (p->is_prompt || starter_check(NULL) == -1)
		return 0;
	u->recipe = fetcher_recipe(u->fetcher);
	u->starter = starter_new(&u->recipe, 1, FETCH_MAX_CHILDREN, err);
	if (u->starter == NULL)
		return err_wrap(err, "cannot make what starts children");
	fetcher_via(u->fetcher, u->starter);
	for (int i = 0; i < LIST_KINDS; i++) {
		const char *folder = folder_of(u, p->paths.cache, &lists[i]);

		if (folder != NULL)
			path[n++] = folder;
	}
	if (lock_apply(path, &what, err) == -1)
		return err_wrap(err, "cannot lock the host");
	return 0;
}

static void
set_request(const struct update_lists_opts *opts, struct update *u)
{
	uint64_t s = opts->timeout_s.is_set ? opts->timeout_s.n : TIMEOUT_S;

	u->request = (struct fetch_request)FETCH_REQUEST_NONE;
	u->request.timeout_ms =
	    s < UINT32_MAX / 1000 ? (uint32_t)s * 1000 : UINT32_MAX;
	u->request.progress = on_progress;
	u->request.arg = u;
}

static int
check_url(const struct list *list, struct str url, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct url parts;

	if (url_parse(&pool, url, NULL, &parts, NULL) == 0 &&
	    (str_is(parts.scheme, "https") || str_is(parts.scheme, "http")))
		return 0;
	return err_set(err,
	    "the %s is fetched from a URL like https://example.com/x, not "
	    "from '%.*s'",
	    list->label, STR_ARG(url));
}

static int
update_one(struct program *p, struct update *u, enum list_kind kind,
    struct str url, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf size = BUF_IN(&pool);
	const struct list *list = &lists[kind];
	enum list_change change;
	size_t bytes;
	int status;

	if (check_url(list, url, err) == -1)
		return -1;
	u->list = list;
	u->request.url = url;
	u->slot = term_status_take();
	term_status_set(u->slot,
	    str_of(pool_printf(&pool, "Downloading %s", list->label)));
	(void)term_flush();
	status = list_update(list, u->fetcher, &u->request, p->paths.cache,
	    &change, &bytes, err);
	term_status_give(u->slot);
	if (status == -1)
		return err_wrap(err, "cannot update the %s", list->label);
	size_add(&size, bytes);
	term_line(TERM_SUCCESS, "%s: %s (%s)", list->label,
	    change == LIST_NEW ? "updated" : "no newer one", buf_cstr(&size));
	return 0;
}

/* A source that fails does not keep the others from being asked. */
static int
update_all(struct program *p, const struct update_lists_opts *opts,
    struct update *u, struct err *err)
{
	unsigned failed = 0;

	for (enum list_kind i = 0; i < LIST_KINDS; i++) {
		autoerr struct err why = ERR_NONE;
		struct str url = opts->url[i];

		if (url.p == NULL)
			url = p->config.list[i];
		if (url.p == NULL && i == LIST_PSL)
			url = STR(PSL_URL);
		if (url.p == NULL || update_one(p, u, i, url, &why) == 0)
			continue;
		failed++;
		term_error(&why);
		if (fetcher_is_interrupted(u->fetcher)) {
			p->status = 130;
			break;
		}
	}
	return failed == 0 ? 0 : err_set(err, "%u not updated", failed);
}

static int
run_update_lists(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct update_lists_opts *opts = arg;
	struct update u = { .pool = POOL_NONE };
	int status = -1;

	(void)in;
	set_request(opts, &u);
	if (set_network(p, opts, &u, err) == 0 &&
	    policy_check_option("--allow-net", opts->allow_net.text,
		opts->allow_net.n, err) == 0 &&
	    paths_make(p->paths.cache, err) == 0 &&
	    set_fetcher(p, opts, &u, err) == 0 && lock_update(p, &u, err) == 0)
		status = update_all(p, opts, &u, err);
	fetcher_free(u.fetcher);
	starter_free(u.starter);
	pool_clear(&u.pool);
	return status;
}

static const struct opt update_lists_opts[] = {
	{ 0, "psl", OPT_TEXT, AT(update_lists_opts, url[LIST_PSL]), "URL",
	    "where the public suffix list is; default: " PSL_URL, 0 },
	{ 0, "geoip-city", OPT_TEXT,
	    AT(update_lists_opts, url[LIST_GEOIP_CITY]), "URL",
	    "where a database of cities is (.mmdb)", 0 },
	{ 0, "geoip-asn", OPT_TEXT, AT(update_lists_opts, url[LIST_GEOIP_ASN]),
	    "URL", "where a database of networks is (.mmdb)", 0 },
	{ 'X', "proxy", OPT_TEXT, AT(update_lists_opts, proxy), "IP:PORT",
	    "SOCKS5 proxy for all of it", 0 },
	{ 0, "nameserver", OPT_TEXTS, AT(update_lists_opts, ns), "IP:PORT",
	    "ask this name server, not the system's; may be given again", 0 },
	{ 0, "allow-net", OPT_TEXTS, AT(update_lists_opts, allow_net), "WORD",
	    "connect there, too: private, local, 10.0.0.0/8:443", 0 },
	{ 0, "sandbox-allow-missing", OPT_TEXTS,
	    AT(update_lists_opts, allow_missing), "LAYER",
	    "download even without this layer of the sandbox: filesystem, all",
	    0 },
	{ 0, "timeout", OPT_NUMBER, AT(update_lists_opts, timeout_s), "SECONDS",
	    "give up after; default: 600", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_update_lists = {
	.name = "update-lists",
	.where = CMD_LINE | CMD_PROMPT,
	.help = "download the public suffix list and GeoIP databases",
	.more = "Everything is checked before it takes the place of the old "
		"file in the cache\nfolder (sn0int paths). [lists] in "
		"sn0int.toml may name the sources.",
	.opts = update_lists_opts,
	.size = sizeof(struct update_lists_opts),
	.run = run_update_lists,
};
