/*
 * html_tag: the elements that the rules of parsing name. To add one: a row in
 * html_tag_table.h, in byte order. Internal to html.
 */
#ifndef HTML_TAG_H
#define HTML_TAG_H

#include "html/html.h"

enum html_tag_flag {
	TAG_IS_SPECIAL = 1 << 0,
	TAG_IS_SCOPE = 1 << 1,    /* ends a scope */
	TAG_IS_FORMAT = 1 << 2,   /* formatting: reopened after a block */
	TAG_IS_HEADING = 1 << 3,  /* h1 to h6 */
	TAG_IS_IMPLIED = 1 << 4,  /* its end tag may be left out */
	TAG_IS_THOROUGH = 1 << 5, /* a part of a table but col: 13.2.6.3 */
	TAG_IS_BREAKOUT = 1 << 6, /* ends foreign content */
	TAG_IS_BLOCK = 1 << 7,    /* ends a paragraph, is closed by scope */
	TAG_IS_VOID = 1 << 8,     /* has no content and no end tag */
	TAG_IS_RAW = 1 << 9,      /* its text is written as it is */
	TAG_IS_IN_HEAD = 1 << 10, /* follows the rules of head everywhere */
	TAG_HAS_HTML = 1 << 11,   /* of a node: foreign, with HTML inside */
};

enum html_tag {
	TAG_NONE, /* any other */
#define TAG(id, name, flags) TAG_##id,
#include "html/tag_table.h"
#undef TAG
	TAGS
};

/* name is in lower case; TAG_NONE if the rules do not name it. */
enum html_tag html_tag_by_name(struct str name);

struct str html_tag_name(enum html_tag tag); /* not of TAG_NONE */

/* What an element of that name is in HTML; 0 for TAG_NONE. */
unsigned html_tag_flags(enum html_tag tag);

/*
 * SVG has names in mixed case, which tags are not: "lineargradient" ->
 * "linearGradient". Other names are returned as they are.
 */
struct str html_svg_name(struct str name);

/* The same for attributes of SVG, and for the one of MathML. */
struct str html_svg_attr(struct str name);
struct str html_mathml_attr(struct str name);

/* Splits "xlink:href" and the like into its namespace and local name. */
void html_adjust_foreign(struct html_attr *attr);

#endif
