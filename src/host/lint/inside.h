/*
 * inside: what the files of this room know of a text and of each other.
 */
#ifndef LINT_INSIDE_H
#define LINT_INSIDE_H

#include "lint/lint.h"
#include "lua/syntax.h"
#include "model/model.h"
#include "state/library.h"

/* A function of the sandbox, from the table that its own program prints. */
struct lint_function {
	const char *name;
	const char
	    *args; /* "url:text, options:any", stdlib/call.h; NULL: none */
	const char *
	    keys; /* "timeout proxy" of its option table; NULL: no fixed ones */
	const char
	    *ours; /* those keys that are of this program alone; NULL: none */
	bool is_ours; /* the reference program does not have it */
};

extern const struct lint_function lint_functions[]; /* a NULL name ends them */

/* NULL: none of that name. */
const struct lint_function *function_by_name(struct str name);

/* Its arguments one by one: 1; 0: that was all. */
struct arg {
	struct str name, type;
};
int function_next_arg(struct str *rest, struct arg *out);

/* A name of the text: a global, or a field or method of tables. */
struct name {
	struct str text;
	const struct syntax_node *read, *written; /* the first of each */
	struct name *next;
};

#define NAMES_HASH 1024
#define NAMES_MOST 10000 /* of a text with more nothing is said of names */
struct names {
	struct name *bucket[NAMES_HASH];
	size_t n;
};

struct lint {
	struct pool *pool;
	struct lint_report *report;
	struct str code;
	struct module module; /* what its header says; code is all of it */
	bool has_header;
	bool is_claimed; /* to run in the reference program */
	bool is_peer;    /* so what that lacks is a fault */
	struct syntax tree;
	struct names globals, fields;
	bool *is_target; /* by the id of a node: it is assigned to */
	bool has_env;    /* _ENV, or too many: any global may be meant */
	bool has_too_many;
	const struct syntax_local *row; /* the parameter of run() */
	bool looks_at_errors;
	const struct syntax_node *may_fail; /* the first call that may */
	const struct syntax_node **value;   /* by local: its only one; NULL */
	unsigned long followed;             /* nodes, of answers */
	bool has_left_off;                  /* there were too many */
	unsigned regexes;
};

void lint_add(struct lint *l, enum lint_rule rule, unsigned line,
    unsigned column, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
void lint_add_at(struct lint *l, enum lint_rule rule,
    const struct syntax_node *at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Short, in quotes, with whatever does not print escaped. In pool. */
const char *lint_quote(struct lint *l, struct str name);

/* ", did you mean \"x\"?" or "". */
const char *lint_hint(struct lint *l, struct str typo,
    const char *(*name)(const void *list, size_t i), const void *list);

/* NULL: none, unless it is made. */
struct name *names_find(struct lint *l, struct names *names, struct str text,
    bool make);

/* A fault or a note, as is_peer says; at NULL: the first line. peer.c */
void lint_lacks(struct lint *l, const struct syntax_node *at, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

void lint_header(struct lint *l);  /* head.c */
void lint_collect(struct lint *l); /* names.c: fills globals, fields, row */
void lint_names(struct lint *l);
const char *lint_instead(struct str name); /* of Lua's library; NULL */
void lint_calls(struct lint *l);           /* call.c */
void lint_call_rows(struct lint *l, const struct lint_function *fn,
    const struct syntax_node *call); /* row.c */
void lint_row_index(struct lint *l, const struct syntax_node *index);
void lint_options(struct lint *l); /* whole.c */
void lint_errors(struct lint *l);
bool lint_may_fail(struct str function); /* of foreign bytes, or the network */
void lint_answers(struct lint *l);       /* answer.c; after lint_errors() */
void lint_results(struct lint *l);       /* result.c */
void lint_pattern(struct lint *l, const struct syntax_node *method);
void lint_regex(struct lint *l, const struct syntax_node *text); /* pattern.c */
void lint_keys(struct lint *l); /* directives.c */
void lint_reach(struct lint *l);
void lint_directives(struct lint *l, bool is_narrowed);
void lint_comments(struct lint *l); /* comment.c */
void lint_peer(struct lint *l);     /* the last but for lint_comments() */

#endif
