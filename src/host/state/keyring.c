/*
 * Three files stand behind a ring. keyring.json is the peer's: names of modules
 * that were granted, and the keys while the ring is not sealed. grants.json says
 * for which texts. keyring.sealed has the keys of a sealed ring, in a box.
 *
 * No order of writing may lose a key. Keys go into the box before they leave
 * keyring.json, and back into keyring.json before the box is removed; so what a
 * crash leaves is a box, and beside it perhaps the same keys once more. Keys in
 * keyring.json beside a box count before those in it (the peer has written them
 * later), and the next change of a key moves them into the box before it makes
 * anything else: from then on an old value cannot come back.
 */
#include "state/keyring.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/locked.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "seal/box.h"
#include "state/file.h"
#include "state/ring_json.h"
#include "state/texts.h"
#include "value/slot.h"

struct keyring {
	struct pool pool; /* of what was read last; secret */
	char *path;
	char *texts_path;
	char *sealed_path;
	struct pool key_pool;
	struct box_key *key; /* of the box; NULL: it is locked */
	struct box_head head;
	bool is_sealed;
	struct json plain; /* keys in keyring.json, sealed or not */
	struct str box;    /* keyring.sealed as it was read */
	struct pool taken_pool;
	struct str taken; /* "aws:k, aws:l": taken over since it was asked */
	bool is_open_to_others;
	struct json keys;   /* namespace -> name -> secret or null */
	struct json grants; /* namespace -> list of modules */
	struct json texts;  /* state/texts.h */
	struct str *lent;   /* namespaces; not in the file */
	size_t lents;
	struct pool lent_pool;
};

static int
check_keys(const struct json *keys, struct err *err)
{
	for (size_t i = 0; i < keys->map.n; i++) {
		const struct json *names = &keys->map.member[i].value;

		if (names->kind != JSON_MAP)
			return slot_wrong_type(names, "a map", err);
		for (size_t k = 0; k < names->map.n; k++) {
			const struct json *secret = &names->map.member[k].value;

			if (secret->kind != JSON_STR &&
			    secret->kind != JSON_NULL)
				return slot_wrong_type(secret, "a string", err);
		}
	}
	return 0;
}

static int
check_grants(const struct json *grants, struct err *err)
{
	for (size_t i = 0; i < grants->map.n; i++) {
		const struct json *list = &grants->map.member[i].value;

		if (list->kind != JSON_LIST)
			return slot_wrong_type(list, "a sequence", err);
		for (size_t k = 0; k < list->list.n; k++) {
			if (list->list.item[k].kind != JSON_STR)
				return slot_wrong_type(&list->list.item[k],
				    "a string", err);
		}
	}
	return 0;
}

static int
parse(struct pool *pool, struct str text, struct json *keys,
    struct json *grants, struct err *err)
{
	struct json all;

	if (ring_json_read(pool, text, &all, err) == -1 ||
	    ring_json_part(&all, "keys", keys, err) == -1 ||
	    ring_json_part(&all, "grants", grants, err) == -1 ||
	    check_keys(keys, err) == -1)
		return -1;
	return check_grants(grants, err);
}

static bool
others_may(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && (st.st_mode & 077) != 0;
}

static void
empty(struct keyring *keyring)
{
	pool_wipe(&keyring->pool);
	keyring->keys = json_map();
	keyring->grants = json_map();
	keyring->texts = json_map();
	keyring->plain = json_map();
	keyring->is_sealed = false;
	keyring->box = STR_NONE;
}

/* Keys of `more` come before those in *keys. All live in pool. */
static void
merge_keys(struct pool *pool, struct json *keys, const struct json *more)
{
	for (size_t i = 0; i < more->map.n; i++) {
		const struct json_member *space = &more->map.member[i];
		struct json *names =
		    ring_json_make(pool, keys, space->name, json_map());

		for (size_t k = 0; k < space->value.map.n; k++) {
			const struct json_member *m =
			    &space->value.map.member[k];

			*ring_json_make(pool, names, m->name, json_null()) =
			    m->value;
		}
	}
}

