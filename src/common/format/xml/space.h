/*
 * xml_space: white space in attribute values, which XML processors turn into
 * blanks, as references, which they keep. Internal to xml.
 *
 * Values of attributes that a document declares to be of another type than
 * CDATA (ID, NMTOKENS, a choice...) are left to the processor: in them white
 * space only separates words. Source: XML 1.0, 3.3.3.
 */
#ifndef XML_SPACE_H
#define XML_SPACE_H

#include "base/buf.h"

#define XML_MAX_DECLARED 65536 /* attributes */

/* A declared attribute; both names are as they are written, with prefixes. */
struct xml_declared {
	struct str element, name;
	size_t order; /* of two declarations of one the first counts */
	bool is_cdata;
};

struct xml_types {
	struct xml_declared *item;
	size_t n;
	bool has_words; /* not all are CDATA */
};

/* The strings are copied into pool. -1: there are XML_MAX_DECLARED. */
int xml_types_add(struct xml_types *all, struct pool *pool, struct str element,
    struct str name, struct str type);

/* For xml_keep_space(); nothing is added any more. */
void xml_types_sort(struct xml_types *all);

/* The text itself where there is nothing to change. types are sorted. */
struct str xml_keep_space(struct pool *pool, struct str text,
    const struct xml_types *types);

#endif
