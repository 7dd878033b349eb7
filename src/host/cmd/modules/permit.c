#include "modules/permit.h"

#include "base/mem.h"
#include "enforce/consent.h"
#include "enforce/enforce.h"
#include "enforce/word.h"
#include "term/term.h"

bool
permit_is_change(const struct permit_opts *opts)
{
	return opts->allow.n != 0 || opts->deny.n != 0 || opts->accept ||
	       opts->forget;
}

/* In their form; a word that is none is the user's mistake. */
static int
read_words(struct pool *pool, const struct opt_texts *words, struct str **out,
    struct err *err)
{
	struct str *word = pool_array(pool, words->n, sizeof(*word));

	for (size_t i = 0; i < words->n; i++) {
		if (word_normal(words->text[i], pool, &word[i], err) == -1)
			return err_set_kind(err, ERR_USAGE);
	}
	*out = word;
	return 0;
}

static void
say(const struct module *module, const struct permit_opts *opts,
    const char *what, const struct str *word, size_t n)
{
	for (size_t i = 0; i < n; i++)
		term_line(TERM_SUCCESS, "%s %.*s to %s%s", what,
		    STR_ARG(word[i]), module->id.p,
		    opts->any_version ? ", whatever its text"
				      : ", as its text is now");
}

static int
forget(struct program *p, const struct module *module, struct err *err)
{
	int status = consent_forget(p->paths.permissions, module->id, err);

	if (status == 1)
		term_line(TERM_SUCCESS, "Forgot what was said of %s",
		    module->id.p);
	else if (status == 0)
		term_line(TERM_INFO, "Nothing was said of %s", module->id.p);
	return status == -1 ? -1 : 0;
}

static int
change_words(struct program *p, const struct module *module,
    const struct permit_opts *opts, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct consent_change change = { .module = module->id,
		.allows = opts->allow.n,
		.denies = opts->deny.n };
	struct str *allow, *deny;

	if (opts->any_version && module->is_file)
		return err_usage(err,
		    "--any-version: a file is known by its text alone");
	if (read_words(&pool, &opts->allow, &allow, err) == -1 ||
	    read_words(&pool, &opts->deny, &deny, err) == -1)
		return -1;
	change.allow = allow;
	change.deny = deny;
	if (!opts->any_version)
		change.sha256 = module_sha256(module, &pool);
	if (consent_change(p->paths.permissions, &change, err) == -1)
		return -1;
	say(module, opts, "Allowed", allow, change.allows);
	say(module, opts, "Denied", deny, change.denies);
	return 0;
}

int
permit_change(struct program *p, const struct module *module,
    const struct permit_opts *opts, struct err *err)
{
	if (paths_make(p->paths.share, err) == -1)
		return -1;
	if (opts->forget && forget(p, module, err) == -1)
		return -1;
	if (opts->allow.n + opts->deny.n != 0 &&
	    change_words(p, module, opts, err) == -1)
		return -1;
	if (!opts->accept)
		return 0;
	if (enforce_accept(p, module, err) == -1)
		return -1;
	term_line(TERM_SUCCESS, "Accepted the text of %s", module->id.p);
	return 0;
}

int
permit_find(struct program *p, const struct module *module, struct pool *pool,
    struct consent *out, struct err *err)
{
	struct json all;

	if (consent_load(p->paths.permissions, pool, &all, err) == -1)
		return -1;
	consent_find(&all, module->id, module_sha256(module, pool), pool, out);
	return 0;
}
