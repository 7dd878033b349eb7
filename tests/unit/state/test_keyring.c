/* keyring: what is read, changed and written again keeps everything else. */
#include "state/file.h"
#include "state/keyring.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/locked.h"
#include "base/mem.h"
#include "base/sanitized.h"
#include "value/json.h"

#include "cheap_key.h"
#include "place.h"

/* Of a text, as if it were hashed. */
#define SHA                                                                    \
	STR("00000000000000000000000000000000"                                 \
	    "00000000000000000000000000000001")
#define OTHER                                                                  \
	STR("00000000000000000000000000000000"                                 \
	    "00000000000000000000000000000002")

static bool
is_granted(const struct keyring *ring, struct str ns, struct str module)
{
	return keyring_granted(ring, ns, module, SHA) >= KEYRING_BY_NAME;
}

static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1000 };

static const char *
open_place(struct pool *pool)
{
	return place_path(pool, place_new(pool), "keyring.json");
}

static struct keyring *
open_ring(const char *path)
{
	autoerr struct err err = ERR_NONE;
	struct keyring *ring = NULL;

	CHECK_INT(keyring_open(path, &ring, &err), 0);
	return ring;
}

static struct str
numbered(struct pool *pool, const char *head, size_t i)
{
	return str_of(pool_printf(pool, "%s%zu", head, i));
}

/* A ring of n keys and n grants over `spaces` namespaces, as a file. */
static void
write_ring(struct pool *pool, const char *path, size_t n, size_t spaces)
{
	autoerr struct err err = ERR_NONE;
	struct json all = json_map(), keys = json_map(), grants = json_map();
	struct buf out = BUF_IN(pool);

	for (size_t s = 0; s < spaces && s < n; s++) {
		struct json names = json_map(), list = json_list();

		for (size_t i = s; i < n; i += spaces) {
			json_set(pool, &names, numbered(pool, "old", i),
			    json_str(numbered(pool, "secret", i)));
			json_append(pool, &list,
			    json_str(numbered(pool, "old/m", i)));
		}
		json_set(pool, &keys, numbered(pool, "ns", s), names);
		json_set(pool, &grants, numbered(pool, "ns", s), list);
	}
	json_set(pool, &all, STR("keys"), keys);
	json_set(pool, &all, STR("grants"), grants);
	json_write(&out, &all, 0);
	CHECK_INT(file_write(path, buf_str(&out), &err), 0);
}

static void
check_key(const struct keyring *ring, struct pool *pool, size_t space,
    const char *head, size_t i, const char *secret)
{
	struct str ns = numbered(pool, "ns", space);
	struct str name = numbered(pool, head, i);
	struct start_key *key;
	size_t n;

	key = keyring_list(ring, pool, ns, &n);
	for (size_t k = 0; k < n; k++) {
		if (!str_eq(key[k].access_key, name))
			continue;
		CHECK_STR(key[k].secret_key,
		    pool_cstr(pool, numbered(pool, secret, i)));
		return;
	}
	CHECK_STR(name, "a key that is there");
}

/* Of every size that was read, 20 keys and grants over 4 namespaces later. */
static void
a_ring_that_was_read_grows(void)
{
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		const char *path = open_place(&pool);
		struct keyring *ring;
		size_t n = sizes[s], total;

		write_ring(&pool, path, n, 2);
		ring = open_ring(path);
		for (size_t i = 0; i < 20; i++) {
			struct str ns = numbered(&pool, "ns", i % 4);

			CHECK_INT(keyring_add(ring, ns,
				      numbered(&pool, "new", i),
				      numbered(&pool, "fresh", i), &err),
			    0);
			CHECK_INT(keyring_grant(ring, ns,
				      numbered(&pool, "new/m", i), SHA, &err),
			    0);
		}
		keyring_free(ring);
		ring = open_ring(path);
		keyring_list(ring, &pool, STR_NONE, &total);
		CHECK_INT(total, n + 20);
		for (size_t i = 0; i < n && i < 20; i++) {
			check_key(ring, &pool, i % 2, "old", i, "secret");
			CHECK(is_granted(ring, numbered(&pool, "ns", i % 2),
			    numbered(&pool, "old/m", i)));
		}
		for (size_t i = 0; i < 20; i++) {
			check_key(ring, &pool, i % 4, "new", i, "fresh");
			CHECK(is_granted(ring, numbered(&pool, "ns", i % 4),
			    numbered(&pool, "new/m", i)));
		}
		keyring_free(ring);
	}
}

