/*
 * dns_name: names of the Domain Name System as bytes.
 * Source: RFC 1035, 3.1; RFC 3492 for labels that are not ASCII; which names
 * are taken and how they are shown: docs/reference, "dns".
 */
#ifndef GATE_DNS_NAME_H
#define GATE_DNS_NAME_H

#include "base/err.h"

#define DNS_NAME_MAX  255 /* on the wire */
#define DNS_LABEL_MAX 63

/* A name in wire form, lower case, not compressed. */
struct dns_name {
	unsigned char wire[DNS_NAME_MAX];
	size_t n;
};

/*
 * Text to name: labels between dots, a final dot is fine, "" and "." are the
 * root; "\." is a dot inside a label, "\ooo" a byte in octal. A label that is
 * not ASCII becomes what IDNA makes of it, or, if it is no such label, lower
 * case and Punycode. A label may begin with '-', as RFC 2181, 11, has it.
 * Errors:
 *	Malformed label: a/b                    also an empty one
 *	unrecognized char:                      white space, a control
 *	Label exceeds maximum length 63: 64
 *	Name exceeds maximum length 255: 260
 */
int dns_name_read(struct str text, struct dns_name *out, struct err *err);

/* Its labels joined with dots, no final dot, no escapes, with a NUL. */
void dns_name_plain(const struct dns_name *name, char out[DNS_NAME_MAX + 1]);

#endif
