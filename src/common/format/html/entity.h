/*
 * html_entity: character references. Source: HTML standard, 13.2.5.72 and
 * following, 13.5.
 */
#ifndef HTML_ENTITY_H
#define HTML_ENTITY_H

#include "base/buf.h"

#define HTML_ENTITY_MAX_BYTES 8 /* what a reference becomes, as UTF-8 */

/*
 * Reads the reference behind an "&" at the start of text. Returns how many
 * bytes it is, 0: it is none, and its characters in out. In attributes, names
 * without ";" that go on are none.
 */
size_t html_entity_read(struct str text, bool in_attr,
    char out[HTML_ENTITY_MAX_BYTES], size_t *n);

#endif