static void
what_goes_takes_nothing_along(void)
{
	for (size_t s = 1; s < ARRAY_SIZE(sizes) - 1; s++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		const char *path = open_place(&pool);
		struct keyring *ring;
		size_t n = sizes[s], left;

		write_ring(&pool, path, n, 1);
		ring = open_ring(path);
		CHECK_INT(keyring_delete(ring, STR("ns0"), STR("old0"), &err),
		    1);
		CHECK_INT(keyring_delete(ring, STR("ns0"), STR("old0"), &err),
		    0);
		CHECK_INT(keyring_revoke(ring, STR("ns0"), STR("old/m0"), &err),
		    1);
		CHECK_INT(keyring_revoke(ring, STR("ns0"), STR("old/m0"), &err),
		    0);
		/* there is room again, and one more */
		CHECK_INT(keyring_add(ring, STR("ns0"), STR("a"), STR_NONE,
			      &err),
		    0);
		CHECK_INT(keyring_add(ring, STR("ns0"), STR("b"), STR("x"),
			      &err),
		    0);
		CHECK_INT(keyring_add(ring, STR("ns0"), STR("b"), STR("y"),
			      &err),
		    0);
		keyring_free(ring);
		ring = open_ring(path);
		keyring_list(ring, &pool, STR("ns0"), &left);
		CHECK_INT(left, n + 1);
		for (size_t i = 1; i < n; i++)
			check_key(ring, &pool, 0, "old", i, "secret");
		keyring_free(ring);
	}
}

/* Two at once: each reads anew under the lock. */
static void
two_rings_of_one_file_lose_nothing(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *path = open_place(&pool);
	struct keyring *one = open_ring(path), *two = open_ring(path);
	size_t n;

	for (size_t i = 0; i < 10; i++) {
		keyring_add(one, STR("a"), numbered(&pool, "k", 2 * i),
		    STR("x"), &err);
		keyring_add(two, STR("a"), numbered(&pool, "k", 2 * i + 1),
		    STR("x"), &err);
	}
	keyring_free(one);
	keyring_list(two, &pool, STR("a"), &n);
	CHECK_INT(n, 20);
	keyring_free(two);
}

static void
a_ring_that_is_none_is_refused(void)
{
	static const char *const row[] = { "", "[]", "{\"keys\":[]}",
		"{\"keys\":{\"a\":1}}", "{\"keys\":{\"a\":{\"b\":1}}}",
		"{\"grants\":{\"a\":{}}}", "{\"grants\":{\"a\":[1]}}",
		"{\"keys\":{}", "{\"keys\":{}}x" };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		const char *path = open_place(&pool);
		struct keyring *ring = NULL;
		struct str kept;

		file_write(path, str_of(row[i]), &err);
		CHECK_INT(keyring_open(path, &ring, &err), -1);
		CHECK(ring == NULL);
		CHECK_INT(file_read(&pool, path, 1000, &kept, &err), 1);
		CHECK_STR(kept, row[i]);
	}
}

