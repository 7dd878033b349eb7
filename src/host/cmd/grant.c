#include "cmd/grant.h"

#include "term/term.h"

static bool
is_listed(const struct opt_texts *texts, struct str text)
{
	for (size_t i = 0; i < texts->n; i++) {
		if (str_eq(texts->text[i], text))
			return true;
	}
	return false;
}

/* 1: granted; 0: refused; -1: no answer. */
static int
decide(const struct grant_options *options, struct str ns, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str shown = term_safe(&pool, ns);
	bool yes;

	if (options->deny)
		return 0;
	if (options->all || is_listed(&options->namespace, ns))
		return 1;
	if (term_ask_yes(pool_printf(&pool,
			     "Grant access to \"%.*s\" credentials?",
			     STR_ARG(shown)),
		&yes, err) == -1)
		return err_wrap(err,
		    "access to \"%.*s\" is not settled (--grant or "
		    "--deny-keyring answer without a question)",
		    STR_ARG(shown));
	return yes;
}

int
grant_ask(struct program *p, const struct module *module,
    const struct grant_options *options, struct err *err)
{
	for (size_t i = 0; i < module->keyring_access.n; i++) {
		struct str ns = module->keyring_access.text[i];
		int status;

		if (keyring_is_granted(p->keyring, ns, module->id))
			continue;
		status = decide(options, ns, err);
		if (status == -1)
			return -1;
		if (status == 0)
			continue;
		if (keyring_grant(p->keyring, ns, module->id, err) == -1)
			return -1;
		term_line(TERM_SUCCESS, "Granted access to \"%.*s\"",
		    STR_ARG(ns));
	}
	return 0;
}

static bool
is_repeated(const struct slot_texts *texts, size_t at)
{
	for (size_t i = 0; i < at; i++) {
		if (str_eq(texts->text[i], texts->text[at]))
			return true;
	}
	return false;
}

void
grant_keys(struct program *p, const struct module *module, struct pool *pool,
    struct slot_objects *keys)
{
	struct start_key *all = NULL;
	size_t total = 0;

	for (size_t i = 0; i < module->keyring_access.n; i++) {
		struct str ns = module->keyring_access.text[i];
		struct start_key *key;
		size_t n;

		/* first what is cheap: most are not, and there may be many */
		if (!keyring_is_granted(p->keyring, ns, module->id) ||
		    is_repeated(&module->keyring_access, i))
			continue;
		key = keyring_list(p->keyring, pool, ns, &n);
		if (n == 0)
			continue;
		all = pool_grow(pool, all, total * sizeof(*all),
		    (total + n) * sizeof(*all));
		memcpy(all + total, key, n * sizeof(*all));
		total += n;
	}
	keys->object = all;
	keys->n = total;
}
