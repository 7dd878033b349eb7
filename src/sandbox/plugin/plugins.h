/*
 * plugins: loads the shared modules that a run needs, before the jail closes.
 */
#ifndef PLUGIN_PLUGINS_H
#define PLUGIN_PLUGINS_H

#include "base/err.h"
#include "stdlib/plugin.h"

#define PLUGINS_MOST 8

struct plugins {
	const struct plugin *loaded[PLUGINS_MOST + 1]; /* ends with NULL */
	unsigned failed; /* bits of enum need that could not be had */
	struct err err;  /* why the last of them */
};

/* needs: bits of enum need. Nothing here is fatal. */
void plugins_load(struct plugins *plugins, unsigned needs);

#endif