static void
a_link_is_followed(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *place = place_new(&pool);
	const char *far = place_path(&pool, place, "far");
	const char *link = place_path(&pool, place, "keyring.json");
	struct keyring *ring;
	struct stat st;
	size_t n;

	/* relative, over two steps, and to a file that is not there yet */
	CHECK_INT(symlink("step", link), 0);
	CHECK_INT(symlink("far", place_path(&pool, place, "step")), 0);
	ring = open_ring(link);
	for (size_t i = 0; i < 5; i++)
		CHECK_INT(keyring_add(ring, STR("a"), numbered(&pool, "k", i),
			      STR("x"), &err),
		    0);
	keyring_free(ring);
	CHECK_INT(lstat(link, &st), 0);
	CHECK(S_ISLNK(st.st_mode));
	CHECK_INT(lstat(far, &st), 0);
	CHECK(S_ISREG(st.st_mode));
	CHECK_INT(st.st_mode & 0777, 0600);
	ring = open_ring(far);
	keyring_list(ring, &pool, STR_NONE, &n);
	CHECK_INT(n, 5);
	keyring_free(ring);
}

static void
a_circle_of_links_is_an_error(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *path = open_place(&pool);
	struct keyring *ring = NULL;

	CHECK_INT(symlink("keyring.json", path), 0);
	CHECK_INT(keyring_open(path, &ring, &err), -1);
	CHECK(ring == NULL);
}

static void
others_are_noticed(void)
{
	static const struct {
		mode_t mode;
		bool want;
	} row[] = { { 0600, false }, { 0400, false }, { 0640, true },
		{ 0604, true }, { 0620, true }, { 0666, true } };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		const char *path = open_place(&pool);
		struct keyring *ring;

		CHECK(!keyring_is_open_to_others((ring = open_ring(path))));
		keyring_free(ring);
		write_ring(&pool, path, 1, 1);
		CHECK_INT(chmod(path, row[i].mode), 0);
		ring = open_ring(path);
		CHECK_INT(keyring_is_open_to_others(ring), row[i].want);
		/* what we write is for its owner */
		keyring_add(ring, STR("a"), STR("b"), STR("c"), &err);
		keyring_free(ring);
		ring = open_ring(path);
		CHECK(!keyring_is_open_to_others(ring));
		keyring_free(ring);
	}
}

static void
check_there(const struct keyring *ring, struct pool *pool, size_t want)
{
	size_t n;

	keyring_list(ring, pool, STR_NONE, &n);
	CHECK_INT(n, want);
}

/* What could not be stored is not granted, whatever the memory held. */
static void
what_was_not_stored_is_not_there(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const struct rlimit none = { 8, RLIM_INFINITY };
	struct rlimit old;
	const char *path = open_place(&pool);
	struct keyring *ring = open_ring(path);

	CHECK_INT(keyring_add(ring, STR("a"), STR("b"), STR("c"), &err), 0);
	/* no file may be larger: as on a full disk */
	CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	CHECK_INT(getrlimit(RLIMIT_FSIZE, &old), 0);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &none), 0);
	CHECK_INT(keyring_grant(ring, STR("a"), STR("x/y"), SHA, &err), -1);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &old), 0);
	CHECK(!is_granted(ring, STR("a"), STR("x/y")));
	check_there(ring, &pool, 1);
	keyring_free(ring);
	ring = open_ring(path);
	check_there(ring, &pool, 1);
	keyring_free(ring);
}

/* Nobody is locked out by what was typed. */
static void
what_cannot_be_read_is_not_stored(void)
{
	static const struct {
		const char *ns, *name, *secret;
	} row[] = {
		{ "a\xff", "b", "c" },
		{ "a", "b\xff", "c" },
		{ "a", "b", "\xff\xc3" },
		{ "a", "b", "x\xed\xa0\x80" },
	};
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *path = open_place(&pool);
	struct keyring *ring = open_ring(path);
	struct buf large = BUF_IN(&pool);

	CHECK_INT(keyring_add(ring, STR("a"), STR("\xc3\xa4"), STR("c"), &err),
	    0);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_INT(keyring_add(ring, str_of(row[i].ns),
			      str_of(row[i].name), str_of(row[i].secret), &err),
		    -1);
	CHECK_INT(keyring_grant(ring, STR("a"), STR("x/\xff"), SHA, &err), -1);
	CHECK_INT(keyring_delete(ring, STR("a"), STR("\xff"), &err), -1);
	memset(buf_room(&large, KEYRING_MAX_BYTES), 'x', KEYRING_MAX_BYTES);
	large.n = KEYRING_MAX_BYTES;
	err_clear(&err);
	CHECK_INT(keyring_add(ring, STR("a"), STR("b"), buf_str(&large), &err),
	    -1);
	CHECK(str_find(err_join(&pool, &err), STR("it would be larger than")) !=
	      STR_NPOS);
	check_there(ring, &pool, 1);
	keyring_free(ring);
	ring = open_ring(path);
	check_there(ring, &pool, 1);
	keyring_free(ring);
}

