#include "web/lists.h"

#include "state/file.h"
#include "url/psl.h"

#define GEOIP_MAX_BYTES ((size_t)512 << 20)

const struct list lists[LIST_KINDS] = {
	[LIST_PSL] = { "public_suffix_list.dat", "public suffix list",
	    PSL_MAX_BYTES, ERRAND_SUFFIX_LIST },
	[LIST_GEOIP_CITY] = { "GeoLite2-City.mmdb", "GeoIP cities",
	    GEOIP_MAX_BYTES, ERRAND_GEOIP_CITY },
	[LIST_GEOIP_ASN] = { "GeoLite2-ASN.mmdb", "GeoIP networks",
	    GEOIP_MAX_BYTES, ERRAND_GEOIP_ASN },
};

static int
refuse(struct str url, struct err *err)
{
	return err_wrap(err, "what %.*s sent is not kept", STR_ARG(url));
}

/* An answer of status 200. */
static int
fetch_list(const struct list *list, struct fetcher *fetcher,
    const struct fetch_request *from, struct pool *pool,
    struct fetch_answer *answer, struct err *err)
{
	struct fetch_request r = *from;

	r.most = list->most;
	r.expect = list->expect;
	if (fetch_wait(fetcher, &r, pool, answer, err) == -1) {
		if (answer->fault != FETCH_CONTENT)
			return -1;
		(void)err_set_str(err, answer->why);
		return refuse(r.url, err);
	}
	if (answer->status == 200)
		return 0;
	(void)err_set(err, "http status error: %u", answer->status);
	return err_wrap(err, "cannot fetch %.*s", STR_ARG(r.url));
}

int
list_update(const struct list *list, struct fetcher *fetcher,
    const struct fetch_request *request, const char *cache,
    enum list_change *change, size_t *bytes, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *path = pool_printf(&pool, "%s/%s", cache, list->file);
	struct fetch_answer answer;
	struct str old;

	if (fetch_list(list, fetcher, request, &pool, &answer, err) == -1)
		return -1;
	*bytes = answer.body.n;
	*change = LIST_SAME;
	if (file_read(&pool, path, list->most, &old, NULL) == 1 &&
	    str_eq(old, answer.body))
		return 0;
	*change = LIST_NEW;
	return file_write(path, answer.body, err) == -1
	           ? refuse(request->url, err)
	           : 0;
}
