/*
 * needs: what a module can use, found by one look at its text before anything
 * of it is interpreted. In this library a global can be reached only by its
 * literal name or through _ENV, so the look cannot miss; a name in a comment
 * only costs time. Source: docs/jail.md, "Needs".
 *
 * To add a plugin: a bit, a row in needs.c for its name, and rows there for the
 * names of its functions.
 */
#ifndef IPC_NEEDS_H
#define IPC_NEEDS_H

#include "base/buf.h"
#include "base/err.h"

enum need {
	NEED_NET = 1 << 0, /* plugins, by bit */
	NEED_HTML = 1 << 1,
	NEED_XML = 1 << 2,
	NEED_GEO = 1 << 3,
	NEED_CRYPT = 1 << 4,
	NEED_IMG = 1 << 5,
	NEED_BROKER = 1 << 6, /* connections; without it: no network at all */
	NEED_SUFFIX = 1 << 7, /* the public suffix list */

	NEED_PLUGINS = NEED_BROKER - 1,
	NEED_ALL = (1 << 8) - 1,
};

/* The plugin of a bit, NULL if the bit is no plugin. */
const char *needs_plugin(unsigned bit);

/*
 * Bits as a word of a command line: "net,crypt,broker", "all", "none". -1: "no
 * such need: x".
 */
void needs_write(struct buf *out, unsigned needs);
int needs_read(struct str text, unsigned *needs, struct err *err);

/*
 * What a text of Lua needs. is_json: the text is a start line, where a
 * backslash and the character behind it separate names.
 */
unsigned needs_scan(struct str text, bool is_json);

/*
 * Calls each(name, ctx) for the names in the text that need one of the bits,
 * as often as they occur.
 */
void needs_names(struct str text, bool is_json, unsigned bits,
    void (*each)(struct str name, void *ctx), void *ctx);

#endif
