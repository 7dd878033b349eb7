/*
 * seal: the commands of the keyring that seal it.
 */
#ifndef DATA_SEAL_H
#define DATA_SEAL_H

#include "line/cmd.h"

extern const struct cmd seal_sub_seal, seal_sub_unseal, seal_sub_lock;

/*
 * Before keys are read or changed: fd is --passphrase-fd. -1: it is none, or
 * the ring stays locked.
 */
int seal_open_keys(struct program *p, struct opt_number fd, struct err *err);

/* After a change of a key: what was found in keyring.json and moved. */
void seal_say_taken(struct program *p);

#endif
