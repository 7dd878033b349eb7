/* geoip: the two small databases of the recorded cases */
#include "geo/geoip.h"

#include "base/mem.h"

#include "check.h"

#define FOLDER TEST_DIR "/vectors/data/cache/sn0int/"

static struct ip
ip_of(const char *text)
{
	struct ip ip = { .size = IP_V4 };

	CHECK(ip_read(str_of(text), &ip) == 0);
	return ip;
}

static struct geoip *
open_db(const char *path)
{
	struct geoip *db = NULL;

	CHECK_INT(geoip_open(path, &db), GEOIP_OPEN);
	return db;
}

static struct str
show(struct pool *pool, const struct geoip *db, const char *address)
{
	struct ip ip = ip_of(address);
	autoerr struct err err = ERR_NONE;
	struct geoip_place p;

	if (geoip_find_place(db, &ip, &p, &err) == -1)
		return pool_copy(pool, err_text(&err));
	return str_of(pool_printf(pool, "%.*s/%.*s %.*s/%.*s %.*s %d",
	    STR_ARG(p.continent), STR_ARG(p.continent_code), STR_ARG(p.country),
	    STR_ARG(p.country_code), STR_ARG(p.city), p.has_location));
}

static void
places_by_pairs(void)
{
	static const struct {
		const char *ip, *want;
	} row[] = {
		{ "192.0.2.1", "Europe/EU Germany/DE Hamburg 1" },
		{ "192.0.2.255", "Europe/EU Germany/DE Hamburg 1" },
		{ "198.51.100.7", "/ United States/US  0" },
		{ "203.0.113.9", "/ /  0" },
		{ "2001:db8::1", "Oceania/OC Australia/AU  1" },
		{ "127.0.0.1", "address not found in database" },
		{ "::1", "address not found in database" },
		{ "::ffff:192.0.2.1", "address not found in database" },
	};
	autopool struct pool pool = POOL_NONE;
	struct geoip *db = open_db(FOLDER "GeoLite2-City.mmdb");

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_STR(show(&pool, db, row[i].ip), row[i].want);
	geoip_free(db);
}

static void
location_is_in_degrees(void)
{
	struct geoip *db = open_db(FOLDER "GeoLite2-City.mmdb");
	struct ip ip = ip_of("192.0.2.1");
	struct geoip_place place;

	CHECK(geoip_find_place(db, &ip, &place, NULL) == 0);
	CHECK(place.latitude == 53.5507 && place.longitude == 9.993);
	geoip_free(db);
}

static void
networks_need_both_parts(void)
{
	static const struct {
		const char *ip;
		uint32_t asn; /* 0: an error */
		const char *want;
	} row[] = {
		{ "192.0.2.1", 64496, "VECTOR-AS Test Ltd" },
		{ "2001:db8::1", 4200000000,
		    "\xc3\x9cn\xc3\xaf"
		    "code" },
		{ "198.51.100.7", 0, "autonomous_system_organization not set" },
		{ "203.0.113.9", 0, "autonomous_system_number not set" },
		{ "127.0.0.1", 0, "address not found in database" },
	};
	struct geoip *db = open_db(FOLDER "GeoLite2-ASN.mmdb");

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct geoip_network net = { 0, STR_NONE };
		autoerr struct err err = ERR_NONE;
		struct ip ip = ip_of(row[i].ip);
		int status = geoip_find_network(db, &ip, &net, &err);

		CHECK_INT(status, row[i].asn != 0 ? 0 : -1);
		CHECK_INT(net.asn, row[i].asn);
		CHECK_STR(status == 0 ? net.org : err_text(&err), row[i].want);
	}
	geoip_free(db);
}

static void
absent_is_not_unreadable(void)
{
	struct geoip *db = NULL;

	CHECK_INT(geoip_open(FOLDER "nothing.mmdb", &db), GEOIP_ABSENT);
	CHECK_INT(geoip_open(TEST_DIR "/vectors/run.py", &db),
	    GEOIP_UNREADABLE);
	CHECK(db == NULL);
}

CHECK_MAIN(CASE(places_by_pairs), CASE(location_is_in_degrees),
    CASE(networks_need_both_parts), CASE(absent_is_not_unreadable))
