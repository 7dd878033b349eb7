/*
 * secret: what a run knows and nobody may keep. Which options hold one is told
 * by their names; of keys both values are. Source: docs/database.md, "Who did
 * it".
 */
#ifndef IPC_SECRET_H
#define IPC_SECRET_H

#include "ipc/start.h"
#include "mask/mask.h"

#define SECRET_LEAST 4 /* bytes of one that is hidden in an error */

/* Whether a name says so: "api_token", "WebHook". */
bool secret_is_option(struct str name);

/* "[secret option NAME]": what stands in place of its value, in pool. */
struct str secret_option(struct pool *pool, struct str name);

/*
 * The secrets of a start line: the secret key of each namespace, its access key
 * unless that is a short one beside a secret key (a name: it would end all
 * recording), and the options that are secret, all of them with is_all. In pool.
 */
struct mask *secret_mask(struct pool *pool, const struct start *start,
    bool is_all);

/*
 * A text of a few lines in which the secrets of a start line are replaced as
 * mask_text() does; shorter secret keys and options of SECRET_LEAST bytes and
 * more, as they are, too. Access keys may be names, words of any text. Text, if
 * there is none, else in pool.
 */
struct str secret_hide(struct pool *pool, const struct start *start,
    bool is_all, struct str text);

#endif
