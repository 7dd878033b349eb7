/*
 * config_page: sn0int.toml(5), and the same as docs/reference/config.md, from
 * the table of the configuration and that of the limits.
 */
#ifndef ABOUT_CONFIG_PAGE_H
#define ABOUT_CONFIG_PAGE_H

#include "doc/doc.h"

/* As DOC_SCDOC or DOC_MARKDOWN. */
void config_page(struct doc *doc);

#endif
