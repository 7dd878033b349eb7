/*
 * filter: which rows of a family, in what order and how many, as a tree. The
 * reader makes it of the words behind a command ("where value like %.com"),
 * the program makes it of conditions of its own, and db/ alone makes SQL of it,
 * with all values bound. NULL is a filter, too: all rows.
 * Source: docs/database.md, "Filters".
 *
 *	filter = and {'or' and}
 *	and    = not {'and' not}
 *	not    = ['not'] test
 *	test   = '(' filter ')' | 'true' | 'false' | '1' | '0'
 *	       | column [op value | ['not'] ('like'|'glob') value
 *	               | 'is' ['not'] ('null'|'true'|'false')
 *	               | ['not'] 'in' '(' value {',' value} ')'
 *	               | ['not'] 'between' value 'and' value]
 *	column = name | 'length(' name ')' | 'lower(' name ')'
 *	op     = '=' | '==' | '!=' | '<>' | '<' | '>' | '<=' | '>='
 *	key    = (column | 'random()') ['asc'|'desc']
 *	words  = 'where' filter ['order by' key {',' key}]
 *	               ['limit' n ['offset' n]]
 *	       | 'where' 'sql' TEXT
 *
 * To add an operator: a value of enum filter_op, a row in filter_ops
 * (filter.c), what it takes in filter_value.c, its SQL in filter_sql.c.
 */
#ifndef DB_FILTER_H
#define DB_FILTER_H

#include "base/err.h"
#include "model/model.h"

/* SQLite's own parser has room for this many, each behind a not */
#define FILTER_MAX_DEPTH 16   /* parentheses in parentheses */
#define FILTER_MAX_NODES 8192 /* tests, values and keys of one filter */

enum filter_function {
	FILTER_PLAIN,
	FILTER_LENGTH, /* characters; of bytes: how many */
	FILTER_LOWER,  /* A to Z in lower case */
	FILTER_RANDOM, /* of a key alone: no column, any order */
};

struct filter_operand {
	const struct field *field; /* the model's or that of ids, or NULL */
	enum filter_function function;
};

enum filter_op {
	FILTER_HOLDS, /* the column alone: true, not 0 */
	FILTER_EQ,
	FILTER_NE,
	FILTER_LT,
	FILTER_GT,
	FILTER_LE,
	FILTER_GE,
	FILTER_LIKE, /* % and _; A to Z in either case */
	FILTER_GLOB, /* *, ? and [...] */
	FILTER_IS_NULL,
	FILTER_IS_TRUE,
	FILTER_IS_FALSE,
	FILTER_IN,      /* one value or more */
	FILTER_BETWEEN, /* two, both count */
	FILTER_OPS
};

enum filter_type { FILTER_INT, FILTER_REAL, FILTER_TEXT, FILTER_BYTES };

/*
 * In the form in which the column holds it: a boolean is 0 or 1, a number of a
 * single-precision column has single precision, a time is "2019-09-08 08:28:57"
 * or the beginning of one, which stands for all times that begin so.
 */
struct filter_value {
	enum filter_type type;
	union {
		int64_t i;
		double d;
		struct str text; /* and bytes */
	};
};

enum filter_kind {
	FILTER_CONST,
	FILTER_AND, /* two children or more, none of which is an AND */
	FILTER_OR,  /* likewise */
	FILTER_NOT, /* one */
	FILTER_TEST,
};

struct filter_node {
	enum filter_kind kind;
	bool is_true; /* of FILTER_CONST */

	const struct filter_node *child; /* of AND, OR, NOT */
	size_t n_child;

	/* of FILTER_TEST */
	struct filter_operand operand;
	enum filter_op op;
	bool is_not; /* "not like", "is not null", "not in", "not between" */
	const struct filter_value *value;
	size_t n_value;
};

struct filter_key {
	struct filter_operand operand;
	bool is_descending;
};

struct filter {
	const struct model *model;
	struct str sql; /* where sql TEXT, before the rest; p NULL: none */
	const struct filter_node *where; /* NULL: all */
	const struct filter_key *key;
	size_t n_key;
	bool has_limit;
	uint64_t limit, offset; /* at most INT64_MAX */
};

/*
 * Words, of which the first is "where" in any case. A name, an operator and a
 * value may stand in one word or in several, and so may parentheses and lists:
 *
 *	id>2   "name=two words"   (value like e% or id = 3)   in (1,2)
 *
 * What stands behind an operator is a value to the end of its word, but for the
 * parentheses that close what is open. In '...' or "..." (doubled inside) it is
 * what is between them. In a word that has blanks in front of its first
 * operator ("id > 3 and id < 5") a blank ends a value, as between words.
 *
 * No words: *out is NULL. Everything lives in pool, nothing views the words.
 * The error names the word, and the columns where there is no such column.
 */
int filter_read(struct pool *pool, const struct model *model,
    const struct str *word, size_t n, const struct filter **out,
    struct err *err);

/*
 * What may stand behind these words, for completion: columns, operators, and
 * values where they can be listed. Nothing where the words are wrong. What is
 * given to add() may end with its call.
 */
void filter_next(const struct model *model, const struct str *word, size_t n,
    void (*add)(void *ctx, struct str word), void *ctx);

/*
 * The words that read as the same filter again: "where", "id", ">", "3"; for
 * NULL "where", "true". Of a filter with SQL that is all there is. Returns how
 * many.
 */
size_t filter_words(struct pool *pool, const struct filter *filter,
    struct str **word);

/*
 * Conditions of the program itself. Columns exist and have the type: a text
 * for filter_equals() and filter_compare(), in the form of the column. Values
 * are copied.
 */
const struct filter *filter_id(struct pool *pool, const struct model *model,
    int64_t id);
const struct filter *filter_equals(struct pool *pool, const struct model *model,
    const char *column, struct str value);
const struct filter *filter_compare(struct pool *pool,
    const struct model *model, const char *column, enum filter_op op,
    struct str value);
const struct filter *filter_is_set(struct pool *pool, const struct model *model,
    const char *column);

/*
 * Rows that both let pass; either may be NULL. Order and limit are those of a,
 * and the limit counts rows that both let pass. b has neither, and no SQL.
 */
const struct filter *filter_and(struct pool *pool, const struct filter *a,
    const struct filter *b);

/* Ordered by a column, where the keys that are there say nothing. */
const struct filter *filter_order(struct pool *pool,
    const struct filter *filter, const struct model *model, const char *column,
    bool is_descending);

#endif
