/*
 * set: numbers, many of them, 8 bytes each: added in any order, then sealed,
 * then asked for. Internal to bundle.
 */
#ifndef BUNDLE_SET_H
#define BUNDLE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct set {
	uint64_t *item;
	size_t n, room;
	bool is_sealed;
};

#define SET_NONE                                                               \
	{                                                                      \
		NULL, 0, 0, false                                              \
	}

void set_add(struct set *set, uint64_t item);       /* opens it again */
void set_seal(struct set *set);                     /* each is there once */
bool set_has(const struct set *set, uint64_t item); /* sealed */
void set_clear(struct set *set);

#endif
