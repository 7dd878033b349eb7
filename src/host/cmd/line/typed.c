/*
 * Each check says what is wrong with the text, tries to cut the value out of it
 * that was meant, and offers that only if the check itself accepts it.
 */
#include "line/typed.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "url/ip.h"
#include "url/url.h"

static bool
is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

#define NO_NAME_HAS    " *,/:@?#<>[]\""
#define NO_MAILBOX_HAS " *,/:<>[]\""

/* How they are called; most come with a URL or a text that was pasted. */
static const struct {
	char c;
	const char *what;
} foreign[] = {
	{ ' ', "a blank" },
	{ '*', "an asterisk" },
	{ ',', "a comma" },
	{ '/', "a slash" },
	{ ':', "a colon" },
	{ '@', "an @" },
	{ '?', "a question mark" },
	{ '#', "a number sign" },
	{ '<', "an angle bracket" },
	{ '>', "an angle bracket" },
	{ '[', "a bracket" },
	{ ']', "a bracket" },
	{ '"', "a quote" },
};

static const char *
foreign_name(char c)
{
	for (size_t i = 0; i < ARRAY_SIZE(foreign); i++) {
		if (foreign[i].c == c)
			return foreign[i].what;
	}
	return "a foreign character";
}

/* What a text has that it may not have; NULL: nothing. */
static const char *
find_char(struct str text, const char *refused)
{
	for (size_t i = 0; i < text.n; i++) {
		if (is_control(text.p[i]))
			return "a control character";
		if (strchr(refused, text.p[i]) != NULL)
			return foreign_name(text.p[i]);
	}
	return utf8_is_valid(text) ? NULL : "bytes that are no UTF-8";
}

/* "192.0.2.300": an address that was mistyped, and no zone is called so. */
static bool
ends_in_number(struct str text)
{
	size_t at = str_rfind_char(text, '.');

	if (at == STR_NPOS)
		return false;
	while (++at < text.n) {
		if (!char_is_digit(text.p[at]))
			return false;
	}
	return true;
}

/* Why a text is no name; NULL: it is one. */
static const char *
name_fault(struct str text)
{
	const char *found = find_char(text, NO_NAME_HAS);
	struct ip ip;

	if (text.n == 0)
		return "nothing";
	if (found != NULL)
		return found;
	if (text.p[text.n - 1] == '.')
		return "a dot at its end";
	if (text.p[0] == '.' || str_find(text, STR("..")) != STR_NPOS)
		return "an empty label";
	if (text.n > TYPED_NAME_MAX)
		return "more than 253 bytes";
	if (ip_read(text, &ip) == 0)
		return "an address";
	if (ends_in_number(text))
		return "a number behind its last dot";
	return NULL;
}

/* What stands in reports so that nobody follows it: hxxp://foo[.]com/. */
static const struct {
	const char *written, *meant;
} fangs[] = {
	{ "[.]", "." },
	{ "(.)", "." },
	{ "[dot]", "." },
	{ "(dot)", "." },
	{ "[:]", ":" },
	{ "[://]", "://" },
	{ "[@]", "@" },
	{ "[at]", "@" },
};

static bool
is_hxxp(struct str text)
{
	return str_eq_nocase(str_sub(text, 0, 4), STR("hxxp"));
}

static struct str
refang(struct pool *pool, struct str text)
{
	struct buf out = BUF_IN(pool);

	if (is_hxxp(text)) {
		buf_add(&out, STR("http"));
		text = str_from(text, 4);
	}
	while (text.n != 0) {
		size_t i = 0;

		while (i < ARRAY_SIZE(fangs) &&
		       !str_starts(text, str_of(fangs[i].written)))
			i++;
		if (i == ARRAY_SIZE(fangs)) {
			buf_add_char(&out, text.p[0]);
			text = str_from(text, 1);
			continue;
		}
		buf_add(&out, str_of(fangs[i].meant));
		text = str_from(text, strlen(fangs[i].written));
	}
	return buf_str(&out);
}

