/* family_page: what a family of rows is, for a module's author. */
#ifndef ABOUT_FAMILY_PAGE_H
#define ABOUT_FAMILY_PAGE_H

#include "base/buf.h"

/* "domain" or "domains". false: there is no such family. */
bool family_page_print(struct str name);

/* The columns of what db_activity() takes, which is no family. */
void family_page_print_activity(void);

/* "domain, subdomain, ...": all of them, in lines. */
void family_page_print_names(void);

#endif
