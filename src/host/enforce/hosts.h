/*
 * hosts: which hosts a text is about that stands for them: a column of a row,
 * an option, a key. "https://user@example.com:8080/x", "example.com:25",
 * "192.0.2.1", "[2001:db8::1]:80", "198.51.100.0/24", "me@example.com", and
 * lists of them with blanks or commas between. What is none of these is nobody's
 * host, which is no error.
 */
#ifndef ENFORCE_HOSTS_H
#define ENFORCE_HOSTS_H

#include "base/pool.h"
#include "gate/permit.h"

#define HOSTS_MAX 1000 /* of a text */
#define HOSTS_MAX_BYTES                                                        \
	((size_t)64 << 10) /* of a text; what is behind them
                                              names nobody */

struct hosts {
	struct permit *host; /* PERMIT_NAME in normal form, or PERMIT_BLOCK */
	size_t n;
};

/* Adds what is in text, with no port; lives in pool. */
void hosts_add(struct hosts *hosts, struct str text, struct pool *pool);

#endif
