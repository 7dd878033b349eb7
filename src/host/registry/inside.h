/*
 * inside: what the sources of a registry have in common: a question that waits,
 * and what a source does with it.
 */
#ifndef REGISTRY_INSIDE_H
#define REGISTRY_INSIDE_H

#include "registry/registry.h"

enum ask_kind { ASK_INFO, ASK_DOWNLOAD, ASK_LATEST };

/* A question, from registry_info() and its like to ask_end(). */
struct ask {
	struct ask *next, *before; /* of all that are pending, in order */
	struct registry *registry;
	struct pool pool; /* of the texts, and of what the source needs */
	enum ask_kind kind;
	struct str author, name, version;
	union {
		void (*info)(void *arg, enum registry_answer answer,
		    const struct registry_module *module,
		    const struct err *why);
		void (*code)(void *arg, enum registry_answer answer,
		    const struct registry_code *code, const struct err *why);
		void (*latest)(void *arg, enum registry_answer answer,
		    int64_t time, const struct err *why);
	} done;
	void *arg;
	struct str url;  /* of the request that asks it */
	uint64_t number; /* the same */
};

/* By the kind of the question one of them. */
struct finding {
	struct registry_module module;
	struct registry_code code;
	int64_t time;
};

/* Tells the answer and ends the question. */
void ask_end(struct ask *ask, enum registry_answer answer,
    const struct finding *finding, const struct err *why);

/*
 * Nobody is asked for what no registry can have: -1, with the reason, whether it
 * came from a command or from the name of a file of the user's.
 */
int ask_check(const struct ask *ask, struct err *err);

/* Is what was brought for a download what was asked for? */
int code_check(const struct ask *ask, const struct registry_code *code,
    struct err *err);

/* The first question; NULL: nothing is pending. */
struct ask *registry_first(const struct registry *r);
struct loop *registry_loop(const struct registry *r);

/* ^C came while something was waited for elsewhere. */
void registry_interrupted(struct registry *r);

/* A module of a list was told not to be right. */
void registry_leaves_out(struct registry *r);

typedef int each_module(void *arg, const struct registry_module *module,
    struct err *err);

struct source {
	/* Begins to look; ask_end() comes later, or never after stop(). */
	void (*begin)(void *source, struct ask *ask);

	/* Nothing is looked for any more: each ends as unknown with why. */
	void (*stop)(void *source, const struct err *why);

	/* query p NULL: quickstart. */
	int (*list)(void *source, struct str query, each_module *each,
	    void *arg, struct err *err);

	enum registry_answer (*whoami)(void *source, struct str token,
	    struct pool *pool, struct str *user, struct err *err);
	enum registry_answer (*publish)(void *source, struct str token,
	    struct str name, struct str code, struct pool *pool,
	    struct registry_code *out, struct err *err);

	/* Before the process is locked: what is needed later is made, and
	 * *folder is what has to stay in reach, NULL: nothing. */
	int (*prepare)(void *source, const char **folder, struct err *err);

	void (*close)(void *source);
};

#endif
