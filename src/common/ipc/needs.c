#include "ipc/needs.h"

#include "base/mem.h"

#define SHORTEST 3 /* "dns", "md5" */

/* Names that begin with it; a name that ends there must be equal. */
static const struct {
	const char *name;
	bool is_prefix;
	unsigned needs;
} rows[] = {
	{ "asn_lookup", false, NEED_GEO },
	{ "dns", false, NEED_BROKER },
	{ "geoip_lookup", false, NEED_GEO },
	{ "gzip_decode", false, NEED_NET },
	{ "hmac_", true, NEED_CRYPT },
	{ "html_", true, NEED_HTML },
	{ "http_", true, NEED_NET | NEED_BROKER | NEED_SUFFIX },
	{ "img_", true, NEED_IMG },
	{ "md5", false, NEED_CRYPT },
	{ "mqtt_", true, NEED_NET | NEED_BROKER },
	{ "pgp_", true, NEED_CRYPT },
	{ "psl_", true, NEED_SUFFIX },
	{ "sha1", false, NEED_CRYPT },
	{ "sha2_", true, NEED_CRYPT },
	{ "sha3_", true, NEED_CRYPT },
	{ "sock_", true, NEED_NET | NEED_BROKER },
	{ "sodium_", true, NEED_CRYPT },
	{ "ws_", true, NEED_NET | NEED_BROKER },
	{ "x509_", true, NEED_NET },
	{ "xml_", true, NEED_XML },
};

static const struct {
	unsigned bit;
	const char *name;
	bool is_plugin;
} kinds[] = {
	{ NEED_NET, "net", true },
	{ NEED_HTML, "html", true },
	{ NEED_XML, "xml", true },
	{ NEED_GEO, "geo", true },
	{ NEED_CRYPT, "crypt", true },
	{ NEED_IMG, "img", true },
	{ NEED_BROKER, "broker", false },
	{ NEED_SUFFIX, "suffix", false },
};

const char *
needs_plugin(unsigned bit)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].bit == bit)
			return kinds[i].is_plugin ? kinds[i].name : NULL;
	}
	return NULL;
}

void
needs_write(struct buf *out, unsigned needs)
{
	bool is_first = true;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!(needs & kinds[i].bit))
			continue;
		if (!is_first)
			buf_add_char(out, ',');
		buf_add(out, str_of(kinds[i].name));
		is_first = false;
	}
	if (is_first)
		buf_add(out, STR("none"));
}

static unsigned
need_by_name(struct str name)
{
	if (str_is(name, "all"))
		return NEED_ALL;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (str_is(name, kinds[i].name))
			return kinds[i].bit;
	}
	return 0;
}

int
needs_read(struct str text, unsigned *needs, struct err *err)
{
	unsigned found = 0;

	if (str_is(text, "none")) {
		*needs = 0;
		return 0;
	}
	do {
		struct str name = str_cut(&text, ',');
		unsigned bit = need_by_name(name);

		if (bit == 0)
			return err_set(err, "no such need: \"%.*s\"",
			    STR_ARG(name));
		found |= bit;
	} while (text.p != NULL);
	*needs = found;
	return 0;
}

/* What one name needs; 0: it is in the program. */
static unsigned
needs_of_name(struct str name)
{
	if (name.n < SHORTEST)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct str row = str_of(rows[i].name);

		if (row.p[0] != name.p[0] || !str_starts(name, row))
			continue;
		if (rows[i].is_prefix || row.n == name.n)
			return rows[i].needs;
	}
	return 0;
}

static bool
is_name_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

/* "\u0041" could spell a name in a way that the scan does not see. */
static bool
hides_a_name(struct str escape)
{
	return escape.n >= 5 && escape.p[1] == 'u' && escape.p[2] == '0' &&
	       escape.p[3] == '0' && escape.p[4] >= '2' && escape.p[4] <= '7';
}

/*
 * The next name of the text from *at; n == 0: no more. *hidden is set when an
 * escape could hide one.
 */
static struct str
next_name(struct str text, size_t *at, bool is_json, bool *hidden)
{
	size_t i = *at, from;

	while (i < text.n && !is_name_char((unsigned char)text.p[i])) {
		if (is_json && text.p[i] == '\\') {
			*hidden |= hides_a_name(str_from(text, i));
			i++;
		}
		i++;
	}
	if (i > text.n)
		i = text.n;
	from = i;
	while (i < text.n && is_name_char((unsigned char)text.p[i]))
		i++;
	*at = i;
	return str_sub(text, from, i - from);
}

unsigned
needs_scan(struct str text, bool is_json)
{
	unsigned needs = 0;
	bool hidden = false;
	size_t at = 0;

	for (;;) {
		struct str name = next_name(text, &at, is_json, &hidden);

		if (name.n == 0)
			break;
		if (name.p[0] == '_' && str_is(name, "_ENV"))
			return NEED_ALL;
		needs |= needs_of_name(name);
	}
	return hidden ? NEED_ALL : needs;
}

void
needs_names(struct str text, bool is_json, unsigned bits,
    void (*each)(struct str name, void *ctx), void *ctx)
{
	bool hidden = false;
	size_t at = 0;

	for (;;) {
		struct str name = next_name(text, &at, is_json, &hidden);

		if (name.n == 0)
			return;
		if (needs_of_name(name) & bits)
			each(name, ctx);
	}
}
