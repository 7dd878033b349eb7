#include "web/lists.h"

#include "state/file.h"
#include "url/psl.h"
#include "web/mmdb.h"

#define GEOIP_MAX_BYTES ((size_t)512 << 20)

const struct list lists[LIST_KINDS] = {
	[LIST_PSL] = { "public_suffix_list.dat", "public suffix list",
	    PSL_MAX_BYTES, NULL },
	[LIST_GEOIP_CITY] = { "GeoLite2-City.mmdb", "GeoIP cities",
	    GEOIP_MAX_BYTES, "City" },
	[LIST_GEOIP_ASN] = { "GeoLite2-ASN.mmdb", "GeoIP networks",
	    GEOIP_MAX_BYTES, "ASN" },
};

/* A page of text is a list of rules, too, but for the marks of the real one. */
static int
check_psl(struct str text, struct err *err)
{
	struct psl *psl = psl_new(text, err);

	if (psl == NULL)
		return err_wrap(err, "it is no public suffix list");
	psl_free(psl);
	if (str_find(text, STR("===BEGIN ICANN DOMAINS===")) == STR_NPOS ||
	    str_find(text, STR("===END ICANN DOMAINS===")) == STR_NPOS)
		return err_set(err,
		    "it is no public suffix list: the ICANN section is "
		    "missing");
	return 0;
}

static int
check_kind(struct str body, struct err *err)
{
	if (str_starts(body, STR("\x1f\x8b")))
		return err_set(err,
		    "it is compressed (gzip); the file itself is needed");
	return 0;
}

static int
check_geoip(struct str body, const char *kind, struct err *err)
{
	struct mmdb db;

	if (mmdb_read(body, &db, err) == -1)
		return -1;
	if (str_find(db.type, str_of(kind)) == STR_NPOS)
		return err_set(err, "it is no %s database but %.*s", kind,
		    STR_ARG(db.type));
	return 0;
}

static int
check_list(const struct list *list, struct str body, struct err *err)
{
	if (check_kind(body, err) == -1)
		return -1;
	return list->geoip != NULL ? check_geoip(body, list->geoip, err)
	                           : check_psl(body, err);
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

	if (fetch_wait(fetcher, request, &pool, &answer, err) == -1)
		return -1;
	if (answer.status != 200) {
		(void)err_set(err, "http status error: %u", answer.status);
		return err_wrap(err, "cannot fetch %.*s",
		    STR_ARG(request->url));
	}
	*bytes = answer.body.n;
	*change = LIST_SAME;
	if (file_read(&pool, path, list->most, &old, NULL) == 1 &&
	    str_eq(old, answer.body))
		return 0;
	*change = LIST_NEW;
	if (check_list(list, answer.body, err) == -1 ||
	    file_write(path, answer.body, err) == -1)
		return err_wrap(err, "what %.*s sent is not kept",
		    STR_ARG(request->url));
	return 0;
}
