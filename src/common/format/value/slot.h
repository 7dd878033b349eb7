/*
 * slot: a JSON object into a struct, by a table. Used for option tables of
 * modules, the start line, and everything else that is a fixed set of named
 * values. To add an option: a member in the struct, a row in its table; the
 * pages about it are printed from there (doc/doc.h), so .doc is all there is.
 *
 * Errors are those of docs/wire.md, "Wrong shapes":
 *	missing field `x`
 *	invalid type: integer `5`, expected a string
 *	invalid value: integer `-1`, expected u64
 * Members are visited in byte order, the first wrong one is reported; missing
 * ones afterwards, in the order of the table. Unknown members are ignored.
 */
#ifndef VALUE_SLOT_H
#define VALUE_SLOT_H

#include "value/json.h"

enum slot_kind {
	SLOT_TEXT,    /* struct str; a string */
	SLOT_BYTES,   /* struct str; a string, UTF-8 or not */
	SLOT_BOOL,    /* bool */
	SLOT_U8,      /* uint8_t */
	SLOT_U16,     /* uint16_t */
	SLOT_U32,     /* uint32_t */
	SLOT_U64,     /* uint64_t; whole and not negative */
	SLOT_USIZE,   /* the same, called usize */
	SLOT_I32,     /* int32_t */
	SLOT_I64,     /* int64_t */
	SLOT_JSON,    /* const struct json *; anything, NULL if absent */
	SLOT_MAP,     /* const struct json *; a map whose values are strings */
	SLOT_PAIR,    /* struct slot_pair; a list of exactly two strings */
	SLOT_TEXTS,   /* struct slot_texts; a list of strings */
	SLOT_OBJECT,  /* a struct of its own, by slot.object */
	SLOT_OBJECTS, /* struct slot_objects; a list of slot.object */
};

enum {
	SLOT_OPT = 1 << 0,  /* null and absent leave the member as it was */
	SLOT_ELSE = 1 << 1, /* absent leaves it as it was; null is refused */
	SLOT_OURS = 1 << 2, /* for the pages and lint: the reference program
	                       has no such member */
};

struct slot_pair {
	bool is_set;
	struct str left, right;
};

struct slot_texts {
	const struct str *text;
	size_t n;
};

struct slot_objects {
	const void *object; /* n structs of slot.size */
	size_t n;
};

struct slot {
	const char *name;
	enum slot_kind kind;
	unsigned flags;
	size_t at;       /* offsetof the member */
	const char *doc; /* for the pages, lower case, no full stop */
	const struct slot *object;
	size_t size;             /* of the struct of object */
	const char *struct_name; /* of object, in errors */

	uint64_t initial; /* of a number or a bool, for slot_init() */
	uint64_t most;    /* of a number; 0: what its kind holds */

	/* For the pages only; NULL: there is nothing to say. */
	const char *form;    /* where the kind says too little: "IP:PORT" */
	const char *without; /* what holds if it is absent and that is not
	                        .initial: "the cores of the machine" */
	const char *example; /* a value as it is written, "\"127.0.0.1:53\"" */
};

/* Sets the numbers and bools of *out to .initial; for before slot_read(). */
void slot_init(const struct slot *slots, void *out);

/*
 * The bounds of a kind that is a number, and what errors call it ("u16").
 * false: it is none.
 */
bool slot_bounds(enum slot_kind kind, int64_t *least, uint64_t *most,
    const char **want);

/*
 * Fills *out from v. struct_name is what errors call it ("struct Name"); NULL
 * makes them say "a map". Views and lists live in pool or in v. Members of
 * *out whose slot is absent keep their value.
 */
int slot_read(const struct slot *slots, const char *struct_name,
    const struct json *v, struct pool *pool, void *out, struct err *err);

/*
 * err_set() for an error of shape: notes how the reference dumps it, too
 * (docs/wire.md, "Errors in Lua").
 */
int slot_fail(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * A foreign text as an error shows it: all of it, up to SLOT_SHOWN bytes. Those
 * who made a line of 60 MB an error had six times that of whoever read it.
 */
#define SLOT_SHOWN ((size_t)64 << 10)

struct str slot_shown(struct pool *pool, struct str text);

/* "invalid type: <got>, expected <want>" for v. */
int slot_wrong_type(const struct json *v, const char *want, struct err *err);

/* "invalid value: <got>, expected <want>" for v. */
int slot_wrong_value(const struct json *v, const char *want, struct err *err);

/*
 * A whole number from least to most, which may be above INT64_MAX; a negative
 * one in two's complement. Others are a wrong value, no whole number is a
 * wrong type.
 */
int slot_read_whole(const struct json *v, int64_t least, uint64_t most,
    const char *want, uint64_t *out, struct err *err);

/* The texts as a list of JSON. */
struct json slot_texts_json(struct pool *pool, const struct slot_texts *texts);

#endif
