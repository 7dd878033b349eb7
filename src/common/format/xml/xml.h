/*
 * xml: XML 1.0 and 1.1 documents, with namespaces, as a tree of elements. By
 * expat; nothing outside of the text is ever loaded. Sources: XML 1.0 and
 * Namespaces in XML; docs/reference, "xml_decode", for what differs: several
 * roots are fine, the declared encoding is ignored (text is UTF-8), white space
 * in attribute values stays.
 */
#ifndef XML_XML_H
#define XML_XML_H

#include "base/buf.h"
#include "base/err.h"

#define XML_MAX_BYTES  ((size_t)64 << 20)
#define XML_MAX_DEPTH  256     /* of elements */
#define XML_MAX_GROWTH 1000000 /* bytes that entities may add */
#define XML_MAX_NODES  4000000 /* elements and attributes: 1.5 GiB of tree */

struct xml_attr {
	struct str name; /* local */
	struct str value;
};

struct xml_element {
	struct xml_element *parent, *next, *first, *last;
	struct str name; /* local */
	struct xml_attr *attr;
	size_t attrs;
	struct buf text; /* trimmed runs, joined */
	unsigned depth;
};

/*
 * Reads a document. *root is no element of it: its children are the roots.
 * Everything lives in pool. The error is expat's text with the line, or the
 * limit that was hit: those above and those of xml/entity.h.
 */
int xml_read(struct pool *pool, struct str text, struct xml_element **root,
    struct err *err);

#endif
