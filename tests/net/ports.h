/*
 * ports: where the servers of servers.py are; a case whose server is missing
 * shows as skipped.
 */
#ifndef TEST_PORTS_H
#define TEST_PORTS_H

#include <stdint.h>
#include <stdlib.h>

#include "check.h"

/* The port of a server by its name in ports.env; 0: it does not run. */
static inline uint16_t
port_of(const char *name)
{
	const char *text = getenv(name);

	return text != NULL ? (uint16_t)atoi(text) : 0;
}

/* Leaves a case out, by name. */
#define NEEDS(name)                                                            \
	do {                                                                   \
		if (port_of(name) == 0)                                        \
			CHECK_SKIP("there is no " name);                       \
	} while (0)

#endif
