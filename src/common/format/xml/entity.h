/*
 * xml_entity: the entities that a document declares, for the limit on entities
 * within entities, which expat does not have. Internal to xml.
 */
#ifndef XML_ENTITY_H
#define XML_ENTITY_H

#include "base/buf.h"

#define XML_MAX_NESTED       10 /* entities within entities */
#define XML_MAX_ENTITIES     4096
#define XML_MAX_ENTITY_BYTES ((size_t)1 << 20) /* all names and values */

struct xml_entity {
	struct str name, value;
	unsigned depth; /* 1: nothing inside */
};

struct xml_entities {
	struct xml_entity *entity;
	size_t n, bytes;
};

/* Copies both into pool. -1: above one of the limits. */
int xml_entities_add(struct xml_entities *all, struct pool *pool,
    struct str name, struct str value);

/*
 * Whether text refers to an entity that is nested deeper than XML_MAX_NESTED.
 * Changes the order of the entities.
 */
bool xml_entities_too_deep(struct xml_entities *all, struct str text);

#endif