static int
parse_sealed(struct pool *pool, struct str text, struct json *keys,
    struct err *err)
{
	struct json grants;

	return parse(pool, text, keys, &grants, err);
}

/* What is in the box, and before it what the peer has written since. */
static int
open_box(struct keyring *keyring, struct err *err)
{
	struct pool *pool = &keyring->pool;
	struct json keys;
	struct str text;

	if (box_open(pool, keyring->box, keyring->key, &text, err) == -1 ||
	    parse_sealed(pool, text, &keys, err) == -1)
		return -1;
	merge_keys(pool, &keys, &keyring->plain);
	keyring->keys = keys;
	return 0;
}

static int
load_sealed(struct keyring *keyring, struct err *err)
{
	int status = file_read(&keyring->pool, keyring->sealed_path,
	    BOX_MAX_BYTES, &keyring->box, err);

	if (status == 0)
		return 0;
	keyring->is_sealed = true;
	keyring->keys = json_map();
	if (status == 1)
		status = box_read(keyring->box, &keyring->head, err);
	/* sealed anew by another: what we have opens it no more */
	if (status == 0 && keyring->key != NULL &&
	    memcmp(keyring->key->head.salt, keyring->head.salt,
		SEAL_SALT_BYTES) != 0)
		keyring_lock(keyring);
	if (status == 0 && keyring->key != NULL)
		status = open_box(keyring, err);
	if (status == -1)
		return err_wrap(err, "cannot read %s", keyring->sealed_path);
	return 0;
}

static int
load_texts(struct keyring *keyring, struct err *err)
{
	struct str text;
	int status = file_read(&keyring->pool, keyring->texts_path,
	    TEXTS_MAX_BYTES, &text, err);

	if (status == 1)
		status = texts_read(&keyring->pool, text, &keyring->texts, err);
	if (status == -1)
		return err_wrap(err, "cannot read %s", keyring->texts_path);
	return 0;
}

static int
load_file(struct keyring *keyring, struct err *err)
{
	struct str text;
	int status = file_read(&keyring->pool, keyring->path, KEYRING_MAX_BYTES,
	    &text, err);

	keyring->is_open_to_others = status == 1 && others_may(keyring->path);
	if (status == 1)
		status = parse(&keyring->pool, text, &keyring->plain,
		    &keyring->grants, err);
	if (status == -1)
		return err_wrap(err, "cannot read %s", keyring->path);
	keyring->keys = keyring->plain;
	return 0;
}

static int
load_ring(struct keyring *keyring, struct err *err)
{
	empty(keyring);
	if (load_file(keyring, err) == 0 && load_texts(keyring, err) == 0 &&
	    load_sealed(keyring, err) == 0)
		return 0;
	empty(keyring);
	return -1;
}

/* In the folder of the program, also where the ring itself is a link. */
static char *
beside(const char *path, const char *name)
{
	autopool struct pool pool = POOL_NONE;
	const char *all =
	    pool_printf(&pool, "%s%s", file_folder(&pool, path), name);

	return mem_text(all, strlen(all));
}

int
keyring_open(const char *path, struct keyring **out, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct keyring *keyring;
	const char *real;

	/* the lock and the temporary file stand beside the file, not the link */
	if (file_real(&pool, path, &real, err) == -1)
		return -1;
	keyring = mem_zalloc(sizeof(*keyring));
	keyring->pool = (struct pool)POOL_SECRET;
	keyring->key_pool = (struct pool)POOL_SECRET;
	keyring->path = mem_text(real, strlen(real));
	keyring->texts_path = beside(path, "grants.json");
	keyring->sealed_path = beside(path, "keyring.sealed");
	if (load_ring(keyring, err) == -1) {
		keyring_free(keyring);
		return -1;
	}
	*out = keyring;
	return 0;
}

