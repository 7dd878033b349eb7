/*
 * library: the modules that are installed. Source: docs/modules.md.
 *
 * Each folder in the modules folder is an author; each configured namespace
 * is one, too. A file whose header is refused is left out and told of; so is
 * a file or folder whose name has a quote, one of ` $ ; & | < > ( ) \ * ? or
 * what does not print (term/clean.h). Blanks are allowed.
 *
 * The modules that come with the program are of the author "bundled". They
 * stand behind the user's: a module of the user's with the same id, or with
 * the name that is asked for, is meant in their place.
 */
#ifndef STATE_LIBRARY_H
#define STATE_LIBRARY_H

#include "ipc/start.h"
#include "model/model.h"
#include "state/config.h"

#define MODULE_MAX_BYTES ((size_t)16 << 20)

enum module_source {
	SOURCE_NONE,
	SOURCE_ROWS, /* of a family; param: service or currency, may be none */
	SOURCE_KEYRING, /* param: the namespace */
	SOURCE_NOTIFICATIONS,
};

struct module {
	struct str author, name;
	struct str id; /* "author/name", with a NUL behind it */
	struct str description, version, license;
	enum module_source source;
	const struct model *model; /* of SOURCE_ROWS */
	struct str source_name; /* "accounts", as in the header; p NULL: none */
	struct str param;       /* behind the colon; p NULL: none */
	const char *param_column; /* what param selects by: "service" */
	struct slot_texts keyring_access;
	enum stealth stealth;
	bool is_private; /* not the registry's business */
	bool is_bundled; /* came with the program */
	bool is_file;    /* run -f: anybody may have written this name */
	const char *path;
	struct str code; /* the whole file */
};

/*
 * run -f: "anonymous" / the file's name without its extension. "-" is standard
 * input, as "anonymous/stdin".
 */
#define MODULE_STDIN "-"
int module_load_file(struct module *module, const char *path, struct pool *pool,
    struct err *err);

/* A file or folder that was left out. */
struct library_refusal {
	struct str id; /* "author/name"; a refused name alone, and quoted */
	struct str why;
};

struct library {
	struct module *module; /* sorted by author, then name */
	size_t n;
	size_t bundled;                  /* of these */
	struct library_refusal *refusal; /* in the order they were met */
	size_t refusals;
	bool is_loaded;
	bool has_no_bundled; /* they were not asked for */
	struct pool pool;
};

#define LIBRARY_BUNDLED "bundled"

/*
 * folder: the user's modules; bundled: the folder of those that come with the
 * program; NULL: none.
 */
int library_load(struct library *library, const char *folder,
    const char *bundled, const struct config *config, struct err *err);
void library_clear(struct library *library);

/*
 * "author/name", or a name that only one author has; if nobody has it, the
 * bundled module of this name. Errors: it was left out, and why; unknown, with
 * the closest name, or with the reason why none is bundled; ambiguous, with the candidates.
 */
const struct module *library_find(const struct library *library,
    struct str name, struct err *err);

/* Of its text: 64 hexadecimal digits, in pool. */
struct str module_sha256(const struct module *module, struct pool *pool);

/* The module's part of a start line; lives in pool. */
void module_start(const struct module *module, struct pool *pool,
    struct start *start);

#endif