/* What is deleted does not come back, and what is read is what counts. */
static void
the_last_of_a_name_counts(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *path = open_place(&pool);
	struct start_key *key;
	struct keyring *ring;
	struct str text;
	size_t n;

	CHECK_INT(file_write(path,
		      STR("{\"keys\":{\"a\":{\"x\":\"1\"},\"a\":{\"k\":\"2\","
			  "\"k\":\"3\",\"l\":null}},\"grants\":{\"a\":"
			  "[\"m/one\"],\"a\":[\"m/two\"]}}"),
		      &err),
	    0);
	ring = open_ring(path);
	key = keyring_list(ring, &pool, STR_NONE, &n);
	CHECK_INT(n, 2);
	CHECK_STR(key[0].access_key, "k");
	CHECK_STR(key[0].secret_key, "3");
	CHECK(!is_granted(ring, STR("a"), STR("m/one")));
	CHECK_INT(keyring_delete(ring, STR("a"), STR("k"), &err), 1);
	CHECK_INT(keyring_delete(ring, STR("a"), STR("k"), &err), 0);
	CHECK_INT(keyring_revoke(ring, STR("a"), STR("m/two"), &err), 1);
	CHECK(!is_granted(ring, STR("a"), STR("m/one")));
	CHECK_INT(file_read(&pool, path, KEYRING_MAX_BYTES, &text, &err), 1);
	CHECK(str_find(text, STR("\"k\"")) == STR_NPOS);
	CHECK(str_find(text, STR("\"x\"")) == STR_NPOS);
	keyring_free(ring);
}

/* The file is another's when it is read anew; nothing of it is kept. */
static void
a_ring_that_is_refused_leaves_nothing(void)
{
	static const char *const wrong[] = { "{\"keys\":{\"k\":\"v\"}}",
		"{\"keys\":{\"a\":{\"b\":\"c\"},\"k\":[1,2,3]}}",
		"{\"keys\":{\"a\":{\"b\":1}}}",
		"{\"keys\":{},\"grants\":{\"a\":\"b\"}}",
		"{\"keys\":{},\"grants\":{\"a\":[\"b\",1]}}",
		"{\"keys\":{},\"grants\":[]}", "{\"keys\":null}", "[]", "{",
		"" };

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		const char *path = open_place(&pool);
		struct keyring *ring = open_ring(path), *none = NULL;
		struct str text;
		size_t n;

		CHECK_INT(keyring_add(ring, STR("a"), STR("b"), STR("c"), &err),
		    0);
		CHECK_INT(file_write(path, str_of(wrong[i]), &err), 0);
		CHECK_INT(keyring_add(ring, STR("d"), STR("e"), STR("f"), &err),
		    -1);
		CHECK(
		    keyring_list(ring, &pool, STR_NONE, &n) == NULL || n == 0);
		CHECK(!is_granted(ring, STR("a"), STR("b")));
		CHECK_INT(keyring_open(path, &none, &err), -1);
		CHECK_INT(file_read(&pool, path, KEYRING_MAX_BYTES, &text,
			      &err),
		    1);
		CHECK_STR(text, wrong[i]);
		keyring_free(ring);
	}
}

/*
 * Whether the heap has these bytes, which are spelt without the one in front of
 * them so that whoever looks does not find what it looks for.
 */
