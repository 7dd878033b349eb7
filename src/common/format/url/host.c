#include "url/host.h"

#include "base/num.h"
#include "base/utf8.h"
#include "url/idna.h"
#include "url/ip.h"
#include "url/percent.h"

static const struct {
	const char *debug, *message;
} errors[] = {
	[URL_EMPTY_HOST] = { "EmptyHost", "empty host" },
	[URL_IDNA] = { "IdnaError", "invalid international domain name" },
	[URL_BAD_CHAR] = { "InvalidDomainCharacter",
	    "invalid domain character" },
	[URL_BAD_PORT] = { "InvalidPort", "invalid port number" },
	[URL_BAD_IPV4] = { "InvalidIpv4Address", "invalid IPv4 address" },
	[URL_BAD_IPV6] = { "InvalidIpv6Address", "invalid IPv6 address" },
	[URL_NO_BASE] = { "RelativeUrlWithoutBase",
	    "relative URL without a base" },
	[URL_BAD_BASE] = { "RelativeUrlWithCannotBeABaseBase",
	    "relative URL with a cannot-be-a-base base" },
};

int
url_fail(struct err *err, enum url_error error)
{
	err_set(err, "%s", errors[error].message);
	return err_set_debug(err, "%s", errors[error].debug);
}

/* 3.1, "forbidden host code point" */
static bool
is_forbidden_in_host(char c)
{
	switch (c) {
	case '\0':
	case '\t':
	case '\n':
	case '\r':
	case ' ':
	case '#':
	case '/':
	case ':':
	case '<':
	case '>':
	case '?':
	case '@':
	case '[':
	case '\\':
	case ']':
	case '^':
	case '|':
		return true;
	default:
		return false;
	}
}

/* 3.1, "forbidden domain code point" */
static bool
is_forbidden_in_domain(char c)
{
	return is_forbidden_in_host(c) || (unsigned char)c < 0x20 || c == '%' ||
	       c == 0x7f;
}

static inline bool
has_any(struct str host, bool (*is_bad)(char c))
{
	for (size_t i = 0; i < host.n; i++) {
		if (is_bad(host.p[i]))
			return true;
	}
	return false;
}

/* The text inside the brackets. */
static int
read_ipv6(struct pool *pool, struct str text, struct str *host, struct err *err)
{
	struct buf out = BUF_IN(pool);
	struct ip ip;

	if (ip_read(text, &ip) == -1 || ip.size != IP_V6)
		return url_fail(err, URL_BAD_IPV6);
	buf_add_char(&out, '[');
	ip_write_groups(&out, &ip);
	buf_add_char(&out, ']');
	*host = buf_str(&out);
	return 0;
}

/* What a part of an IPv4 address may be; larger is no address at all. */
#define IPV4_OVERFLOW (UINT64_C(1) << 32)

/* 10, 012, 0xa, and 0x, which is 0. -1: no number. */
static int
read_number(struct str part, uint64_t *out)
{
	int base = 10;
	uint64_t v = 0;

	if (part.n == 0)
		return -1;
	if (part.n >= 2 && part.p[0] == '0') {
		bool is_hex = (part.p[1] | 0x20) == 'x';

		base = is_hex ? 16 : 8;
		part = str_from(part, is_hex ? 2 : 1);
	}
	for (size_t i = 0; i < part.n; i++) {
		int digit = num_hex_digit(part.p[i]);

		if (digit == -1 || digit >= base)
			return -1;
		v = v * (unsigned)base + (unsigned)digit;
		if (v > IPV4_OVERFLOW)
			v = IPV4_OVERFLOW;
	}
	*out = v;
	return 0;
}

static bool
is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	}
	return s.n != 0;
}

/* Without the one empty label that may stand at the end. */
static struct str
without_final_dot(struct str host)
{
	if (host.n != 0 && host.p[host.n - 1] == '.')
		host.n--;
	return host;
}

