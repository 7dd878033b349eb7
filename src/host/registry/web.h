/* web: a server as a source of a registry, asked by children that fetch. */
#ifndef REGISTRY_WEB_H
#define REGISTRY_WEB_H

#include "registry/inside.h"

extern const struct source source_web;

/* NULL: the URL is none of a server; an option is not right. */
void *web_open(struct program *p, struct registry *r,
    const struct registry_options *o, struct err *err);

#endif
