/*
 * numbers: many of them, 8 bytes each: added in any order, then sealed,
 * then asked for. Internal to bundle.
 */
#ifndef BUNDLE_NUMBERS_H
#define BUNDLE_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct numbers {
	uint64_t *item;
	size_t n, room;
	bool is_sealed;
};

#define NUMBERS_NONE                                                           \
	{                                                                      \
		NULL, 0, 0, false                                              \
	}

void numbers_add(struct numbers *set, uint64_t item); /* opens it again */
void numbers_seal(struct numbers *set);               /* each is there once */
bool numbers_has(const struct numbers *set, uint64_t item); /* sealed */
void numbers_clear(struct numbers *set);

#endif
