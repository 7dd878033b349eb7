#include "packages/session.h"

#include <unistd.h>

#include "pkg/change.h"
#include "pkg/diff.h"
#include "state/header.h"
#include "state/library.h"
#include "state/outdated.h"
#include "term/term.h"

int
session_open(struct session *s, struct program *p, const struct net_opts *net,
    struct err *err)
{
	*s = (struct session){ .p = p };
	s->store = store_new(p->paths.share, p->paths.modules);
	if (net != NULL) {
		s->registry = ask_open(p, net, err);
		if (s->registry == NULL)
			return -1;
	}
	return store_packages(s->store, &s->pool, &s->packages, err);
}

static int
reload(struct program *p, struct err *err)
{
	if (program_reload(p, err) == -1)
		return -1;
	program_say_refused(p);
	term_line(TERM_SUCCESS, "Loaded %zu modules",
	    p->library.n - p->library.bundled);
	return 0;
}

int
session_close(struct session *s, int status, struct err *err)
{
	if (s->registry != NULL && registry_is_interrupted(s->registry))
		s->p->status = 130;
	registry_close(s->registry);
	if (s->is_changed) {
		autoerr struct err why = ERR_NONE;

		/* the rows stay where they are: the next command folds them */
		if (store_fold(s->store, &why) == -1 && status == 0) {
			(void)err_wrap(&why,
			    "what was done is noted in packages.log only");
			term_error(&why);
			s->failed++;
		}
	}
	store_free(s->store);
	pool_clear(&s->pool);
	if (s->is_changed && s->p->is_prompt && reload(s->p, err) == -1)
		status = -1;
	if (s->failed != 0 && s->p->status == 0)
		s->p->status = 1;
	return status;
}

int
session_id(struct str word, struct registry_id *id, struct err *err)
{
	if (registry_id_read(word, id, err) == 0)
		return 0;
	return err_set_kind(err, ERR_USAGE);
}

int
session_check_author(struct str author, struct err *err)
{
	if (!str_is(author, LIBRARY_BUNDLED))
		return 0;
	return err_set(err, "modules of the author " LIBRARY_BUNDLED
			    " come with sn0int, and from no registry");
}

int
session_operands(const struct operands *in, struct registry_id *id,
    struct str *version, struct err *err)
{
	*version = in->n > 1 ? in->word[1] : STR_NONE;
	if (session_id(in->word[0], id, err) == -1)
		return -1;
	if (version->p == NULL || registry_version_check(*version, err) == 0)
		return 0;
	return err_set_kind(err, ERR_USAGE);
}

int
session_look(struct session *s, struct pool *pool, struct str author,
    struct str name, struct found *found, struct err *err)
{
	int there;

	if (config_has_namespace(&s->p->config, author))
		return err_set(err,
		    "%.*s is one of your [namespaces], so it is yours and not "
		    "the registry's",
		    STR_ARG(author));
	if (store_check_place(s->store, author, name, err) == -1)
		return -1;
	*found = (struct found){ .code = STR(""), .sha256 = STORE_NONE };
	there = store_look(s->store, pool, author, name, &found->code,
	    &found->sha256, err);
	if (there == -1)
		return -1;
	found->is_there = there == 1;
	found->row =
	    packages_find(&s->packages, str_of(pool_printf(pool, "%.*s/%.*s",
					    STR_ARG(author), STR_ARG(name))));
	found->is_changed = found->is_there && found->row != NULL &&
	                    !str_eq(found->row->sha256, found->sha256);
	return 0;
}

int
session_ask_changed(struct str id, const char *what, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	bool is_yes = false;

	if (!isatty(STDIN_FILENO))
		return err_set(err,
		    "it was changed since it was installed, and is not %s "
		    "without a question at a terminal (pkg verify, pkg diff)",
		    what);
	if (term_ask_yes(pool_printf(&pool,
			     "%.*s was changed since it was installed, is it "
			     "to be %s?",
			     STR_ARG(id), what),
		&is_yes, err) == -1)
		return -1;
	return is_yes ? 0 : err_set(err, "it was changed, and stays");
}

/* false: what was changed by hand may have no header. */
static bool
read_both(struct pool *pool, struct str old, struct str new, struct module *was,
    struct module *is)
{
	*was = *is = (struct module){ .is_private = false };
	return header_read(was, old, pool, NULL) == 0 &&
	       header_read(is, new, pool, NULL) == 0;
}

bool
session_is_growth(const struct session *s, struct str old, struct str new)
{
	autopool struct pool pool = POOL_NONE;
	struct module was, is;

	return s->p->config.permissions_kind != PERMISSIONS_OFF &&
	       read_both(&pool, old, new, &was, &is) &&
	       change_is_growth(&pool, &was, &is);
}

int
session_ask_growth(struct str id, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	bool is_yes = false;

	if (!isatty(STDIN_FILENO))
		return err_set(err,
		    "it may do more than before, and is not updated without a "
		    "question at a terminal (sn0int pkg install %.*s takes it)",
		    STR_ARG(id));
	if (term_ask_yes(pool_printf(&pool,
			     "%.*s may do more than before, is it to be "
			     "updated?",
			     STR_ARG(id)),
		&is_yes, err) == -1)
		return -1;
	return is_yes ? 0 : err_set(err, "it may do more, and stays as it is");
}

/* Without its version, which every update changes. */
static struct str
header_of(struct pool *pool, struct str code)
{
	struct str rest = change_header(code);
	struct buf out = BUF_IN(pool);

	while (rest.n != 0) {
		struct str line = str_cut(&rest, '\n');

		if (str_starts(line, STR("-- Version: ")))
			continue;
		buf_add(&out, line);
		buf_add_char(&out, '\n');
	}
	return out.n != 0 ? buf_str(&out) : STR("");
}

static void
say_permissions(struct str id, struct str old, struct str new)
{
	autopool struct pool pool = POOL_NONE;
	struct module was, is;
	struct changes changes;

	if (!read_both(&pool, old, new, &was, &is))
		return;
	changes = change_find(&pool, &was, &is);
	for (size_t i = 0; i < changes.n; i++) {
		struct str text = term_safe(&pool, changes.change[i].text);

		term_line(TERM_WARN, "%.*s %.*s", STR_ARG(id), STR_ARG(text));
	}
}

void
session_say_change(struct str id, const struct found *old, struct str new)
{
	autopool struct pool pool = POOL_NONE;
	struct buf diff = BUF_IN(&pool);
	struct str rest;

	if (old->is_changed)
		diff_write(&diff, STR("as it is here"), old->code,
		    STR("as it would be"), new);
	else
		diff_write(&diff, STR("header that was"),
		    header_of(&pool, old->code), STR("header that is"),
		    header_of(&pool, new));
	rest = buf_str(&diff);
	while (rest.n != 0)
		term_child_line(id, str_cut(&rest, '\n'));
	say_permissions(id, old->code, new);
}

void
session_is_current(struct session *s, struct str id)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err why = ERR_NONE;
	const char *path =
	    pool_printf(&pool, "%s/autoupdate.json", s->p->paths.share);

	/* the list of what was outdated once: the next check mends it */
	if (outdated_drop(path, id, &why) == -1)
		term_line(TERM_WARN, "%s", err_cstr(&why));
}
