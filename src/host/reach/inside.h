/* inside: the pass over a module, what its files know of each other. */
#ifndef REACH_INSIDE_H
#define REACH_INSIDE_H

#include "reach/flow.h"

#define REACH_MAX_VALUES                                                       \
	8 /* results and arguments apart; those behind are one */

struct named {
	enum reach_from from; /* REACH_OPTION or REACH_KEY */
	struct str name;
};

struct function {
	struct flow result[REACH_MAX_VALUES];
	struct flow dots; /* what ... is */
	bool is_escaped;  /* somebody that we do not know may call it */
};

struct global {
	struct str name;
	bool is_written;
	struct flow flow;
	struct global *next;
};

#define REACH_HASH 256

struct reach {
	struct pool *pool;
	const struct module *module;
	struct permissions *out;
	struct syntax tree;
	size_t used_before; /* of the pool */

	struct flow *local;         /* by syntax_local.index */
	struct function *function;  /* by the index of its node */
	struct object **object;     /* by the id of the table's node */
	bool *is_called;            /* by the id of a name: it is only called */
	struct syntax_node *inside; /* the function that is walked */
	struct object foreign; /* what is put into what came from elsewhere */
	struct global *global[REACH_HASH];
	struct atom *made[REACH_HASH];
	unsigned atoms, texts;
	struct named named[FLOW_MAX_NAMED];
	unsigned n_named;

	struct makings *making; /* two, of flow_concat() */
	unsigned visit;         /* counts walks over tables */
	unsigned long steps;
	bool changed;
	bool is_last; /* nothing changes any more: what is asked for counts */
	const struct why *beyond; /* a limit: everything */
};

struct values {
	struct flow at[REACH_MAX_VALUES];
	unsigned n;
};

/* NULL: it is not there, and shall not be made. */
struct global *reach_global(struct reach *in, struct str name, bool make);

const struct why *reach_why(struct reach *in, const struct syntax_node *at,
    const char *what, struct str name);

/* What costs time; too much of it is a limit, too. */
void reach_step(struct reach *in, unsigned n);

/* Nothing is known any more. */
void reach_give_up(struct reach *in, const struct syntax_node *at,
    const char *what);

/* eval.c */
struct flow eval_node(struct reach *in, const struct syntax_node *node);
void eval_values(struct reach *in, const struct syntax_list *list,
    struct values *out);
struct flow eval_value_at(const struct values *values, unsigned i);
void eval_assign(struct reach *in, const struct syntax_node *target,
    struct flow value);

/* The results of a SYNTAX_CALL or SYNTAX_METHOD. */
void eval_call(struct reach *in, const struct syntax_node *node,
    struct values *results);
void eval_function_call(struct reach *in, struct syntax_node *function,
    const struct values *args, struct values *results);

/* Functions in it may be called by anybody with anything. */
void eval_escape(struct reach *in, struct flow flow, struct flow args);

/* exec.c */
void exec_list(struct reach *in, const struct syntax_list *list);

/* sink.c: what a library function does with its arguments, and gives. */
struct library_row;
struct flow sink_call(struct reach *in, const struct library_row *row,
    const struct syntax_node *at, const struct values *args);
void sink_everything(struct reach *in, const struct syntax_node *at,
    struct str by, const char *what, struct str name);

/* place.c: the hosts of what is given as a URL, and as a host. */
struct asked {
	const struct syntax_node *at;
	struct str by;
	struct str source;  /* what is asked for, as it is written */
	bool follows;       /* redirects */
	bool is_url;        /* else a host */
	const char *scheme; /* of ports, where the text has none: "" */
	uint16_t port[REACH_MAX_PORTS]; /* of a host; 0 of them: all */
	unsigned ports;
};

void place_find(struct reach *in, struct flow flow, const struct asked *asked);
void place_add(struct reach *in, const struct reach_host *host,
    const struct asked *asked, const struct why *why);

#endif