void
keyring_free(struct keyring *keyring)
{
	if (keyring == NULL)
		return;
	pool_wipe(&keyring->pool);
	pool_wipe(&keyring->key_pool);
	pool_clear(&keyring->taken_pool);
	pool_clear(&keyring->lent_pool);
	free(keyring->path);
	free(keyring->texts_path);
	free(keyring->sealed_path);
	free(keyring);
}

bool
keyring_is_open_to_others(const struct keyring *keyring)
{
	return keyring->is_open_to_others;
}

int
keyring_split(struct str key, struct str *ns, struct str *name, struct err *err)
{
	struct str rest = key;

	*ns = str_cut(&rest, ':');
	*name = rest;
	if (rest.p == NULL)
		return err_set(err, "'%.*s' has no namespace (NAMESPACE:NAME)",
		    STR_ARG(key));
	if (ns->n == 0)
		return err_set(err, "the namespace of '%.*s' is empty",
		    STR_ARG(key));
	if (name->n == 0)
		return err_set(err, "the name in '%.*s' is empty",
		    STR_ARG(key));
	return 0;
}

/* Without the ring no command works: what is stored can be read. */
static int
check_ring(struct keyring *keyring, struct str text, struct err *err)
{
	struct json keys, grants;
	int status = 0;

	if (text.n > KEYRING_MAX_BYTES)
		status = err_set(err, "it would be larger than %zu bytes",
		    KEYRING_MAX_BYTES);
	else
		status = parse(&keyring->pool, text, &keys, &grants, err);
	return status == -1 ? err_wrap(err, "%s stays as it is", keyring->path)
	                    : 0;
}

static int
write_ring(struct keyring *keyring, struct json keys, struct err *err)
{
	struct json all = json_map();
	struct buf text = BUF_IN(&keyring->pool);

	(void)json_set(&keyring->pool, &all, STR("keys"), keys);
	(void)json_set(&keyring->pool, &all, STR("grants"), keyring->grants);
	json_write(&text, &all, 0);
	buf_add_char(&text, '\n');
	if (check_ring(keyring, buf_str(&text), err) == -1)
		return -1;
	return file_write(keyring->path, buf_str(&text), err);
}

/* Names that are granted; the keys beside them stay what they are. */
static int
store_names(struct keyring *keyring, struct err *err)
{
	return write_ring(keyring, keyring->plain, err);
}

/*
 * What was written opens, and has the same text: nobody removes a key from where
 * it was before that is seen, on the disk.
 */
static int
check_box(struct keyring *keyring, const struct box_key *key, struct str want,
    struct err *err)
{
	struct pool *pool = &keyring->pool;
	struct str box, text;
	int status =
	    file_read(pool, keyring->sealed_path, BOX_MAX_BYTES, &box, err);

	if (status == 0)
		return err_set(err, "it is gone");
	if (status == -1 || box_open(pool, box, key, &text, err) == -1)
		return -1;
	return str_eq(text, want) ? 0
	                          : err_set(err, "it is not what was written");
}

static int
write_box(struct keyring *keyring, const struct box_key *key, struct err *err)
{
	struct pool *pool = &keyring->pool;
	struct json all = json_map(), keys;
	struct buf text = BUF_IN(pool);
	struct str box;

	(void)json_set(pool, &all, STR("keys"), keyring->keys);
	json_write(&text, &all, 0);
	if (parse_sealed(pool, buf_str(&text), &keys, err) == -1 ||
	    box_close(pool, buf_str(&text), key, &box, err) == -1)
		return err_wrap(err, "%s stays as it is", keyring->sealed_path);
	if (file_write(keyring->sealed_path, box, err) == -1)
		return -1;
	if (check_box(keyring, key, buf_str(&text), err) == -1)
		return err_wrap(err, "cannot read what was written to %s",
		    keyring->sealed_path);
	return 0;
}

static int
store_keys(struct keyring *keyring, struct err *err)
{
	return keyring->is_sealed ? write_box(keyring, keyring->key, err)
	                          : write_ring(keyring, keyring->keys, err);
}