static bool
heap_has(const char *rest)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long from = 0, end = 0;
	char line[512];
	size_t n = strlen(rest);
	bool found = false;

	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
		if (strstr(line, "[heap]") != NULL)
			(void)sscanf(line, "%lx-%lx", &from, &end);
	}
	if (maps != NULL)
		(void)fclose(maps);
	for (const char *p = (const char *)from;
	     !found && n < end - from && p < (const char *)end - n; p++)
		found = p[0] == '~' && memcmp(p + 1, rest, n) == 0;
	return found;
}

/* Whatever was made of it: the file, the tree, escapes, what is written. */
static void
secrets_do_not_outlive_the_ring(void)
{
	static const char probe[] = "~probe 1b7e",
			  secret[] = "~s3\"cr\\et 9f2c";
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *path = open_place(&pool);
	char *known = mem_text(probe, strlen(probe));
	bool is_seen = heap_has(probe + 1); /* not where ASan keeps it */
	struct keyring *ring = open_ring(path), *other;

	for (size_t i = 0; i < 3; i++)
		CHECK_INT(keyring_add(ring, STR("a"), numbered(&pool, "k", i),
			      str_of(secret), &err),
		    0);
	/* nor is it ever there: a ring is in locked memory */
	CHECK(is_seen || IS_SANITIZED);
	CHECK(!heap_has(secret + 1));
	other = open_ring(path);
	keyring_free(ring);
	keyring_free(other);
	CHECK_INT(file_write(path,
		      STR("{\"keys\":{\"a\":{\"b\":\"~s3\\\"cr\\\\et 9f2c\","
			  "\"c\":1}}}"),
		      &err),
	    0);
	CHECK_INT(keyring_open(path, &other, &err), -1);
	CHECK(!heap_has(secret + 1));
	CHECK(!heap_has("s3\\\"cr\\\\et 9f2c"));
	free(known);
}

/* Of every size: for this text, not for another, and back. */
static void
a_grant_holds_for_its_text(void)
{
	static const size_t others[] = { 0, 1, 2, 5 };

	for (size_t s = 0; s < ARRAY_SIZE(others); s++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct keyring *ring = open_ring(open_place(&pool));
		struct str ns = STR("a"), module = STR("me/m");
		size_t n;

		for (size_t i = 0; i < others[s]; i++)
			CHECK_INT(keyring_grant(ring, ns,
				      numbered(&pool, "old/m", i), OTHER, &err),
			    0);
		CHECK_INT(keyring_granted(ring, ns, module, SHA),
		    KEYRING_REFUSED);
		CHECK_INT(keyring_grant(ring, ns, module, OTHER, &err), 0);
		CHECK_INT(keyring_granted(ring, ns, module, SHA),
		    KEYRING_OTHER_TEXT);
		CHECK_INT(keyring_grant(ring, ns, module, SHA, &err), 0);
		CHECK_INT(keyring_granted(ring, ns, module, SHA),
		    KEYRING_GRANTED);
		CHECK_INT(keyring_granted(ring, ns, module, OTHER),
		    KEYRING_OTHER_TEXT);
		keyring_grants(ring, &pool, &n);
		CHECK_INT(n, 1 + others[s]);
		CHECK_INT(keyring_revoke(ring, ns, module, &err), 1);
		CHECK_INT(keyring_revoke(ring, ns, module, &err), 0);
		CHECK_INT(keyring_granted(ring, ns, module, SHA),
		    KEYRING_REFUSED);
		for (size_t i = 0; i < others[s]; i++)
			CHECK_INT(keyring_granted(ring, ns,
				      numbered(&pool, "old/m", i), OTHER),
			    KEYRING_GRANTED);
		keyring_free(ring);
	}
}

