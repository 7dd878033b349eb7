/*
 * catalogue: modules, one after the other, for `modules` and `pkg list`.
 */
#ifndef MODULES_CATALOGUE_H
#define MODULES_CATALOGUE_H

#include "modules/listed.h"

/* Two lines each, as the peer lists them. */
void catalogue_lines(const struct listed *listed, size_t n);

/* A JSON object a line each: docs/modules.md, "Listed". */
void catalogue_json(const struct listed *listed, size_t n);

#endif
