/*
 * html_depth: a look at tags before a document is parsed. Internal to html.
 */
#ifndef FORMAT_HTML_DEPTH_H
#define FORMAT_HTML_DEPTH_H

#include "base/err.h"

/*
 * -1: more than HTML_MAX_DEPTH elements would be open at once. Counts start
 * tags less end tags; elements that end by themselves are not counted.
 */
int html_check_depth(struct str text, struct err *err);

#endif
