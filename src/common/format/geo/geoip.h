/*
 * geoip: where an address is and whose it is, from a MaxMind database, by
 * libmaxminddb. The file is mapped by geoip_open; a look-up asks the kernel
 * for nothing. Its address parser is not used: it resolves names.
 */
#ifndef GEO_GEOIP_H
#define GEO_GEOIP_H

#include <stdint.h>

#include "base/err.h"
#include "url/ip.h"

struct geoip;

enum geoip_open {
	GEOIP_ABSENT,     /* the file cannot be opened */
	GEOIP_UNREADABLE, /* it can, and is no database */
	GEOIP_OPEN,
};

/* *out only with GEOIP_OPEN; the caller ends it with geoip_free(). */
enum geoip_open geoip_open(const char *path, struct geoip **out);
void geoip_free(struct geoip *db);

/* What it says it is: "GeoLite2-City". Lives as long as db. */
struct str geoip_type(const struct geoip *db);

/*
 * What a City database knows of a place; texts (English) view the mapping.
 * A name and its code are there together or not at all.
 */
struct geoip_place {
	struct str continent, continent_code; /* p == NULL: not known */
	struct str country, country_code;
	struct str city;
	bool has_location;
	double latitude, longitude;
};

/* What an ASN database knows; absent is an error. */
struct geoip_network {
	uint32_t asn;
	struct str org;
};

/*
 * -1: the address is not there, or the database is damaged. An IPv4-mapped
 * IPv6 address is looked up as IPv6.
 */
int geoip_find_place(const struct geoip *db, const struct ip *ip,
    struct geoip_place *out, struct err *err);

/*
 * Also -1: "autonomous_system_number not set",
 * "autonomous_system_organization not set".
 */
int geoip_find_network(const struct geoip *db, const struct ip *ip,
    struct geoip_network *out, struct err *err);

#endif
