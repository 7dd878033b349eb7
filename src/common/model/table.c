/* The families. Order and types are those of the database's tables. */
#include "model/model.h"
#include "model/rules.h"

#define OPT (FIELD_OPT | FIELD_UPDATE)
#define SCOPE                                                                  \
	{                                                                      \
		"unscoped", FIELD_BOOL, FIELD_SCOPE | FIELD_LATE, NULL,        \
		    "out of scope: neither a target nor changed"               \
	}
#define KEY   FIELD_KEY
#define LOWER (FIELD_KEY | FIELD_LOWER)

static const struct field domain_fields[] = {
	{ "value", FIELD_TEXT, LOWER | FIELD_RULE_DOMAIN, NULL,
	    "the name, without subdomain" },
	SCOPE,
	{ NULL },
};

static const struct field subdomain_fields[] = {
	{ "domain_id", FIELD_I32, 0, "domains", "the domain it belongs to",
	    "belongs to" },
	{ "value", FIELD_TEXT, LOWER | FIELD_RULE_DOMAIN, NULL,
	    "the full name" },
	SCOPE,
	{ "resolvable", FIELD_BOOL, OPT, NULL, "the name has an address" },
	{ NULL },
};

static const struct field ipaddr_fields[] = {
	{ "family", FIELD_TEXT, FIELD_DERIVED | FIELD_INPUT, NULL,
	    "\"4\" or \"6\"" },
	{ "value", FIELD_TEXT, KEY | FIELD_RULE_IP, NULL,
	    "the address, RFC 5952" },
	SCOPE,
	{ "continent", FIELD_TEXT, OPT, NULL, "name of the continent" },
	{ "continent_code", FIELD_TEXT, OPT, NULL, "two letters" },
	{ "country", FIELD_TEXT, OPT, NULL, "name of the country" },
	{ "country_code", FIELD_TEXT, OPT, NULL, "ISO 3166, two letters" },
	{ "city", FIELD_TEXT, OPT, NULL, "name of the city" },
	{ "latitude", FIELD_F32, OPT, NULL, "degrees, north is positive" },
	{ "longitude", FIELD_F32, OPT, NULL, "degrees, east is positive" },
	{ "asn", FIELD_I32, OPT, NULL, "autonomous system" },
	{ "as_org", FIELD_TEXT, OPT, NULL, "who runs that system" },
	{ "description", FIELD_TEXT, OPT, NULL, "free text" },
	{ "reverse_dns", FIELD_TEXT, OPT, NULL, "name of the PTR record" },
	{ NULL },
};

static const struct field subdomain_ipaddr_fields[] = {
	{ "subdomain_id", FIELD_I32, KEY, "subdomains", "the name" },
	{ "ip_addr_id", FIELD_I32, KEY, "ipaddrs", "the address",
	    "resolves to" },
	{ NULL },
};

static const struct field url_fields[] = {
	{ "subdomain_id", FIELD_I32, 0, "subdomains", "name in the URL",
	    "is on" },
	{ "value", FIELD_TEXT, KEY | FIELD_RULE_URL, NULL,
	    "the absolute URL as given" },
	{ "path", FIELD_TEXT, FIELD_DERIVED, NULL, "its path, encoded" },
	{ "status", FIELD_I32, OPT, NULL, "HTTP status" },
	{ "body", FIELD_BYTES, OPT, NULL, "body of the answer" },
	SCOPE,
	{ "online", FIELD_BOOL, OPT | FIELD_LOG_EARLY, NULL,
	    "something answered" },
	{ "title", FIELD_TEXT, OPT, NULL, "title of the page" },
	{ "redirect", FIELD_TEXT, OPT, NULL, "where it leads, absolute" },
	{ NULL },
};

static const struct field email_fields[] = {
	{ "value", FIELD_TEXT, LOWER, NULL, "the address" },
	SCOPE,
	{ "valid", FIELD_BOOL, OPT | FIELD_LATE, NULL,
	    "a mailbox was seen there" },
	{ "displayname", FIELD_TEXT, OPT, NULL, "name next to the address" },
	{ NULL },
};

