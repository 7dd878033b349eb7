/*
 * id: AUTHOR/NAME, as registries and the modules folder have it. Read once, at
 * the door: what came through goes into URLs and paths as it is, for nothing in
 * it has a meaning there.
 * Source: docs/modules.md, "Registries".
 */
#ifndef REGISTRY_ID_H
#define REGISTRY_ID_H

#include "base/err.h"

#define REGISTRY_MAX_NAME    64  /* bytes of an author, and of a name */
#define REGISTRY_MAX_VERSION 128 /* bytes */

/* Views into the text. */
struct registry_id {
	struct str author, name;
};

/*
 * An author or a name: ASCII letters, digits and `-`, 1 to REGISTRY_MAX_NAME
 * of them. -1: what is wrong with it, in words: "it is empty", "'.' is neither
 * a letter, a digit nor '-'".
 */
int registry_name_check(struct str name, struct err *err);

/* "author/name", and nothing else. -1: "'../x' is no AUTHOR/NAME: ..." */
int registry_id_read(struct str text, struct registry_id *out, struct err *err);

/* A version of Semantic Versioning that is no longer than a file's name. */
int registry_version_check(struct str version, struct err *err);

/*
 * Which of two checked versions is the later one: -1, 0, 1, by precedence; of
 * equal ones (1.0.0+a and 1.0.0+b) by their bytes.
 */
int registry_version_cmp(struct str a, struct str b);

#endif
