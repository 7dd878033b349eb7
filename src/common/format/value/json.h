/*
 * json: RFC 8259, as docs/wire.md says ("JSON"). A value is a tree in a pool.
 *
 * Integers stay exact in 64 bits, signed or unsigned; everything else is a
 * double. Text is UTF-8 and may hold NUL; other bytes are a kind of their own,
 * written as a list of numbers and never read. Members keep their order; of a
 * name given twice all members are there, and json_member() finds the last.
 */
#ifndef VALUE_JSON_H
#define VALUE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define JSON_MAX_DEPTH  127         /* lists and maps around a value */
#define JSON_MAX_BYTES  (1u << 30)  /* of one text */
#define JSON_MAX_VALUES (16u << 20) /* in one text: 1.2 GiB as it is read */

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_INT,  /* fits int64_t */
	JSON_UINT, /* above INT64_MAX */
	JSON_DOUBLE,
	JSON_STR,
	JSON_BYTES,     /* not UTF-8: a list of numbers to whoever reads it */
	JSON_BYTE_LIST, /* the same, but a list here, too; any bytes */
	JSON_LIST,
	JSON_MAP,
};

struct json {
	enum json_kind kind : 8;
	bool grows : 1; /* made by json_append() or json_set(): has room */
	uint32_t end;   /* bytes read when it was complete: the error column */
	union {
		bool b;
		int64_t i;
		uint64_t u;
		double d;
		struct str str; /* of JSON_STR, JSON_BYTES, JSON_BYTE_LIST */
		struct {
			struct json *item;
			size_t n;
		} list;
		struct {
			struct json_member *member;
			size_t n;
		} map;
	};
};

struct json_member {
	struct str name;
	uint32_t end; /* like json.end, of the name */
	struct json value;
};

/*
 * Reads one value with blanks around it; anything else behind it is an error.
 * The tree lives in pool and views into text, which must be kept as long.
 * The error is a message with " at line 1 column N".
 */
int json_read(struct pool *pool, struct str text, struct json *out,
    struct err *err);

/*
 * The same for a foreign text of at most `values` values. A list of at least
 * JSON_PACKED numbers from 0 to 255 is one value, read as a JSON_BYTE_LIST: it
 * costs a byte each and not 24, nor up to 96 while the list is open.
 */
#define JSON_PACKED 64

int json_read_most(struct pool *pool, struct str text, size_t values,
    struct json *out, struct err *err);

/* As many as it counts in the text that is written of v, or more. */
size_t json_count(const struct json *v);

/*
 * Reads the next value at text[*at] and moves *at behind it, for values that
 * follow each other. 1: a value; 0: only blanks were left; -1: not JSON.
 */
int json_read_next(struct pool *pool, struct str text, size_t *at,
    struct json *out, struct err *err);

/* NULL: v is no map or has no such member. The last of equal names. */
const struct json *json_member(const struct json *v, const char *name);
const struct json *json_member_str(const struct json *v, struct str name);

/* Making trees. Names and texts are not copied. */
struct json json_null(void);
struct json json_bool(bool b);
struct json json_int(int64_t i);
struct json json_double(double d);
struct json json_str(struct str s);      /* JSON_BYTES if s is not UTF-8 */
struct json json_utf8(struct str s);     /* s is known to be */
struct json json_text(const char *text); /* NULL: null */
struct json json_byte_list(struct str s);

/*
 * A list or map that grows; {0} in kind JSON_LIST or JSON_MAP is empty. One that
 * was read may grow, too: its items move to an array with room. Of two copies of
 * the same struct only one may grow.
 */
struct json json_list(void);
struct json json_map(void);
struct json *json_append(struct pool *pool, struct json *list, struct json v);
struct json *json_set(struct pool *pool, struct json *map, struct str name,
    struct json v); /* does not look for an equal name */

enum {
	JSON_SORTED =
	    1 << 0, /* members in byte order; of equal names the last */
};

/*
 * Writes without blanks. A double is finite, or it is written as null.
 * Escapes: docs/wire.md, "JSON". Depth is the maker's affair.
 */
void json_write(struct buf *out, const struct json *v, unsigned flags);

/* A quoted string; bytes that are not UTF-8 become U+FFFD. */
void json_write_str(struct buf *out, struct str s);

#endif
