#include "work/secret.h"

#include "base/mem.h"

bool
secret_is_option(struct str name)
{
	static const char *const word[] = { "token", "secret", "pass", "key",
		"hook", "auth", "cookie" };

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

/* What a secret is replaced by. */
struct hidden {
	struct str secret, by;
};

struct hiding {
	struct pool *pool;
	struct hidden *row;
	size_t n;
};

static void
add(struct hiding *h, struct str secret, struct str by)
{
	if (secret.n < SECRET_LEAST)
		return;
	h->row = pool_push(h->pool, h->row, h->n, sizeof(*h->row));
	h->row[h->n++] = (struct hidden){ secret, by };
}

static void
add_keys(struct hiding *h, const struct slot_objects *keyring)
{
	const struct start_key *key = keyring->object;

	for (size_t i = 0; i < keyring->n; i++)
		add(h, key[i].secret_key,
		    str_of(pool_printf(h->pool, "[secret key of %.*s]",
			STR_ARG(key[i].namespace))));
}

static void
add_options(struct hiding *h, const struct json *options, bool is_all)
{
	for (size_t i = 0; options != NULL && i < options->map.n; i++) {
		const struct json_member *m = &options->map.member[i];

		if (m->value.kind == JSON_STR &&
		    (is_all || secret_is_option(m->name)))
			add(h, m->value.str, secret_option(h->pool, m->name));
	}
}

/* Of several the longest: one may begin another. NULL: none begins here. */
static const struct hidden *
hidden_at(const struct hiding *h, struct str text)
{
	const struct hidden *found = NULL;

	for (size_t i = 0; i < h->n; i++) {
		const struct hidden *row = &h->row[i];

		if (str_starts(text, row->secret) &&
		    (found == NULL || row->secret.n > found->secret.n))
			found = row;
	}
	return found;
}

struct str
secret_hide(struct pool *pool, const struct start *start, bool is_all,
    struct str text)
{
	struct hiding h = { .pool = pool };
	struct buf out = BUF_IN(pool);
	bool is_changed = false;

	add_keys(&h, &start->keyring);
	add_options(&h, start->options, is_all);
	for (size_t i = 0; h.n != 0 && i < text.n;) {
		const struct hidden *row = hidden_at(&h, str_from(text, i));

		if (row == NULL)
			buf_add_char(&out, text.p[i++]);
		else
			buf_add(&out, row->by);
		i += row != NULL ? row->secret.n : 0;
		is_changed = is_changed || row != NULL;
	}
	return is_changed ? buf_str(&out) : text;
}
