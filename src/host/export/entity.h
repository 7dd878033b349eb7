/*
 * entity: what a row of a family is to other programs, as one table. Formats
 * and the reference (docs/reference/exports.md) read it. A family without a row
 * here is a node in grey, a STIX object of our own, a text for MISP, a phrase
 * for Maltego.
 */
#ifndef EXPORT_ENTITY_H
#define EXPORT_ENTITY_H

#include "model/model.h"

struct entity {
	const char *family;

	/* Some values only; the first row that fits counts. NULL: all. */
	bool (*fits)(struct str value);
	const char *which; /* of them, for the reference: "IPv6" */

	unsigned colour; /* of a node, 0xrrggbb */

	/* STIX 2.1; NULL: it has no type for that, and "x-sn0int-FAMILY" is */
	const char *stix;

	const char *misp, *category; /* type and category of an attribute */
	const char *maltego;         /* type of an entity */
};

/* Ends with a row whose family is NULL: of what has none. */
extern const struct entity entity_table[];

/* Never NULL. */
const struct entity *entity_of(const struct model *model, struct str value);

/*
 * The next family behind `after` (NULL: the first) whose row of that value STIX
 * would have as the same type, as far as the table says so; NULL: there is none.
 */
const struct model *entity_same(const struct entity *entity, struct str value,
    const struct model *after);

#define ENTITY_UUID_SIZE 37

/*
 * RFC 9562, 5.5: the same for the same text in the same space, which is a UUID
 * as text. With the NUL.
 */
void entity_uuid(char out[ENTITY_UUID_SIZE], const char *space,
    struct str text);

/* The space of what is ours. */
#define ENTITY_SPACE "1f0d5e66-7f0b-5b3c-9d5e-2f6a0c9b7e11"

#endif
