#include "run/configured.h"

#include <stdlib.h>

#include "base/home.h"
#include "base/mem.h"
#include "child/data.h"
#include "value/toml.h"

struct words {
	struct slot_texts allow, deny, limits;
	bool has_allow;
};

static const struct slot network_slots[] = {
	{ "allow", SLOT_TEXTS, SLOT_OPT, AT(words, allow),
	    "where modules connect" },
	{ "deny", SLOT_TEXTS, SLOT_OPT, AT(words, deny), "where they may not" },
	{ NULL },
};

static const struct slot sandbox_slots[] = {
	{ "limits", SLOT_TEXTS, SLOT_OPT, AT(words, limits), "name=value" },
	{ NULL },
};

static int
read_section(const struct json *root, const char *name,
    const struct slot *slots, struct pool *pool, struct words *out,
    struct err *err)
{
	const struct json *v = json_member(root, name);

	if (v != NULL && slot_read(slots, NULL, v, pool, out, err) == -1)
		return err_wrap(err, "in [%s]", name);
	return 0;
}

static int
read_words(struct str text, struct pool *pool, struct words *out,
    struct err *err)
{
	const struct json *network;
	struct json root;

	if (toml_read(pool, text, &root, err) == -1 ||
	    read_section(&root, "network", network_slots, pool, out, err) ==
		-1 ||
	    read_section(&root, "sandbox", sandbox_slots, pool, out, err) == -1)
		return -1;
	network = json_member(&root, "network");
	out->has_allow =
	    network != NULL && json_member(network, "allow") != NULL;
	return 0;
}

/* a, then b. */
static struct slot_texts
join_texts(struct pool *pool, struct slot_texts a, struct slot_texts b)
{
	struct str *all = pool_array(pool, a.n + b.n, sizeof(*all));

	if (a.n != 0)
		memcpy(all, a.text, a.n * sizeof(*all));
	if (b.n != 0)
		memcpy(all + a.n, b.text, b.n * sizeof(*all));
	return (struct slot_texts){ all, a.n + b.n };
}

int
configured_add(struct child_options *o, struct pool *pool, struct err *err)
{
	const char *path = data_path(pool, "XDG_CONFIG_HOME", ".config",
		"sn0int.toml");
	struct words words = { .has_allow = false };
	struct str text;
	int status;

	if (path == NULL)
		return 0;
	status = data_read(path, TOML_MAX_BYTES, &text, err);
	if (status == 0 && home_check_none(path, err) == 0)
		return 0;
	if (status != 1 || read_words(text, pool, &words, err) == -1)
		goto failed;
	o->has_allow_net = o->has_allow_net || words.has_allow;
	o->allow_net = join_texts(pool, words.allow, o->allow_net);
	o->deny_net = join_texts(pool, words.deny, o->deny_net);
	o->limit = join_texts(pool, words.limits, o->limit);
	if (child_options_check(o, err) == -1)
		goto failed;
	return 0;
failed:
	(void)err_wrap(err, "in %s", path);
	return err_wrap(err, "Failed to load config");
}
