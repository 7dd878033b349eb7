/* geoip: where an address is and whose it is. */
#include "stdlib/geoip.h"

#include "base/mem.h"
#include "child/data.h"
#include "geo/geoip.h"
#include "stdlib/call.h"

/* A database of the process: prepared once, never closed. */
struct source {
	const char *file, *name;
	enum geoip_open state;
	bool was_reported; /* that it is unreadable */
	bool was_told;     /* to our own parent */
	struct geoip *db;
};

static struct source city = { .file = "GeoLite2-City.mmdb", .name = "geoip" };
static struct source asn = { .file = "GeoLite2-ASN.mmdb", .name = "asn" };

static void
source_open(struct source *source, const char *cache)
{
	const char *const folder[] = {
		"/usr/share/GeoIP",
		"/usr/local/share/examples/libmaxminddb",
		"/var/lib/GeoIP",
		cache,
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(folder); i++) {
		const char *path;

		if (folder[i] == NULL)
			continue;
		path = pool_printf(&pool, "%s/%s", folder[i], source->file);
		source->state = geoip_open(path, &source->db);
		if (source->state != GEOIP_ABSENT)
			return;
	}
}

void
geoip_prepare(void)
{
	autopool struct pool pool = POOL_NONE;
	const char *cache = data_cache_folder(&pool);

	source_open(&city, cache);
	source_open(&asn, cache);
}

static int
source_check(struct source *source, struct err *err)
{
	switch (source->state) {
	case GEOIP_OPEN:
		return 0;
	case GEOIP_ABSENT:
		return err_set(err, "No %s database loaded", source->name);
	case GEOIP_UNREADABLE:
		break;
	}
	if (source->was_reported)
		return err_set(err, "Previous initialization failed");
	source->was_reported = true;
	return err_set(err, "Failed to read geoip database");
}

static void
tell_source(struct call *c, struct source *source)
{
	if (!source->was_told)
		call_tell_data(c, source->file, source->state == GEOIP_OPEN);
	source->was_told = true;
}

/* The database first: the order of the reference's errors. */
static int
prepare_call(struct call *c, struct source *source, struct ip *ip)
{
	tell_source(c, source);
	if (source_check(source, c->err) == -1)
		return -1;
	if (ip_read(call_str(c, 1), ip) == -1) {
		err_set(c->err, "invalid IP address syntax");
		return err_wrap(c->err, "Failed to parse IP");
	}
	return 0;
}

static void
set_text(struct call *c, struct json *map, struct str name, struct str text)
{
	if (text.p != NULL)
		json_set(c->pool, map, name, json_str(text));
}

static int
fn_geoip_lookup(struct call *c)
{
	struct json map = json_map();
	struct geoip_place place;
	struct ip ip;

	if (prepare_call(c, &city, &ip) == -1 ||
	    geoip_find_place(city.db, &ip, &place, c->err) == -1)
		return -1;
	set_text(c, &map, STR("continent"), place.continent);
	set_text(c, &map, STR("continent_code"), place.continent_code);
	set_text(c, &map, STR("country"), place.country);
	set_text(c, &map, STR("country_code"), place.country_code);
	set_text(c, &map, STR("city"), place.city);
	if (place.has_location) {
		json_set(c->pool, &map, STR("latitude"),
		    json_double(place.latitude));
		json_set(c->pool, &map, STR("longitude"),
		    json_double(place.longitude));
	}
	return call_return_json(c, &map);
}

static int
fn_asn_lookup(struct call *c)
{
	struct json map = json_map();
	struct geoip_network network;
	struct ip ip;

	if (prepare_call(c, &asn, &ip) == -1 ||
	    geoip_find_network(asn.db, &ip, &network, c->err) == -1)
		return -1;
	json_set(c->pool, &map, STR("asn"), json_int(network.asn));
	json_set(c->pool, &map, STR("as_org"), json_str(network.org));
	return call_return_json(c, &map);
}

const struct stdlib_fn stdlib_geoip[] = {
	{
	    .name = "geoip_lookup",
	    .call = fn_geoip_lookup,
	    .args = "ip:text",
	    .returns = "map",
	    .doc =
		"Where an address is, by the GeoLite2 City database: continent with continent_code, country with country_code, city, latitude with longitude. What is not known is absent.",
	    .example = "geoip_lookup('192.0.2.1')",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{
	    .name = "asn_lookup",
	    .call = fn_asn_lookup,
	    .args = "ip:text",
	    .returns = "map",
	    .doc =
		"Which network an address belongs to, by the GeoLite2 ASN database: its number as asn, its owner as as_org.",
	    .example = "asn_lookup('192.0.2.1')",
	    .flags = FN_EXAMPLE_TEXT,
	},
	{ NULL },
};
