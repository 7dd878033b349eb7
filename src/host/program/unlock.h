/*
 * unlock: a sealed keyring is opened by the first of these that there is: a line
 * of the descriptor of --passphrase-fd, the credential "sn0int-keyring" that
 * systemd hands over (LoadCredential=, systemd.exec(5)), the desktop's secret
 * service if it was to remember the key, whoever sits at the terminal. Source: docs/files.md, "Sealed".
 */
#ifndef PROGRAM_UNLOCK_H
#define PROGRAM_UNLOCK_H

#include "program/program.h"

#define UNLOCK_CREDENTIAL "sn0int-keyring"

/*
 * For commands that need a key. 0: it is open, or was never sealed. -1: nobody
 * opened it, with what would help. From then on the process is not dumped.
 */
int unlock_keys(struct program *p, struct err *err);

/* The descriptor of --passphrase-fd; is_set false: leaves it as it is. */
int unlock_use_fd(struct program *p, bool is_set, uint64_t fd, struct err *err);

/*
 * A new passphrase: the next line of that descriptor, else asked twice. In pool,
 * which should be one for secrets.
 */
int unlock_new_passphrase(struct program *p, struct pool *pool,
    struct str *passphrase, struct err *err);

/* From here on: no core file, and no debugger of the same user. */
int unlock_hide_process(struct err *err);

#endif
