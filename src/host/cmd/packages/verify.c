/* pkg verify: whether what is installed is what came from a registry. */
#include "packages/packages.h"

#include "pkg/store.h"
#include "registry/id.h"
#include "term/term.h"

struct verify {
	struct program *p;
	struct store *store;
	struct str only; /* p NULL: all */
	size_t same, others, bad;
};

static bool
is_wanted(const struct verify *v, struct str id)
{
	return v->only.p == NULL || str_eq(v->only, id);
}

static void
say_bad(struct verify *v, const struct package *package, const char *what)
{
	autopool struct pool pool = POOL_NONE;
	struct str version = term_safe(&pool, package->version);
	struct str registry = term_safe(&pool, package->registry);

	v->bad++;
	term_result(TERM_WARN, "%.*s: %s since %.*s came from %.*s",
	    STR_ARG(package->id), what, STR_ARG(version), STR_ARG(registry));
}

/* Nobody knows what is there; of the others it is known. */
static void
say_unread(struct verify *v, const struct package *package, struct err *why)
{
	v->bad++;
	(void)err_wrap(why, "cannot verify %.*s", STR_ARG(package->id));
	term_error(why);
}

static int
verify_one(struct verify *v, const struct package *package, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err why = ERR_NONE;
	struct str code, sha256;
	struct registry_id id;
	int there;

	if (!is_wanted(v, package->id))
		return 0;
	if (registry_id_read(package->id, &id, err) == -1)
		return -1;
	there = store_look(v->store, &pool, id.author, id.name, &code, &sha256,
	    &why);
	if (there == -1)
		say_unread(v, package, &why);
	else if (there == 0)
		say_bad(v, package, "gone");
	else if (!str_eq(sha256, package->sha256))
		say_bad(v, package, "changed");
	else
		v->same++;
	return 0;
}

/* By hand, or by the other program: nobody knows what it was. */
static void
say_others(struct verify *v, const struct packages *packages)
{
	for (size_t i = 0; i < v->p->library.n; i++) {
		const struct module *m = &v->p->library.module[i];

		if (m->is_private || m->is_bundled || !is_wanted(v, m->id) ||
		    packages_find(packages, m->id) != NULL)
			continue;
		v->others++;
		term_result(TERM_INFO, "%.*s: nobody knows where it came from",
		    STR_ARG(m->id));
	}
}

static int
verify(struct verify *v, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct packages packages = { .n = 0 };

	if (store_packages(v->store, &pool, &packages, err) == -1)
		return -1;
	for (size_t i = 0; i < packages.n; i++) {
		if (verify_one(v, &packages.package[i], err) == -1)
			return -1;
	}
	say_others(v, &packages);
	if (v->only.p != NULL && v->same + v->others + v->bad == 0)
		return err_set(err, "%.*s is not installed", STR_ARG(v->only));
	if (v->same != 0)
		term_result(TERM_SUCCESS, "%zu as %s installed", v->same,
		    v->same == 1 ? "it was" : "they were");
	if (v->bad != 0)
		v->p->status = 1;
	return 0;
}

static int
run_verify(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	struct verify v = { .p = p,
		.store = store_new(p->paths.share, p->paths.modules),
		.only = in->n != 0 ? in->word[0] : STR_NONE };
	int status = verify(&v, err);

	(void)opts;
	store_free(v.store);
	return status;
}

const struct cmd packages_verify = {
	.name = "verify",
	.where = CMD_LINE | CMD_PROMPT,
	.needs = NEEDS_MODULES,
	.operands = "[AUTHOR/NAME]",
	.most = 1,
	.help = "show which installed modules were changed since",
	.more = "A module is what was installed when its SHA-256 is that of "
		"packages.json. Status 1: one was\nchanged or removed, by hand "
		"or by another program.",
	.run = run_verify,
	.complete = cmd_complete_modules,
};
