/* host: a name or an address as permissions have it. */
#ifndef REACH_HOST_H
#define REACH_HOST_H

#include "base/pool.h"

/*
 * In lower case and as ASCII, an address in its normal form and without
 * brackets, without a dot at the end; p NULL: it is none.
 */
struct str reach_host_name(struct pool *pool, struct str text);

#endif