static void
note_taken(struct keyring *keyring)
{
	struct pool *pool = &keyring->taken_pool;
	struct buf out = BUF_IN(pool);

	buf_add(&out, keyring->taken);
	for (size_t i = 0; i < keyring->plain.map.n; i++) {
		const struct json_member *m = &keyring->plain.map.member[i];

		for (size_t k = 0; k < m->value.map.n; k++)
			buf_printf(&out, "%s%.*s:%.*s", out.n != 0 ? ", " : "",
			    STR_ARG(m->name),
			    STR_ARG(m->value.map.member[k].name));
	}
	keyring->taken = buf_str(&out);
}

/* Into the box with what the peer has written beside it. */
static int
take_over(struct keyring *keyring, struct err *err)
{
	if (keyring->plain.map.n == 0)
		return 0;
	if (write_box(keyring, keyring->key, err) == -1 ||
	    write_ring(keyring, json_map(), err) == -1)
		return -1;
	note_taken(keyring);
	keyring->plain = json_map();
	return 0;
}

static int
store_texts(struct keyring *keyring, struct err *err)
{
	struct buf text = BUF_IN(&keyring->pool);

	texts_write(&keyring->pool, &keyring->texts, &text);
	if (text.n > TEXTS_MAX_BYTES)
		return err_set(err,
		    "%s stays as it is: it would be larger than %zu bytes",
		    keyring->texts_path, TEXTS_MAX_BYTES);
	return file_write(keyring->texts_path, buf_str(&text), err);
}

/* A change of one file: 1 it was made, 0 there was nothing to change. */
struct change {
	struct str ns, name, secret;
};
struct change_kind {
	int (*make)(struct keyring *keyring, const struct change *change);
	int (*store)(struct keyring *keyring, struct err *err);
	bool is_of_keys; /* needs the box open */
};

static int
need_keys(struct keyring *keyring, struct err *err)
{
	if (!keyring->is_sealed)
		return 0;
	if (keyring->key == NULL)
		return err_set(err,
		    "the keyring is sealed, and locked: another has sealed "
		    "it, try again");
	return take_over(keyring, err);
}

/* Reads anew under the lock, changes, stores. */
static int
apply(struct keyring *keyring, const struct change_kind *kind,
    const struct change *change, struct err *err)
{
	int fd, status;

	/* JSON would have a list of numbers for it, which is no secret */
	if (!utf8_is_valid(change->ns) || !utf8_is_valid(change->name) ||
	    !utf8_is_valid(change->secret))
		return err_set(err,
		    "a key has texts (UTF-8) for its namespace, name and "
		    "secret; base64 holds other bytes");
	fd = file_lock_beside(keyring->path, err);
	if (fd == -1)
		return -1;
	status = load_ring(keyring, err);
	if (status == 0 && kind->is_of_keys)
		status = need_keys(keyring, err);
	if (status == 0)
		status = kind->make(keyring, change);
	if (status == 1 && kind->store(keyring, err) == -1) {
		autoerr struct err again = ERR_NONE;

		status = -1;
		/* a grant that is not in the file is none */
		(void)load_ring(keyring, &again);
	}
	(void)close(fd);
	return status;
}

static int
make_key(struct keyring *keyring, const struct change *change)
{
	struct pool *pool = &keyring->pool;
	struct json *names =
	    ring_json_make(pool, &keyring->keys, change->ns, json_map());
	struct json secret = change->secret.p != NULL
	                         ? json_str(pool_copy(pool, change->secret))
	                         : json_null();

	*ring_json_make(pool, names, change->name, secret) = secret;
	return 1;
}

static int
drop_key(struct keyring *keyring, const struct change *change)
{
	struct json *names = ring_json_member(&keyring->keys, change->ns);

	if (names == NULL || !ring_json_drop(names, change->name))
		return 0;
	if (names->map.n == 0)
		(void)ring_json_drop(&keyring->keys, change->ns);
	return 1;
}