/* Up to the first of these. */
static struct str
cut_at(struct str text, const char *ends)
{
	size_t n = 0;

	while (n < text.n && strchr(ends, text.p[n]) == NULL)
		n++;
	return str_sub(text, 0, n);
}

/* The host in "https://me@foo.com:8080/a?b", "*.foo.com", "foo.com." */
static struct str
cut_host(struct str text)
{
	size_t at;

	text = str_trim(text);
	at = str_find(text, STR("://"));
	if (at != STR_NPOS)
		text = str_from(text, at + 3);
	text = cut_at(text, "/?#");
	at = str_rfind_char(text, '@');
	if (at != STR_NPOS)
		text = str_from(text, at + 1);
	if (str_starts(text, STR("[")))
		return cut_at(str_from(text, 1), "]");
	text = cut_at(text, ":");
	if (str_starts(text, STR("*.")))
		text = str_from(text, 2);
	if (text.n != 0 && text.p[text.n - 1] == '.')
		text.n--;
	return text;
}

/* What was meant, where another family takes it. */
static int
typed_other(struct str text, struct str host, const char *what, struct err *err)
{
	struct ip_block block;
	struct ip ip;

	if (ip_read(text, &ip) == 0)
		host = text;
	else if (ip_block_read(text, &block) == 0)
		return err_set(err,
		    "'%.*s' is no %s, did you mean the netblock?",
		    STR_ARG(text), what);
	if (ip_read(host, &ip) == 0)
		return err_set(err,
		    "'%.*s' is no %s, did you mean the address %.*s?",
		    STR_ARG(text), what, STR_ARG(host));
	return 0;
}

int
typed_name(struct str text, const char *what, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *fault = name_fault(text);
	struct str host;

	if (fault == NULL)
		return 0;
	if (text.n == 0)
		return err_set(err, "a %s is not empty", what);
	if (text.n > 2 * TYPED_NAME_MAX)
		return err_set(err, "a %s has no more than %d bytes", what,
		    TYPED_NAME_MAX);
	host = cut_host(refang(&pool, str_trim(text)));
	if (typed_other(text, host, what, err) == -1)
		return -1;
	if (name_fault(host) == NULL)
		return err_set(err,
		    "'%.*s' is no %s: it has %s, did you mean the %s %.*s?",
		    STR_ARG(text), what, fault, what, STR_ARG(host));
	return err_set(err, "'%.*s' is no %s: it has %s", STR_ARG(text), what,
	    fault);
}

static bool
is_email(struct str text)
{
	size_t at = str_find_char(text, '@');

	return at != STR_NPOS && at != 0 &&
	       find_char(str_sub(text, 0, at), NO_MAILBOX_HAS) == NULL &&
	       name_fault(str_from(text, at + 1)) == NULL;
}

/* The address in "mailto:me@foo.com?subject=x", "Me <me@foo.com>" */
static struct str
cut_email(struct str text)
{
	struct str rest;
	size_t at;

	text = str_trim(text);
	at = str_find_char(text, '<');
	if (at != STR_NPOS) {
		rest = str_from(text, at + 1);
		return str_cut(&rest, '>');
	}
	if (str_starts(text, STR("mailto:")))
		text = str_from(text, 7);
	rest = text;
	text = str_cut(&rest, '?');
	if (text.n != 0 && text.p[text.n - 1] == '.')
		text.n--;
	return text;
}

int
typed_email(struct str text, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str meant;

	if (is_email(text))
		return 0;
	meant = cut_email(refang(&pool, str_trim(text)));
	if (is_email(meant))
		return err_set(err,
		    "'%.*s' is no email address, did you mean %.*s?",
		    STR_ARG(text), STR_ARG(meant));
	return err_set(err,
	    "'%.*s' is no email address: it is NAME@DOMAIN, without blanks",
	    STR_ARG(text));
}

static bool
is_mac(struct str text)
{
	if (text.n != 17 && text.n != 23)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (i % 3 == 2 ? text.p[i] != ':'
			       : num_hex_digit(text.p[i]) == -1)
			return false;
	}
	return true;
}

