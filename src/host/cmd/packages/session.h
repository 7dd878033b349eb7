/*
 * session: what the commands of packages have open: the registry, the store and
 * its rows; and what each does before a module is replaced.
 */
#ifndef PACKAGES_SESSION_H
#define PACKAGES_SESSION_H

#include "packages/ask.h"
#include "pkg/store.h"

struct task;

struct session {
	struct program *p;
	struct pool pool;
	struct registry *registry; /* NULL: none is asked */
	struct store *store;
	struct packages packages; /* as they were when it began */
	bool is_changed;          /* the store */
	unsigned failed;          /* tasks */
	struct task *asking;      /* those that need an answer of the user */
};

/* net NULL: no registry. */
int session_open(struct session *s, struct program *p,
    const struct net_opts *net, struct err *err);

/*
 * Ends it, whatever was opened, and returns status; -1, too, where what was
 * changed could not be noted. At the prompt modules that changed are read again.
 */
int session_close(struct session *s, int status, struct err *err);

/* AUTHOR/NAME of a command line, in its checked form. */
int session_id(struct str word, struct registry_id *id, struct err *err);

/* The author of what came with sn0int is nobody's name in a registry. */
int session_check_author(struct str author, struct err *err);

/* AUTHOR/NAME [VERSION]. *version p NULL: the latest. */
int session_operands(const struct operands *in, struct registry_id *id,
    struct str *version, struct err *err);

/* What lies there. */
struct found {
	bool is_there, is_changed; /* since it came from a registry */
	struct str code, sha256;   /* of what is there; STORE_NONE */
	const struct package *row; /* NULL: none */
};

/* Texts in pool. -1, too: the registry has no business there. */
int session_look(struct session *s, struct pool *pool, struct str author,
    struct str name, struct found *found, struct err *err);

/* What was changed by hand is replaced or removed only by somebody's leave. */
int session_ask_changed(struct str id, const char *what, struct err *err);

/*
 * May the new text do what the old one might not? Never where run.permissions is
 * "off". Then it comes with an update only by somebody's leave.
 */
bool session_is_growth(const struct session *s, struct str old, struct str new);
int session_ask_growth(struct str id, struct err *err);

/*
 * What the new text may that the old one might not, and its other header; all
 * of it where somebody's own changes would go.
 */
void session_say_change(struct str id, const struct found *old, struct str new);

/* Takes it from what is outdated. */
void session_is_current(struct session *s, struct str id);

#endif
