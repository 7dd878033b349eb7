#include "state/keyring.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "state/file.h"
#include "state/paths.h"
#include "value/slot.h"

struct keyring {
	struct pool pool; /* of what was read last; wiped, it has secrets */
	char *path;
	bool is_open_to_others;
	struct json keys;   /* namespace -> name -> secret or null */
	struct json grants; /* namespace -> list of modules */
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
take_part(const struct json *all, const char *name, struct json *out,
    struct err *err)
{
	const struct json *part = json_member(all, name);

	*out = json_map();
	if (part == NULL)
		return 0;
	if (part->kind != JSON_MAP)
		return slot_wrong_type(part, "a map", err);
	*out = *part;
	return 0;
}

/*
 * Of a name that is there twice the last counts, as with the peer, and the
 * others are gone: what is deleted must not come back from behind it.
 */
static int
read_once(struct pool *pool, struct str text, struct json *all, struct err *err)
{
	struct buf out = BUF_IN(pool);
	struct json v;

	if (json_read(pool, text, &v, err) == -1)
		return -1;
	json_write(&out, &v, JSON_SORTED);
	return json_read(pool, buf_str(&out), all, err);
}

static int
parse(struct pool *pool, struct str text, struct json *keys,
    struct json *grants, struct err *err)
{
	struct json all;

	if (read_once(pool, text, &all, err) == -1)
		return -1;
	if (all.kind != JSON_MAP)
		return slot_wrong_type(&all, "a map", err);
	if (take_part(&all, "keys", keys, err) == -1 ||
	    take_part(&all, "grants", grants, err) == -1 ||
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
}

static int
load_ring(struct keyring *keyring, struct err *err)
{
	struct str text;
	int status;

	empty(keyring);
	status = file_read(&keyring->pool, keyring->path, KEYRING_MAX_BYTES,
	    &text, err);
	keyring->is_open_to_others = status == 1 && others_may(keyring->path);
	if (status == 1)
		status = parse(&keyring->pool, text, &keyring->keys,
		    &keyring->grants, err);
	if (status == -1) {
		empty(keyring);
		return err_wrap(err, "cannot read %s", keyring->path);
	}
	return 0;
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
check_text(struct keyring *keyring, struct str text, struct err *err)
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
	if (check_text(keyring, buf_str(&text), err) == -1)
		return -1;
	return file_write(keyring->path, buf_str(&text), err);
}

static struct json *
member(struct json *map, struct str name)
{
	return (struct json *)(uintptr_t)json_member_str(map, name);
}

/* The member of that name, made if it is not there. */
static struct json *
member_or_new(struct keyring *keyring, struct json *map, struct str name,
    struct json empty)
{
	struct json *found = member(map, name);

	if (found != NULL)
		return found;
	return json_set(&keyring->pool, map, pool_copy(&keyring->pool, name),
	    empty);
}

static bool
drop_member(struct json *map, struct str name)
{
	for (size_t i = 0; i < map->map.n; i++) {
		if (!str_eq(map->map.member[i].name, name))
			continue;
		map->map.n--;
		memmove(&map->map.member[i], &map->map.member[i + 1],
		    (map->map.n - i) * sizeof(*map->map.member));
		return true;
	}
	return false;
}

/* A change: 1 it was made, 0 there was nothing to change. */
struct change {
	struct str ns, name, secret;
};
typedef int change_fn(struct keyring *keyring, const struct change *change);

/* Reads anew under the lock, changes, stores. */
static int
apply(struct keyring *keyring, change_fn *make, const struct change *change,
    struct err *err)
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
		status = make(keyring, change);
	if (status == 1 && store_ring(keyring, err) == -1) {
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
	struct json *names =
	    member_or_new(keyring, &keyring->keys, change->ns, json_map());
	struct json secret =
	    change->secret.p != NULL
		? json_str(pool_copy(&keyring->pool, change->secret))
		: json_null();

	*member_or_new(keyring, names, change->name, secret) = secret;
	return 1;
}

static int
drop_key(struct keyring *keyring, const struct change *change)
{
	struct json *names = member(&keyring->keys, change->ns);

	if (names == NULL || !drop_member(names, change->name))
		return 0;
	if (names->map.n == 0)
		(void)drop_member(&keyring->keys, change->ns);
	return 1;
}

static size_t
find_grant(const struct json *list, struct str module)
{
	for (size_t i = 0; list != NULL && i < list->list.n; i++) {
		if (str_eq(list->list.item[i].str, module))
			return i;
	}
	return STR_NPOS;
}

static int
make_grant(struct keyring *keyring, const struct change *change)
{
	struct json *list =
	    member_or_new(keyring, &keyring->grants, change->ns, json_list());

	if (find_grant(list, change->name) != STR_NPOS)
		return 0;
	(void)json_append(&keyring->pool, list,
	    json_str(pool_copy(&keyring->pool, change->name)));
	return 1;
}

static int
drop_grant(struct keyring *keyring, const struct change *change)
{
	struct json *list = member(&keyring->grants, change->ns);
	size_t at = find_grant(list, change->name);

	if (at == STR_NPOS)
		return 0;
	list->list.n--;
	memmove(&list->list.item[at], &list->list.item[at + 1],
	    (list->list.n - at) * sizeof(*list->list.item));
	if (list->list.n == 0)
		(void)drop_member(&keyring->grants, change->ns);
	return 1;
}

int
keyring_add(struct keyring *keyring, struct str ns, struct str name,
    struct str secret, struct err *err)
{
	const struct change change = { ns, name, secret };

	return apply(keyring, make_key, &change, err) == -1 ? -1 : 0;
}

int
keyring_delete(struct keyring *keyring, struct str ns, struct str name,
    struct err *err)
{
	const struct change change = { ns, name, STR_NONE };

	return apply(keyring, drop_key, &change, err);
}

int
keyring_grant(struct keyring *keyring, struct str ns, struct str module,
    struct err *err)
{
	const struct change change = { ns, module, STR_NONE };

	return apply(keyring, make_grant, &change, err) == -1 ? -1 : 0;
}

int
keyring_revoke(struct keyring *keyring, struct str ns, struct str module,
    struct err *err)
{
	const struct change change = { ns, module, STR_NONE };

	return apply(keyring, drop_grant, &change, err);
}

bool
keyring_is_granted(const struct keyring *keyring, struct str ns,
    struct str module)
{
	return find_grant(json_member_str(&keyring->grants, ns), module) !=
	       STR_NPOS;
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
