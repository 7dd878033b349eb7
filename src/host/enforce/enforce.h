/*
 * enforce: what a module may do in a run: what its text says (wishes), and what
 * the user has said of it beside that (consent.h). For each target it becomes
 * the rules of its broker; of what it asks of us it is asked event by event.
 *
 *	enforce_new(p, module, &start, &pool, &e, err);      e NULL: all of it
 *	rules = enforce_rules(e, &arg, &pool);               for a broker
 *	if (!enforce_may(e, &question, &outcome))
 *		... its text is enforce_refusal()
 *
 * It takes away and gives nothing: network policy, grants of keys and --stdin
 * are settled elsewhere. Source: docs/jail.md, "Permissions".
 */
#ifndef ENFORCE_ENFORCE_H
#define ENFORCE_ENFORCE_H

#include "enforce/kind.h"
#include "gate/outcome.h"
#include "ipc/start.h"
#include "program/program.h"

struct enforce;

/*
 * Where run.permissions is "ask": a text that was not accepted yet is shown and
 * asked about. -1: it may not run, or nobody is there to be asked.
 */
int enforce_ask(const struct program *p, const struct module *module,
    bool may_ask, struct err *err);

/*
 * Keys that a module was granted are for a text. Notes what this one may, where
 * it is granted some; and whether the one that was may have them for it: 1: it
 * may nothing more; 0: it may, or nobody knows.
 */
int enforce_note_granted(const struct program *p, const struct module *module,
    struct err *err);
int enforce_may_keep(const struct program *p, const struct module *module,
    struct str granted, struct err *err);

/* For good, for this text. */
int enforce_accept(const struct program *p, const struct module *module,
    struct err *err);

/*
 * For runs of the module with these options and keys of *start, whose texts must
 * live as long. *out NULL: by the configuration nothing is enforced.
 */
int enforce_new(struct program *p, const struct module *module,
    const struct start *start, struct pool *pool, const struct enforce **out,
    struct err *err);

/* As the command that changes it calls the module; fallback where e is NULL. */
const char *enforce_name(const struct enforce *e, const char *fallback);

/* The packet for a target, in pool; p NULL: e is. */
struct str enforce_rules(const struct enforce *e, const struct json *arg,
    struct pool *pool);

/* What a child asks us for. */
struct enforce_question {
	enum word_kind kind;
	const struct model *model; /* of WORD_FAMILY */
	enum enforce_deed { DEED_ADD, DEED_UPDATE, DEED_READ } deed;
};

/* false: no, and *out is what came of it, to be counted. */
bool enforce_may(const struct enforce *e, const struct enforce_question *q,
    struct outcome *out);

/* "the module's text does not write email (allow it with: ...)"; in pool. */
struct str enforce_refusal(const struct enforce *e,
    const struct enforce_question *q, struct pool *pool);

#endif