/* The peer's ring has names; a text alone grants nothing it would not. */
static void
a_name_is_what_the_peer_knows(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *path = open_place(&pool);
	struct str ns = STR("ns0"), old = STR("old/m1"), odd = STR("me/a b");
	struct keyring *ring;
	struct str text;

	write_ring(&pool, path, 3, 1);
	ring = open_ring(path);
	CHECK_INT(keyring_granted(ring, ns, old, SHA), KEYRING_BY_NAME);
	CHECK_INT(keyring_grant(ring, ns, old, SHA, &err), 0);
	CHECK_INT(keyring_granted(ring, ns, old, OTHER), KEYRING_OTHER_TEXT);
	/* what its grammar refuses is not in it */
	CHECK_INT(keyring_grant(ring, STR("b"), odd, SHA, &err), 0);
	CHECK_INT(keyring_granted(ring, STR("b"), odd, SHA), KEYRING_GRANTED);
	CHECK_INT(file_read(&pool, path, KEYRING_MAX_BYTES, &text, &err), 1);
	CHECK(str_find(text, STR("a b")) == STR_NPOS);
	keyring_free(ring);
	/* it took the name back */
	CHECK_INT(file_write(path, STR("{\"keys\":{},\"grants\":{}}"), &err),
	    0);
	ring = open_ring(path);
	CHECK_INT(keyring_granted(ring, ns, old, SHA), KEYRING_REFUSED);
	CHECK_INT(keyring_granted(ring, STR("b"), odd, SHA), KEYRING_GRANTED);
	CHECK_INT(keyring_revoke(ring, STR("b"), odd, &err), 1);
	CHECK_INT(keyring_granted(ring, STR("b"), odd, SHA), KEYRING_REFUSED);
	keyring_free(ring);
}

static void
texts_that_are_none_are_refused(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	const char *path = open_place(&pool);
	const char *texts =
	    pool_printf(&pool, "%sgrants.json", file_folder(&pool, path));
	struct keyring *ring = NULL;

	CHECK_INT(file_write(texts, STR("{\"grants\":{\"a\":[\"b/c\"]}}"),
		      &err),
	    0);
	CHECK_INT(keyring_open(path, &ring, &err), -1);
	CHECK(ring == NULL);
	CHECK(str_find(err_join(&pool, &err), str_of(texts)) != STR_NPOS);
}

static size_t
count_keys(const struct keyring *ring)
{
	autopool struct pool pool = POOL_NONE;
	size_t n;

	(void)keyring_list(ring, &pool, STR_NONE, &n);
	return n;
}

static void
check_file(const char *path, const char *want)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str text = STR_NONE;

	CHECK_INT(file_read(&pool, path, KEYRING_MAX_BYTES, &text, &err), 1);
	CHECK_STR(text, want);
}

