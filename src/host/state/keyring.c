#include "state/keyring.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "state/file.h"
#include "state/ring_json.h"
#include "state/texts.h"
#include "value/slot.h"

struct keyring {
	struct pool pool; /* of what was read last; wiped, it has secrets */
	char *path;
	char *texts_path;
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
		status = parse(&keyring->pool, text, &keyring->keys,
		    &keyring->grants, err);
	if (status == -1)
		return err_wrap(err, "cannot read %s", keyring->path);
	return 0;
}

static int
load_ring(struct keyring *keyring, struct err *err)
{
	empty(keyring);
	if (load_file(keyring, err) == 0 && load_texts(keyring, err) == 0)
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
	keyring->path = mem_text(real, strlen(real));
	keyring->texts_path = beside(path, "grants.json");
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
	pool_clear(&keyring->lent_pool);
	free(keyring->path);
	free(keyring->texts_path);
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
store_ring(struct keyring *keyring, struct err *err)
{
	struct json all = json_map();
	struct buf text = BUF_IN(&keyring->pool);

	(void)json_set(&keyring->pool, &all, STR("keys"), keyring->keys);
	(void)json_set(&keyring->pool, &all, STR("grants"), keyring->grants);
	json_write(&text, &all, 0);
	buf_add_char(&text, '\n');
	if (check_ring(keyring, buf_str(&text), err) == -1)
		return -1;
	return file_write(keyring->path, buf_str(&text), err);
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
};

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

static const struct change_kind change_make_key = { make_key, store_ring };
static const struct change_kind change_drop_key = { drop_key, store_ring };
static const struct change_kind change_make_name = { make_name, store_ring };
static const struct change_kind change_drop_name = { drop_name, store_ring };
static const struct change_kind change_make_text = { make_text, store_texts };
static const struct change_kind change_drop_text = { drop_text, store_texts };

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