static size_t
find_name(const struct json *list, struct str module)
{
	for (size_t i = 0; list != NULL && i < list->list.n; i++) {
		if (str_eq(list->list.item[i].str, module))
			return i;
	}
	return STR_NPOS;
}

static int
make_name(struct keyring *keyring, const struct change *change)
{
	struct json *list = ring_json_make(&keyring->pool, &keyring->grants,
	    change->ns, json_list());

	if (find_name(list, change->name) != STR_NPOS)
		return 0;
	(void)json_append(&keyring->pool, list,
	    json_str(pool_copy(&keyring->pool, change->name)));
	return 1;
}

static int
drop_name(struct keyring *keyring, const struct change *change)
{
	struct json *list = ring_json_member(&keyring->grants, change->ns);
	size_t at = find_name(list, change->name);

	if (at == STR_NPOS)
		return 0;
	ring_json_drop_item(list, at);
	if (list->list.n == 0)
		(void)ring_json_drop(&keyring->grants, change->ns);
	return 1;
}

static int
make_text(struct keyring *keyring, const struct change *change)
{
	return texts_set(&keyring->pool, &keyring->texts, change->ns,
	    change->name, change->secret);
}

static int
drop_text(struct keyring *keyring, const struct change *change)
{
	return texts_drop(&keyring->texts, change->ns, change->name);
}

static const struct change_kind change_make_key = { make_key, store_keys,
	true };
static const struct change_kind change_drop_key = { drop_key, store_keys,
	true };
static const struct change_kind change_make_name = { make_name, store_names,
	false };
static const struct change_kind change_drop_name = { drop_name, store_names,
	false };
static const struct change_kind change_make_text = { make_text, store_texts,
	false };
static const struct change_kind change_drop_text = { drop_text, store_texts,
	false };

int
keyring_add(struct keyring *keyring, struct str ns, struct str name,
    struct str secret, struct err *err)
{
	const struct change change = { ns, name, secret };

	return apply(keyring, &change_make_key, &change, err) == -1 ? -1 : 0;
}

int
keyring_delete(struct keyring *keyring, struct str ns, struct str name,
    struct err *err)
{
	const struct change change = { ns, name, STR_NONE };

	return apply(keyring, &change_drop_key, &change, err);
}

/*
 * The peer refuses a whole ring for a module whose name has more than letters,
 * digits and '-': a grant of such a one stands among the texts only.
 */
static bool
is_for_peer(struct str module)
{
	struct str name = module, author = str_cut(&name, '/');

	for (size_t i = 0; i < module.n; i++) {
		char c = module.p[i];

		if (!char_is_digit(c) && c != '-' && c != '/' &&
		    !(char_lower(c) >= 'a' && char_lower(c) <= 'z'))
			return false;
	}
	return author.n != 0 && name.n != 0 &&
	       str_find_char(name, '/') == STR_NPOS;
}

/*
 * The text first, and the name from the ring first when it is taken back: after
 * a crash between the two it is not granted.
 */
int
keyring_grant(struct keyring *keyring, struct str ns, struct str module,
    struct str sha256, struct err *err)
{
	const struct change text = { ns, module, sha256 };
	const struct change name = { ns, module, STR_NONE };

	if (apply(keyring, &change_make_text, &text, err) == -1)
		return -1;
	if (!is_for_peer(module))
		return 0;
	return apply(keyring, &change_make_name, &name, err) == -1 ? -1 : 0;
}

int
keyring_revoke(struct keyring *keyring, struct str ns, struct str module,
    struct err *err)
{
	const struct change change = { ns, module, STR_NONE };
	int name = apply(keyring, &change_drop_name, &change, err), text;

	if (name == -1)
		return -1;
	text = apply(keyring, &change_drop_text, &change, err);
	return text == -1 ? -1 : name | text;
}

struct str
keyring_granted_text(const struct keyring *keyring, struct str ns,
    struct str module, struct pool *pool)
{
	struct str sha256 = texts_find(&keyring->texts, ns, module);

