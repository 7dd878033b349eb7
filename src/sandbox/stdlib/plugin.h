/*
 * plugin: the part of the standard library that stands on a heavy library.
 * Each is a shared module of ours in libexec/sn0int, loaded before the jail
 * closes and only if the module's text names one of its functions (needs.h).
 * It exports one symbol, `plugin`, and uses what the program exports.
 *
 * To add one: a file in src/sandbox/plugin/, a row in needs.c, a shared_module
 * in src/sandbox/meson.build.
 */
#ifndef STDLIB_PLUGIN_H
#define STDLIB_PLUGIN_H

#include "stdlib/call.h"

#define PLUGIN_ABI 2 /* raised whenever a struct it shares changes */

struct wire;

struct plugin {
	unsigned abi;
	const char *name;
	const struct stdlib_fn *const *rooms; /* ends with NULL */

	/*
	 * Called once before the jail closes, may be NULL: opens, maps and
	 * closes what it needs later, starts its library. What cannot be had is
	 * remembered for the function that wants it; nothing here is fatal.
	 */
	void (*prepare)(void);

	/*
	 * May be NULL: does errands for the host (fetch/fetch.h), in place of a
	 * module. The exit status.
	 */
	int (*fetch)(const struct start *start, struct wire *wire);
};

#endif
