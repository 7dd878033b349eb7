/*
 * html: HTML documents as browsers read them. Source: HTML standard of 2026,
 * 13.2 (parsing) and 13.3 (serialising), with scripting enabled: what is inside
 * noscript is text. What is inside template is not in the tree, and of the
 * chosen option there is no copy in selectedcontent.
 */
#ifndef HTML_HTML_H
#define HTML_HTML_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define HTML_MAX_BYTES ((size_t)64 << 20)
#define HTML_MAX_DEPTH 16384                 /* of open elements */
#define HTML_MAX_NODES 4000000               /* what is cloned included */
#define HTML_MAX_WORK  ((uint64_t)500000000) /* looks at open elements */

enum html_space {
	HTML_SPACE_NONE, /* of attributes */
	HTML_SPACE_HTML,
	HTML_SPACE_MATHML,
	HTML_SPACE_SVG,
	HTML_SPACE_XLINK, /* in the order of their URLs */
	HTML_SPACE_XMLNS,
	HTML_SPACE_XML,
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
	enum html_space space; /* of HTML_ELEMENT, like all below but text */
	struct html_node *parent, *prev, *next, *first, *last;
	union {
		struct {
			struct str name;        /* local; lower case in HTML */
			struct html_attr *attr; /* by namespace and name */
		};
		struct { /* of HTML_TEXT and HTML_COMMENT */
			struct str text;
			size_t room; /* for text; 0: it views the page */
		};
	};
	unsigned attrs;
	unsigned index;    /* among the elements of its parent, from 1 */
	unsigned elements; /* children that are elements */
	/* the place among siblings of the same name, from either end; 0 until
	 * a selector has asked for it */
	unsigned of_type, of_type_last;

	/* of the parser */
	unsigned short tag;   /* enum html_tag */
	unsigned short flags; /* enum html_tag_flag */
	bool is_open;
	struct html_node *content; /* of a template */
};

/*
 * Reads a document. There is always an html element, with head and body or
 * frameset below. The tree lives in pool. -1: one of the limits above.
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