static const struct field phonenumber_fields[] = {
	{ "value", FIELD_TEXT, KEY, NULL, "E.164: + and digits" },
	{ "name", FIELD_TEXT, OPT, NULL, "a name of ours" },
	SCOPE,
	{ "valid", FIELD_BOOL, OPT, NULL, "the number is in use" },
	{ "last_online", FIELD_TIME, OPT, NULL, "when it was last seen" },
	{ "country", FIELD_TEXT, OPT, NULL, "name of the country" },
	{ "carrier", FIELD_TEXT, OPT, NULL, "network operator" },
	{ "line", FIELD_TEXT, OPT, NULL, "kind of line" },
	{ "is_ported", FIELD_BOOL, OPT, NULL, "moved from another carrier" },
	{ "last_ported", FIELD_TIME, OPT, NULL, "when it was moved" },
	{ "caller_name", FIELD_TEXT, OPT, NULL, "name in a directory" },
	{ "caller_type", FIELD_TEXT, OPT, NULL, "kind of subscriber" },
	{ NULL },
};

static const struct field device_fields[] = {
	{ "value", FIELD_TEXT, LOWER, NULL, "MAC address" },
	{ "name", FIELD_TEXT, OPT, NULL, "a name of ours" },
	{ "hostname", FIELD_TEXT, OPT, NULL, "name it gives itself" },
	{ "vendor", FIELD_TEXT, OPT, NULL, "who made it" },
	SCOPE,
	{ "last_seen", FIELD_TIME, OPT, NULL, "when it was last seen" },
	{ NULL },
};

static const struct field network_fields[] = {
	{ "value", FIELD_TEXT, KEY, NULL, "name of the network" },
	SCOPE,
	{ "latitude", FIELD_F32, OPT, NULL, "degrees, north is positive" },
	{ "longitude", FIELD_F32, OPT, NULL, "degrees, east is positive" },
	{ "description", FIELD_TEXT, OPT, NULL, "free text" },
	{ NULL },
};

static const struct field network_device_fields[] = {
	{ "network_id", FIELD_I32, KEY, "networks", "the network" },
	{ "device_id", FIELD_I32, KEY, "devices", "the device", "contains" },
	{ "ipaddr", FIELD_TEXT, OPT, NULL, "its address there" },
	{ "last_seen", FIELD_TIME, OPT, NULL, "when it was last seen there" },
	{ NULL },
};

static const struct field account_fields[] = {
	{ "value", FIELD_TEXT, KEY | FIELD_DERIVED, NULL, "service/username" },
	{ "service", FIELD_TEXT, FIELD_PARAM, NULL, "the site, no slash" },
	{ "username", FIELD_TEXT, 0, NULL, "name on the site" },
	{ "displayname", FIELD_TEXT, OPT, NULL, "name it shows" },
	{ "email", FIELD_TEXT, OPT, NULL, "address on the profile" },
	{ "url", FIELD_TEXT, OPT, NULL, "the profile" },
	{ "last_seen", FIELD_TIME, OPT | FIELD_NEWER, NULL,
	    "when it was last active" },
	SCOPE,
	{ "phonenumber", FIELD_TEXT, OPT | FIELD_LATE, NULL,
	    "number on the profile" },
	{ "profile_pic", FIELD_TEXT, OPT | FIELD_LATE, NULL,
	    "blob of the picture" },
	{ "birthday", FIELD_TEXT, OPT, NULL, "date on the profile" },
	{ NULL },
};

static const struct field breach_fields[] = {
	{ "value", FIELD_TEXT, KEY, NULL, "name of the breach" },
	SCOPE,
	{ NULL },
};

static const struct field breach_email_fields[] = {
	{ "breach_id", FIELD_I32, KEY, "breaches", "the breach" },
	{ "email_id", FIELD_I32, KEY, "emails", "the address", "contains" },
	{ "password", FIELD_TEXT, KEY | OPT, NULL, "the leaked password" },
	{ NULL },
};

