/*
 * cookie_jar: the cookies of a session, each for the hosts, paths and kinds of
 * connection that it was set for: RFC 6265, 5.3 and 5.4; and what browsers
 * added since: a connection without TLS neither sets nor replaces a cookie
 * that is for TLS only.
 *
 *	cookie_jar_add(jar, &site, line, now);
 *	n = cookie_jar_find(jar, &site, now, pool, &field);
 */
#ifndef HTTP_COOKIE_JAR_H
#define HTTP_COOKIE_JAR_H

#include "http/cookie.h"
#include "http/text.h"
#include "url/psl.h"

#define COOKIE_JAR_MOST 1000 /* the one that was set first goes */

struct cookie_jar;

/* The place of a request. */
struct cookie_site {
	struct str host; /* a name or an address, letter case does not count */
	struct str path; /* without the query; empty is "/" */
	bool is_tls;
};

struct cookie_jar *cookie_jar_new(void);
void cookie_jar_free(struct cookie_jar *jar);

/*
 * Where the list of suffixes comes from, for which no cookie can be set; asked
 * when it is needed, may give NULL. Without a list, these are the names
 * without a dot.
 */
void cookie_jar_set_suffixes(struct cookie_jar *jar,
    const struct psl *(*get)(void *arg), void *arg);

/*
 * Takes the value of a set-cookie line that came from the site; what cannot be
 * taken is ignored. now: Unix time.
 */
void cookie_jar_add(struct cookie_jar *jar, const struct cookie_site *site,
    struct str line, int64_t now);

/*
 * Puts a cookie there for the site's host alone, all of its paths, and TLS
 * only if the site is.
 */
void cookie_jar_put(struct cookie_jar *jar, const struct cookie_site *site,
    struct str name, struct str value);

/*
 * The cookies for a request there, those of longer paths first, then in the
 * order in which they were set. The list lives in pool and views the jar.
 */
size_t cookie_jar_find(struct cookie_jar *jar, const struct cookie_site *site,
    int64_t now, struct pool *pool, struct http_field **out);

/* Some path of the site's host has a cookie of that name. */
bool cookie_jar_has(const struct cookie_jar *jar,
    const struct cookie_site *site, struct str name);

#endif
