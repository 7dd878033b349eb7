/*
 * registry: where modules come from. One of three sources, by core.registry,
 * and they answer alike:
 *
 *	https://sn0int.com, http://...   a server (docs/modules.md, "Registries")
 *	file:///DIR                      a folder: AUTHOR/NAME/VERSION.lua
 *	file:///FILE.tar                 the same in a tar file
 *
 *	struct registry_options o = { .url = url };
 *	struct registry *r = registry_open(p, &o, err);
 *	registry_info(r, author, name, on_info, me);     ...as many as wanted...
 *	status = registry_wait(r, 0, err);
 *	registry_close(r);
 *
 * A question has one of three answers, and the third is not the second: there
 * is such a thing, the registry says that there is none, nobody could find out.
 *
 * The host reads no byte of the network: children ask, look whether the reply is
 * one, and pass it on (web/fetch.h); its JSON is read as a child's lines are.
 * Whatever the source, of what it brings only this comes through: ids that
 * registry/id.h accepts and that were asked for, versions of semver, code of at
 * most REGISTRY_MAX_CODE whose header can be read and says that version.
 */
#ifndef REGISTRY_REGISTRY_H
#define REGISTRY_REGISTRY_H

#include "program/program.h"
#include "registry/id.h"

#define REGISTRY_URL       "https://sn0int.com" /* where none is configured */
#define REGISTRY_MAX_CODE  ((size_t)1 << 20)    /* bytes of a module */
#define REGISTRY_AT_ONCE   3                    /* questions under way */
#define REGISTRY_SILENCE_S 30 /* without a byte of the server */

struct registry;

enum registry_answer {
	REGISTRY_FOUND,
	REGISTRY_NONE,    /* "api error: "Module does not exist"" */
	REGISTRY_UNKNOWN, /* no answer, or none that is one */
};

/* The views of all of these end with the callback. Texts are foreign. */
struct registry_module {
	struct str author, name; /* checked */
	struct str description;
	struct str latest;           /* checked; p NULL: there is none */
	struct registry_id redirect; /* checked; author.p NULL: there is none */
	uint64_t downloads;          /* of a search; a folder does not count */
	bool is_featured;
};

/* All of it as it was asked for; the text is UTF-8, its header can be read. */
struct registry_code {
	struct str author, name, version, code;
};

/* What may be given on the command line; all may be empty. */
struct registry_options {
	struct str url;   /* core.registry, else REGISTRY_URL */
	struct str proxy; /* network.proxy */
	struct slot_texts ns, allow_net, missing; /* as of `run` */
};

/*
 * A server is not spoken to yet, a folder and a tar are opened. A server that
 * the URL names by its address is allowed to be there, wherever that is. NULL:
 * the URL is none of these, there is no such folder, the tar is not right.
 */
struct registry *registry_open(struct program *p,
    const struct registry_options *o, struct err *err);

/* What is pending is told that it is unknown. NULL: nothing. */
void registry_close(struct registry *r);

/* It has no network behind it. */
bool registry_is_local(const struct registry *r);

/* The URL, for the rows of what is installed; lives as long as r. */
struct str registry_url(const struct registry *r);

/*
 * For commands that do not return to a prompt, once, before the first question:
 * the process gives up everything but these paths (lock/lock.h; NULL ends them)
 * and the registry. Something that starts children stays.
 */

/*
 * For commands that do not return to a prompt, once, before the first question:
 * the process gives up everything but these paths (NULL ends them; lock/lock.h
 * says what is left of it: no folder can be made), the registry, and a starter
 * of children. Nothing where the system has no such thing.
 */
int registry_lock(struct registry *r, const char *const *path, struct err *err);

/*
 * Questions. Of an id or a version that none can have it is unknown whether it
 * is there, and why says so; so names of files can be asked for as they are.
 * They wait for their turn in order, REGISTRY_AT_ONCE are under way,
 * and done() is called once each, by the loop of the program or registry_wait(),
 * never within the question itself. It may ask more. What it gets is NULL unless
 * the answer is REGISTRY_FOUND, why is empty then.
 */
void registry_info(struct registry *r, struct str author, struct str name,
    void (*done)(void *arg, enum registry_answer answer,
	const struct registry_module *module, const struct err *why),
    void *arg);
void registry_download(struct registry *r, struct str author, struct str name,
    struct str version,
    void (*done)(void *arg, enum registry_answer answer,
	const struct registry_code *code, const struct err *why),
    void *arg);

/* When anything was published last; REGISTRY_NONE: nothing ever was. */
void registry_latest(struct registry *r,
    void (*done)(void *arg, enum registry_answer answer, int64_t time,
	const struct err *why),
    void *arg);

/* Questions that are not done. */
size_t registry_pending(const struct registry *r);

/*
 * Turns the loop until at most so many are pending. -1: the loop failed. ^C ends
 * them as unknown, registry_is_interrupted() says it; a second one ends the
 * program. Not within a callback of a question.
 */
int registry_wait(struct registry *r, size_t most, struct err *err);
bool registry_is_interrupted(const struct registry *r);

/* Modules of lists so far that were told not to be right, and were left out. */
size_t registry_left_out(const struct registry *r);

/*
 * Lists: each() gets them one by one when all has come and is right; it may ask
 * and wait, so that what a list costs does not grow with it. -1 from it ends
 * the list. A server says what is featured in a quickstart, in a folder that is
 * everything; a search there is in names and descriptions.
 */
int registry_search(struct registry *r, struct str query,
    int (*each)(void *arg, const struct registry_module *module,
	struct err *err),
    void *arg, struct err *err);
int registry_quickstart(struct registry *r,
    int (*each)(void *arg, const struct registry_module *module,
	struct err *err),
    void *arg, struct err *err);

/*
 * With the token of a login, which goes to the server that was configured and
 * to none that it redirects to; a folder has no accounts. whoami: whose it is;
 * NONE: it is nobody's. publish: as what it was taken; NONE: it was refused. All
 * in pool.
 */
enum registry_answer registry_whoami(struct registry *r, struct str token,
    struct pool *pool, struct str *user, struct err *err);
enum registry_answer registry_publish(struct registry *r, struct str token,
    struct str name, struct str code, struct pool *pool,
    struct registry_code *out, struct err *err);

#endif