static const struct field image_fields[] = {
	{ "value", FIELD_TEXT, KEY | FIELD_BLOB, NULL, "id of the blob" },
	{ "filename", FIELD_TEXT, OPT, NULL, "a name, no slash" },
	{ "mime", FIELD_TEXT, OPT, NULL, "media type" },
	{ "width", FIELD_I32, OPT, NULL, "pixels" },
	{ "height", FIELD_I32, OPT, NULL, "pixels" },
	{ "created", FIELD_TIME, OPT, NULL, "when it was taken" },
	{ "latitude", FIELD_F32, OPT, NULL, "degrees, north is positive" },
	{ "longitude", FIELD_F32, OPT, NULL, "degrees, east is positive" },
	{ "nudity", FIELD_F32, OPT, NULL, "score of img_nudity()" },
	{ "ahash", FIELD_TEXT, OPT, NULL, "hash of img_ahash()" },
	{ "dhash", FIELD_TEXT, OPT, NULL, "hash of img_dhash()" },
	{ "phash", FIELD_TEXT, OPT, NULL, "hash of img_phash()" },
	SCOPE,
	{ NULL },
};

static const struct field port_fields[] = {
	{ "ip_addr_id", FIELD_I32, 0, "ipaddrs", "the address", "is on" },
	{ "value", FIELD_TEXT, KEY | FIELD_DERIVED, NULL,
	    "protocol/address:port" },
	{ "ip_addr", FIELD_IP, FIELD_RULE_IP, NULL, "the address as text" },
	{ "port", FIELD_I32, 0, NULL, "0 to 65535" },
	{ "protocol", FIELD_TEXT, 0, NULL, "tcp or udp" },
	{ "status", FIELD_TEXT, OPT, NULL, "open or closed" },
	SCOPE,
	{ "banner", FIELD_TEXT, OPT, NULL, "what it says first" },
	{ "service", FIELD_TEXT, OPT, NULL, "what runs there" },
	{ "version", FIELD_TEXT, OPT, NULL, "version of that" },
	{ NULL },
};

static const struct field netblock_fields[] = {
	{ "family", FIELD_TEXT, FIELD_DERIVED, NULL, "\"4\" or \"6\"" },
	{ "value", FIELD_TEXT, KEY | FIELD_RULE_IP, NULL, "address/length" },
	SCOPE,
	{ "asn", FIELD_I32, OPT, NULL, "autonomous system" },
	{ "as_org", FIELD_TEXT, OPT, NULL, "who runs that system" },
	{ "description", FIELD_TEXT, OPT, NULL, "free text" },
	{ NULL },
};

static const struct field cryptoaddr_fields[] = {
	{ "value", FIELD_TEXT, KEY, NULL, "the address" },
	{ "currency", FIELD_TEXT, OPT | FIELD_PARAM, NULL,
	    "name of the currency" },
	{ "denominator", FIELD_I32, OPT, NULL, "decimals of the amounts" },
	{ "balance", FIELD_I64, OPT, NULL, "in the smallest unit" },
	{ "received", FIELD_I64, OPT, NULL, "ever, in the smallest unit" },
	{ "first_seen", FIELD_TIME, OPT | FIELD_OLDER, NULL,
	    "first transaction" },
	{ "last_withdrawal", FIELD_TIME, OPT | FIELD_NEWER, NULL,
	    "last transaction out" },
	{ "unscoped", FIELD_BOOL, FIELD_SCOPE | FIELD_INPUT, NULL,
	    "out of scope: neither a target nor changed" },
	{ "description", FIELD_TEXT, OPT, NULL, "free text" },
	{ NULL },
};

#define ENDS                                                                   \
	{                                                                      \
		"expires", FIELD_TIME, FIELD_OPT | FIELD_EXPIRES, NULL,        \
		    "when the row ends by itself, UTC"                         \
	}

