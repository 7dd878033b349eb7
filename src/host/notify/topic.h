/*
 * topic: what a notification is about, and which topics a rule is for. Both are
 * parts with colons: "db:domain:example.com:insert". A pattern has as many, each
 * a glob (text/glob.h); with a ! in front it says no. Source: docs/notify.md,
 * "Topics".
 */
#ifndef NOTIFY_TOPIC_H
#define NOTIFY_TOPIC_H

#include "config/config.h"

bool topic_match(struct str pattern, struct str topic); /* without the ! */

/* Whether the rule is for it, and for that workspace. */
bool topic_is_for(const struct config_rule *rule, struct str topic);
bool topic_is_of(const struct config_rule *rule, struct str workspace);

#endif
