/*
 * model: the families of things that modules find, as one table. Schema, JSON
 * both ways, statements, changesets, what filters accept and the reference all
 * read it; nothing about a family is written a second time.
 * Source: docs/wire.md, "Models"; docs/database.md.
 *
 * To add a column: a row in the family's fields (table.c), and a version in
 * db/schema.c, without which workspaces that are there stay without it
 * (docs/tour.md, "To add something"). To add a family: its fields, a row in
 * model_table, a version, and where flags cannot say it, some lines in rules.c.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <stdint.h>

#include "value/json.h"

#define MODEL_MAX_FIELDS 24
#define MODEL_MAX_JSON   ((size_t)256 << 10) /* values in a FIELD_JSON */

enum field_kind {
	FIELD_TEXT,
	FIELD_BOOL,
	FIELD_I32,
	FIELD_I64,
	FIELD_F32,   /* single precision everywhere */
	FIELD_TIME,  /* 2019-09-08T08:28:57[.fff], UTC, normal form */
	FIELD_BYTES, /* a string or a list of 0..255; JSON: the list */
	FIELD_IP,    /* an address in normal form */
	FIELD_JSON,  /* any value, kept as JSON text with sorted members */
};

enum field_flag {
	FIELD_OPT = 1 << 0,       /* may be null */
	FIELD_UPDATE = 1 << 1,    /* changes after the row was made */
	FIELD_KEY = 1 << 2,       /* rows are told apart by it */
	FIELD_LOWER = 1 << 3,     /* lower-cased by Unicode's full mapping */
	FIELD_DERIVED = 1 << 4,   /* computed from the others, never given */
	FIELD_SCOPE = 1 << 5,     /* unscoped: the host's, not the module's */
	FIELD_LATE = 1 << 6,      /* input and wire: behind the others */
	FIELD_LOG_EARLY = 1 << 7, /* change lines: before the others */
	FIELD_NEWER = 1 << 8,     /* an update keeps the later time */
	FIELD_OLDER = 1 << 9,     /* an update keeps the earlier time */
	FIELD_INPUT = 1 << 10,    /* given all the same: its type is checked */
	FIELD_BLOB = 1 << 11,     /* the id of the blob that the row is about:
	                             it comes with it, and must be there */
	FIELD_PARAM = 1 << 12,    /* what stands behind the source of a module
	                             selects by it: accounts:SERVICE */
	FIELD_RULE_DOMAIN = 1 << 13, /* the scope's rules of this type are */
	FIELD_RULE_IP = 1 << 14,     /* tried on it, scope.h */
	FIELD_RULE_URL = 1 << 15,
	FIELD_FAMILY = 1 << 16,  /* the family of a row, of which the next
	                           column is the id: MODEL_HANGS */
	FIELD_LINES = 1 << 17,   /* more than one line; rules.h */
	FIELD_EXPIRES = 1 << 18, /* when the row ends: MODEL_OURS */
};

struct field {
	const char *name;
	enum field_kind kind;
	unsigned flags;
	const char *references; /* the table of an id; NULL: no id */
	const char *doc;        /* for the reference */

	/*
	 * Of an id: what the row is to the one that it names, "belongs to"; of
	 * the second id of a link: what the first one is to it.
	 */
	const char *relation;
};

enum model_flag {
	MODEL_LINK = 1 << 0,         /* between two families; has no value */
	MODEL_NEW_NAME = 1 << 1,     /* errors say NewX, not InsertX */
	MODEL_SOURCE_EARLY = 1 << 2, /* errors list its source in front of the
	                                one of the family before it */

	/*
	 * A family that the reference program does not know. Its table is one
	 * of those that are of this program alone (db/own.h); a parent that is
	 * not ours is not told of its rows; no rule of scope is about it, and
	 * a row that ends by itself says so in a column of its own.
	 */
	MODEL_OURS = 1 << 3,

	/*
	 * About other rows, which it names by family and id (FIELD_FAMILY), and
	 * with which it goes. All FIELD_KEYs together tell its rows apart.
	 */
	MODEL_HANGS = 1 << 4,

	/* No family either: a table whose rows have no id. */
	MODEL_NO_ID = 1 << 5,
};

struct row;

struct model {
	const char *family;  /* db_add's first argument, log lines: "ipaddr" */
	const char *select;  /* family on the wire: "Ipaddr" */
	const char *variant; /* payloads on the wire, structs: "IpAddr" */
	const char *table;   /* "ipaddrs" */
	unsigned flags;
	const struct field *field; /* in column order, without id */
	const char *doc;

	/*
	 * Checks what flags cannot say and fills in the derived fields; NULL:
	 * nothing to do. Runs in the child on what a module gave and again in
	 * the host on what the child sent.
	 */
	int (*derive)(struct row *row, struct pool *pool, struct err *err);

	/* "Domain": the head of "Domain doesn't have mutable fields" */
	const char *title;

	/*
	 * What start lines call its rows as a source ("IpAddrs"); headers of
	 * modules call them as the table. NULL: they are no targets.
	 */
	const char *source;
};

/* Ends with a row whose family is NULL. */
extern const struct model model_table[];

/*
 * Events on the time line of a workspace: the same kind of row, but no family:
 * no scope, never changed.
 */
