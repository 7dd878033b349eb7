/*
 * quote: a foreign text inside a document of another language, so that the
 * language's reader gets that text and nothing else.
 */
#ifndef EXPORT_QUOTE_H
#define EXPORT_QUOTE_H

#include "base/buf.h"

/*
 * RFC 4180: in quotes where it needs them, or is empty. UTF-8: what is none
 * becomes U+FFFD.
 */
void quote_csv(struct buf *out, struct pool *pool, struct str text);

/*
 * XML 1.0, in an attribute or as text: what has a meaning, and each blank that
 * a reader would make another, as a reference; a character that no document
 * may have as \u{1b}.
 */
void quote_xml(struct buf *out, struct pool *pool, struct str text);

/*
 * A label of Graphviz, in quotes: `"` ends one, it takes `\N`, `\l`, ... for its
 * own and `&amp;` for an entity. text is cleaned for a terminal: a control
 * character would end up in an SVG that is none.
 */
void quote_dot(struct buf *out, struct str text);

#endif