/* Of every size and back: all keys, and all grants, and nothing in the clear. */
static void
a_sealed_ring_keeps_all(void)
{
	static const size_t size[] = { 0, 1, 2, 3, 4, 5, 20, 1000 };

	for (size_t s = 0; s < ARRAY_SIZE(size); s++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct box_key key = cheap_key("pass");
		const char *path = open_place(&pool);
		struct keyring *ring;
		struct str text;
		size_t n = size[s];

		write_ring(&pool, path, n, 2);
		ring = open_ring(path);
		CHECK_INT(keyring_seal(ring, &key, &err), 0);
		CHECK_INT(file_read(&pool, path, KEYRING_MAX_BYTES, &text,
			      &err),
		    1);
		CHECK(str_find(text, STR("secret")) == STR_NPOS);
		CHECK(str_starts(text, STR("{\"keys\":{},\"grants\":{")));
		CHECK_INT(count_keys(ring), n);
		keyring_free(ring);

		ring = open_ring(path);
		CHECK(keyring_is_locked(ring));
		CHECK_INT(count_keys(ring), 0);
		CHECK_INT(keyring_add(ring, STR("a"), STR("b"), STR("c"), &err),
		    -1);
		CHECK_INT(keyring_grant(ring, STR("ns0"), STR("me/m"), SHA,
			      &err),
		    0);
		CHECK_INT(keyring_unlock(ring, STR("wrong"), &err), 0);
		CHECK_INT(keyring_unlock(ring, STR("pass"), &err), 1);
		CHECK_INT(keyring_add(ring, STR("a"), STR("b"), STR("c"), &err),
		    0);
		CHECK_INT(count_keys(ring), n + 1);
		for (size_t i = 0; i < n; i++)
			check_key(ring, &pool, i % 2, "old", i, "secret");
		keyring_lock(ring);
		CHECK_INT(count_keys(ring), 0);
		CHECK_INT(keyring_unlock(ring, STR("pass"), &err), 1);
		CHECK_INT(keyring_unseal(ring, &err), 0);
		CHECK(!keyring_is_sealed(ring));
		keyring_free(ring);

		ring = open_ring(path);
		CHECK_INT(count_keys(ring), n + 1);
		for (size_t i = 0; i < n; i++)
			check_key(ring, &pool, i % 2, "old", i, "secret");
		CHECK(is_granted(ring, STR("ns0"), STR("me/m")));
		for (size_t i = 0; i < n && i < 20; i++)
			CHECK(is_granted(ring, numbered(&pool, "ns", i % 2),
			    numbered(&pool, "old/m", i)));
		keyring_free(ring);
	}
}

/* What the peer writes beside the box counts, and moves with the next key. */
static void
keys_of_the_peer_are_taken_over(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct box_key key = cheap_key("pass");
	const char *path = open_place(&pool);
	struct keyring *ring = open_ring(path);
	struct start_key *list;
	size_t n;

	CHECK_INT(keyring_add(ring, STR("a"), STR("k"), STR("old"), &err), 0);
	CHECK_INT(keyring_add(ring, STR("a"), STR("l"), STR("kept"), &err), 0);
	CHECK_INT(keyring_seal(ring, &key, &err), 0);
	keyring_free(ring);
	CHECK_INT(
	    file_write(path,
		STR("{\"keys\":{\"a\":{\"k\":\"new\"},\"b\":{\"m\":null}},"
		    "\"grants\":{\"a\":[\"me/m\"]}}"),
		&err),
	    0);
	ring = open_ring(path);
	/* a grant while it is locked takes nothing out of the peer's file */
	CHECK_INT(keyring_grant(ring, STR("b"), STR("me/n"), SHA, &err), 0);
	check_file(path,
	    "{\"keys\":{\"a\":{\"k\":\"new\"},\"b\":{\"m\":null}},\"grants\":{"
	    "\"a\":[\"me/m\"],\"b\":[\"me/n\"]}}\n");
	CHECK_INT(keyring_unlock(ring, STR("pass"), &err), 1);
	list = keyring_list(ring, &pool, STR("a"), &n);
	CHECK_INT(n, 2);
	CHECK_STR(list[0].secret_key, "new");
	CHECK(keyring_taken(ring, &pool).p == NULL);
	CHECK_INT(keyring_delete(ring, STR("b"), STR("m"), &err), 1);
	CHECK_STR(keyring_taken(ring, &pool), "a:k, b:m");
	CHECK(keyring_taken(ring, &pool).p == NULL);
	check_file(path,
	    "{\"keys\":{},\"grants\":{\"a\":[\"me/m\"],\"b\":[\"me/n\"]}}\n");
	keyring_free(ring);
	ring = open_ring(path);
	CHECK_INT(keyring_unlock(ring, STR("pass"), &err), 1);
	list = keyring_list(ring, &pool, STR_NONE, &n);
	CHECK_INT(n, 2);
	CHECK_STR(list[0].secret_key, "new");
	CHECK_STR(list[1].secret_key, "kept");
	keyring_free(ring);
}

