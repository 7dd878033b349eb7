/*
 * service: the key of a sealed ring in the desktop's secret service
 * (org.freedesktop.secrets), by libsecret, in a plugin (secret.so).
 *
 * The plugin is loaded by a child that ends with the question: libsecret starts
 * threads, and a host that locks itself must have one. Whoever does not answer
 * is waited for SERVICE_SECONDS, or SERVICE_DIALOG_SECONDS where somebody at a
 * terminal may be asked by a dialog of the service.
 */
#ifndef SEAL_SERVICE_H
#define SEAL_SERVICE_H

#include <stdbool.h>

#include "seal/box.h"

#define SERVICE_ABI            1
#define SERVICE_SECONDS        20
#define SERVICE_DIALOG_SECONDS 120
#define SERVICE_DIGITS         (2 * SEAL_KEY_BYTES)

/*
 * What the plugin exports, as `seal_service_plugin`. id: of the ring; secret:
 * SERVICE_DIGITS and a NUL. 1: done, found; 0: it has none; -1: with the reason
 * in why.
 */
struct seal_service {
	unsigned abi;
	int (*find)(const char *id, bool may_ask, char *secret, char *why,
	    size_t n);
	int (*keep)(const char *id, const char *secret, char *why, size_t n);
	int (*forget)(const char *id, char *why, size_t n);
};

void service_at(const char *path); /* of the plugin; not copied */

/* The key of a ring, by its salt. 1; 0: it has none; -1: it cannot be asked. */
int service_find(struct box_key *key, bool may_ask, struct err *err);
int service_keep(const struct box_key *key, struct err *err);
int service_forget(const struct box_head *head, struct err *err);

#endif
