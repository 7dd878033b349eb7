/*
 * dialler: opening one socket, by ourselves or by the broker; for dial.c.
 */
#ifndef NET_DIALLER_H
#define NET_DIALLER_H

#include "net/dial.h"
#include "net/request.h"

bool dialler_is_broker(const struct dialler *d);

/*
 * Sends *r, whose number and wait it fills in, or opens what it says. Errors
 * as dial_socket(). A direct dialler knows addresses only, and no proxy.
 */
int dialler_open(struct dialler *d, struct request *r, int64_t deadline,
    int *errnum, struct err *err);

/*
 * May the system's proxy be asked for this? By the policy of a direct dialler;
 * a broker judges for itself. name: NULL for an address.
 */
int dialler_judge_proxied(const struct dialler *d, const struct str *name,
    const struct addr *addr, struct err *err);

/* Of the last dial_blame(). */
enum outcome_cause dialler_cause(const struct dialler *d);

#endif
