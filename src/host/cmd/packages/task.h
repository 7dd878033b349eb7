/*
 * task: a module that is to come: its registry is asked, redirects are followed,
 * and the code of the version that it has is brought. Several at once; what
 * comes of each is its kind's affair.
 */
#ifndef PACKAGES_TASK_H
#define PACKAGES_TASK_H

#include "packages/session.h"

#define TASK_HOPS 5 /* redirects */

struct task_kind {
	/*
	 * The version that it has is known (t->version). 1: bring its code; 0:
	 * there is nothing to do; -1: it fails. NULL: always.
	 */
	int (*is_wanted)(struct task *t, struct err *err);

	/* The code has come. 1: ask() is called when all have come; 0; -1. */
	int (*got)(struct task *t, struct str code, struct err *err);

	/* Asks the user, and goes on. May be NULL. */
	int (*ask)(struct task *t, struct err *err);

	/* It ended with -1 or with `answer`, REGISTRY_FOUND: of ours. */
	void (*failed)(struct task *t, enum registry_answer answer,
	    struct err *why);
};

struct task {
	struct session *s;
	const struct task_kind *kind;
	struct pool pool;
	struct str id;           /* that was asked for */
	struct str author, name; /* where the redirects have led to */
	struct str version;      /* of the code; p NULL: there is none yet */
	struct str was;          /* version that is installed; may be NULL */
	struct str code;         /* for ask() */
	unsigned hops;
	bool is_forced; /* redirects are not followed */
	bool is_dry;    /* nothing is changed */
	bool is_needed; /* that there is no version is a failure */
	bool is_asked;  /* a question comes, or would: task_put() */
	bool has_grown; /* and one about what it may: only where asks_growth */
	bool asks_growth;
	void *arg; /* of the kind */
	struct task *next;
};

/* version p NULL: the latest. The task is the kind's until it ends. */
struct task *task_new(struct session *s, const struct task_kind *kind,
    struct str author, struct str name, struct str version);
void task_start(struct task *t);
void task_free(struct task *t); /* one that was not started */

/* Where the redirects have led, in t->pool. */
struct str task_target(struct task *t);

/* Waits until at most so many are under way. */
int task_wait(struct session *s, size_t most, struct err *err);

/* Waits for all, then asks what is to be asked. */
int task_finish(struct session *s, struct err *err);

/* What was to be asked is not; before a session ends that did not finish. */
void task_give_up(struct session *s);

/* kind->got() of most: the text goes into the store, or is asked about. */
int task_put(struct task *t, struct str code, const char *what,
    struct err *err);

#endif
