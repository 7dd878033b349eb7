#include "launch/grant.h"

#include "enforce/enforce.h"
#include "program/unlock.h"
#include "state/module_options.h"
#include "term/term.h"

/* What is asked of the user of one namespace. */
struct grant {
	const struct module *module;
	struct str ns, sha256;
	enum keyring_grant is; /* before */
	bool is_optional;      /* the module can do without */
};

/* Why it is asked once more; "" for the first time. */
static const char *
why_again(const struct grant *grant)
{
	return grant->is == KEYRING_OTHER_TEXT
	           ? "its text has changed since it was granted"
	           : "";
}

static int
ask(const struct grant *grant, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str shown = term_safe(&pool, grant->ns);
	const char *why = why_again(grant);
	bool yes;

	if (*why != '\0')
		term_line(TERM_WARN, "%s: %s", grant->module->id.p, why);
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

/* What was granted once is not left out without a word. */
static void
say_left_out(const struct grant *grant)
{
	autopool struct pool pool = POOL_NONE;
	struct str shown = term_safe(&pool, grant->ns);

	if (grant->is == KEYRING_OTHER_TEXT)
		term_line(TERM_WARN,
		    "%s runs without the keys of \"%.*s\": %s (--grant %.*s)",
		    grant->module->id.p, STR_ARG(shown), why_again(grant),
		    STR_ARG(shown));
}

/* 1: granted; 0: refused; -1: no answer. */
static int
decide_grant(const struct grant_options *options, const struct grant *grant,
    struct err *err)
{
	if (options->deny)
		return 0;
	if (options->all || str_is_among(grant->ns, options->namespace.text,
				options->namespace.n))
		return 1;
	if (!grant->is_optional)
		return options->is_silent ? 0 : ask(grant, err);
	say_left_out(grant);
	return 0;
}

/* It has keys for this run alone. */
static bool
is_lent_to(const struct program *p, const struct module *module)
{
	return module->is_file || p->dry_place != NULL;
}

static enum keyring_grant
granted(const struct program *p, const struct module *module, struct str ns,
    struct str sha256)
{
	enum keyring_grant is = KEYRING_REFUSED;

	if (!module->is_file)
		is = keyring_granted(p->keyring, ns, module->id, sha256);
	if (!is_lent_to(p, module) || is == KEYRING_GRANTED)
		return is;
	return keyring_is_lent(p->keyring, ns) ? KEYRING_GRANTED : is;
}

static bool
is_passed(enum keyring_grant is)
{
	return is == KEYRING_GRANTED || is == KEYRING_BY_NAME;
}

bool
grant_has(const struct program *p, const struct module *module, struct str ns)
{
	autopool struct pool pool = POOL_NONE;

	return is_passed(granted(p, module, ns, module_sha256(module, &pool)));
}

/*
 * Without a question, for the text that it is now. First what that may is noted,
 * which grants nothing: whoever fails or is killed behind it has done nothing.
 */
static int
keep_keys(struct program *p, const struct grant *grant, struct err *err)
{
	if (p->dry_place != NULL) {
		keyring_lend(p->keyring, grant->ns);
		return 0;
	}
	if (enforce_note_granted(p, grant->module, err) == -1)
		return -1;
	return keyring_grant(p->keyring, grant->ns, grant->module->id,
	    grant->sha256, err);
}

static int
give_keys(struct program *p, const struct grant *grant, struct err *err)
{
	const struct module *module = grant->module;

	if (is_lent_to(p, module))
		keyring_lend(p->keyring, grant->ns);
	else if (keep_keys(p, grant, err) == -1)
		return -1;
	term_line(TERM_SUCCESS, "Granted access to \"%.*s\"%s",
	    STR_ARG(grant->ns), is_lent_to(p, module) ? " for this run" : "");
	return 0;
}

/* It was granted for another text, and may nothing more than that. */
static int
may_keep(struct program *p, const struct grant *grant, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str text = keyring_granted_text(p->keyring, grant->ns,
	    grant->module->id, &pool);
	int status = enforce_may_keep(p, grant->module, text, err);

	if (status == 1)
		term_line(TERM_INFO,
		    "%s keeps its keys of \"%.*s\": its text has changed since "
		    "they were granted, and may nothing more",
		    grant->module->id.p, STR_ARG(term_safe(&pool, grant->ns)));
	return status;
}

static int
settle(struct program *p, const struct grant_options *options,
    struct grant *grant, struct err *err)
{
	int status;

	grant->is = granted(p, grant->module, grant->ns, grant->sha256);
	if (grant->is == KEYRING_GRANTED)
		return 0;
	/* what was granted by name holds for the text that it first meets */
	if (grant->is == KEYRING_BY_NAME)
		return keep_keys(p, grant, err);
	if (grant->is == KEYRING_OTHER_TEXT && !options->deny) {
		status = may_keep(p, grant, err);
		if (status == 1)
			return keep_keys(p, grant, err);
		if (status == -1)
			return -1;
	}
	status = decide_grant(options, grant, err);
	return status == 1 ? give_keys(p, grant, err) : status;
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
	autopool struct pool pool = POOL_NONE;
	struct grant grant = { .module = module };

	say_unasked(module, &options->namespace);
	if (module->keyring_access.n == 0)
		return 0;
	grant.sha256 = module_sha256(module, &pool);
	grant.is_optional =
	    module_options_has_word(module->code, MODULE_OPTIONAL_KEY);
	for (size_t i = 0; i < module->keyring_access.n; i++) {
		grant.ns = module->keyring_access.text[i];
		if (settle(p, options, &grant, err) == -1)
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

static void
add_keys(struct pool *pool, struct slot_objects *keys,
    const struct start_key *key, size_t n)
{
	struct start_key *all;

	if (n == 0)
		return;
	all = pool_array(pool, keys->n + n, sizeof(*all));
	if (keys->n != 0)
		memcpy(all, keys->object, keys->n * sizeof(*all));
	memcpy(all + keys->n, key, n * sizeof(*all));
	keys->object = all;
	keys->n += n;
}

/* 1; 0: it runs without; -1. */
static int
unlock_for(struct program *p, const struct module *module, struct err *err)
{
	autoerr struct err why = ERR_NONE;
	autopool struct pool pool = POOL_NONE;
	struct str text;

	if (!module_options_has_word(module->code, MODULE_OPTIONAL_KEY))
		return unlock_keys(p, err) == -1 ? -1 : 1;
	if (unlock_keys(p, &why) == 0)
		return 1;
	text = err_join(&pool, &why);
	term_line(TERM_WARN, "%s runs without its keys: %.*s", module->id.p,
	    STR_ARG(text));
	return 0;
}

int
grant_keys(struct program *p, const struct module *module, struct pool *pool,
    struct slot_objects *keys, struct err *err)
{
	autopool struct pool scratch = POOL_NONE;
	struct str sha256;
	int status = 2; /* nobody was asked to unlock */

	*keys = (struct slot_objects){ .n = 0 };
	if (module->keyring_access.n == 0)
		return 0;
	sha256 = module_sha256(module, &scratch);
	for (size_t i = 0; i < module->keyring_access.n; i++) {
		struct str ns = module->keyring_access.text[i];
		struct start_key *key;
		size_t n;

		/* first what is cheap: most are not, and there may be many */
		if (!is_passed(granted(p, module, ns, sha256)) ||
		    is_repeated(&module->keyring_access, i))
			continue;
		if (status == 2)
			status = unlock_for(p, module, err);
		if (status < 1)
			return status;
		key = keyring_list(p->keyring, pool, ns, &n);
		add_keys(pool, keys, key, n);
	}
	return 0;
}
