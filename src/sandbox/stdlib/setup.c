/* setup: what the start line gave to the module. */
#include "ipc/start.h"
#include "stdlib/call.h"

static int
fn_getopt(struct call *c)
{
	const struct json *v =
	    json_member_str(call_start(c)->options, call_str(c, 1));

	if (v == NULL)
		return call_return_nil(c);
	return call_return_str(c, v->str);
}

static struct json
key_table(struct call *c, const struct start_key *key)
{
	struct json map = json_map();

	json_set(c->pool, &map, STR("namespace"), json_str(key->namespace));
	json_set(c->pool, &map, STR("access_key"), json_str(key->access_key));
	if (key->secret_key.p != NULL)
		json_set(c->pool, &map, STR("secret_key"),
		    json_str(key->secret_key));
	return map;
}

static int
fn_keyring(struct call *c)
{
	const struct start *start = call_start(c);
	const struct start_key *key = start->keyring.object;
	struct str name = call_str(c, 1), namespace = str_cut(&name, ':');
	bool with_name = name.p != NULL;
	struct json list = json_list();

	for (size_t i = 0; i < start->keyring.n; i++) {
		if (str_eq(key[i].namespace, namespace) &&
		    (!with_name || str_eq(key[i].access_key, name)))
			json_append(c->pool, &list, key_table(c, &key[i]));
	}
	return call_return_json(c, &list);
}

const struct stdlib_fn stdlib_setup[] = {
	{
	    .name = "getopt",
	    .call = fn_getopt,
	    .args = "name:text",
	    .returns = "text",
	    .doc =
		"The value of an option of the run, nil if it was not given.",
	    .example = "getopt('limit')  -- null",
	},
	{
	    .name = "keyring",
	    .call = fn_keyring,
	    .args = "query:text",
	    .returns = "list",
	    .doc =
		"The keys of a namespace, or the one called namespace:access_key, as tables with namespace, access_key and secret_key. Of `keyring add NAMESPACE:NAME` the NAME is the access_key, what it asks for the secret_key. Only keys that the user granted are there.",
	    .example = "keyring('aws')  -- {}",
	},
	{ NULL },
};
