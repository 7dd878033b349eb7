/*
 * secrets: what nobody may read in a bundle: keys of the keyring, options of
 * notifications.
 */
#ifndef BUNDLES_SECRETS_H
#define BUNDLES_SECRETS_H

#include "mask/mask.h"
#include "program/program.h"

/*
 * In pool, which is one for secrets. The keyring is open; -1: it is sealed, and
 * nobody opens it. Some that are too short to be looked for: a warning.
 */
int secrets_collect(struct program *p, struct pool *pool, struct mask **mask,
    struct err *err);

#endif
