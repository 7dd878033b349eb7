/* size: amounts for people: "1023 B", "1.50 KiB", "117.74 MiB"; "1,234,567". */
#ifndef TERM_SIZE_H
#define TERM_SIZE_H

#include <stdint.h>

#include "base/buf.h"

void size_add(struct buf *out, uint64_t bytes);
void size_add_grouped(struct buf *out, uint64_t n);

#endif
