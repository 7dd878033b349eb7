#include "bundles/secrets.h"

#include "program/unlock.h"
#include "term/term.h"

struct list {
	struct pool *pool;
	struct mask_secret *secret;
	size_t n;
};

static void
add(struct list *list, struct str name, struct str value)
{
	if (value.n == 0)
		return;
	list->secret =
	    pool_push(list->pool, list->secret, list->n, sizeof(*list->secret));
	list->secret[list->n++] = (struct mask_secret){ name, value };
}

/* A key without a secret is one itself. */
static void
add_keys(struct list *list, const struct keyring *keyring)
{
	size_t n;
	struct start_key *key = keyring_list(keyring, list->pool, STR_NONE, &n);

	for (size_t i = 0; i < n; i++)
		add(list, key[i].namespace,
		    key[i].secret_key.p != NULL ? key[i].secret_key
						: key[i].access_key);
}

/* Tokens, web hooks, passwords: each of them is taken for one. */
static void
add_notifications(struct list *list, const struct config *config)
{
	for (size_t i = 0; i < config->rules; i++) {
		const struct slot_texts *options = &config->rule[i].options;

		for (size_t k = 0; k < options->n; k++) {
			struct str value = options->text[k];

			(void)str_cut(&value, '=');
			add(list, config->rule[i].label, value);
		}
	}
}

int
secrets_collect(struct program *p, struct pool *pool, struct mask **mask,
    struct err *err)
{
	struct list list = { .pool = pool };

	if (unlock_keys(p, err) == -1)
		return err_wrap(err,
		    "keys that nobody knows cannot be kept out of a bundle");
	add_keys(&list, p->keyring);
	add_notifications(&list, &p->config);
	*mask = mask_new(pool, list.secret, list.n);
	if (mask_is_blind(*mask))
		term_line(TERM_WARN,
		    "some keys are too short to be looked for in rows: have a "
		    "look yourself");
	return 0;
}
