/*
 * keyring: secrets by namespace and name, and which modules may see which
 * namespace. The file is the reference program's keyring.json; it is written
 * whole, 0600, under a lock, and read anew before each change, so that two
 * runs at once lose nothing. Source: docs/files.md, "Keyring".
 */
#ifndef STATE_KEYRING_H
#define STATE_KEYRING_H

#include "ipc/start.h"
#include "seal/box.h"

#define KEYRING_MAX_BYTES ((size_t)16 << 20)

struct keyring;

/* A missing file is an empty keyring. A symbolic link is followed, once. */
int keyring_open(const char *path, struct keyring **out, struct err *err);
void keyring_free(struct keyring *keyring); /* wipes the secrets */

/* The file as it was read: others than its owner may read or write it. */
bool keyring_is_open_to_others(const struct keyring *keyring);

/* "ns:name": the part before the first colon, both not empty. */
int keyring_split(struct str key, struct str *ns, struct str *name,
    struct err *err);

/*
 * secret: p NULL: none. Each is stored before it returns; after -1 the keyring
 * is what the file says. What could not be read again is an error: other bytes
 * than UTF-8, or more than KEYRING_MAX_BYTES in all.
 */
int keyring_add(struct keyring *keyring, struct str ns, struct str name,
    struct str secret, struct err *err);
int keyring_delete(struct keyring *keyring, struct str ns, struct str name,
    struct err *err); /* 1, 0: there was none, -1 */

/*
 * sha256: 64 digits, of the module's text (module_sha256()), for which alone the
 * grant holds; one that the module was granted before for another text ends. It
 * stands in grants.json beside the ring, in which the peer knows names only.
 */
int keyring_grant(struct keyring *keyring, struct str ns, struct str module,
    struct str sha256, struct err *err);
int keyring_revoke(struct keyring *keyring, struct str ns, struct str module,
    struct err *err); /* 1, 0: it was not granted, -1 */

enum keyring_grant {
	KEYRING_REFUSED,
	KEYRING_OTHER_TEXT, /* it was granted, for another text */
	KEYRING_BY_NAME,    /* by the peer, or before there were texts */
	KEYRING_GRANTED,    /* for this text */
};

enum keyring_grant keyring_granted(const struct keyring *keyring, struct str ns,
    struct str module, struct str sha256);

/* For which text it was granted, in pool; p NULL: none is known. */
struct str keyring_granted_text(const struct keyring *keyring, struct str ns,
    struct str module, struct pool *pool);

/* All that is granted, for whatever text; sorted by namespace and module. */
struct keyring_row {
	struct str ns, module;
};

struct keyring_row *keyring_grants(const struct keyring *keyring,
    struct pool *pool, size_t *n);

/*
 * For the one module that is a file (run -f): what it is called says nothing
 * of who wrote it, so it has no grants, and what it is lent ends with us; and
 * for that of a dry run (program/dry.h).
 */
void keyring_lend(struct keyring *keyring, struct str ns);
void keyring_return(struct keyring *keyring); /* all of it */
bool keyring_is_lent(const struct keyring *keyring, struct str ns);

/* The keys of one namespace, ns.p NULL: all; sorted by namespace and name. */
struct start_key *keyring_list(const struct keyring *keyring, struct pool *pool,
    struct str ns, size_t *n);

/*
 * Sealed: keyring.json has grants and no keys, which are in keyring.sealed
 * (seal/box.h). While it is locked there are none: lists are empty, and a change
 * of a key is an error; grants go on. What the peer has written into
 * keyring.json meanwhile counts, and the next change of a key puts it into the
 * box, as keyring_taken() tells once: "aws:k, aws:l", in pool; p NULL: nothing.
 */
bool keyring_is_sealed(const struct keyring *keyring);
bool keyring_is_locked(const struct keyring *keyring);
struct str keyring_taken(struct keyring *keyring, struct pool *pool);

/* Of the sealed ring; NULL: it is not, or it is locked. */
const struct box_head *keyring_head(const struct keyring *keyring);
const struct box_key *keyring_key(const struct keyring *keyring);

/* 1: it is unlocked, also before; 0: that is not the passphrase; -1. */
int keyring_unlock(struct keyring *keyring, struct str passphrase,
    struct err *err);
int keyring_unlock_with(struct keyring *keyring, const struct box_key *key,
    struct err *err);
void keyring_lock(struct keyring *keyring); /* forgets key and keys */

/*
 * Under this key from now on, and unlocked; one that is sealed has to be
 * unlocked. After -1, or a crash, each key is in one of the two files or in
 * both.
 */
int keyring_seal(struct keyring *keyring, const struct box_key *key,
    struct err *err);
int keyring_unseal(struct keyring *keyring, struct err *err);

#endif
