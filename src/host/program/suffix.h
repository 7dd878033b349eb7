/*
 * suffix: the registrable part of a name, by the public suffix list of the
 * system or of the cache folder. Read on the first use.
 */
#ifndef PROGRAM_SUFFIX_H
#define PROGRAM_SUFFIX_H

#include "program/program.h"

/* Reads the list unless that is done: -1 is no fault of any name. */
int suffix_load(struct program *p, struct err *err);

/*
 * "www.example.co.uk" -> "example.co.uk". A name that is itself a suffix is
 * its own domain. -1: an empty name, or there is no list.
 */
int suffix_domain(struct program *p, struct str name, struct str *domain,
    struct err *err);

/* Is the name, whole, one under which others register theirs? */
bool suffix_is_one(struct program *p, struct str name);

#endif
