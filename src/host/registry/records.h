/*
 * records: the list in a reply, {"success":[{...},{...}]}, a record at a time
 * while it is read piece by piece: what it costs is a record, however many there
 * are. Cut here by quotes and brackets, read by value/json.h.
 *
 *	struct records r = { .each = on_record, .arg = me };
 *	while (there is more)
 *		if (records_add(&r, bytes, err) == -1)
 *	if (records_end(&r, err) == -1)
 *	records_clear(&r);
 */
#ifndef REGISTRY_RECORDS_H
#define REGISTRY_RECORDS_H

#include "base/buf.h"
#include "base/err.h"
#include "value/json.h"

#define RECORDS_MAX_BYTES  ((size_t)64 << 10) /* of a record */
#define RECORDS_MAX_VALUES ((size_t)4 << 10)  /* in one */

enum records_state {
	RECORDS_START,
	RECORDS_NAME, /* before one, or the end */
	RECORDS_IN_NAME,
	RECORDS_COLON,
	RECORDS_BEFORE, /* a value that is no record */
	RECORDS_OTHER,  /* in one */
	RECORDS_LIST,   /* before a record, or the end of the list */
	RECORDS_RECORD, /* in one */
	RECORDS_AFTER,  /* a value */
	RECORDS_DONE,
};

struct records {
	/* -1 ends it. The record ends with the call. */
	int (*each)(void *arg, const struct json *record, struct err *err);
	void *arg;

	/* Zero at the beginning. */
	enum records_state state;
	unsigned depth; /* within a value */
	bool is_text, is_escaped;
	bool has_list;
	struct buf name, value; /* as far as they came */
};

/*
 * -1: each() said so; it is no such list; or the registry has said why it has
 * none: "api error: "text"", of which has_list says that it is not that.
 */
int records_add(struct records *r, struct str bytes, struct err *err);
int records_end(const struct records *r, struct err *err);
void records_clear(struct records *r);

#endif
