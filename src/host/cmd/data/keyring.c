#include <unistd.h>

#include "base/locked.h"
#include "base/mem.h"
#include "data/seal.h"
#include "line/cmd.h"
#include "term/term.h"
#include "value/quote.h"

struct key_opts {
	bool quiet;
	struct opt_number passphrase_fd;
};

/* All that comes here reads or changes keys. */
static int
open_keys(struct program *p, const struct key_opts *opts, struct err *err)
{
	return seal_open_keys(p, opts->passphrase_fd, err);
}

static int
split(struct str key, struct str *ns, struct str *name, struct err *err)
{
	if (keyring_split(key, ns, name, err) == 0)
		return 0;
	return err_set_kind(err, ERR_USAGE);
}

static int
run_add(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	autopool struct pool pool = POOL_SECRET;
	struct str ns, name, secret = STR_NONE;
	int status;

	if (split(in->word[0], &ns, &name, err) == -1)
		return -1;
	if (open_keys(p, opts, err) == -1)
		return -1;
	if (in->n == 2)
		secret = in->word[1];
	else if (p->is_prompt && isatty(STDIN_FILENO) != 1)
		return err_set(err,
		    "the next command is no secret: on a pipe give it behind "
		    "the name, keyring add %.*s SECRET",
		    STR_ARG(in->word[0]));
	else if (term_ask_secret(&pool, "Secretkey", &secret, err) == -1)
		return -1;
	status = keyring_add(p->keyring, ns, name,
	    secret.n != 0 ? secret : STR_NONE, err);
	seal_say_taken(p);
	return status;
}

static int
run_delete(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	struct str ns, name;
	int status;

	if (split(in->word[0], &ns, &name, err) == -1 ||
	    open_keys(p, opts, err) == -1)
		return -1;
	status = keyring_delete(p->keyring, ns, name, err);
	seal_say_taken(p);
	if (status == 0)
		term_line(TERM_WARN, "there is no key %.*s",
		    STR_ARG(in->word[0]));
	return status == -1 ? -1 : 0;
}

static void
print_key(const struct start_key *key, bool quiet)
{
	autopool struct pool pool = POOL_SECRET;
	struct str ns = quote_text(&pool, key->namespace);
	struct str name = quote_text(&pool, key->access_key);
	struct str secret = quote_text(&pool, key->secret_key);

	if (quiet) {
		if (key->secret_key.p != NULL)
			term_printf("%.*s\n", STR_ARG(key->secret_key));
		return;
	}
	term_printf("Namespace:    %.*s\nAccess Key:   %.*s\n", STR_ARG(ns),
	    STR_ARG(name));
	if (key->secret_key.p != NULL)
		term_printf("Secret:       %.*s\n", STR_ARG(secret));
}

static int
run_get(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct key_opts *opts = arg;
	autopool struct pool pool = POOL_SECRET;
	struct str ns, name;
	struct start_key *key;
	size_t n;

	if (split(in->word[0], &ns, &name, err) == -1 ||
	    open_keys(p, opts, err) == -1)
		return -1;
	key = keyring_list(p->keyring, &pool, ns, &n);
	for (size_t i = 0; i < n; i++) {
		if (str_eq(key[i].access_key, name)) {
			print_key(&key[i], opts->quiet);
			return 0;
		}
	}
	return err_set(err, "there is no key %.*s", STR_ARG(in->word[0]));
}

static int
run_list(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	autopool struct pool pool = POOL_SECRET;
	struct start_key *key;
	size_t n;

	if (open_keys(p, opts, err) == -1)
		return -1;
	key = keyring_list(p->keyring, &pool,
	    in->n != 0 ? in->word[0] : STR_NONE, &n);
	for (size_t i = 0; i < n; i++)
		term_value(str_of(pool_printf(&pool, "%.*s:%.*s",
		    STR_ARG(key[i].namespace), STR_ARG(key[i].access_key))));
	return 0;
}

/* For what a grant holds, and whether that is what would run. */
static const char *
text_of_grant(const struct program *p, const struct keyring_row *row)
{
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < p->library.n; i++) {
		const struct module *m = &p->library.module[i];

		if (!str_eq(m->id, row->module))
			continue;
		switch (keyring_granted(p->keyring, row->ns, row->module,
		    module_sha256(m, &pool))) {
		case KEYRING_GRANTED:
			return "this text";
		case KEYRING_BY_NAME:
			return "the text that runs first";
		default:
			return "another text: it asks again";
		}
	}
	return "not installed";
}

