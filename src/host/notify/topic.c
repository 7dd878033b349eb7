#include "notify/topic.h"

#include "text/glob.h"

bool
topic_match(struct str pattern, struct str topic)
{
	while (pattern.p != NULL && topic.p != NULL) {
		struct str part = str_cut(&topic, ':');

		if (!glob_match(str_cut(&pattern, ':'), part))
			return false;
	}
	return pattern.p == NULL && topic.p == NULL;
}

/* The first that matches decides; where none does it is not meant. */
bool
topic_is_for(const struct config_rule *rule, struct str topic)
{
	for (size_t i = 0; i < rule->topics.n; i++) {
		struct str pattern = rule->topics.text[i];
		bool is_no = pattern.n != 0 && pattern.p[0] == '!';

		if (topic_match(is_no ? str_from(pattern, 1) : pattern, topic))
			return !is_no;
	}
	return rule->topics.n == 0;
}

bool
topic_is_of(const struct config_rule *rule, struct str workspace)
{
	return rule->workspaces.n == 0 ||
	       str_is_among(workspace, rule->workspaces.text,
		   rule->workspaces.n);
}
