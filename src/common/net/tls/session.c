#include "tls/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SESSIONS 32
#define KEY_MAX  (256 + 16)

struct slot {
	char key[KEY_MAX]; /* "" : free */
	SSL_SESSION *session;
	uint64_t used;
};

static struct {
	struct slot slot[SESSIONS];
	uint64_t uses;
	int index; /* of the key in an SSL's extra data */
} cache;

static struct slot *
find_session(const char *key)
{
	for (size_t i = 0; i < SESSIONS; i++) {
		if (strcmp(cache.slot[i].key, key) == 0)
			return &cache.slot[i];
	}
	return NULL;
}

static struct slot *
oldest_session(void)
{
	struct slot *best = &cache.slot[0];

	for (size_t i = 1; i < SESSIONS; i++) {
		if (cache.slot[i].used < best->used)
			best = &cache.slot[i];
	}
	return best;
}

/* Called for every session that a server sends. 1: the reference is ours. */
static int
on_session(SSL *ssl, SSL_SESSION *session)
{
	const char *key = SSL_get_ex_data(ssl, cache.index);
	struct slot *slot;

	if (key == NULL)
		return 0;
	slot = find_session(key);
	if (slot == NULL)
		slot = oldest_session();
	SSL_SESSION_free(slot->session);
	snprintf(slot->key, sizeof(slot->key), "%s", key);
	slot->session = session;
	slot->used = ++cache.uses;
	return 1;
}

static void
free_key(void *parent, void *p, CRYPTO_EX_DATA *data, int index, long n,
    void *arg)
{
	(void)parent;
	(void)data;
	(void)index;
	(void)n;
	(void)arg;
	free(p);
}

void
tls_session_init(SSL_CTX *ctx)
{
	cache.index = SSL_get_ex_new_index(0, NULL, NULL, NULL, free_key);
	SSL_CTX_set_session_cache_mode(ctx,
	    SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(ctx, on_session);
}

void
tls_session_resume(SSL *ssl, const char *host, uint16_t port, bool no_verify)
{
	char *key = mem_alloc(KEY_MAX);
	struct slot *slot;

	snprintf(key, KEY_MAX, "%s:%u%s", host, port, no_verify ? "!" : "");
	SSL_set_ex_data(ssl, cache.index, key);
	slot = find_session(key);
	if (slot == NULL)
		return;
	SSL_set_session(ssl, slot->session);
	SSL_SESSION_free(slot->session);
	memset(slot, 0, sizeof(*slot));
}
