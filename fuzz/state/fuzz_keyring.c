/*
 * keyring: a ring that is read, and read again after a change, or an error and
 * a file as it was
 */
#include "state/keyring.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "state/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static char folder[] = "/tmp/fuzz-keyring.XXXXXX";
static char path[sizeof(folder) + 16], grants[sizeof(folder) + 16];
static const char digits[] = "0123456789abcdef0123456789abcdef"
			     "0123456789abcdef0123456789abcdef";

static void
remove_folder(void)
{
	autopool struct pool pool = POOL_NONE;

	(void)unlink(path);
	(void)unlink(grants);
	(void)unlink(pool_printf(&pool, "%s.lock", path));
	(void)unlink(pool_printf(&pool, "%s.new", path));
	(void)rmdir(folder);
}

static void
make_folder(void)
{
	if (path[0] != '\0')
		return;
	if (mkdtemp(folder) == NULL)
		abort();
	(void)snprintf(path, sizeof(path), "%s/keyring.json", folder);
	(void)snprintf(grants, sizeof(grants), "%s/grants.json", folder);
	(void)atexit(remove_folder);
}

static void
put(const uint8_t *p, size_t n)
{
	FILE *f = fopen(path, "we");

	assert(f != NULL && (n == 0 || fwrite(p, 1, n, f) == n));
	(void)fclose(f);
}

static size_t
count(const struct keyring *ring)
{
	autopool struct pool pool = POOL_NONE;
	size_t n;

	(void)keyring_list(ring, &pool, STR_NONE, &n);
	return n;
}

/* One key more, and whoever reads the file sees the same. */
static void
change(struct keyring *ring)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str ns = STR("a namespace"), name = STR("a name");
	struct str sha = str_view(digits, 64);
	struct keyring *again;
	struct start_key *key;
	size_t before = count(ring), n;

	key = keyring_list(ring, &pool, ns, &n);
	for (size_t i = 0; i < n; i++)
		before -= str_eq(key[i].access_key, name);
	if (keyring_add(ring, ns, name, STR("secret"), &err) == -1 ||
	    keyring_grant(ring, ns, STR("me/m"), sha, &err) == -1)
		abort();
	assert(count(ring) == before + 1);
	assert(keyring_granted(ring, ns, STR("me/m"), sha) == KEYRING_GRANTED);
	assert(keyring_open(path, &again, &err) == 0);
	assert(count(again) == before + 1);
	assert(keyring_granted(again, ns, STR("me/m"), sha) == KEYRING_GRANTED);
	keyring_free(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct keyring *ring = NULL;
	struct str text;

	make_folder();
	(void)unlink(grants);
	put(p, n);
	if (keyring_open(path, &ring, &err) == 0) {
		change(ring);
		keyring_free(ring);
		return 0;
	}
	assert(err.n != 0 && ring == NULL);
	assert(file_read(&pool, path, KEYRING_MAX_BYTES, &text, &err) == 1);
	assert(str_eq(text, str_view((const char *)p, n)));
	return 0;
}
