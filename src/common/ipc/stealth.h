/*
 * stealth: how much others see of what a module does, as its header says it and
 * as start lines say it. Source: docs/modules.md, "Header".
 */
#ifndef IPC_STEALTH_H
#define IPC_STEALTH_H

#include "base/str.h"

/* From what is seen most; a list with a least level shows that and below. */
enum stealth {
	STEALTH_LOUD,
	STEALTH_NORMAL,
	STEALTH_PASSIVE,
	STEALTH_OFFLINE,
	STEALTHS
};

struct stealth_level {
	const char *name; /* "loud" */
	const char *wire; /* "Loud" */
	const char *doc;
};

extern const struct stealth_level stealth_levels[STEALTHS];

/* The names, for errors and help. */
#define STEALTH_NAMES "loud, normal, passive or offline"

/* -1: none. */
int stealth_by_name(struct str name);

#endif