static const struct field person_fields[] = {
	{ "value", FIELD_TEXT, KEY, NULL, "a name that tells them apart" },
	SCOPE,
	{ "displayname", FIELD_TEXT, OPT, NULL, "the name in full" },
	{ "birthday", FIELD_TEXT, OPT, NULL, "date of birth" },
	{ "position", FIELD_TEXT, OPT, NULL, "what they do" },
	{ "country", FIELD_TEXT, OPT, NULL, "name of the country" },
	{ "city", FIELD_TEXT, OPT, NULL, "name of the city" },
	{ "description", FIELD_TEXT, OPT | FIELD_LINES, NULL, "free text" },
	ENDS,
	{ NULL },
};

static const struct field organisation_fields[] = {
	{ "value", FIELD_TEXT, KEY, NULL, "a name that tells them apart" },
	SCOPE,
	{ "displayname", FIELD_TEXT, OPT, NULL, "the name in full" },
	{ "kind", FIELD_TEXT, OPT, NULL, "company, authority, ..." },
	{ "registration", FIELD_TEXT, OPT, NULL, "its number in a register" },
	{ "country", FIELD_TEXT, OPT, NULL, "name of the country" },
	{ "city", FIELD_TEXT, OPT, NULL, "name of the city" },
	{ "description", FIELD_TEXT, OPT | FIELD_LINES, NULL, "free text" },
	ENDS,
	{ NULL },
};

static const struct field link_fields[] = {
	{ "left_family", FIELD_TEXT, KEY | FIELD_FAMILY, NULL,
	    "the family of one row" },
	{ "left_row", FIELD_I32, KEY, NULL, "its id" },
	{ "right_family", FIELD_TEXT, KEY | FIELD_FAMILY, NULL,
	    "the family of the other" },
	{ "right_row", FIELD_I32, KEY, NULL, "its id" },
	{ "value", FIELD_TEXT, KEY, NULL,
	    "what the one is to the other, in a word" },
	ENDS,
	{ NULL },
};

static const struct field note_fields[] = {
	{ "family", FIELD_TEXT, KEY | FIELD_FAMILY, NULL,
	    "the family of the row" },
	{ "row", FIELD_I32, KEY, NULL, "its id" },
	{ "value", FIELD_TEXT, KEY | FIELD_LINES, NULL, "the text" },
	ENDS,
	{ NULL },
};

static const struct field tag_fields[] = {
	{ "family", FIELD_TEXT, KEY | FIELD_FAMILY, NULL,
	    "the family of the row" },
	{ "row", FIELD_I32, KEY, NULL, "its id" },
	{ "value", FIELD_TEXT, LOWER, NULL, "the word" },
	ENDS,
	{ NULL },
};

#define MODEL(family, select, variant, table, flags, fields, doc, derive,      \
    title, source)                                                             \
	{                                                                      \
		family, select, variant, table, flags, fields, doc, derive,    \
		    title, source                                              \
	}