/* Another seals, seals anew or unseals while we have it open. */
static void
two_that_seal_lose_nothing(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct box_key key = cheap_key("one"), again = cheap_key("two");
	const char *path = open_place(&pool);
	struct keyring *a = open_ring(path), *b = open_ring(path);

	CHECK_INT(keyring_add(a, STR("a"), STR("k"), STR("x"), &err), 0);
	CHECK_INT(keyring_seal(a, &key, &err), 0);
	CHECK_INT(keyring_add(b, STR("a"), STR("l"), STR("x"), &err), -1);
	CHECK(keyring_is_locked(b));
	CHECK_INT(keyring_seal(b, &again, &err), -1);
	CHECK_INT(keyring_unlock(b, STR("one"), &err), 1);
	CHECK_INT(keyring_add(b, STR("a"), STR("l"), STR("x"), &err), 0);
	CHECK_INT(keyring_seal(b, &again, &err), 0);
	CHECK_INT(keyring_add(a, STR("a"), STR("m"), STR("x"), &err), -1);
	CHECK(keyring_is_locked(a));
	CHECK_INT(keyring_unlock(a, STR("one"), &err), 0);
	CHECK_INT(keyring_unlock(a, STR("two"), &err), 1);
	CHECK_INT(keyring_unseal(b, &err), 0);
	CHECK_INT(keyring_add(a, STR("a"), STR("m"), STR("x"), &err), 0);
	CHECK_INT(count_keys(a), 3);
	keyring_free(a);
	keyring_free(b);
}

static void
a_box_that_is_torn_is_refused(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct box_key key = cheap_key("pass");
	const char *path = open_place(&pool);
	const char *sealed =
	    pool_printf(&pool, "%skeyring.sealed", file_folder(&pool, path));
	struct keyring *ring = open_ring(path);
	struct str box, now;

	CHECK_INT(keyring_add(ring, STR("a"), STR("k"), STR("x"), &err), 0);
	CHECK_INT(keyring_seal(ring, &key, &err), 0);
	keyring_free(ring);
	CHECK_INT(file_read(&pool, sealed, BOX_MAX_BYTES, &box, &err), 1);
	for (size_t n = 0; n < box.n; n += 13) {
		autoerr struct err why = ERR_NONE;

		CHECK_INT(file_write(sealed, str_sub(box, 0, n), &err), 0);
		ring = NULL;
		CHECK_INT(keyring_open(path, &ring, &why), -1);
		CHECK(ring == NULL && why.n != 0);
		CHECK_INT(file_read(&pool, sealed, BOX_MAX_BYTES, &now, &err),
		    1);
		CHECK_INT(now.n, n);
	}
	/* its inside: told only once the passphrase is there */
	((char *)(uintptr_t)box.p)[box.n - 1] ^= 1;
	CHECK_INT(file_write(sealed, box, &err), 0);
	ring = open_ring(path);
	CHECK_INT(keyring_unlock(ring, STR("pass"), &err), -1);
	CHECK(keyring_is_locked(ring));
	CHECK_INT(keyring_add(ring, STR("a"), STR("k"), STR("x"), &err), -1);
	keyring_free(ring);
}

CHECK_MAIN(CASE(a_sealed_ring_keeps_all), CASE(keys_of_the_peer_are_taken_over),
    CASE(two_that_seal_lose_nothing), CASE(a_box_that_is_torn_is_refused),
    CASE(a_grant_holds_for_its_text), CASE(a_name_is_what_the_peer_knows),
    CASE(texts_that_are_none_are_refused),
    CASE(a_ring_that_is_refused_leaves_nothing),
    CASE(secrets_do_not_outlive_the_ring), CASE(the_last_of_a_name_counts),
    CASE(a_ring_that_was_read_grows), CASE(what_goes_takes_nothing_along),
    CASE(two_rings_of_one_file_lose_nothing),
    CASE(a_ring_that_is_none_is_refused), CASE(a_link_is_followed),
    CASE(a_circle_of_links_is_an_error), CASE(others_are_noticed),
    CASE(what_was_not_stored_is_not_there),
    CASE(what_cannot_be_read_is_not_stored))
