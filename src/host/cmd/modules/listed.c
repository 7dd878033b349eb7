#include "modules/listed.h"

#include <fnmatch.h>

#include "base/mem.h"
#include "ipc/stealth.h"
#include "state/header.h"
#include "state/outdated.h"
#include "term/term.h"

/* What the words come down to. */
struct wish {
	const struct listed_opts *opts;
	struct str pattern; /* p NULL: none */
	enum listed_pattern kind;
	unsigned least; /* enum stealth */
	struct slot_texts newer;
};

static int
read_stealth(struct str name, unsigned *out, struct err *err)
{
	int level = stealth_by_name(name);

	if (level == -1)
		return err_usage(err,
		    "--stealth takes " STEALTH_NAMES ", not '%.*s'",
		    STR_ARG(name));
	*out = (unsigned)level;
	return 0;
}

/* "": those without one. */
static int
check_source(struct str source, struct err *err)
{
	const struct model *model;
	struct str known;

	if (source.n == 0)
		return 0;
	for (size_t i = 0; header_source_at(i, &known); i++) {
		if (str_eq(source, known))
			return 0;
	}
	return cmd_family(source, true, &model, err);
}

static bool
has_source(const struct module *module, struct str source)
{
	if (source.p == NULL)
		return true;
	if (source.n == 0)
		return module->source_name.p == NULL;
	return str_eq(header_source_of(module), source);
}

static bool
is_letter(char c)
{
	char lower = char_lower(c);

	return (lower >= 'a' && lower <= 'z') || char_is_digit(c) ||
	       (unsigned char)c >= 0x80;
}

/* "cert" in "out of certificate logs", and not in "concert". */
static bool
begins_word(struct str text, struct str word)
{
	for (size_t i = 0; i + word.n <= text.n; i++) {
		if ((i == 0 || !is_letter(text.p[i - 1])) &&
		    str_eq_nocase(str_sub(text, i, word.n), word))
			return true;
	}
	return false;
}

/* "who*", of "author/name"; a name alone is that module, whoever wrote it. */
static bool
is_matched(const struct wish *wish, const struct module *module)
{
	autopool struct pool pool = POOL_NONE;
	const char *glob = pool_cstr(&pool, wish->pattern);

	if (str_eq(module->name, wish->pattern) ||
	    fnmatch(glob, module->id.p, 0) == 0)
		return true;
	return wish->kind == LISTED_WORD &&
	       (fnmatch(glob, pool_cstr(&pool, module->name), 0) == 0 ||
		   begins_word(module->id, wish->pattern) ||
		   begins_word(module->description, wish->pattern));
}

static bool
is_wanted(const struct wish *wish, const struct module *module)
{
	const struct listed_opts *opts = wish->opts;

	return (!opts->outdated ||
		   str_is_among(module->id, wish->newer.text, wish->newer.n)) &&
	       (module->is_bundled || !opts->bundled) &&
	       module->stealth >= wish->least &&
	       has_source(module, opts->source) &&
	       (wish->pattern.p == NULL || is_matched(wish, module));
}

/* What is newer is known to who has asked a registry. */
static int
read_newer(struct program *p, bool must, struct pool *pool,
    struct slot_texts *newer, struct err *err)
{
	const char *path =
	    pool_printf(pool, "%s/autoupdate.json", p->paths.share);
	struct outdated o = { .last_update = 0 };
	int status = must ? outdated_read(path, pool, newer, err)
	                  : outdated_load(path, pool, &o, err);

	if (!must)
		*newer = o.ids;
	else if (status == 0)
		term_line(TERM_WARN,
		    "nobody has looked for newer versions: there "
		    "is no %s",
		    path);
	return status;
}

static void
say_none(const struct wish *wish)
{
	autopool struct pool pool = POOL_NONE;
	struct str safe = term_safe(&pool, wish->pattern);

	if (wish->kind == LISTED_WORD)
		term_line(TERM_WARN,
		    "no module has a word that begins with %.*s (a pattern is "
		    "such a word, or like *%.*s*)",
		    STR_ARG(safe), STR_ARG(safe));
	else
		term_line(TERM_WARN,
		    "no module matches %.*s (a pattern is like *%.*s*)",
		    STR_ARG(safe), STR_ARG(safe));
}

static int
read_wish(struct program *p, struct wish *wish, struct pool *pool,
    struct err *err)
{
	const struct listed_opts *opts = wish->opts;

	if (check_source(opts->source, err) == -1)
		return -1;
	if (opts->stealth.p != NULL &&
	    read_stealth(opts->stealth, &wish->least, err) == -1)
		return -1;
	return read_newer(p, opts->outdated, pool, &wish->newer, err);
}

int
listed_make(struct program *p, const struct listed_opts *opts,
    struct str pattern, enum listed_pattern kind, struct pool *pool,
    struct listed **listed, size_t *n, struct err *err)
{
	struct wish wish = { opts, pattern, kind, STEALTH_LOUD, { NULL, 0 } };

	*listed = NULL;
	*n = 0;
	if (read_wish(p, &wish, pool, err) == -1)
		return -1;
	program_say_refused(p);
	for (size_t i = 0; i < p->library.n; i++) {
		const struct module *module = &p->library.module[i];

		/* `pkg list` is of what the user put there. */
		if ((kind == LISTED_GLOB && module->is_bundled &&
			!opts->bundled) ||
		    !is_wanted(&wish, module))
			continue;
		*listed = pool_push(pool, *listed, *n, sizeof(**listed));
		(*listed)[(*n)++] = (struct listed){ module,
			str_is_among(module->id, wish.newer.text,
			    wish.newer.n) };
	}
	if (*n == 0 && pattern.p != NULL)
		say_none(&wish);
	return 0;
}
