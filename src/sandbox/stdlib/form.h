/*
 * form: values of modules as a form (application/x-www-form-urlencoded).
 */
#ifndef STDLIB_FORM_H
#define STDLIB_FORM_H

#include "stdlib/call.h"

/*
 * Writes a map whose values are texts, numbers and booleans, its names in byte
 * order; null is empty. The members of the map are put in that order. Errors:
 *	unsupported value     of another kind
 *	unsupported pair      a list
 *	top-level serializer supports only maps and structs
 */
int form_write(struct call *c, const struct json *map, struct str *out);

/* Puts the members of a map in byte order of their names. */
void form_sort(const struct json *map);

#endif
