/* library: a registry without a network for a test, and what it answers. */
#ifndef TEST_LIBRARY_H
#define TEST_LIBRARY_H

#include <unistd.h>

#include "base/buf.h"
#include "place.h"
#include "registry/registry.h"

/* A module of that version. */
static inline struct str
library_code(struct pool *pool, const char *name, const char *version)
{
	return str_of(pool_printf(pool,
	    "-- Description: %s from the registry\n-- Version: %s\n"
	    "-- Source: domains\n-- License: MIT\n\n"
	    "function run(arg)\nend\n",
	    name, version));
}

static inline struct registry *
library_open(struct program *p, struct str url, struct err *err)
{
	struct registry_options o = { .url = url };

	return registry_open(p, &o, err);
}

/* Answers as text, one a line, in the order in which they come. */
static inline void
library_on_info(void *arg, enum registry_answer answer,
    const struct registry_module *m, const struct err *why)
{
	struct buf *out = arg;
	autopool struct pool pool = POOL_NONE;
	struct str text = err_join(&pool, why);

	CHECK_INT(answer == REGISTRY_FOUND, m != NULL);
	CHECK_INT(answer == REGISTRY_FOUND, text.n == 0);
	if (m == NULL) {
		buf_printf(out, "%s: %.*s\n",
		    answer == REGISTRY_NONE ? "none" : "unknown",
		    STR_ARG(text));
		return;
	}
	buf_printf(out, "%.*s/%.*s %.*s", STR_ARG(m->author), STR_ARG(m->name),
	    STR_ARG(m->latest.p != NULL ? m->latest : STR("-")));
	if (m->redirect.author.p != NULL)
		buf_printf(out, " -> %.*s/%.*s", STR_ARG(m->redirect.author),
		    STR_ARG(m->redirect.name));
	buf_printf(out, " (%.*s)\n", STR_ARG(m->description));
}

static inline void
library_on_code(void *arg, enum registry_answer answer,
    const struct registry_code *code, const struct err *why)
{
	struct buf *out = arg;
	autopool struct pool pool = POOL_NONE;
	struct str text = err_join(&pool, why);

	CHECK_INT(answer == REGISTRY_FOUND, code != NULL);
	CHECK_INT(answer == REGISTRY_FOUND, text.n == 0);
	if (code == NULL)
		buf_printf(out, "%s: %.*s\n",
		    answer == REGISTRY_NONE ? "none" : "unknown",
		    STR_ARG(text));
	else
		buf_printf(out, "%.*s/%.*s %.*s: %zu bytes\n",
		    STR_ARG(code->author), STR_ARG(code->name),
		    STR_ARG(code->version), code->code.n);
}

static inline int
library_on_each(void *arg, const struct registry_module *m, struct err *err)
{
	(void)err;
	library_on_info(arg, REGISTRY_FOUND, m, &(struct err)ERR_NONE);
	return 0;
}

/* One answer, with its newline. */
static inline struct str
library_info(struct registry *r, struct pool *pool, const char *author,
    const char *name)
{
	struct buf out = BUF_IN(pool);

	registry_info(r, str_of(author), str_of(name), library_on_info, &out);
	CHECK_INT(registry_pending(r), 1);
	CHECK_INT(out.n, 0);
	CHECK_INT(registry_wait(r, 0, NULL), 0);
	CHECK_INT(registry_pending(r), 0);
	return buf_str(&out);
}

static inline struct str
library_download(struct registry *r, struct pool *pool, const char *author,
    const char *name, const char *version)
{
	struct buf out = BUF_IN(pool);

	registry_download(r, str_of(author), str_of(name), str_of(version),
	    library_on_code, &out);
	CHECK_INT(registry_wait(r, 0, NULL), 0);
	return buf_str(&out);
}

static inline struct str
library_list(struct registry *r, struct pool *pool, const char *query)
{
	struct buf out = BUF_IN(pool);
	autoerr struct err err = ERR_NONE;
	int status =
	    query != NULL
		? registry_search(r, str_of(query), library_on_each, &out, &err)
		: registry_quickstart(r, library_on_each, &out, &err);

	if (status == -1)
		buf_printf(&out, "%s\n", err_cstr(&err));
	return buf_str(&out);
}

#endif
