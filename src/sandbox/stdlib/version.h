/*
 * version: what modules are told that they run on.
 */
#ifndef STDLIB_VERSION_H
#define STDLIB_VERSION_H

/* The version whose functions we provide, not the program's own. */
#define COMPATIBLE_WITH "0.26.1"

#endif
