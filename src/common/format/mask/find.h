/*
 * find: the secrets of a mask, and where one stands next.
 */
#ifndef MASK_FIND_H
#define MASK_FIND_H

#include "mask/form.h"
#include "mask/mask.h"

/* With which four bytes a form of a secret may begin. */
struct begin {
	uint32_t gram;
	uint16_t secret;
	uint8_t form;
};

struct mask {
	struct secret *secret;
	size_t n;
	bool is_blind;
	struct begin *begin; /* by gram */
	size_t n_begins;
	uint64_t *has; /* a bit for each hash of a gram that is there */
	unsigned bits; /* of a hash */
};

struct find {
	const struct secret *secret; /* NULL: none */
	enum form form;
	struct match match; /* of all forms there: open, if one of them is */
};

/*
 * The first place from `from` on where a secret may begin: a gram of one stands
 * there. Without one the place behind the last gram of text, at least `from`.
 */
size_t find_place(const struct mask *mask, struct str text, size_t from);

/* The longest secret that begins at a place. */
struct find find_at(const struct mask *mask, struct str text, size_t at);

#endif
