/*
 * lint: what is wrong with the text of a module, found without running it.
 *
 *	struct lint_report report;
 *	lint_text(&pool, code, &report);
 *	for (size_t i = 0; i < report.n; i++) ...
 *
 * A fault is wrong whatever the module is for; a note is what its author may
 * want to know. To add a rule: a value of the enum, a row in lint.c, and where
 * it is found lint_add(). tests/unit/lint has for each rule a text that it
 * finds and one that it does not.
 */
#ifndef LINT_LINT_H
#define LINT_LINT_H

#include "base/pool.h"

/*
 * Of a text that needs more that is said, and no more is looked at: a literal
 * regular expression takes up to 20 ms, and behind each answer may be the whole
 * text.
 */
#define LINT_MOST_REGEXES  200
#define LINT_MOST_FOLLOWED (1ul << 24) /* nodes */

#define LINT_MOST 1000 /* findings; those behind are not kept */

enum lint_rule {
	LINT_HEADER, /* a line of the header, or one that is missing */
	LINT_SYNTAX, /* no Lua */
	LINT_RUN,    /* no function run() */
	LINT_GLOBAL, /* a name that nobody defines */
	LINT_METHOD, /* a method that nothing has */
	LINT_DEAD,   /* a global that is assigned and not read */
	LINT_COUNT,  /* the wrong number of arguments */
	LINT_KIND,   /* a literal argument of the wrong kind */
	LINT_KEY,    /* a key of an option table that is none */
	LINT_FAMILY, /* a family that is none */
	LINT_COLUMN, /* a column that the family has not, or not for this */
	LINT_OPTION, /* an option that is read and not described, or not read */
	LINT_KEYRING,  /* keys that the header does not ask for */
	LINT_REACHES,  /* a line "-- Reaches:" that is not what it seems */
	LINT_LAST_ERR, /* nothing looks whether it failed */
	LINT_ANSWER,   /* a key that what a function gives does not have */
	LINT_PATTERN,  /* a literal pattern that is none */
	LINT_SCOPE,    /* an id is used that may be none */
	LINT_RETURN,   /* run() returns what nobody looks at */
	LINT_STEALTH,  /* louder than the header says */
	LINT_ANY,      /* any host can be reached: note */
	LINT_PEER,     /* the reference program does not have it */
	LINT_OURS,     /* the same, and nobody says it runs there: note */
	LINT_CLAIM,    /* it could say that it runs there: note */
	LINT_COMMENT,  /* a comment that only looks like one that is read */
	LINT_RULES
};

enum lint_level { LINT_FAULT, LINT_NOTE };

struct lint_rule_row {
	const char *name; /* "last-err" */
	enum lint_level level;
	const char *doc; /* what it finds, for the page */
};

/* In the order of the enum. */
extern const struct lint_rule_row lint_rules[LINT_RULES];

struct lint_finding {
	unsigned line, column; /* from 1; columns in bytes */
	enum lint_rule rule;
	struct str text; /* a sentence; foreign names in it are quoted */
};

struct lint_report {
	struct lint_finding *finding; /* in the order of the text */
	size_t n;
	size_t faults; /* of them */
	bool is_cut;   /* there were more */
};

/*
 * Whatever the text is. Everything lives in pool, or views it. for_peer: what
 * the reference program lacks is a fault, whether the module says that it runs
 * there or not.
 */
void lint_text(struct pool *pool, struct str code, bool for_peer,
    struct lint_report *out);

/*
 * What to say of a global that a text typed by hand names and that is not
 * there: what modules have instead, that it is a local of the module's code
 * ("": there is none), or the closest function. NULL: nothing is known. In pool.
 */
const char *lint_missing(struct pool *pool, struct str code, struct str name);

#endif
