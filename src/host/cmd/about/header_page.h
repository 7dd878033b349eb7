/* header_page: what a line at the head of a module says, for its author. */
#ifndef ABOUT_HEADER_PAGE_H
#define ABOUT_HEADER_PAGE_H

#include "base/buf.h"

/* "Source", "source:". false: there is no such line, and nothing is printed. */
bool header_page_print(struct str name);

#endif
