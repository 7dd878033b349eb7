#include "web/mmdb.h"

#include "base/mem.h"
#include "check.h"
#include "file.h"
#include "geo/geoip.h"
#include "place.h"

static const char *const names[] = { "City", "ASN" };

static struct str
database(struct pool *pool, const char *name)
{
	return file_read(pool,
	    pool_printf(pool, "vectors/data/cache/sn0int/GeoLite2-%s.mmdb",
		name));
}

static void
a_database_says_what_it_is(void)
{
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct mmdb db = { .nodes = 0 };

		CHECK_INT(mmdb_read(database(&pool, names[i]), &db, NULL), 0);
		CHECK_STR(db.type, pool_printf(&pool, "GeoLite2-%s", names[i]));
		CHECK(db.nodes != 0);
		CHECK(db.record_bits == 24 || db.record_bits == 28);
		CHECK_INT(db.ip_version, 6);
	}
}

/* By libmaxminddb, which opens paths only. */
static bool
opens(struct pool *pool, struct str file)
{
	const char *place = place_new(pool);
	const char *path = place_path(pool, place, "x.mmdb");
	FILE *f = fopen(path, "wb");
	struct geoip *db;

	CHECK(f != NULL && fwrite(file.p, 1, file.n, f) == file.n);
	if (f != NULL)
		fclose(f);
	if (geoip_open(path, &db) != GEOIP_OPEN)
		return false;
	geoip_free(db);
	return true;
}

/* What we keep, the children can open: each byte of the end changed, and cut. */
static void
what_is_kept_can_be_opened(void)
{
	static const unsigned char change[] = { 0x00, 0x01, 0x41, 0xff };
	struct pool file_pool = POOL_NONE;
	struct str file = database(&file_pool, "ASN");
	size_t from = str_find(file, STR("\xab\xcd\xefMaxMind.com"));
	size_t kept = 0, tried = 0;

	CHECK(from != STR_NPOS);
	for (size_t at = from; at < file.n; at++) {
		for (size_t k = 0; k < ARRAY_SIZE(change); k++) {
			autopool struct pool pool = POOL_NONE;
			struct str copy = pool_copy(&pool, file);
			struct mmdb db;

			((char *)(uintptr_t)copy.p)[at] = (char)change[k];
			tried++;
			if (mmdb_read(copy, &db, NULL) == -1)
				continue;
			kept++;
			if (!opens(&pool, copy))
				check_where(__FILE__, __LINE__,
				    pool_printf(&pool, "byte %zu as %02x", at,
					change[k]));
		}
	}
	CHECK(kept > 0 && kept < tried);
	for (size_t n = from; n < file.n; n++)
		CHECK_INT(mmdb_read(str_sub(file, 0, n), &(struct mmdb){ 0 },
			      NULL),
		    -1);
	pool_clear(&file_pool);
}

static void
what_is_wrong_is_said(void)
{
	static const struct {
		struct str file;
		const char *want;
	} row[] = {
		{ { "", 0 },
		    "it is no MaxMind database (.mmdb): its metadata is "
		    "missing" },
		{ { "<!DOCTYPE html>", 15 },
		    "it is no MaxMind database (.mmdb): its metadata is "
		    "missing" },
		{ { "\xab\xcd\xefMaxMind.com", 14 },
		    "it is no MaxMind database (.mmdb): its metadata cannot be "
		    "read" },
		{ { "\xab\xcd\xefMaxMind.com\xe0", 15 },
		    "it is no MaxMind database (.mmdb): its metadata cannot be "
		    "read" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct mmdb db;

		CHECK_INT(mmdb_read(row[i].file, &db, &err), -1);
		CHECK_STR(str_of(err_cstr(&err)), row[i].want);
	}
}

CHECK_MAIN(CASE(a_database_says_what_it_is), CASE(what_is_kept_can_be_opened),
    CASE(what_is_wrong_is_said))
