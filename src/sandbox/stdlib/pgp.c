/* pgp: what an OpenPGP key says about its owner. */
#include "crypt/pgp.h"

#include "crypt/digest.h"
#include "stdlib/call.h"

static struct json
upper_hex(struct pool *pool, struct str bytes)
{
	static const char digit[] = "0123456789ABCDEF";
	char *out = pool_alloc(pool, 2 * bytes.n);

	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char b = (unsigned char)bytes.p[i];

		out[2 * i] = digit[b >> 4];
		out[2 * i + 1] = digit[b & 15];
	}
	return json_str(str_view(out, 2 * bytes.n));
}

static struct json
uids_to_json(struct pool *pool, const struct pgp_key *key)
{
	struct json list = json_list();

	for (size_t i = 0; i < key->n_uids; i++)
		json_append(pool, &list, json_str(key->uid[i]));
	return list;
}

static struct json
sigs_to_json(struct pool *pool, const struct pgp_key *key)
{
	struct json list = json_list();

	for (size_t i = 0; i < key->n_sigs; i++) {
		const struct pgp_sig *sig = &key->sig[i];
		struct json one = json_map();

		if (sig->fingerprint.n != 0)
			json_set(pool, &one, STR("fingerprint"),
			    upper_hex(pool, sig->fingerprint));
		if (sig->key_id.n != 0)
			json_set(pool, &one, STR("keyid"),
			    upper_hex(pool, sig->key_id));
		json_append(pool, &list, one);
	}
	return list;
}

static int
return_key(struct call *c, struct str bytes)
{
	struct pool *pool = c->pool;
	struct json map = json_map();
	struct pgp_key key;
	struct str print;

	if (pgp_read(pool, bytes, &key, c->err) == -1)
		return -1;
	if (key.has_key) {
		print = digest_of(pool, DIGEST_SHA1,
		    pgp_key_material(pool, key.key));
		json_set(pool, &map, STR("fingerprint"),
		    upper_hex(pool, print));
	}
	if (key.n_uids != 0)
		json_set(pool, &map, STR("uids"), uids_to_json(pool, &key));
	if (key.n_sigs != 0)
		json_set(pool, &map, STR("sigs"), sigs_to_json(pool, &key));
	return call_return_json(c, &map);
}

static int
fn_pgp_pubkey(struct call *c)
{
	return return_key(c, call_str(c, 1));
}

static int
fn_pgp_pubkey_armored(struct call *c)
{
	struct str bytes;

	if (pgp_unarmor(c->pool, call_str(c, 1), &bytes, c->err) == -1)
		return -1;
	return return_key(c, bytes);
}

const struct stdlib_fn stdlib_pgp[] = {
	{
	    .name = "pgp_pubkey",
	    .call = fn_pgp_pubkey,
	    .args = "key:bytes",
	    .returns = "map",
	    .doc =
		"Reads an OpenPGP key: the fingerprint of its last public key, the user ids as a list uids, and the signers as a list sigs of maps with fingerprint and keyid. What is not there is absent; reading stops silently at damage. Nothing is verified.",
	    .example =
		"pgp_pubkey(base64_decode('zQdhIDxiQGM+'))  -- {\"uids\": {1.0: \"a <b@c>\"}}",
	},
	{
	    .name = "pgp_pubkey_armored",
	    .call = fn_pgp_pubkey_armored,
	    .args = "key:text",
	    .returns = "map",
	    .doc =
		"The same for a key in ASCII armor. Text in front of the armor is skipped, its checksum is not compared; without armor the result is empty.",
	    .example =
		"pgp_pubkey_armored('-----BEGIN PGP PUBLIC KEY BLOCK-----\\n\\nzQdhIDxiQGM+\\n-----END PGP PUBLIC KEY BLOCK-----\\n')  -- {\"uids\": {1.0: \"a <b@c>\"}}",
	},
	{ NULL },
};
