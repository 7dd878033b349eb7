/*
 * consent: permissions.json, what the user has said about modules beside what
 * their texts say: words (enforce/word.h) that are allowed or denied, for a text
 * by its SHA-256 or for whatever text of that name, and which texts were shown
 * and accepted where permissions = "ask". Of a text that was granted keys also
 * what it may (reach/reach.h): one that may no more than that keeps them.
 *
 *	{"permissions":{"author/name":[{"sha256":"64 digits" or null,
 *	  "allow":["net=example.com:443"],"deny":[],"seen":true,"may":{...}}]}}
 *
 * The file stands beside grants.json; it is written whole, 0600, under a lock,
 * and read anew before each change. Source: docs/files.md, "Permissions".
 */
#ifndef ENFORCE_CONSENT_H
#define ENFORCE_CONSENT_H

#include "base/err.h"
#include "value/json.h"
#include "value/slot.h"

#define CONSENT_MAX_BYTES ((size_t)4 << 20)
#define CONSENT_MAX_WORDS 1000 /* of a module */

/* Both normal forms (word_normal()); in pool. */
struct consent {
	struct slot_texts allow, deny;
	bool is_seen;
};

/* Module -> list of rows, in pool. What it is not is refused. */
int consent_read(struct pool *pool, struct str text, struct json *all,
    struct err *err);

/* What holds for this text. */
void consent_find(const struct json *all, struct str module, struct str sha256,
    struct pool *pool, struct consent *out);

/* What that text may, as it was stored; NULL: nobody has. */
const struct json *consent_may(const struct json *all, struct str module,
    struct str sha256);

/* The file; that there is none is no error. In pool. */
int consent_load(const char *path, struct pool *pool, struct json *all,
    struct err *err);

/* A change: words, and the rest where it is set, for one text or for all. */
struct consent_change {
	struct str module;
	struct str sha256; /* p NULL: any version */
	const struct str *allow, *deny;
	size_t allows, denies;
	bool is_seen;
	const struct json *may; /* NULL: that stays */
};

/*
 * Allowing a word ends that it is denied, and the other way round. The words are
 * normal.
 */
int consent_change(const char *path, const struct consent_change *change,
    struct err *err);

/* All of a module. 1; 0: there was nothing. */
int consent_forget(const char *path, struct str module, struct err *err);

#endif
