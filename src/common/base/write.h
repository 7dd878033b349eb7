/*
 * write: all of a text to a descriptor.
 */
#ifndef BASE_WRITE_H
#define BASE_WRITE_H

#include "base/str.h"

/*
 * 0, or -1 with errno after what could be written. A descriptor that does not
 * block is waited for; a signal stops nothing.
 */
int write_all(int fd, struct str text);

#endif
