#include "geo/mmdb.h"

#include "base/mem.h"
#include "check.h"
#include "file.h"
#include "geo/geoip.h"
#include "place.h"

static const char *const names[] = { "City", "ASN" };

static void
a_database_says_what_it_is(void)
{
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct mmdb db = { .nodes = 0 };

		CHECK_INT(mmdb_read(file_geolite(&pool, names[i]), 0, &db,
			      NULL),
		    0);
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
	struct geoip *db;

	place_put(path, file);
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
	struct str file = file_geolite(&file_pool, "ASN");
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
			if (mmdb_read(copy, 0, &db, NULL) == -1)
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
		CHECK_INT(mmdb_read(str_sub(file, 0, n), 0, &(struct mmdb){ 0 },
			      NULL),
		    -1);
	pool_clear(&file_pool);
}

/* The tree may lie before what is looked at, but not before the file. */
static void
the_end_is_enough(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str file = file_geolite(&pool, "City"), end;
	struct mmdb whole, part = { .nodes = 0 };
	size_t mark = str_find(file, STR("\xab\xcd\xefMaxMind.com"));
	uint64_t tree;

	CHECK_INT(mmdb_read(file, 0, &whole, NULL), 0);
	tree = (uint64_t)whole.nodes * whole.record_bits / 4 + 16;
	CHECK(mark != STR_NPOS && tree > 1 && tree <= mark);
	end = str_from(file, mark);
	CHECK_INT(mmdb_read(end, mark, &part, NULL), 0);
	CHECK_STR(part.type, pool_copy(&pool, whole.type).p);
	CHECK_INT(part.nodes, whole.nodes);
	CHECK_INT(mmdb_read(end, tree, &part, NULL), 0);
	CHECK_INT(mmdb_read(end, tree - 1, &part, NULL), -1);
	CHECK_INT(mmdb_read(end, 0, &part, NULL), -1);
}

/* A mark that is further from the end than MMDB_MAX_META is none. */
static void
what_is_far_from_the_end_is_not_looked_at(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str file = file_geolite(&pool, "ASN"), padded;
	size_t mark = str_find(file, STR("\xab\xcd\xefMaxMind.com"));
	size_t n = mark + MMDB_MAX_META;
	char *bytes = pool_zalloc(&pool, n + 1);
	struct mmdb db;

	CHECK(mark != STR_NPOS && file.n < n);
	memcpy(bytes, file.p, file.n);
	padded = str_view(bytes, n);
	CHECK_INT(mmdb_read(padded, 0, &db, NULL), 0);
	padded.n++;
	CHECK_INT(mmdb_read(padded, 0, &db, NULL), -1);
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

		CHECK_INT(mmdb_read(row[i].file, 0, &db, &err), -1);
		CHECK_STR(str_of(err_cstr(&err)), row[i].want);
	}
}

CHECK_MAIN(CASE(a_database_says_what_it_is), CASE(what_is_kept_can_be_opened),
    CASE(the_end_is_enough), CASE(what_is_far_from_the_end_is_not_looked_at),
    CASE(what_is_wrong_is_said))
