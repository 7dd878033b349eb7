/*
 * resolv: the name servers of resolv.conf(5), as start lines carry them.
 */
#ifndef STATE_RESOLV_H
#define STATE_RESOLV_H

#include "format/slot.h"

#define RESOLV_MAX_BYTES ((size_t)1 << 20)

/*
 * The addresses in `nameserver` lines, each with port 53: "192.0.2.53:53",
 * "[::1]:53". What follows ; or # is ignored, other lines and broken addresses
 * are skipped. A missing file is an error.
 */
int resolv_read(struct pool *pool, const char *path, struct slot_texts *ns,
    struct err *err);

/* The same for the text of such a file. */
void resolv_parse(struct pool *pool, struct str text, struct slot_texts *ns);

#endif
