#include "registry/id.h"

#include <stdint.h>

#include "text/semver.h"
#include "value/quote.h"

static bool
is_letter(char c)
{
	unsigned char u = char_lower(c);

	return u >= 'a' && u <= 'z';
}

int
registry_name_check(struct str name, struct err *err)
{
	if (name.n == 0)
		return err_set(err, "it is empty");
	if (name.n > REGISTRY_MAX_NAME)
		return err_set(err, "it is longer than %d bytes",
		    REGISTRY_MAX_NAME);
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (is_letter(c) || char_is_digit(c) || c == '-')
			continue;
		if (c > ' ' && c <= '~')
			return err_set(err,
			    "'%c' is neither a letter, a digit nor '-'", c);
		return err_set(err,
		    "byte %zu is neither a letter, a digit nor '-'", i + 1);
	}
	return 0;
}

static int
check_both(const struct registry_id *id, struct err *err)
{
	if (registry_name_check(id->author, err) == -1)
		return err_wrap(err, "the author");
	if (registry_name_check(id->name, err) == -1)
		return err_wrap(err, "the name");
	return 0;
}

int
registry_id_read(struct str text, struct registry_id *out, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err why = ERR_NONE;
	struct str rest = text, quoted;
	struct registry_id id = { .author = str_cut(&rest, '/') };

	id.name = rest;
	if (rest.p == NULL)
		(void)err_set(&why, "there is no '/' in it");
	else if (check_both(&id, &why) == 0) {
		*out = id;
		return 0;
	}
	/* an id that is too long is not repeated at its full length */
	quoted = quote_text(&pool, str_sub(text, 0, 2 * REGISTRY_MAX_NAME));
	return err_set(err, "%.*s is no AUTHOR/NAME: %s", STR_ARG(quoted),
	    err_cstr(&why));
}

int
registry_version_check(struct str version, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str quoted =
	    quote_text(&pool, str_sub(version, 0, REGISTRY_MAX_VERSION));
	struct semver v;

	if (version.n > REGISTRY_MAX_VERSION)
		return err_set(err, "version %.*s... is longer than %d bytes",
		    STR_ARG(quoted), REGISTRY_MAX_VERSION);
	if (semver_read(version, &v, err) == -1)
		return err_wrap(err, "%.*s is no version like 1.2.3",
		    STR_ARG(quoted));
	return 0;
}

int
registry_version_cmp(struct str a, struct str b)
{
	struct semver x = { .pre = STR_NONE }, y = { .pre = STR_NONE };
	int order;

	(void)semver_read(a, &x, NULL);
	(void)semver_read(b, &y, NULL);
	for (int i = 0; i < 3; i++) {
		if (x.part[i] != y.part[i])
			return x.part[i] < y.part[i] ? -1 : 1;
	}
	order = semver_cmp_pre(x.pre, y.pre);
	return order != 0 ? order : str_cmp(a, b);
}
