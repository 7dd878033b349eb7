/*
 * add_image: images from files and folders. Source: docs/reference, "add".
 */
#ifndef ROWS_ADD_IMAGE_H
#define ROWS_ADD_IMAGE_H

#include "program/program.h"

/*
 * Walks each path. What is no image is skipped, and told of if it was named;
 * what cannot be read is told of.
 */
int add_images(struct program *p, const struct str *path, size_t n,
    bool dry_run, struct err *err);

#endif