	return sha256.p != NULL ? pool_copy(pool, sha256) : STR_NONE;
}

enum keyring_grant
keyring_granted(const struct keyring *keyring, struct str ns, struct str module,
    struct str sha256)
{
	bool has_name = find_name(json_member_str(&keyring->grants, ns),
			    module) != STR_NPOS;
	struct str text = texts_find(&keyring->texts, ns, module);

	if (!has_name && (text.p == NULL || is_for_peer(module)))
		return KEYRING_REFUSED;
	if (text.p == NULL)
		return KEYRING_BY_NAME;
	return str_eq(text, sha256) ? KEYRING_GRANTED : KEYRING_OTHER_TEXT;
}

static void
add_row(struct pool *pool, struct keyring_row **all, size_t *n, struct str ns,
    struct str module)
{
	*all = pool_push(pool, *all, *n, sizeof(**all));
	(*all)[(*n)++] = (struct keyring_row){ pool_copy(pool, ns),
		pool_copy(pool, module) };
}

static int
compare_rows(const void *a, const void *b)
{
	const struct keyring_row *x = a, *y = b;
	int order = str_cmp(x->ns, y->ns);

	return order != 0 ? order : str_cmp(x->module, y->module);
}

struct keyring_row *
keyring_grants(const struct keyring *keyring, struct pool *pool, size_t *n)
{
	struct keyring_row *all = NULL;

	*n = 0;
	for (size_t i = 0; i < keyring->grants.map.n; i++) {
		const struct json_member *m = &keyring->grants.map.member[i];

		for (size_t k = 0; k < m->value.list.n; k++)
			add_row(pool, &all, n, m->name,
			    m->value.list.item[k].str);
	}
	for (size_t i = 0; i < keyring->texts.map.n; i++) {
		const struct json_member *m = &keyring->texts.map.member[i];

		for (size_t k = 0; k < m->value.list.n; k++) {
			struct str module =
			    json_member(&m->value.list.item[k], "module")->str;

			if (!is_for_peer(module))
				add_row(pool, &all, n, m->name, module);
		}
	}
	if (*n != 0)
		qsort(all, *n, sizeof(*all), compare_rows);
	return all;
}

void
keyring_lend(struct keyring *keyring, struct str ns)
{
	struct pool *pool = &keyring->lent_pool;

	keyring->lent = pool_push(pool, keyring->lent, keyring->lents,
	    sizeof(*keyring->lent));
	keyring->lent[keyring->lents++] = pool_copy(pool, ns);
}

void
keyring_return(struct keyring *keyring)
{
	keyring->lents = 0;
}

bool
keyring_is_lent(const struct keyring *keyring, struct str ns)
{
	return str_is_among(ns, keyring->lent, keyring->lents);
}

static int
compare_keys(const void *a, const void *b)
{
	const struct start_key *x = a, *y = b;
	int order = str_cmp(x->namespace, y->namespace);

	return order != 0 ? order : str_cmp(x->access_key, y->access_key);
}

static struct start_key
key_of(struct pool *pool, struct str ns, const struct json_member *name)
{
	bool has_secret = name->value.kind == JSON_STR;

	return (struct start_key){
		.namespace = pool_copy(pool, ns),
		.access_key = pool_copy(pool, name->name),
		.secret_key =
		    has_secret ? pool_copy(pool, name->value.str) : STR_NONE,
	};
}

struct start_key *
keyring_list(const struct keyring *keyring, struct pool *pool, struct str ns,
    size_t *n)
{
	struct start_key *all = NULL;

	*n = 0;
	for (size_t i = 0; i < keyring->keys.map.n; i++) {
		const struct json_member *space = &keyring->keys.map.member[i];
		size_t more = space->value.map.n;

		if (ns.p != NULL && !str_eq(space->name, ns))
			continue;
		all = pool_grow(pool, all, *n * sizeof(*all),
		    (*n + more) * sizeof(*all));
		for (size_t k = 0; k < more; k++)
			all[(*n)++] = key_of(pool, space->name,
			    &space->value.map.member[k]);
	}
	if (*n != 0)
		qsort(all, *n, sizeof(*all), compare_keys);
	return all;
}

