#include "export/entity.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "crypt/digest.h"
#include "url/ip.h"

/* An address, or a block of them. */
static bool
is_of(struct str value, enum ip_size size)
{
	struct ip_block block;

	return ip_block_read(value, &block) == 0 && block.ip.size == size;
}

static bool
is_v4(struct str value)
{
	return is_of(value, IP_V4);
}

static bool
is_v6(struct str value)
{
	return is_of(value, IP_V6);
}

/* Six bytes in lower case with colons between them, as STIX wants them. */
static bool
is_mac(struct str value)
{
	for (size_t i = 0; i < value.n; i++) {
		if (i % 3 == 2 ? value.p[i] != ':'
			       : !num_is_lower_hex(value.p[i]))
			return false;
	}
	return value.n == 17;
}

/* As others tell them from those of other chains: by how they look. */
static bool
is_bitcoin(struct str value)
{
	bool is_old = value.n >= 26 && value.n <= 35 &&
	              (value.p[0] == '1' || value.p[0] == '3');

	for (size_t i = 0; is_old && i < value.n; i++)
		is_old = char_is_digit(value.p[i]) ||
		         (char_lower(value.p[i]) >= 'a' &&
			     char_lower(value.p[i]) <= 'z');
	return is_old || str_starts(value, STR("bc1"));
}

/* A scheme and what is behind it; nothing that no URI has. */
static bool
is_uri(struct str value)
{
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c <= ' ' || c >= 0x7f || strchr("\"<>\\^`{|}", c) != NULL)
			return false;
	}
	return str_find(value, STR("://")) != STR_NPOS;
}

static bool
is_name(struct str value)
{
	for (size_t i = 0; i < value.n; i++) {
		char c = char_lower(value.p[i]);

		if (!(c >= 'a' && c <= 'z') && !char_is_digit(c) && c != '-' &&
		    c != '_' && c != '.')
			return false;
	}
	return value.n != 0;
}

static bool
is_mailbox(struct str value)
{
	size_t at = str_rfind_char(value, '@');

	for (size_t i = 0; i < value.n; i++) {
		if ((unsigned char)value.p[i] <= ' ')
			return false;
	}
	return at != STR_NPOS && at != 0 && is_name(str_from(value, at + 1));
}

static bool
is_socket(struct str value)
{
	struct str protocol = str_cut(&value, '/');
	size_t colon = str_rfind_char(value, ':');
	struct ip ip;

	if (colon == STR_NPOS || protocol.n == 0)
		return false;
	value = str_sub(value, 0, colon);
	if (str_starts(value, STR("[")) && str_ends(value, STR("]")))
		value = str_sub(value, 1, value.n - 2);
	return ip_read(value, &ip) == 0;
}

