/*
 * module_pages: docs/modules, printed from the headers of the modules that came
 * with the program, the lines below them, and what their texts can reach.
 */
#ifndef ABOUT_MODULE_PAGES_H
#define ABOUT_MODULE_PAGES_H

#include "line/cmd.h"

/*
 * "modules": the index; "modules/domains": those that run on domains; also
 * "modules/keyring", "modules/notifications", "modules/none". false: no module
 * is of that page, or it is none of these; nothing is printed.
 */
bool module_pages_print(const struct program *p, struct str page);

#endif
