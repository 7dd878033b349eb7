/*
 * resolv: the name servers of resolv.conf(5), as start lines carry them.
 */
#ifndef STATE_RESOLV_H
#define STATE_RESOLV_H

#include "value/slot.h"

#define RESOLV_MAX_BYTES   ((size_t)1 << 20)
#define RESOLV_MAX_SERVERS 16 /* more are ignored */

/*
 * The addresses in `nameserver` lines, in their usual spelling, each with port
 * 53: "192.0.2.53:53", "[::1]:53". What follows ; or #, and what follows the
 * address, is ignored as libc does; other lines and broken addresses are
 * skipped. A missing file is an error.
 */
int resolv_read(struct pool *pool, const char *path, struct slot_texts *ns,
    struct err *err);

/* The same for the text of such a file. */
void resolv_parse(struct pool *pool, struct str text, struct slot_texts *ns);

#endif
