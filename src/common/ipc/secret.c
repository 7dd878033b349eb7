#include "ipc/secret.h"

#include "base/mem.h"

bool
secret_is_option(struct str name)
{
	static const char *const word[] = { "token", "secret", "pass", "key",
		"hook", "auth", "cookie", "pwd", "credential", "bearer",
		"jwt" };

	for (size_t i = 0; i < ARRAY_SIZE(word); i++) {
		struct str w = str_of(word[i]);

		for (size_t at = 0; at + w.n <= name.n; at++) {
			if (str_eq_nocase(str_sub(name, at, w.n), w))
				return true;
		}
	}
	return false;
}

struct str
secret_option(struct pool *pool, struct str name)
{
	return str_of(pool_printf(pool, "[secret option %.*s]", STR_ARG(name)));
}

/* What is collected of a start line. */
struct secrets {
	struct pool *pool;
	struct mask_secret *row;
	size_t n;
};

static void
add(struct secrets *s, struct str name, struct str value)
{
	s->row = pool_push(s->pool, s->row, s->n, sizeof(*s->row));
	s->row[s->n++] = (struct mask_secret){ name, value };
}

static void
add_options(struct secrets *s, const struct json *options, bool is_all)
{
	for (size_t i = 0; options != NULL && i < options->map.n; i++) {
		const struct json_member *m = &options->map.member[i];

		if (m->value.kind == JSON_STR &&
		    (is_all || secret_is_option(m->name)))
			add(s, m->name, m->value.str);
	}
}

/*
 * A short access key beside a secret one is a name, as of a user: a service
 * that knows no more has its key there, however short.
 */
static bool
is_name(const struct start_key *key)
{
	return key->secret_key.n != 0 && key->access_key.n < MASK_SHORTEST;
}

static struct secrets
secrets_of(struct pool *pool, const struct start *start, bool is_all,
    bool has_access_keys)
{
	const struct start_key *key = start->keyring.object;
	struct secrets s = { .pool = pool };

	for (size_t i = 0; i < start->keyring.n; i++) {
		add(&s, key[i].namespace, key[i].secret_key);
		if (has_access_keys && !is_name(&key[i]))
			add(&s, key[i].namespace, key[i].access_key);
	}
	add_options(&s, start->options, is_all);
	return s;
}

struct mask *
secret_mask(struct pool *pool, const struct start *start, bool is_all)
{
	struct secrets s = secrets_of(pool, start, is_all, true);

	return mask_new(pool, s.row, s.n);
}

static struct str
hide_short(struct pool *pool, const struct mask_secret *s, struct str text)
{
	struct buf out = BUF_IN(pool);
	size_t at;

	if (s->value.n < SECRET_LEAST || s->value.n >= MASK_SHORTEST ||
	    str_find(text, s->value) == STR_NPOS)
		return text;
	while ((at = str_find(text, s->value)) != STR_NPOS) {
		buf_add(&out, str_sub(text, 0, at));
		buf_add(&out, mask_placeholder(pool, s->name));
		text = str_from(text, at + s->value.n);
	}
	buf_add(&out, text);
	return buf_str(&out);
}

struct str
secret_hide(struct pool *pool, const struct start *start, bool is_all,
    struct str text)
{
	struct secrets s = secrets_of(pool, start, is_all, false);

	text = mask_text(secret_mask(pool, start, is_all), pool, text, NULL);
	for (size_t i = 0; i < s.n; i++)
		text = hide_short(pool, &s.row[i], text);
	return text;
}