static int
run_grants(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct keyring_row *row;
	size_t n;

	(void)opts, (void)err;
	row = keyring_grants(p->keyring, &pool, &n);
	for (size_t i = 0; i < n; i++) {
		if (in->n != 0 && !str_eq(row[i].ns, in->word[0]))
			continue;
		term_value(str_of(
		    pool_printf(&pool, "%.*s %.*s (%s)", STR_ARG(row[i].ns),
			STR_ARG(row[i].module), text_of_grant(p, &row[i]))));
	}
	return 0;
}

static void
complete_grant(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	autopool struct pool pool = POOL_NONE;
	struct keyring_row *row;
	size_t n;

	row = keyring_grants(p->keyring, &pool, &n);
	for (size_t i = 0; i < n; i++) {
		bool is_new = i == 0 || !str_eq(row[i].ns, row[i - 1].ns);

		if (before->n == 0 && is_new)
			add(ctx, row[i].ns);
		if (before->n == 1 && str_eq(row[i].ns, before->word[0]))
			add(ctx, row[i].module);
	}
}

static int
run_revoke(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	int status = keyring_revoke(p->keyring, in->word[0], in->word[1], err);

	(void)opts;
	if (status == 0)
		term_line(TERM_WARN, "%.*s had no access to %.*s",
		    STR_ARG(in->word[1]), STR_ARG(in->word[0]));
	return status == -1 ? -1 : 0;
}

static void
complete_key(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	autopool struct pool pool = POOL_NONE;
	struct start_key *key;
	size_t n;

	if (before->n != 0)
		return;
	key = keyring_list(p->keyring, &pool, STR_NONE, &n);
	for (size_t i = 0; i < n; i++)
		add(ctx, str_of(pool_printf(&pool, "%.*s:%.*s",
			     STR_ARG(key[i].namespace),
			     STR_ARG(key[i].access_key))));
}

static const struct opt key_opts[] = {
	OPT_PASSPHRASE_FD(key_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};
static const struct opt get_opts[] = {
	{ 'q', "quiet", OPT_FLAG, AT(key_opts, quiet), NULL, "the secret alone",
	    0 },
	OPT_PASSPHRASE_FD(key_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

#define BOTH (CMD_LINE | CMD_PROMPT)

static const struct cmd sub_add = { .name = "add",
	.where = BOTH,
	.needs = NEEDS_WORKSPACE,
	.operands = "NAMESPACE:NAME [SECRET]",
	.least = 1,
	.most = 2,
	.help = "store a secret",
	.opts = key_opts,
	.size = sizeof(struct key_opts),
	.run = run_add,
	.more = "Without SECRET it is asked for, and does not show." };
static const struct cmd sub_delete = { .name = "delete",
	.where = BOTH,
	.needs = NEEDS_WORKSPACE,
	.operands = "NAMESPACE:NAME",
	.least = 1,
	.most = 1,
	.help = "forget a secret",
	.opts = key_opts,
	.size = sizeof(struct key_opts),
	.run = run_delete,
	.complete = complete_key };
static const struct cmd sub_get = { .name = "get",
	.where = BOTH,
	.needs = NEEDS_WORKSPACE,
	.operands = "NAMESPACE:NAME",
	.least = 1,
	.most = 1,
	.help = "show a secret",
	.opts = get_opts,
	.size = sizeof(struct key_opts),
	.run = run_get,
	.complete = complete_key };
static const struct cmd sub_list = { .name = "list",
	.where = BOTH,
	.needs = NEEDS_WORKSPACE,
	.operands = "[NAMESPACE]",
	.most = 1,
	.help = "list the names of secrets",
	.opts = key_opts,
	.size = sizeof(struct key_opts),
	.run = run_list };
static const struct cmd sub_grants = { .name = "grants",
	.where = BOTH,
	.needs = NEEDS_ALL,
	.operands = "[NAMESPACE]",
	.most = 1,
	.help = "list which modules may see which secrets",
	.run = run_grants,
	.complete = complete_grant,
	.more = "A grant holds for one text of a module. When the text has "
		"changed, the module asks again." };
static const struct cmd sub_revoke = { .name = "revoke",
	.where = BOTH,
	.needs = NEEDS_WORKSPACE,
	.operands = "NAMESPACE MODULE",
	.least = 2,
	.most = 2,
	.help = "take back what a module was granted",
	.run = run_revoke,
	.complete = complete_grant };

static const struct cmd *const subs[] = { &sub_add, &sub_delete, &sub_get,
	&sub_list, &sub_grants, &sub_revoke, &seal_sub_seal, &seal_sub_unseal,
	&seal_sub_lock, NULL };

const struct cmd cmd_keyring = {
	.name = "keyring",
	.where = BOTH,
	.operands = "COMMAND",
	.help = "manage secrets",
	.sub = subs,
};
