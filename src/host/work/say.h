/*
 * say: what changes of the database are called in lines and notifications.
 * Source: docs/reference, "Output".
 */
#ifndef WORK_SAY_H
#define WORK_SAY_H

#include "db/db.h"

/* Past tense for notifications, -ing for lines, of a dry run: would. */
enum say_tense { SAY_DOING, SAY_DONE, SAY_WOULD };

/* Adding subdomain "www.example.com" */
void say_insert(struct buf *out, const struct model *model,
    const struct db_result *result, enum say_tense tense);

/*
 * Updating subdomain "www.example.com" (resolvable => true), values in colour
 * where lines have it; never in a notification.
 */
void say_update(struct buf *out, const struct db_result *result,
    enum say_tense tense);

/* "topic" ("uniq") @ 2019-09-08 08:28:57 (1.5, 2 | 50m): content */
void say_activity(struct buf *out, const struct row *event, bool has_content);

/* New activity: "topic" ("uniq") */
void say_activity_subject(struct buf *out, const struct row *event);

/* db:subdomain:www.example.com:insert, activity:topic */
void say_topic(struct buf *out, const struct model *model, struct str label,
    const char *verb);
void say_activity_topic(struct buf *out, const struct row *event);

#endif