/* Then it is an IPv4 address, or wrong. */
static bool
ends_in_number(struct str host)
{
	struct str last = without_final_dot(host);
	size_t dot = str_rfind_char(last, '.');
	uint64_t ignored;

	if (dot != STR_NPOS)
		last = str_from(last, dot + 1);
	if (last.n == 0 || !char_is_digit(last.p[0]))
		return false;
	return is_digits(last) || read_number(last, &ignored) == 0;
}

/* One to four numbers, of which the last fills what is left. */
static int
read_ipv4(struct str host, uint32_t *out)
{
	struct str rest = without_final_dot(host);
	uint32_t address = 0;
	uint64_t v = 0;

	for (unsigned n = 0; n < 4; n++) {
		bool is_last = str_find_char(rest, '.') == STR_NPOS;
		unsigned left = 32 - 8 * n;

		if (read_number(str_cut(&rest, '.'), &v) == -1 ||
		    v >= (is_last ? UINT64_C(1) << left : 256))
			return -1;
		if (is_last) {
			*out = address | (uint32_t)v;
			return 0;
		}
		address |= (uint32_t)v << (left - 8);
	}
	return -1;
}

static int
write_ipv4(struct pool *pool, struct str text, struct str *host,
    struct err *err)
{
	struct buf out = BUF_IN(pool);
	struct ip ip = { .size = IP_V4 };
	uint32_t address;

	if (read_ipv4(text, &address) == -1)
		return url_fail(err, URL_BAD_IPV4);
	for (int i = 0; i < 4; i++)
		ip.byte[i] = (unsigned char)(address >> (24 - 8 * i));
	ip_write(&out, &ip);
	*host = buf_str(&out);
	return 0;
}

/* a-z 0-9 . - and no "--", which a name in punycode has: it stays as it is. */
static bool
is_plain_domain(struct str text)
{
	char before = '\0';

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if ((c < 'a' || c > 'z') && !char_is_digit(c) && c != '.' &&
		    (c != '-' || before == '-'))
			return false;
		before = c;
	}
	return text.n != 0;
}

static int
domain_to_ascii(struct pool *pool, struct str text, struct str *out,
    struct err *err)
{
	struct str ascii;

	text = utf8_lossy(pool, percent_read(pool, text));
	if (idna_to_ascii(pool, text, &ascii) == -1)
		return url_fail(err, URL_IDNA);
	if (ascii.n == 0)
		return url_fail(err, URL_EMPTY_HOST);
	if (has_any(ascii, is_forbidden_in_domain))
		return url_fail(err, URL_BAD_CHAR);
	*out = ascii;
	return 0;
}

static int
read_domain(struct pool *pool, struct str text, enum url_host_kind *kind,
    struct str *host, struct err *err)
{
	struct str ascii = text;

	if (!is_plain_domain(text) &&
	    domain_to_ascii(pool, text, &ascii, err) == -1)
		return -1;
	if (ends_in_number(ascii)) {
		*kind = URL_HOST_IPV4;
		return write_ipv4(pool, ascii, host, err);
	}
	*kind = URL_HOST_DOMAIN;
	*host = ascii;
	return 0;
}

int
url_host_read(struct pool *pool, struct str text, bool is_special,
    enum url_host_kind *kind, struct str *host, struct err *err)
{
	if (text.p[0] == '[') {
		if (text.p[text.n - 1] != ']')
			return url_fail(err, URL_BAD_IPV6);
		*kind = URL_HOST_IPV6;
		return read_ipv6(pool, str_sub(text, 1, text.n - 2), host, err);
	}
	if (is_special)
		return read_domain(pool, text, kind, host, err);
	if (has_any(text, is_forbidden_in_host))
		return url_fail(err, URL_BAD_CHAR);
	*kind = URL_HOST_OPAQUE;
	*host = percent_write(pool, text, &percent_control);
	return 0;
}
