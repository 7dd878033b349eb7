/*
 * Where run.permissions is "ask" a text is shown once, before it runs for the
 * first time; who has no terminal is asked nothing and gets nothing.
 */
#include <unistd.h>

#include "enforce/consent.h"
#include "enforce/enforce.h"
#include "reach/reach.h"
#include "term/clean.h"
#include "term/term.h"

static int
is_seen(const struct program *p, const struct module *module, struct str sha256,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct consent consent;
	struct json all;

	if (consent_load(p->paths.permissions, &pool, &all, err) == -1)
		return -1;
	consent_find(&all, module->id, sha256, &pool, &consent);
	return consent.is_seen;
}

/* What it may, a line each. */
static void
show(const struct module *module, struct pool *pool)
{
	struct permissions text;
	struct buf out = BUF_IN(pool);
	struct str rest;

	reach_module(pool, module, &text);
	permissions_print(&text, &out);
	term_line(TERM_INFO, "%s has a text that is new here:", module->id.p);
	for (rest = buf_str(&out); rest.n != 0;) {
		struct str line = str_cut(&rest, '\n');

		if (line.n != 0)
			term_line(TERM_INFO, "  %.*s",
			    STR_ARG(term_safe(pool, line)));
	}
}

int
enforce_accept(const struct program *p, const struct module *module,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct consent_change change = { .module = module->id,
		.sha256 = module_sha256(module, &pool),
		.is_seen = true };

	return consent_change(p->paths.permissions, &change, err);
}

static int
refuse(const struct module *module, struct err *err)
{
	const char *name = module->is_file ? module->path : module->id.p;

	return err_set(err,
	    "the text of %s was not accepted, and nobody is there to be asked "
	    "(run.permissions is \"ask\"; sn0int permissions %s shows it, with "
	    "--accept it is accepted)",
	    module->id.p, name);
}

int
enforce_ask(const struct program *p, const struct module *module, bool may_ask,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	bool is_yes = false;
	int seen;

	if (p->config.permissions_kind != PERMISSIONS_ASK)
		return 0;
	seen = is_seen(p, module, module_sha256(module, &pool), err);
	if (seen != 0)
		return seen == 1 ? 0 : -1;
	if (!may_ask || isatty(STDIN_FILENO) != 1)
		return refuse(module, err);
	show(module, &pool);
	if (term_ask_yes(pool_printf(&pool, "May %s run?", module->id.p),
		&is_yes, err) == -1)
		return -1;
	if (!is_yes)
		return err_set(err, "the text of %s was not accepted",
		    module->id.p);
	return p->dry_place != NULL ? 0 : enforce_accept(p, module, err);
}