const struct model model_table[] = {
	MODEL("domain", "Domain", "Domain", "domains", 0, domain_fields,
	    "A registrable domain.", derive_name, "Domain", "Domains"),
	MODEL("subdomain", "Subdomain", "Subdomain", "subdomains", 0,
	    subdomain_fields, "A name below a domain, or the domain itself.",
	    derive_name, "Subdomain", "Subdomains"),
	MODEL("ipaddr", "Ipaddr", "IpAddr", "ipaddrs", 0, ipaddr_fields,
	    "An IP address.", derive_ipaddr, "IpAddr", "IpAddrs"),
	MODEL("subdomain-ipaddr", "SubdomainIpaddr", "SubdomainIpAddr",
	    "subdomain_ipaddrs", MODEL_LINK | MODEL_NEW_NAME,
	    subdomain_ipaddr_fields, "A name that resolves to an address.",
	    NULL, "Subdomain-IpAddr", NULL),
	MODEL("url", "Url", "Url", "urls", 0, url_fields,
	    "A page or another resource of a web server.", derive_url, "Url",
	    "Urls"),
	MODEL("email", "Email", "Email", "emails", 0, email_fields,
	    "An e-mail address.", NULL, "Email", "Emails"),
	MODEL("phonenumber", "Phonenumber", "PhoneNumber", "phonenumbers", 0,
	    phonenumber_fields, "A telephone number.", derive_phonenumber,
	    "PhoneNumber", "PhoneNumbers"),
	MODEL("device", "Device", "Device", "devices", 0, device_fields,
	    "A device, known by its hardware address.", NULL, "Device",
	    "Devices"),
	MODEL("network", "Network", "Network", "networks", MODEL_SOURCE_EARLY,
	    network_fields, "A local network.", NULL, "Network", "Networks"),
	MODEL("network-device", "NetworkDevice", "NetworkDevice",
	    "network_devices", MODEL_LINK | MODEL_NEW_NAME,
	    network_device_fields, "A device that was seen in a network.", NULL,
	    "Network-Device", NULL),
	MODEL("account", "Account", "Account", "accounts", 0, account_fields,
	    "An account on a site.", derive_account, "Account", "Accounts"),
	MODEL("breach", "Breach", "Breach", "breaches", 0, breach_fields,
	    "A data breach.", NULL, "Breach", "Breaches"),
	MODEL("breach-email", "BreachEmail", "BreachEmail", "breach_emails",
	    MODEL_LINK | MODEL_NEW_NAME, breach_email_fields,
	    "An address that a breach contains.", NULL, "Breach-Email", NULL),
	MODEL("image", "Image", "Image", "images", 0, image_fields,
	    "An image, stored as a blob.", derive_image, "Image", "Images"),
	MODEL("port", "Port", "Port", "ports", 0, port_fields,
	    "A port of an address.", derive_port, "Port", "Ports"),
	MODEL("netblock", "Netblock", "Netblock", "netblocks", 0,
	    netblock_fields, "A block of addresses.", derive_netblock,
	    "Netblock", "Netblocks"),
	MODEL("cryptoaddr", "Cryptoaddr", "CryptoAddr", "cryptoaddrs",
	    MODEL_NEW_NAME, cryptoaddr_fields,
	    "An address of a crypto-currency.", NULL, "CryptoAddr",
	    "CryptoAddrs"),
	MODEL("person", "Person", "Person", "persons",
	    MODEL_OURS | MODEL_NEW_NAME, person_fields, "Somebody.",
	    derive_ours, "Person", "Persons"),
	MODEL("organisation", "Organisation", "Organisation", "organisations",
	    MODEL_OURS | MODEL_NEW_NAME, organisation_fields,
	    "A company, an authority, a group.", derive_ours, "Organisation",
	    "Organisations"),
	MODEL("link", "Link", "Link", "links",
	    MODEL_OURS | MODEL_HANGS | MODEL_NEW_NAME, link_fields,
	    "What one row is to another.", derive_ours, "Link", NULL),
	MODEL("note", "Note", "Note", "notes",
	    MODEL_OURS | MODEL_HANGS | MODEL_NEW_NAME, note_fields,
	    "A text about a row.", derive_ours, "Note", NULL),
	MODEL("tag", "Tag", "Tag", "tags",
	    MODEL_OURS | MODEL_HANGS | MODEL_NEW_NAME, tag_fields,
	    "A word on a row, for filters: `where tag=WORD`.", derive_ours,
	    "Tag", NULL),
	{ NULL },
};

static const struct field activity_fields[] = {
	{ "topic", FIELD_TEXT, 0, NULL, "what kind of event" },
	{ "time", FIELD_TIME, 0, NULL, "when it happened, UTC" },
	{ "uniq", FIELD_TEXT, FIELD_OPT, NULL,
	    "of events of a topic with the same one only the first is kept" },
	{ "latitude", FIELD_F32, FIELD_OPT, NULL,
	    "degrees, north is positive" },
	{ "longitude", FIELD_F32, FIELD_OPT, NULL,
	    "degrees, east is positive" },
	{ "radius", FIELD_I32, FIELD_OPT, NULL, "metres around that place" },
	{ "content", FIELD_JSON, 0, NULL, "what happened, any value" },
	{ NULL },
};

const struct model model_activity =
    MODEL("activity", "Activity", "Activity", "activity", 0, activity_fields,
	"Something that happened.", NULL, "Activity", NULL);
