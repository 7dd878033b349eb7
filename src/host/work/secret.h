/*
 * secret: what a run knows and nobody may keep. Which options hold one is told
 * by their names; of keys their secrets are. Source: docs/database.md, "Who did
 * it".
 */
#ifndef WORK_SECRET_H
#define WORK_SECRET_H

#include "ipc/start.h"

#define SECRET_LEAST 4 /* bytes: a shorter one would be found everywhere */

/* Whether a name says so: "api_token", "WebHook". */
bool secret_is_option(struct str name);

/* "[secret option NAME]": what stands in place of its value, in pool. */
struct str secret_option(struct pool *pool, struct str name);

/*
 * A text in which the secrets of a start line, as they are, are replaced by
 * what they are: "[secret option NAME]", "[secret key of NAMESPACE]". With
 * is_all each option is one. Text, if there is none, else in pool.
 */
struct str secret_hide(struct pool *pool, const struct start *start,
    bool is_all, struct str text);

#endif
