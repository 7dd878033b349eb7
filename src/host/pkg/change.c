#include "pkg/change.h"

#include "ipc/stealth.h"
#include "reach/reach.h"
#include "state/module_options.h"

static void
add(struct pool *pool, struct changes *out, bool is_more, const char *text)
{
	out->change =
	    pool_push(pool, out->change, out->n, sizeof(*out->change));
	out->change[out->n++] = (struct change){ str_of(text), is_more };
}

/* "accounts:github.com", "nothing" */
static const char *
rows_of(struct pool *pool, const struct module *module)
{
	if (module->source_name.p == NULL)
		return "nothing";
	if (module->param.p == NULL)
		return pool_cstr(pool, module->source_name);
	return pool_printf(pool, "%.*s:%.*s", STR_ARG(module->source_name),
	    STR_ARG(module->param));
}

static void
find_source(struct pool *pool, struct changes *out, const struct module *old,
    const struct module *new)
{
	const char *was = rows_of(pool, old), *is = rows_of(pool, new);

	if (!str_is(str_of(was), is))
		add(pool, out, true,
		    pool_printf(pool, "runs on %s, and ran on %s", is, was));
}

static void
find_keys(struct pool *pool, struct changes *out, const struct module *old,
    const struct module *new)
{
	const struct slot_texts *was = &old->keyring_access,
				*is = &new->keyring_access;

	for (size_t i = 0; i < is->n; i++) {
		if (!str_is_among(is->text[i], was->text, was->n))
			add(pool, out, true,
			    pool_printf(pool,
				"wants keys of %.*s, and did not before",
				STR_ARG(is->text[i])));
	}
	for (size_t i = 0; i < was->n; i++) {
		if (!str_is_among(was->text[i], is->text, is->n))
			add(pool, out, false,
			    pool_printf(pool, "wants no keys of %.*s any more",
				STR_ARG(was->text[i])));
	}
}

static void
find_stealth(struct pool *pool, struct changes *out, const struct module *old,
    const struct module *new)
{
	if (old->stealth != new->stealth)
		add(pool, out, new->stealth < old->stealth,
		    pool_printf(pool, "says that it is %s, and was %s",
			stealth_levels[new->stealth].name,
			stealth_levels[old->stealth].name));
}

/* Keys that it could do without are asked for, or no more. */
static void
find_optional(struct pool *pool, struct changes *out, const struct module *old,
    const struct module *new)
{
	bool was = module_options_has_word(old->code, MODULE_OPTIONAL_KEY);
	bool is = module_options_has_word(new->code, MODULE_OPTIONAL_KEY);

	if (was != is && old->keyring_access.n != 0 &&
	    new->keyring_access.n != 0)
		add(pool, out, was,
		    is ? "can do without its keys, and could not"
		       : "cannot do without its keys, and could");
}

/* What is the header's was said above. */
static enum permissions_change
compare_texts(struct pool *pool, const struct module *old,
    const struct module *new, struct buf *words)
{
	struct permissions was, is;

	reach_module(pool, old, &was);
	reach_module(pool, new, &is);
	is.keys = was.keys;
	is.stealth = was.stealth;
	return permissions_compare(&was, &is, words);
}

static void
find_reach(struct pool *pool, struct changes *out, const struct module *old,
    const struct module *new)
{
	struct buf words = BUF_IN(pool);
	enum permissions_change change = compare_texts(pool, old, new, &words);

	if (change != PERMISSIONS_SAME)
		add(pool, out, change == PERMISSIONS_GREW, buf_cstr(&words));
}

bool
change_is_growth(struct pool *pool, const struct module *old,
    const struct module *new)
{
	return compare_texts(pool, old, new, NULL) == PERMISSIONS_GREW;
}

struct changes
change_find(struct pool *pool, const struct module *old,
    const struct module *new)
{
	struct changes out = { NULL, 0 };

	find_source(pool, &out, old, new);
	find_keys(pool, &out, old, new);
	find_optional(pool, &out, old, new);
	find_stealth(pool, &out, old, new);
	find_reach(pool, &out, old, new);
	return out;
}

struct str
change_header(struct str code)
{
	size_t at = str_find(code, STR("\n\n"));

	return at == STR_NPOS ? code : str_sub(code, 0, at + 1);
}