const struct entity entity_table[] = {
	{ "domain", is_name, "a host name", 0x1f77b4, "domain-name", "domain",
	    "Network activity", "maltego.Domain" },
	{ "subdomain", is_name, "a host name", 0xaec7e8, "domain-name",
	    "hostname", "Network activity", "maltego.DNSName" },
	{ "ipaddr", is_v4, "IPv4", 0x2ca02c, "ipv4-addr", "ip-dst",
	    "Network activity", "maltego.IPv4Address" },
	{ "ipaddr", is_v6, "IPv6", 0x2ca02c, "ipv6-addr", "ip-dst",
	    "Network activity", "maltego.IPv6Address" },
	{ "netblock", is_v4, "IPv4", 0x98df8a, "ipv4-addr", "ip-dst",
	    "Network activity", "maltego.Netblock" },
	{ "netblock", is_v6, "IPv6", 0x98df8a, "ipv6-addr", "ip-dst",
	    "Network activity", "maltego.Netblock" },
	{ "port", is_socket, "at an address", 0x8c564b, "network-traffic",
	    "text", "Network activity", "maltego.Port" },
	{ "url", is_uri, "a URI", 0x17becf, "url", "url", "Network activity",
	    "maltego.URL" },
	{ "email", is_mailbox, "a mailbox", 0xff7f0e, "email-addr", "email",
	    "Social network", "maltego.EmailAddress" },
	{ "phonenumber", NULL, NULL, 0xffbb78, NULL, "phone-number", "Person",
	    "maltego.PhoneNumber" },
	{ "account", NULL, NULL, 0x9467bd, "user-account", "text",
	    "Social network", "maltego.Alias" },
	{ "breach", NULL, NULL, 0xd62728, "incident", "text",
	    "External analysis", "maltego.Phrase" },
	{ "device", is_mac, "a MAC address", 0xbcbd22, "mac-addr",
	    "mac-address", "Network activity", "maltego.Device" },
	{ "device", NULL, NULL, 0xbcbd22, NULL, "text", "Network activity",
	    "maltego.Device" },
	{ "network", NULL, NULL, 0xdbdb8d, NULL, "text", "Network activity",
	    "maltego.Phrase" },
	{ "image", NULL, NULL, 0xe377c2, "file", "text", "External analysis",
	    "maltego.Image" },
	{ "cryptoaddr", is_bitcoin, "as of Bitcoin", 0xc5b0d5, NULL, "btc",
	    "Financial fraud", "maltego.BTCAddress" },
	{ "cryptoaddr", NULL, NULL, 0xc5b0d5, NULL, "text", "Financial fraud",
	    "maltego.Phrase" },
	{ "person", NULL, NULL, 0xf7b6d2, "identity", "full-name", "Person",
	    "maltego.Person" },
	{ "organisation", NULL, NULL, 0xc49c94, "identity", "target-org",
	    "Targeting data", "maltego.Organization" },
	{ NULL, NULL, NULL, 0x7f7f7f, NULL, "text", "Other", "maltego.Phrase" },
};

const struct entity *
entity_of(const struct model *model, struct str value)
{
	const struct entity *entity = entity_table;

	while (entity->family != NULL &&
	       (strcmp(entity->family, model->family) != 0 ||
		   (entity->fits != NULL && !entity->fits(value))))
		entity++;
	return entity;
}

static bool
is_same(const struct entity *entity, const struct entity *other,
    struct str value)
{
	return strcmp(entity->family, other->family) != 0 &&
	       other->stix != NULL && strcmp(entity->stix, other->stix) == 0 &&
	       (other->fits == NULL || other->fits(value));
}

const struct model *
entity_same(const struct entity *entity, struct str value,
    const struct model *after)
{
	const struct model *m = after != NULL ? after + 1 : model_table;

	for (; m->family != NULL; m++) {
		for (const struct entity *e = entity_table; e->family != NULL;
		     e++) {
			if (strcmp(e->family, m->family) == 0 &&
			    is_same(entity, e, value))
				return m;
		}
	}
	return NULL;
}

static int
digit_of(char c)
{
	return char_is_digit(c) ? c - '0' : c - 'a' + 10;
}

static void
add_space(struct buf *out, const char *space)
{
	for (; *space != '\0'; space++) {
		if (*space == '-')
			continue;
		buf_add_char(out,
		    (char)(digit_of(space[0]) << 4 | digit_of(space[1])));
		space++;
	}
}

void
entity_uuid(char out[ENTITY_UUID_SIZE], const char *space, struct str text)
{
	autopool struct pool pool = POOL_NONE;
	struct buf all = BUF_IN(&pool);
	struct str hash;
	unsigned char b[16];
	size_t at = 0;

	add_space(&all, space);
	buf_add(&all, text);
	hash = digest_of(&pool, DIGEST_SHA1, buf_str(&all));
	memcpy(b, hash.p, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x50);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(b); i++)
		at +=
		    (size_t)snprintf(out + at, ENTITY_UUID_SIZE - at, "%s%02x",
			i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", b[i]);
}
