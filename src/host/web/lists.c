/*
 * A list may be large, and how long it is the network says: so what comes is
 * written to a spool as it comes (state/spool.h), and nothing of it is kept in
 * memory. When it is all there, and the child that fetched it has found it to
 * be such a list, it takes the place of the old one, unless it is the same.
 */
#include "web/lists.h"

#include "state/spool.h"
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

/* One that is coming. */
struct coming {
	const struct fetch_request *request;
	struct spool spool;
	unsigned status; /* of the answer; only 200 is one */
	struct err err;  /* why it could not be written; n 0: it could */
};

static int
on_head(void *arg, const struct fetch_answer *answer, struct err *err)
{
	struct coming *c = arg;

	(void)err;
	c->status = answer->status;
	return 0;
}

static int
on_part(void *arg, struct str bytes, struct err *err)
{
	struct coming *c = arg;

	if (c->status != 200 || spool_add(&c->spool, bytes, &c->err) == 0)
		return 0;
	return err_set_str(err, err_text(&c->err));
}

static void
on_progress(void *arg, const struct fetch_answer *answer)
{
	const struct coming *c = arg;

	if (c->request->progress != NULL)
		c->request->progress(c->request->arg, answer);
}

static int
refuse(const struct coming *c, struct err *err)
{
	return err_wrap(err, "what %.*s sent is not kept",
	    STR_ARG(c->request->url));
}

/* An answer of status 200. */
static int
fetch_list(const struct list *list, struct fetcher *fetcher, struct coming *c,
    size_t *bytes, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct fetch_request r = *c->request;
	struct fetch_answer answer;
	int status;

	r.most = list->most;
	r.expect = list->expect;
	r.head = on_head;
	r.body_part = on_part;
	r.progress = on_progress;
	r.arg = c;
	status = fetch_wait(fetcher, &r, &pool, &answer, err);
	*bytes = (size_t)answer.bytes;
	if (status == 0 && answer.status == 200)
		return 0;
	if (status == 0) {
		(void)err_set(err, "http status error: %u", answer.status);
		return err_wrap(err, "cannot fetch %.*s", STR_ARG(r.url));
	}
	if (c->err.n != 0)
		err_move(err, &c->err);
	else if (answer.fault == FETCH_CONTENT)
		(void)err_set_str(err, answer.why);
	else
		return -1;
	return refuse(c, err);
}

/* It is all there. */
static int
keep_list(const struct coming *c, const char *path, enum list_change *change,
    struct err *err)
{
	*change = spool_is_as(&c->spool, path) ? LIST_SAME : LIST_NEW;
	if (*change == LIST_NEW && spool_become(&c->spool, path, err) == -1)
		return refuse(c, err);
	return 0;
}

int
list_update(const struct list *list, struct fetcher *fetcher,
    const struct fetch_request *request, const char *cache,
    enum list_change *change, size_t *bytes, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct coming c = { .request = request, .spool = SPOOL_NONE };
	int status = -1;

	if (spool_open(&c.spool, cache, err) == 0 &&
	    fetch_list(list, fetcher, &c, bytes, err) == 0)
		status = keep_list(&c,
		    pool_printf(&pool, "%s/%s", cache, list->file), change,
		    err);
	err_clear(&c.err);
	spool_close(&c.spool);
	return status;
}
