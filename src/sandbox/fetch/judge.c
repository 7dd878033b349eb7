#include "fetch/judge.h"

#include "base/mem.h"
#include "geo/mmdb.h"
#include "ipc/api.h"
#include "url/psl.h"

/* A page of text is a list of rules, too, but for the marks of the real one. */
static int
check_psl(const struct judge *j, struct err *err)
{
	struct str text = buf_str(&j->end);
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
check_geoip(const struct judge *j, const char *type, struct err *err)
{
	struct mmdb db;

	if (mmdb_read(buf_str(&j->end), j->bytes - j->end.n, &db, err) == -1)
		return -1;
	if (str_find(db.type, str_of(type)) == STR_NPOS)
		return err_set(err, "it is no %s database but %.*s", type,
		    STR_ARG(db.type));
	return 0;
}

static int
check_city(const struct judge *j, struct err *err)
{
	return check_geoip(j, "City", err);
}

static int
check_asn(const struct judge *j, struct err *err)
{
	return check_geoip(j, "ASN", err);
}

static int
check_reply(const struct judge *j, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct api_reply reply;

	return api_read(&pool, buf_str(&j->end), &reply, err);
}

/*
 * Of each kind how much of its end is kept. A list that is longer than it may
 * be is cut in front, so one byte more tells.
 */
static const struct {
	size_t keep;
	int (*check)(const struct judge *j, struct err *err);
} kinds[ERRAND_EXPECTS] = {
	[ERRAND_SUFFIX_LIST] = { PSL_MAX_BYTES + 1, check_psl },
	[ERRAND_GEOIP_CITY] = { MMDB_MAX_META, check_city },
	[ERRAND_GEOIP_ASN] = { MMDB_MAX_META, check_asn },
	[ERRAND_REPLY] = { API_MAX_BYTES + 1, check_reply },
};

void
judge_begin(struct judge *j, enum errand_expect expect)
{
	j->expect = expect;
	j->bytes = 0;
	j->end.n = 0;
}

/* What is over is taken away when it is as much as what is kept. */
static void
keep_end(struct buf *end, struct str bytes, size_t keep)
{
	if (bytes.n > keep)
		bytes = str_from(bytes, bytes.n - keep);
	if (end->n + bytes.n > 2 * keep) {
		memmove(end->p, end->p + (end->n - keep), keep);
		end->n = keep;
	}
	buf_add(end, bytes);
}

void
judge_add(struct judge *j, struct str bytes)
{
	for (size_t i = 0; i < bytes.n && j->bytes + i < sizeof(j->head); i++)
		j->head[j->bytes + i] = bytes.p[i];
	j->bytes += bytes.n;
	if (kinds[j->expect].check != NULL)
		keep_end(&j->end, bytes, kinds[j->expect].keep);
}

bool
judge_has_say(const struct judge *j, unsigned status)
{
	return status == 200 || j->expect == ERRAND_REPLY;
}

int
judge_end(const struct judge *j, struct err *err)
{
	if (kinds[j->expect].check == NULL)
		return 0;
	if (j->bytes >= 2 && memcmp(j->head, "\x1f\x8b", 2) == 0)
		return err_set(err,
		    "it is compressed (gzip); the file itself is needed");
	return kinds[j->expect].check(j, err);
}

void
judge_clear(struct judge *j)
{
	buf_clear(&j->end);
}
