/*
 * target: where a connection goes: an address, or a name in normal form
 * (hostname.h). target_read() is the one door from a module's text to either;
 * everything behind it (policy, resolver, proxy, cache, the name in TLS) gets
 * the target and never sees the text.
 */
#ifndef GATE_TARGET_H
#define GATE_TARGET_H

#include "base/buf.h"
#include "base/err.h"
#include "gate/hostname.h"
#include "stream/addr.h"

struct target {
	bool is_name;
	struct addr addr; /* of a name only the port counts */
	size_t n;
	char text[HOSTNAME_MAX + 1]; /* the name, or the address as in
	                                addr_ip_text() */
};

/* The name, or the address as text; views target. */
static inline struct str
target_text(const struct target *target)
{
	return str_view(target->text, target->n);
}

/* "example.com:25", "[2001:db8::1]:25": how records name a connection. */
void target_write(struct buf *out, const struct target *target);

/*
 * An address as addr_read_ip() has it, or a name: IDNA by UTS #46, lower case,
 * without the final dot. Errors, beside those of dns_name_read():
 *	empty host
 *	not a host name: *.example.com       a byte outside [A-Za-z0-9._-]
 *	not a host name: 127.1 (write the address as 127.0.0.1)
 *	not a host name: 1.2.3.4.5 (it ends in a number)
 */
int target_read(struct str text, uint16_t port, struct target *out,
    struct err *err);

#endif
