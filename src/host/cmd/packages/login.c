/*
 * login: an account of the registry. The token is made here and becomes the
 * user's when a browser that is logged in opens a page with it; until then the
 * registry does not know it.
 */
#include "packages/ask.h"
#include "packages/token.h"
#include "stream/clock.h"
#include "term/term.h"
#include "value/quote.h"

#define TRIES    25 /* one at once, the others after a wait each */
#define PAUSE_MS 5000

struct login_opts {
	struct net_opts net;
};

struct login {
	struct program *p;
	struct registry *registry;
	struct pool pool;
};

static void
say_user(struct login *l, struct str user)
{
	struct str quoted = quote_text(&l->pool, user);

	term_line(TERM_SUCCESS, "Logged in as %.*s", STR_ARG(quoted));
}

struct pause {
	struct loop_timer timer;
	bool is_over;
};

static void
on_pause(void *ctx)
{
	struct pause *pause = ctx;

	pause->is_over = true;
}

/* ^C ends the program, which has nothing to lose yet. */
static int
wait_a_moment(struct login *l, struct err *err)
{
	struct pause pause = { .is_over = false };
	struct loop *loop = program_loop(l->p, err);
	int status = loop != NULL ? 0 : -1;

	pause.timer = (struct loop_timer){ .call = on_pause, .ctx = &pause };
	if (loop != NULL)
		loop_timer_set(loop, &pause.timer, clock_ms() + PAUSE_MS);
	while (status == 0 && !pause.is_over)
		status = loop_turn(loop, err);
	loop_timer_stop(&pause.timer);
	return status;
}

/* Once somebody could be asked, that nobody can now need not stay so. */
static int
wait_for_user(struct login *l, struct str token, struct str *user,
    struct err *err)
{
	for (int i = 0; i < TRIES; i++) {
		enum registry_answer is;

		if (i != 0 && wait_a_moment(l, err) == -1)
			return -1;
		is = registry_whoami(l->registry, token, &l->pool, user, err);
		if (is == REGISTRY_FOUND) {
			err_clear(err);
			return 0;
		}
		if (ask_is_interrupted(l->p, l->registry, err) ||
		    (is == REGISTRY_UNKNOWN && i == 0))
			return -1;
	}
	return err_wrap(err, "nobody has confirmed the login");
}

static int
confirm(struct login *l, struct str token, struct err *err)
{
	struct str url = registry_url(l->registry), user;

	term_line(TERM_INFO, "Open this in a browser: %.*s/auth/%.*s",
	    STR_ARG(url), STR_ARG(token));
	if (wait_for_user(l, token, &user, err) == -1 ||
	    token_keep(&l->p->paths, token, err) == -1)
		return -1;
	say_user(l, user);
	return 0;
}

static int
log_in(struct login *l, struct err *err)
{
	char letters[TOKEN_LETTERS];
	struct str user;
	int status;

	if (registry_is_local(l->registry)) {
		/* which has no accounts, and says so */
		(void)registry_whoami(l->registry, STR_NONE, &l->pool, &user,
		    err);
		return -1;
	}
	status = token_make(letters, err);
	if (status == 0)
		status = confirm(l, str_view(letters, sizeof(letters)), err);
	mem_wipe(letters, sizeof(letters));
	return status;
}

/* Only a token that the registry does not know (any more) is replaced. */
static int
login(struct login *l, struct err *err)
{
	struct str token, user;
	int status = token_load(&l->p->paths, &l->pool, &token, err);

	if (status == -1)
		return -1;
	if (status == 0)
		return log_in(l, err);
	switch (registry_whoami(l->registry, token, &l->pool, &user, err)) {
	case REGISTRY_FOUND:
		say_user(l, user);
		return 0;
	case REGISTRY_NONE:
		return log_in(l, err);
	case REGISTRY_UNKNOWN:
		break;
	}
	(void)ask_is_interrupted(l->p, l->registry, err);
	return err_wrap(err, "cannot find out whether you are logged in");
}

static int
run_login(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct login_opts *opts = arg;
	const char *const path[] = { p->paths.share, NULL };
	struct login l = { .p = p, .pool = POOL_NONE };
	int status = -1;

	(void)in;
	l.registry = ask_open(p, &opts->net, err);
	if (l.registry == NULL)
		return -1;
	if (ask_lock(p, l.registry, path, err) == 0)
		status = login(&l, err);
	registry_close(l.registry);
	pool_wipe(&l.pool);
	return status;
}

static const struct opt login_opts[] = {
	NET_OPTS(login_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_login = {
	.name = "login",
	.where = CMD_LINE,
	.help = "log in to the registry, for publish",
	.more = "Prints a page of the registry; a browser that is logged in "
		"there confirms it.\nThe token is kept in auth beside the "
		"workspaces (sn0int paths).",
	.opts = login_opts,
	.size = sizeof(struct login_opts),
	.run = run_login,
};
