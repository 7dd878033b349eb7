#include "bundles/sign.h"

#include <errno.h>
#include <sys/random.h>

#include "base/mem.h"
#include "crypt/digest.h"
#include "line/given.h"
#include "term/term.h"
#include "wacz/tsp.h"
#include "work/policy.h"

#define ARMOUR "-----BEGIN SSH SIGNATURE-----\n"

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

static int
set_network(struct signer *s, struct err *err)
{
	struct slot_texts ns = { s->opts->ns.text, s->opts->ns.n };

	if (program_start(s->p, &ns, &s->pool, &s->start, err) == -1)
		return -1;
	if (s->opts->proxy.p != NULL)
		s->start.proxy = s->opts->proxy;
	if (s->start.proxy.p != NULL &&
	    given_addr("-X", s->start.proxy, err) == -1)
		return -1;
	return policy_check_option("--allow-net", s->opts->allow_net.text,
	    s->opts->allow_net.n, err);
}

/* What fetches is started by who was there before the lock. */
static int
make_fetcher(struct signer *s, struct err *err)
{
	const struct signer_opts *o = s->opts;
	const struct fetch_config config = {
		.start = &s->start,
		.allow_net = { o->allow_net.text, o->allow_net.n },
		.deny_net = s->p->config.deny_net,
		.missing = { o->allow_missing.text, o->allow_missing.n },
		.children = 1,
		.note = on_note,
		.tick = on_tick,
	};
	struct loop *loop;

	if (set_network(s, err) == -1)
		return -1;
	loop = program_loop(s->p, err);
	if (loop == NULL)
		return -1;
	s->fetcher = fetcher_new(loop, &config, err);
	if (s->fetcher == NULL)
		return -1;
	s->recipe = fetcher_recipe(s->fetcher);
	if (launch_starter(s->p, &s->launch, &s->recipe, 1, FETCH_MAX_CHILDREN,
		err) == -1)
		return -1;
	if (s->launch.starter != NULL)
		fetcher_via(s->fetcher, s->launch.starter);
	return 0;
}

int
signer_begin(struct signer *s, struct program *p,
    const struct signer_opts *opts, struct err *err)
{
	*s = (struct signer){ .p = p, .opts = opts };
	s->launch.pool = &s->pool;
	if (opts->url.p != NULL && opts->key.p == NULL)
		return err_usage(err,
		    "a time stamp is of a signature: --sign KEY");
	if (opts->key.p != NULL && tools_new(&s->tools, err) == -1)
		return -1;
	return opts->url.p != NULL ? make_fetcher(s, err) : 0;
}

static int
sign(struct signer *s, struct str package, struct package_digest *digest,
    struct pool *pool, struct err *err)
{
	const struct tools_question question = { .part = { [TOOLS_DATA] =
							       package },
		.word = s->opts->key };
	struct tools_answer answer;

	if (tools_ask(s->tools, TOOLS_SIGN, &question, pool, &answer, err) ==
	    -1)
		return -1;
	/* what went wrong, ssh-keygen has said itself */
	if (answer.status != 0)
		return err_set(err, "ssh-keygen ended with status %d",
		    answer.status);
	if (!str_starts(answer.said, STR(ARMOUR)))
		return err_set(err, "ssh-keygen wrote no signature");
	digest->sshsig = answer.said;
	s->is_signed = true;
	return 0;
}

static int
make_nonce(char *nonce, struct err *err)
{
	while (getrandom(nonce, TSP_NONCE, 0) != TSP_NONCE) {
		if (errno != EINTR)
			return err_sys(err, "there is no chance");
	}
	return 0;
}

static int
ask_server(struct signer *s, struct str query, struct pool *pool,
    struct fetch_answer *answer, struct err *err)
{
	const struct errand_field field = { STR("content-type"),
		STR(TSP_TYPE) };
	struct fetch_request request = FETCH_REQUEST_NONE;

	request.method = STR("POST");
	request.url = s->opts->url;
	request.field = &field;
	request.fields = 1;
	request.body = query;
	request.redirects = 0;
	request.most = TSP_MAX_BYTES;
	if (fetch_wait(s->fetcher, &request, pool, answer, err) == -1)
		return -1;
	if (answer->status != 200)
		return err_set(err, "%.*s answered with status %u",
		    STR_ARG(s->opts->url), answer->status);
	return 0;
}

static int
stamp(struct signer *s, struct package_digest *digest, struct pool *pool,
    struct err *err)
{
	struct str sum = digest_of(pool, DIGEST_SHA2_256, digest->sshsig);
	struct buf query = BUF_IN(pool);
	struct fetch_answer answer = { .status = 0 };
	struct tsp_token token = { .der = STR_NONE };
	char nonce[TSP_NONCE];

	if (make_nonce(nonce, err) == -1)
		return -1;
	tsp_write_request(&query, sum, str_view(nonce, sizeof(nonce)));
	if (ask_server(s, buf_str(&query), pool, &answer, err) == -1)
		return -1;
	if (tsp_read_response(answer.body, &token, err) == -1 ||
	    tsp_check(&token, sum, str_view(nonce, sizeof(nonce)), err) == -1)
		return err_wrap(err, "%.*s gave no time stamp",
		    STR_ARG(s->opts->url));
	digest->token = token.der;
	s->is_stamped = true;
	return 0;
}

int
signer_sign(struct signer *s, struct str package, struct package_digest *digest,
    struct pool *pool, struct err *err)
{
	if (s->opts->key.p == NULL)
		return 0;
	if (sign(s, package, digest, pool, err) == -1)
		return err_wrap(err, "cannot sign it");
	if (s->opts->url.p != NULL && stamp(s, digest, pool, err) == -1)
		return err_wrap(err, "cannot have its time confirmed");
	return 0;
}

void
signer_end(struct signer *s)
{
	fetcher_free(s->fetcher);
	if (s->launch.starter != NULL)
		launch_end(s->p, &s->launch);
	tools_free(s->tools);
	pool_clear(&s->pool);
}
