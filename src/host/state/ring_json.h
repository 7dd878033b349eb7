/*
 * ring_json: maps of JSON that are read, changed and written again, as the files
 * of the keyring are.
 */
#ifndef STATE_RING_JSON_H
#define STATE_RING_JSON_H

#include "base/err.h"
#include "value/json.h"

/*
 * Of a name that is there twice the last counts, as with the peer, and the
 * others are gone: what is deleted must not come back from behind it.
 */
int ring_json_read(struct pool *pool, struct str text, struct json *all,
    struct err *err);

/* The map of that name in the map `all`; an empty one if it has none. */
int ring_json_part(const struct json *all, const char *name, struct json *out,
    struct err *err);

/* NULL: none. */
struct json *ring_json_member(const struct json *map, struct str name);

/* The member of that name, made if it is not there. */
struct json *ring_json_make(struct pool *pool, struct json *map,
    struct str name, struct json empty);

bool ring_json_drop(struct json *map, struct str name); /* it was there */
void ring_json_drop_item(struct json *list, size_t at);

#endif
