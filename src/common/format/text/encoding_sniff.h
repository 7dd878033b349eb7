/*
 * encoding_sniff: which encoding a document says that it is in. Source: HTML
 * standard, 13.2.3.2; RFC 7303, 8.
 */
#ifndef TEXT_ENCODING_SNIFF_H
#define TEXT_ENCODING_SNIFF_H

#include "text/encoding.h"

#define ENCODING_SNIFF_BYTES 1024 /* of the document are looked at */

/*
 * The first of: `charset` in the media type, a <meta> of HTML (or of what has
 * no type), the declaration of XML (or of either). NULL: nothing of it is
 * there, or is a label that we know. A byte order mark, which counts more than
 * all of it, is for encoding_read().
 */
const struct encoding *encoding_sniff(struct str media_type, struct str bytes);

#endif
