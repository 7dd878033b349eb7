/*
 * xml_space: white space in attribute values, which XML processors turn into
 * blanks, as references, which they keep. Internal to xml.
 */
#ifndef FORMAT_XML_SPACE_H
#define FORMAT_XML_SPACE_H

#include "base/buf.h"

/* The text itself where there is nothing to change. */
struct str xml_keep_space(struct pool *pool, struct str text);

#endif
