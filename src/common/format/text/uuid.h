/* uuid: names that nobody else has. */
#ifndef TEXT_UUID_H
#define TEXT_UUID_H

#include "base/pool.h"
#include "base/str.h"

#define UUID_SIZE 36 /* bytes as text */

/* RFC 9562, 5.4: all random but for version and variant; in pool. */
struct str uuid_new(struct pool *pool);

#endif
