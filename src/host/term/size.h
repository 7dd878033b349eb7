/* size: bytes for people: "1023 B", "1.50 KiB", "117.74 MiB". */
#ifndef TERM_SIZE_H
#define TERM_SIZE_H

#include <stdint.h>

#include "base/buf.h"

void size_add(struct buf *out, uint64_t bytes);

#endif
