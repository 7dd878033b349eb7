#include "run/configured.h"

#include "base/home.h"
#include "child/data.h"
#include "value/toml.h"

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
configured_add(struct child_options *o, struct config *config,
    const char **path, struct pool *pool, struct err *err)
{
	struct str text;
	int status;

	config_init(config);
	*path = data_path(pool, "XDG_CONFIG_HOME", ".config", "sn0int.toml");
	if (*path == NULL)
		return 0;
	status = data_read(*path, TOML_MAX_BYTES, &text, err);
	if (status == 0 && home_check_none(*path, err) == 0)
		return 0;
	if (status != 1 || config_read(config, text, pool, err) == -1)
		goto failed;
	o->has_allow_net = o->has_allow_net || config->has_allow_net;
	o->allow_net = join_texts(pool, config->allow_net, o->allow_net);
	o->deny_net = join_texts(pool, config->deny_net, o->deny_net);
	o->limit = join_texts(pool, config->limits, o->limit);
	if (child_options_check(o, err) == -1)
		goto failed;
	return 0;
failed:
	(void)err_wrap(err, "in %s", *path);
	return err_wrap(err, "Failed to load config");
}
