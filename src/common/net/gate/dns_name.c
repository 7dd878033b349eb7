#include "gate/dns_name.h"

#include "base/utf8.h"
#include "text/lower.h"
#include "url/idna.h"
#include "url/punycode.h"

/* White space and controls of Unicode; nothing else is refused by itself. */
static bool
is_refused(uint32_t cp)
{
	return cp <= 0x20 || (cp >= 0x7f && cp <= 0xa0) || cp == 0x1680 ||
	       (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 ||
	       cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

static bool
is_octal(struct str s)
{
	for (size_t i = 0; i < 3; i++) {
		if (i >= s.n || s.p[i] < '0' || s.p[i] > '7')
			return false;
	}
	return true;
}

/* What stands behind a backslash; the number of bytes used of it. */
static size_t
add_escape(struct buf *label, struct str rest)
{
	uint32_t cp = 0;
	size_t n;

	if (is_octal(rest)) {
		for (size_t i = 0; i < 3; i++)
			cp = cp * 8 + (uint32_t)(rest.p[i] - '0');
		utf8_add(label, cp);
		return 3;
	}
	n = utf8_decode(rest, &cp);
	if (n == 0 || (cp >= '0' && cp <= '9'))
		return 0;
	utf8_add(label, cp);
	return n;
}

static bool
is_label_char(char c, bool is_first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' ||
	       (c == '*' && is_first);
}

static struct str
to_ascii(struct pool *pool, struct str label)
{
	struct buf out = BUF_IN(pool);
	struct str ascii;

	if (idna_to_ascii(pool, label, &ascii) == 0)
		return ascii;
	buf_add(&out, STR("xn--"));
	if (!punycode_write(&out, lower_text(pool, label)))
		return label;
	return buf_str(&out);
}

static int
add_label(struct pool *pool, struct dns_name *out, struct str label,
    struct err *err)
{
	struct str ascii = str_is_ascii(label) ? label : to_ascii(pool, label);
	bool is_good = ascii.n != 0;

	for (size_t i = 0; i < ascii.n; i++)
		is_good = is_good && is_label_char(ascii.p[i], i == 0);
	if (!is_good)
		return err_set(err, "Malformed label: %.*s", STR_ARG(label));
	if (ascii.n > DNS_LABEL_MAX)
		return err_set(err, "Label exceeds maximum length %d: %zu",
		    DNS_LABEL_MAX, ascii.n);
	/* the root's byte must fit as well */
	if (out->n + 1 + ascii.n + 1 > DNS_NAME_MAX)
		return err_set(err, "Name exceeds maximum length %d: %zu",
		    DNS_NAME_MAX, out->n + 1 + ascii.n + 1);
	out->wire[out->n++] = (unsigned char)ascii.n;
	for (size_t i = 0; i < ascii.n; i++) {
		char c = ascii.p[i];

		out->wire[out->n++] =
		    (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
	}
	return 0;
}

/* Takes the text up to the next dot, and the dot, off *rest; *out is it
 * without its escapes. */
static int
take_label(struct pool *pool, struct str *rest, struct str *out,
    struct err *err)
{
	struct buf label = BUF_IN(pool);

	while (rest->n != 0 && rest->p[0] != '.') {
		uint32_t cp = 0;
		size_t n = utf8_decode(*rest, &cp);

		if (n == 1 && cp == '\\') {
			n = add_escape(&label, str_from(*rest, 1)) + 1;
			if (n == 1)
				n = 0;
		} else if (n != 0 && !is_refused(cp)) {
			buf_add(&label, str_sub(*rest, 0, n));
		} else {
			n = 0;
		}
		if (n == 0)
			return err_set(err, "unrecognized char: %.*s",
			    (int)(cp != 0 ? utf8_decode(*rest, &cp) : 1),
			    rest->p);
		*rest = str_from(*rest, n);
	}
	*rest = str_from(*rest, 1);
	*out = buf_str(&label);
	return 0;
}

int
dns_name_read(struct str text, struct dns_name *out, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct dns_name name = { .n = 0 };

	if (str_is(text, "."))
		text = STR_NONE;
	while (text.n != 0) {
		struct str label = STR_NONE;

		if (take_label(&pool, &text, &label, err) == -1 ||
		    add_label(&pool, &name, label, err) == -1)
			return -1;
	}
	name.wire[name.n++] = 0;
	*out = name;
	return 0;
}

void
dns_name_plain(const struct dns_name *name, char out[DNS_NAME_MAX + 1])
{
	size_t n = 0;

	for (size_t at = 0; name->wire[at] != 0; at += 1u + name->wire[at]) {
		if (n != 0)
			out[n++] = '.';
		memcpy(out + n, name->wire + at + 1, name->wire[at]);
		n += name->wire[at];
	}
	out[n] = '\0';
}
