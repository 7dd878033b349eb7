/*
 * html: HTML documents as browsers read them. Source: HTML standard, 13.2
 * (parsing, by the gumbo library) and 13.3 (serialising), with scripting
 * enabled: what is inside noscript is text. What is inside template is not in
 * the tree.
 */
#ifndef FORMAT_HTML_H
#define FORMAT_HTML_H

#include "base/buf.h"
#include "base/err.h"

#define HTML_MAX_BYTES ((size_t)64 << 20)
#define HTML_MAX_DEPTH                                                         \
	4096 /* of open elements; a parser's work grows with it */

enum html_space {
	HTML_SPACE_NONE, /* of attributes */
	HTML_SPACE_HTML,
	HTML_SPACE_MATHML,
	HTML_SPACE_SVG,
	HTML_SPACE_XLINK,
	HTML_SPACE_XML,
	HTML_SPACE_XMLNS,
};

enum html_kind { HTML_ELEMENT, HTML_TEXT, HTML_COMMENT };

struct html_attr {
	enum html_space space;
	struct str name; /* local */
	struct str value;
};

/* The tree has explicit links, so nothing that walks it needs a stack. */
struct html_node {
	enum html_kind kind;
	struct html_node *parent, *prev, *next, *first, *last;
	struct str text; /* of HTML_TEXT and HTML_COMMENT */

	/* of HTML_ELEMENT */
	enum html_space space;
	struct str name;        /* local; lower case in HTML */
	struct html_attr *attr; /* sorted by namespace URL and name */
	size_t attrs;
	unsigned index;    /* among the elements of its parent, from 1 */
	unsigned elements; /* children that are elements */
	/* the place among siblings of the same name, from either end; 0 until
	 * a selector has asked for it */
	unsigned of_type, of_type_last;
};

/*
 * Reads a document. There is always an html element, with head and body or
 * frameset below. The tree lives in pool. -1: too large, or nested too deeply.
 */
int html_read(struct pool *pool, struct str text, struct html_node **root,
    struct err *err);

/* The next node in document order below top; NULL: that was the last. */
struct html_node *html_next(const struct html_node *node,
    const struct html_node *top);

/* The value of an attribute without namespace; NULL: there is none. */
const struct str *html_attr(const struct html_node *node, const char *name);

/* All text inside, in order. */
void html_add_text(struct buf *out, const struct html_node *node);

/* The element and what is in it. */
void html_write(struct buf *out, const struct html_node *node);

#endif
