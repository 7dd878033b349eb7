/*
 * lists: the data files that come from elsewhere and lie in the cache folder:
 * the public suffix list, GeoIP. Source: docs/files.md.
 * To add one: a row in lists.c, and an option in about/update_lists.c.
 */
#ifndef WEB_LISTS_H
#define WEB_LISTS_H

#include "base/err.h"
#include "web/fetch.h"

enum list_kind { LIST_PSL, LIST_GEOIP_CITY, LIST_GEOIP_ASN, LIST_KINDS };

struct list {
	const char *file;  /* in the cache folder */
	const char *label; /* "public suffix list" */
	size_t most;       /* bytes */
	enum errand_expect expect;
};

extern const struct list lists[LIST_KINDS];

enum list_change { LIST_SAME, LIST_NEW };

/*
 * Fetches one, as `request` says, and puts it in the place of the old one,
 * which stays where anything fails: where the child that fetches it says that
 * it is none (fetch/judge.h), and where the answer is no 200, which is "http
 * status error: 404". Nothing here looks into it.
 */
int list_update(const struct list *list, struct fetcher *fetcher,
    const struct fetch_request *request, const char *cache,
    enum list_change *change, size_t *bytes, struct err *err);

#endif
