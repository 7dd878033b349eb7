#include "geo/geoip.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <maxminddb.h>

#include "base/mem.h"

struct geoip {
	MMDB_s mmdb;
};

enum geoip_open
geoip_open(const char *path, struct geoip **out)
{
	struct geoip *db = mem_zalloc(sizeof(*db));
	int status = MMDB_open(path, MMDB_MODE_MMAP, &db->mmdb);

	if (status == MMDB_SUCCESS) {
		*out = db;
		return GEOIP_OPEN;
	}
	free(db);
	return status == MMDB_FILE_OPEN_ERROR ? GEOIP_ABSENT : GEOIP_UNREADABLE;
}

void
geoip_free(struct geoip *db)
{
	if (db == NULL)
		return;
	MMDB_close(&db->mmdb);
	free(db);
}

struct str
geoip_type(const struct geoip *db)
{
	const char *type = db->mmdb.metadata.database_type;

	return type != NULL ? str_of(type) : STR("");
}

static const struct sockaddr *
to_sockaddr(const struct ip *ip, struct sockaddr_storage *out)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (ip->size == IP_V4) {
		memcpy(&v4.sin_addr, ip->byte, 4);
		memcpy(out, &v4, sizeof(v4));
	} else {
		memcpy(&v6.sin6_addr, ip->byte, 16);
		memcpy(out, &v6, sizeof(v6));
	}
	return (const struct sockaddr *)out;
}

static int
find_entry(const struct geoip *db, const struct ip *ip, MMDB_entry_s *out,
    struct err *err)
{
	struct sockaddr_storage address;
	MMDB_lookup_result_s result;
	int status = MMDB_SUCCESS;

	result =
	    MMDB_lookup_sockaddr(&db->mmdb, to_sockaddr(ip, &address), &status);
	if (status != MMDB_SUCCESS)
		return err_set(err, "%s", MMDB_strerror(status));
	if (!result.found_entry)
		return err_set(err, "address not found in database");
	*out = result.entry;
	return 0;
}

/* 1: a value is there; 0: none; -1: damage. path ends with NULL. */
static int
get(MMDB_entry_s *entry, const char *const *path, MMDB_entry_data_s *out,
    struct err *err)
{
	int status = MMDB_aget_value(entry, out, path);

	if (status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR)
		return 0;
	if (status != MMDB_SUCCESS)
		return err_set(err, "%s", MMDB_strerror(status));
	return out->has_data;
}

static int
get_text(MMDB_entry_s *entry, const char *const *path, struct str *out,
    struct err *err)
{
	MMDB_entry_data_s data;
	int found = get(entry, path, &data, err);

	if (found != 1)
		return found;
	if (data.type != MMDB_DATA_TYPE_UTF8_STRING)
		return err_set(err, "%s in the database is no text", path[0]);
	/* an empty text has no address there */
	*out = data.data_size != 0 ? str_view(data.utf8_string, data.data_size)
	                           : STR("");
	return 1;
}

static int
get_double(MMDB_entry_s *entry, const char *const *path, double *out,
    struct err *err)
{
	MMDB_entry_data_s data;
	int found = get(entry, path, &data, err);

	if (found != 1)
		return found;
	if (data.type == MMDB_DATA_TYPE_DOUBLE)
		*out = data.double_value;
	else if (data.type == MMDB_DATA_TYPE_FLOAT)
		*out = (double)data.float_value;
	else
		return err_set(err, "%s in the database is no number", path[0]);
	return 1;
}

/* Both or neither. */
static int
get_pair(MMDB_entry_s *entry, const char *const *name_path,
    const char *const *code_path, struct str *name, struct str *code,
    struct err *err)
{
	struct str a, b;
	int has_name = get_text(entry, name_path, &a, err);
	int has_code =
	    has_name != -1 ? get_text(entry, code_path, &b, err) : -1;

	if (has_code == -1)
		return -1;
	if (has_name && has_code) {
		*name = a;
		*code = b;
	}
	return 0;
}

static int
get_location(MMDB_entry_s *entry, struct geoip_place *place, struct err *err)
{
	static const char *const latitude[] = { "location", "latitude", NULL };
	static const char *const longitude[] = { "location", "longitude",
		NULL };
	double lat, lon;
	int has_lat = get_double(entry, latitude, &lat, err);
	int has_lon =
	    has_lat != -1 ? get_double(entry, longitude, &lon, err) : -1;

	if (has_lon == -1)
		return -1;
	if (has_lat && has_lon) {
		place->has_location = true;
		place->latitude = lat;
		place->longitude = lon;
	}
	return 0;
}

int
geoip_find_place(const struct geoip *db, const struct ip *ip,
    struct geoip_place *out, struct err *err)
{
	static const char *const continent[] = { "continent", "names", "en",
		NULL };
	static const char *const continent_code[] = { "continent", "code",
		NULL };
	static const char *const country[] = { "country", "names", "en", NULL };
	static const char *const country_code[] = { "country", "iso_code",
		NULL };
	static const char *const city[] = { "city", "names", "en", NULL };
	struct geoip_place place = { .has_location = false };
	MMDB_entry_s entry;

	if (find_entry(db, ip, &entry, err) == -1 ||
	    get_pair(&entry, continent, continent_code, &place.continent,
		&place.continent_code, err) == -1 ||
	    get_pair(&entry, country, country_code, &place.country,
		&place.country_code, err) == -1 ||
	    get_text(&entry, city, &place.city, err) == -1 ||
	    get_location(&entry, &place, err) == -1)
		return -1;
	*out = place;
	return 0;
}

/* A number is stored in as few bytes as it needs, but the type stays. */
static int
get_asn(MMDB_entry_s *entry, uint32_t *out, struct err *err)
{
	static const char *const path[] = { "autonomous_system_number", NULL };
	MMDB_entry_data_s data;
	int found = get(entry, path, &data, err);

	if (found == -1)
		return -1;
	if (found == 0)
		return err_set(err, "%s not set", path[0]);
	if (data.type == MMDB_DATA_TYPE_UINT32)
		*out = data.uint32;
	else if (data.type == MMDB_DATA_TYPE_UINT16)
		*out = data.uint16;
	else
		return err_set(err, "%s in the database is no number", path[0]);
	return 0;
}

int
geoip_find_network(const struct geoip *db, const struct ip *ip,
    struct geoip_network *out, struct err *err)
{
	static const char *const org[] = { "autonomous_system_organization",
		NULL };
	struct geoip_network network;
	MMDB_entry_s entry;
	int found;

	if (find_entry(db, ip, &entry, err) == -1 ||
	    get_asn(&entry, &network.asn, err) == -1)
		return -1;
	found = get_text(&entry, org, &network.org, err);
	if (found == -1)
		return -1;
	if (found == 0)
		return err_set(err, "%s not set", org[0]);
	*out = network;
	return 0;
}