int
typed_mac(struct str text, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf meant = BUF_IN(&pool);
	size_t digits = 0;

	if (is_mac(text))
		return 0;
	for (size_t i = 0; i < text.n; i++) {
		if (num_hex_digit(text.p[i]) == -1)
			continue;
		if (digits != 0 && digits % 2 == 0)
			buf_add_char(&meant, ':');
		buf_add_char(&meant, text.p[i]);
		digits++;
	}
	if (is_mac(buf_str(&meant)))
		return err_set(err,
		    "'%.*s' is no address of a device, did you mean %s?",
		    STR_ARG(text), buf_cstr(&meant));
	return err_set(err,
	    "'%.*s' is no address of a device: it is like 00:00:5e:00:53:01",
	    STR_ARG(text));
}

/* A URL with a host, of any scheme. */
static bool
is_url(struct pool *pool, struct str text, struct url *url)
{
	return url_parse(pool, text, NULL, url, NULL) == 0 && url->host.n != 0;
}

/* hxxp://foo[.]com/, foo.com/a */
static struct str
meant_url(struct pool *pool, struct str text)
{
	struct str meant = refang(pool, text);
	struct url url;

	if (!is_url(pool, meant, &url))
		meant =
		    str_of(pool_printf(pool, "https://%.*s", STR_ARG(meant)));
	return text.n != 0 && is_url(pool, meant, &url) &&
	               name_fault(url.host) == NULL
	           ? meant
	           : STR_NONE;
}

int
typed_url(struct str text, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *fault = find_char(text, " ");
	struct str meant;
	struct url url;

	if (fault != NULL)
		return err_set(err, "'%.*s' is no url: it has %s%s",
		    STR_ARG(text), fault,
		    *fault == 'a' && fault[2] == 'b' ? ", write %20" : "");
	if (is_hxxp(text) || !is_url(&pool, text, &url)) {
		meant = meant_url(&pool, text);
		if (meant.p != NULL)
			return err_set(err,
			    "'%.*s' is no url, did you mean %.*s?",
			    STR_ARG(text), STR_ARG(meant));
		return err_set(err,
		    "'%.*s' is no url: it is SCHEME://HOST/PATH",
		    STR_ARG(text));
	}
	if (url.host_kind != URL_HOST_DOMAIN &&
	    url.host_kind != URL_HOST_OPAQUE)
		return 0;
	return typed_name(url.host, "host", err);
}

int
typed_text(struct str text, const char *what, struct err *err)
{
	struct str trimmed = str_trim(text);
	const char *fault = find_char(text, "");

	if (trimmed.n == 0)
		return err_set(err, "%s is not empty", what);
	if (fault != NULL)
		return err_set(err, "%s has %s", what, fault);
	if (trimmed.n != text.n)
		return err_set(err, "%s has blanks at its ends: '%.*s'", what,
		    STR_ARG(text));
	return 0;
}

int
typed_word(struct str text, const char *what, struct err *err)
{
	const char *fault = find_char(text, " /");

	if (typed_text(text, what, err) == -1)
		return -1;
	if (fault != NULL)
		return err_set(err, "%s has %s: '%.*s'", what, fault,
		    STR_ARG(text));
	return 0;
}

int
typed_ip(struct str text, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct ip_block block;
	struct str meant;
	struct ip ip;

	if (ip_read(text, &ip) == 0)
		return 0;
	if (ip_block_read(text, &block) == 0)
		return err_set(err,
		    "'%.*s' is no IP address, did you mean the netblock?",
		    STR_ARG(text));
	meant = cut_host(refang(&pool, str_trim(text)));
	if (ip_read(meant, &ip) == 0)
		return err_set(err,
		    "'%.*s' is no IP address, did you mean %.*s?",
		    STR_ARG(text), STR_ARG(meant));
	return err_set(err, "'%.*s' is no IP address", STR_ARG(text));
}
