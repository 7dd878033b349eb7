/* local: a folder or a tar file as a source of a registry. */
#ifndef REGISTRY_LOCAL_H
#define REGISTRY_LOCAL_H

#include "registry/inside.h"

extern const struct source source_local;

/*
 * By its name: *.tar is a tar file. The path lives as long as r. NULL: it cannot
 * be opened, or is not right.
 */
void *local_open(struct registry *r, const char *path, struct err *err);

#endif
