/*
 * wishes: what a text says that its module does, as reach/ finds it.
 */
#ifndef ENFORCE_WISHES_H
#define ENFORCE_WISHES_H

#include "model/model.h"

/* Where a host comes from that the text names in one place. */
enum place_from {
	PLACE_ANY,
	PLACE_HOST,   /* `what`: as it stands there; *. in front: all below */
	PLACE_TARGET, /* the columns of the row */
	PLACE_OPTION, /* `what`: its name */
	PLACE_KEY,    /* `what`: its namespace */
};

struct place {
	enum place_from from;
	struct str what;
	uint16_t port; /* 0: all */
};

struct families {
	bool is_all;
	const struct model **model;
	size_t n;
};

/* What a text says that it does. */
struct wishes {
	struct place *place;
	size_t places;
	bool lookups;
	struct families writes, reads;
	bool reads_stdin, stores_blobs, logs_activity, has_ratelimits;
	bool is_offline; /* by its header */
};

#endif
