#include "gate/target.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "gate/dns_name.h"
#include "url/idna.h"

static void
set_addr(struct target *target, const struct addr *addr, uint16_t port)
{
	char text[ADDR_TEXT_MAX];

	*target = (struct target){ .addr = *addr };
	target->addr.port = port;
	addr_ip_text(addr, text);
	target->n = strlen(text);
	memcpy(target->text, text, target->n);
}

/*
 * The labels of the wire with dots between them; false: a label has a byte that
 * a name of a host has not, which DNS takes for other purposes (a dot, a star).
 */
static bool
set_name(struct target *target, const struct dns_name *name, uint16_t port)
{
	char plain[DNS_NAME_MAX + 1];
	struct str text;

	dns_name_plain(name, plain);
	text = str_of(plain);
	for (size_t at = 0; name->wire[at] != 0; at += 1u + name->wire[at]) {
		if (memchr(name->wire + at + 1, '.', name->wire[at]) != NULL)
			return false;
	}
	if (!hostname_is_normal(text))
		return false;
	*target = (struct target){ .is_name = true, .n = text.n };
	target->addr.port = port;
	memcpy(target->text, text.p, text.n);
	return true;
}

/* Says what an address in an odd spelling would be in the usual one. */
static int
fail_number(struct str text, struct str plain, struct err *err)
{
	char copy[HOSTNAME_MAX + 1], ip[ADDR_TEXT_MAX];
	struct in_addr in;
	struct addr addr;

	if (plain.n < sizeof(copy) && memchr(plain.p, '\0', plain.n) == NULL) {
		memcpy(copy, plain.p, plain.n);
		copy[plain.n] = '\0';
		if (inet_aton(copy, &in) != 0) {
			addr = addr_ip4((const unsigned char *)&in, 0);
			return err_set(err,
			    "not a host name: %.*s (write the address as %s)",
			    STR_ARG(text), addr_ip_text(&addr, ip));
		}
	}
	return err_set(err, "not a host name: %.*s (it ends in a number)",
	    STR_ARG(text));
}

/* As browsers do it: first the whole name, for U+3002 and its like are dots. */
static struct str
to_ascii(struct pool *pool, struct str text)
{
	struct str ascii;

	if (str_is_ascii(text) || idna_to_ascii(pool, text, &ascii) == -1)
		return text;
	return ascii;
}

static struct str
without_dot(struct str name)
{
	if (name.n != 0 && name.p[name.n - 1] == '.')
		name.n--;
	return name;
}

int
target_read(struct str text, uint16_t port, struct target *out, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct dns_name name;
	struct addr addr;
	struct str ascii, plain;

	if (addr_read_ip(text, &addr)) {
		set_addr(out, &addr, port);
		return 0;
	}
	ascii = to_ascii(&pool, text);
	plain = without_dot(ascii);
	if (plain.n == 0)
		return err_set(err, "empty host");
	if (hostname_ends_in_number(plain))
		return fail_number(text, plain, err);
	/* escapes are for dns(): no host has them in its name */
	if (str_find_char(ascii, '\\') == STR_NPOS) {
		/* its words are the recorded ones */
		if (dns_name_read(ascii, &name, err) == -1)
			return -1;
		if (set_name(out, &name, port))
			return 0;
	}
	return err_set(err, "not a host name: %.*s", STR_ARG(text));
}

void
target_write(struct buf *out, const struct target *target)
{
	char text[ADDR_TEXT_MAX];

	if (target->is_name)
		buf_printf(out, "%.*s:%u", STR_ARG(target_text(target)),
		    target->addr.port);
	else
		buf_add(out, str_of(addr_text(&target->addr, text)));
}
