#include "runs/grant.h"

#include "term/term.h"

/* 1: granted; 0: refused; -1: no answer. */
static int
decide_grant(const struct grant_options *options, struct str ns,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str shown = term_safe(&pool, ns);
	bool yes;

	if (options->deny)
		return 0;
	if (options->all ||
	    str_is_among(ns, options->namespace.text, options->namespace.n))
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

bool
grant_has(const struct program *p, const struct module *module, struct str ns)
{
	return module->is_file ? keyring_is_lent(p->keyring, ns)
	                       : keyring_is_granted(p->keyring, ns, module->id);
}

static int
give_keys(struct program *p, const struct module *module, struct str ns,
    struct err *err)
{
	if (module->is_file)
		keyring_lend(p->keyring, ns);
	else if (keyring_grant(p->keyring, ns, module->id, err) == -1)
		return -1;
	term_line(TERM_SUCCESS, "Granted access to \"%.*s\"%s", STR_ARG(ns),
	    module->is_file ? " for this run" : "");
	return 0;
}

/* A namespace that nobody asks for is a typing error. */
static void
say_unasked(const struct module *module, const struct opt_texts *namespace)
{
	const struct slot_texts *asked = &module->keyring_access;

	for (size_t i = 0; i < namespace->n; i++) {
		autopool struct pool pool = POOL_NONE;
		struct str safe = term_safe(&pool, namespace->text[i]);

		if (!str_is_among(namespace->text[i], asked->text, asked->n))
			term_line(TERM_WARN,
			    "--grant %.*s: %s does not ask for these keys",
			    STR_ARG(safe), module->id.p);
	}
}

int
grant_ask(struct program *p, const struct module *module,
    const struct grant_options *options, struct err *err)
{
	say_unasked(module, &options->namespace);
	for (size_t i = 0; i < module->keyring_access.n; i++) {
		struct str ns = module->keyring_access.text[i];
		int status;

		if (grant_has(p, module, ns))
			continue;
		status = decide_grant(options, ns, err);
		if (status == -1)
			return -1;
		if (status == 1 && give_keys(p, module, ns, err) == -1)
			return -1;
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
		if (!grant_has(p, module, ns) ||
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
