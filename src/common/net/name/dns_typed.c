/* Values that come as "Other" by default, as the reference has them. */
#include "base/mem.h"
#include "name/dns.h"

#define WINDOW_MAX 32 /* bytes of a bit map: RFC 4034, 4.1.2 */

/* Cuts n bytes off; NULL: there are not as many. */
static const unsigned char *
cut(struct str *rest, size_t n)
{
	const char *p = rest->p;

	if (rest->n < n)
		return NULL;
	*rest = str_from(*rest, n);
	return (const unsigned char *)p;
}

static struct json
hex(struct pool *pool, struct str bytes)
{
	struct buf out = BUF_IN(pool);

	for (size_t i = 0; i < bytes.n; i++)
		buf_printf(&out, "%02x", (unsigned char)bytes.p[i]);
	return json_str(buf_str(&out));
}

static void
set_int(struct pool *pool, struct json *map, const char *name, int64_t v)
{
	json_set(pool, map, str_of(name), json_int(v));
}

/* RFC 8659, 4.1: flags, the tag behind its length, the value. */
static bool
caa(struct pool *pool, struct str rest, struct json *out)
{
	const unsigned char *head = cut(&rest, 2);

	if (head == NULL || head[1] == 0 || rest.n < head[1])
		return false;
	set_int(pool, out, "flags", head[0]);
	json_set(pool, out, STR("tag"), json_str(str_view(rest.p, head[1])));
	json_set(pool, out, STR("value"), json_str(str_from(rest, head[1])));
	return true;
}

/* RFC 6698, 2.1 */
static bool
tlsa(struct pool *pool, struct str rest, struct json *out)
{
	const unsigned char *head = cut(&rest, 3);

	if (head == NULL)
		return false;
	set_int(pool, out, "usage", head[0]);
	set_int(pool, out, "selector", head[1]);
	set_int(pool, out, "matching", head[2]);
	json_set(pool, out, STR("data"), hex(pool, rest));
	return true;
}

/* RFC 5155, 4.2 */
static bool
nsec3param(struct pool *pool, struct str rest, struct json *out)
{
	const unsigned char *head = cut(&rest, 5);

	if (head == NULL || rest.n != head[4])
		return false;
	set_int(pool, out, "algorithm", head[0]);
	set_int(pool, out, "flags", head[1]);
	set_int(pool, out, "iterations", head[2] << 8 | head[3]);
	json_set(pool, out, STR("salt"), hex(pool, rest));
	return true;
}

/* A name that is not compressed: RFC 4034, 4.1.1. */
static bool
cut_name(struct str *rest, struct dns_name *out)
{
	for (out->n = 0;;) {
		const unsigned char *p = cut(rest, 1);
		size_t n = p != NULL ? *p : 0;

		if (p == NULL || n > DNS_LABEL_MAX || n > rest->n ||
		    out->n + 1 + n > DNS_NAME_MAX)
			return false;
		if (n != 0)
			(void)cut(rest, n);
		memcpy(out->wire + out->n, p, 1 + n);
		out->n += 1 + n;
		if (n == 0)
			return true;
	}
}

/* As RFC 3597, 5, has those without a name. */
static struct json
type_text(struct pool *pool, unsigned type)
{
	const char *name = dns_type_name((uint16_t)type);
	struct buf out = BUF_IN(pool);

	if (name != NULL)
		return json_text(name);
	buf_printf(&out, "TYPE%u", type);
	return json_str(buf_str(&out));
}

/* RFC 4034, 4.1.2: a window of 256 types, its length, its bits. */
static bool
cut_window(struct pool *pool, struct str *rest, struct json *types)
{
	const unsigned char *head = cut(rest, 2), *bits;

	if (head == NULL || head[1] == 0 || head[1] > WINDOW_MAX)
		return false;
	bits = cut(rest, head[1]);
	if (bits == NULL)
		return false;
	for (unsigned i = 0; i < head[1] * 8u; i++) {
		if (bits[i / 8] & 0x80 >> i % 8)
			json_append(pool, types,
			    type_text(pool, head[0] << 8 | i));
	}
	return true;
}

static bool
nsec(struct pool *pool, struct str rest, struct json *out)
{
	struct json types = json_list();
	struct dns_name next;

	if (!cut_name(&rest, &next))
		return false;
	while (rest.n != 0) {
		if (!cut_window(pool, &rest, &types))
			return false;
	}
	json_set(pool, out, STR("next"), json_str(dns_name_text(pool, &next)));
	json_set(pool, out, STR("types"), types);
	return true;
}

static const struct {
	uint16_t type;
	bool (*read)(struct pool *pool, struct str data, struct json *out);
} rows[] = {
	{ DNS_CAA, caa },
	{ DNS_NSEC, nsec },
	{ DNS_NSEC3PARAM, nsec3param },
	{ DNS_TLSA, tlsa },
};

int
dns_typed(struct pool *pool, const struct dns_record *r, const char **type,
    struct json *out, struct err *err)
{
	*type = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].type != r->type)
			continue;
		*out = json_map();
		if (!rows[i].read(pool, r->data, out))
			return err_set(err, "malformed %s record",
			    dns_type_name(r->type));
		*type = dns_type_name(r->type);
	}
	return 0;
}
