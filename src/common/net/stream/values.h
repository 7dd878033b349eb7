/*
 * values: what a run takes from the system and nobody has sent: the time of
 * day, random bytes, how long it slept. All of it comes through here, so that
 * it can be noted as it is taken, and be given again when a run is replayed.
 * What only guards (the seed of a hash, the port of a socket, keys of TLS) is
 * no value: no answer depends on it.
 *
 *	int64_t now = values_clock();
 *	values_random(VALUES_MASK, mask, sizeof(mask));
 *
 * To add a kind: a value of the enum, its name in values.c.
 */
#ifndef STREAM_VALUES_H
#define STREAM_VALUES_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum values_kind {
	VALUES_CLOCK,  /* seconds since 1970, a number */
	VALUES_SLEEP,  /* milliseconds that it sleeps, a number */
	VALUES_RANDOM, /* bytes, for whatever else */
	VALUES_HANDLE, /* bytes, behind the name of a socket, a session */
	VALUES_MASK,   /* 4 bytes, of a frame of WebSocket */
	VALUES_ID,     /* 2 bytes, of a query of DNS */
	VALUES_KINDS
};

#define VALUES_MAX_BYTES 64 /* at once */

/* "clock", "sleep", ... */
const char *values_name(enum values_kind kind);
bool values_is_number(enum values_kind kind);

/*
 * Where values come from; there is one, and NULL is the system. Who puts
 * another one there may ask the system for them by the functions below.
 */
struct values_source {
	int64_t (*clock)(void *arg);
	void (*random)(void *arg, enum values_kind kind, void *p, size_t n);
	/* It is going to sleep; true: that is done, and takes no time. */
	bool (*sleep)(void *arg, uint64_t ms);
	void *arg;
};

extern const struct values_source *values_source;

int64_t values_clock(void);

/* n is at most VALUES_MAX_BYTES. Without random numbers the process ends. */
void values_random(enum values_kind kind, void *p, size_t n);

/* Before a sleep: true: it is over already. */
bool values_sleep(uint64_t ms);

/* What the system has, whatever the source is. */
int64_t values_system_clock(void);
void values_system_random(void *p, size_t n);

#endif