bool
keyring_is_sealed(const struct keyring *keyring)
{
	return keyring->is_sealed;
}

bool
keyring_is_locked(const struct keyring *keyring)
{
	return keyring->is_sealed && keyring->key == NULL;
}

const struct box_head *
keyring_head(const struct keyring *keyring)
{
	return keyring->is_sealed ? &keyring->head : NULL;
}

const struct box_key *
keyring_key(const struct keyring *keyring)
{
	return keyring->key;
}

struct str
keyring_taken(struct keyring *keyring, struct pool *pool)
{
	struct str taken = keyring->taken;

	if (taken.n == 0)
		return STR_NONE;
	keyring->taken = STR_NONE;
	return pool_copy(pool, taken);
}

void
keyring_lock(struct keyring *keyring)
{
	pool_wipe(&keyring->key_pool);
	keyring->key = NULL;
	/* the box is still there; what was in it is not */
	if (keyring->is_sealed)
		keyring->keys = json_map();
}

static void
keep_key(struct keyring *keyring, const struct box_key *key)
{
	struct box_key *kept;

	pool_wipe(&keyring->key_pool);
	kept = pool_alloc(&keyring->key_pool, sizeof(*kept));
	*kept = *key;
	keyring->key = kept;
}

int
keyring_unlock_with(struct keyring *keyring, const struct box_key *key,
    struct err *err)
{
	int status;

	if (!keyring_is_locked(keyring))
		return 1;
	status = box_fits(keyring->box, key, err);
	if (status != 1)
		return status;
	keep_key(keyring, key);
	if (open_box(keyring, err) == 0)
		return 1;
	keyring_lock(keyring);
	return err_wrap(err, "cannot read %s", keyring->sealed_path);
}

int
keyring_unlock(struct keyring *keyring, struct str passphrase, struct err *err)
{
	autopool struct pool pool = POOL_SECRET;
	struct box_key *key = pool_alloc(&pool, sizeof(*key));

	if (!keyring_is_locked(keyring))
		return 1;
	if (box_derive(key, &keyring->head, passphrase, err) == -1)
		return -1;
	return keyring_unlock_with(keyring, key, err);
}

/* In the lock: the keys into a box of this key, then out of keyring.json. */
static int
seal_ring(struct keyring *keyring, const struct box_key *key, struct err *err)
{
	if (load_ring(keyring, err) == -1)
		return -1;
	if (keyring_is_locked(keyring))
		return err_set(err,
		    "another has sealed the keyring: unlock it first");
	if (write_box(keyring, key, err) == -1 ||
	    write_ring(keyring, json_map(), err) == -1)
		return -1;
	keep_key(keyring, key);
	return load_ring(keyring, err);
}

/* In the lock: the keys into keyring.json, then the box away. */
static int
unseal_ring(struct keyring *keyring, struct err *err)
{
	if (load_ring(keyring, err) == -1)
		return -1;
	if (!keyring->is_sealed)
		return 0;
	if (keyring->key == NULL)
		return err_set(err, "another has sealed the keyring anew");
	if (write_ring(keyring, keyring->keys, err) == -1 ||
	    file_remove(keyring->sealed_path, err) == -1)
		return -1;
	keyring_lock(keyring);
	return load_ring(keyring, err);
}

int
keyring_seal(struct keyring *keyring, const struct box_key *key,
    struct err *err)
{
	int fd = file_lock_beside(keyring->path, err), status;

	if (fd == -1)
		return -1;
	status = seal_ring(keyring, key, err);
	(void)close(fd);
	return status;
}

int
keyring_unseal(struct keyring *keyring, struct err *err)
{
	int fd = file_lock_beside(keyring->path, err), status;

	if (fd == -1)
		return -1;
	status = unseal_ring(keyring, err);
	(void)close(fd);
	return status;
}
