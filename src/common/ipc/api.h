/*
 * api: what a registry answers, whatever the HTTP status: one JSON object,
 * {"success":X} or {"error":"text"}. The child that fetches it reads it first,
 * and the host does not take its word for it. Source: docs/wire.md, "Errands".
 */
#ifndef IPC_API_H
#define IPC_API_H

#include "base/err.h"
#include "value/json.h"

#define API_MAX_BYTES  ((size_t)16 << 20)
#define API_MAX_DEPTH  32
#define API_MAX_VALUES ((size_t)1 << 20) /* 100 MiB while they are read */

struct api_reply {
	const struct json *success;
	struct str error; /* p not NULL: there is this instead */
};

/*
 * All lives in pool or views text. -1: it is none: "it is no reply of a
 * registry: expected value at line 1 column 1".
 */
int api_read(struct pool *pool, struct str text, struct api_reply *out,
    struct err *err);

#endif