extern const struct model model_activity;

/* NULL: none. Names are exact. */
const struct model *model_by_family(struct str family);
const struct model *model_by_table(struct str table);

/* For people: "integer, 32 bits". */
const char *field_kind_text(enum field_kind kind);

/* Index of a field, -1: none. */
int model_field(const struct model *model, const char *name);

/* The first one that has one of these flags, -1: none. */
int model_field_with(const struct model *model, unsigned flags);

/*
 * The next field from i on that names a family, FIELD_FAMILY; the id is the one
 * behind it. -1: none.
 */
int model_end(const struct model *model, int i);

/*
 * Whether a row of `hanging` may be about one of this family: notes and tags
 * are about whatever is no note and no tag, links are between rows that have a
 * value.
 */
bool model_may_carry(const struct model *model, const struct model *hanging);

size_t model_field_count(const struct model *model);
bool model_is_mutable(const struct model *model);

/*
 * The fields in the order of lists and of the wire: column order, the late
 * ones last. Fills order with indexes, returns how many.
 */
size_t model_wire_order(const struct model *model,
    unsigned char order[MODEL_MAX_FIELDS]);

struct value {
	bool is_set;
	union {
		struct str text; /* FIELD_TEXT, _TIME, _BYTES, _IP, _JSON */
		bool b;
		int64_t i;
		float f;
	};
};

struct row {
	const struct model *model;
	int32_t id; /* 0: none yet */
	struct value value[MODEL_MAX_FIELDS];
};

bool value_eq(const struct field *field, const struct value *a,
    const struct value *b);

/* The value of a column that is there by name; asserts that it exists. */
struct value *row_value(struct row *row, const char *name);

/* A column by its name. NULL: the family has none of that name, or it is not set. */
const struct value *row_column(const struct row *row, const char *name);

/* What is in it: STR_NONE, or `none`, where row_column() is NULL. */
struct str row_column_text(const struct row *row, const char *name);
int64_t row_column_number(const struct row *row, const char *name,
    int64_t none);

/* Out of scope: the column `unscoped` is there, set and true. */
bool row_is_unscoped(const struct row *row);

/*
 * What errors and logs call the row: its value, or "left+right" of the two ids
 * of a link.
 */
struct str row_label(const struct row *row, struct pool *pool);

/* db_add: what a module gave, checked, normalised, derived. -1: *row is none. */
int row_read_insert(struct row *row, const struct model *model,
    const struct json *v, struct pool *pool, struct err *err);

/*
 * The same for a payload from a child: all columns are there, unscoped may be
 * absent. A value that row_read_insert() would have written in another way is
 * refused. *column as in ipc/variant.h, for errors of shape only; an error of
 * another kind leaves it 0.
 */
int row_read_wire(struct row *row, const struct model *model,
    const struct json *v, struct pool *pool, uint32_t *column, struct err *err);

/* A complete row with its id: the argument of run(). */
int row_read_object(struct row *row, const struct model *model,
    const struct json *v, struct pool *pool, struct err *err);

/* The mutable columns of an update; the others are ignored. */
int row_read_update(struct row *row, const struct model *model,
    const struct json *v, struct pool *pool, uint32_t *column, struct err *err);

/*
 * Leaves in update what differs from old, by the rules of FIELD_NEWER and
 * FIELD_OLDER. Returns the number of columns that are left.
 */
size_t row_diff(struct row *update, const struct row *old);

/* {"Variant":{...}} as it goes over the wire. */
enum {
	ROW_OLDER_FORM = 1 << 0, /* without "unscoped" and absent columns */
};
void row_write_insert(struct buf *out, const struct row *row, unsigned flags);
void row_write_update(struct buf *out, const struct row *row);

/* All columns in table order with the id first: select --json, run(arg). */
void row_write_json(struct buf *out, const struct row *row);
void row_write_members(struct buf *out, const struct row *row); /* without {} */

/* The same as a tree in pool, which views the texts of the row. */
struct json row_to_json(const struct row *row, struct pool *pool);

/*
 * One value as JSON, null if it is not set. A FIELD_JSON is the value that its
 * text holds; a text that is no JSON, which only somebody else can have
 * written, a string.
 */
void value_write_json(struct buf *out, const struct field *field,
    const struct value *value);

/*
 * One value as a cell of a table: text as it is, 1.5, true, bytes in base64;
 * nothing if it is not set.
 */
void value_write_text(struct buf *out, const struct field *field,
    const struct value *value);

/*
 * One value as log lines show it: text quoted, 1.5, true, [3 bytes].
 */
void value_write_log(struct buf *out, const struct field *field,
    const struct value *value);

/*
 * "Domain { id: 1, value: \"a.b\", unscoped: false }" in column order, and
 * "Domain(NewDomain { value: \"a.b\", unscoped: false })" and
 * "Email(EmailUpdate { id: 1, valid: None })", for -v.
 */
void row_dump(struct buf *out, const struct row *row);
void row_dump_insert(struct buf *out, const struct row *row);
void row_dump_update(struct buf *out, const struct row *row);

/* The order in which changed columns are logged. */
size_t model_log_order(const struct model *model,
    unsigned char order[MODEL_MAX_FIELDS]);

#endif
