/*
 * seal: the commands of the keyring that seal it.
 */
#ifndef DATA_SEAL_H
#define DATA_SEAL_H

#include "line/cmd.h"

extern const struct cmd seal_sub_seal, seal_sub_unseal, seal_sub_lock;

/* After a change of a key: what was found in keyring.json and moved. */
void seal_say_taken(struct program *p);

#endif
