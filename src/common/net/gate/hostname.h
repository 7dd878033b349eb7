/*
 * hostname: names of hosts in the one form that leaves this program, towards a
 * resolver, a proxy, or a certificate's check: what is judged is, byte for
 * byte, what they get. Text of a module becomes such a name in target.h; the
 * broker checks again that it is one.
 */
#ifndef GATE_HOSTNAME_H
#define GATE_HOSTNAME_H

#include "base/str.h"

#define HOSTNAME_MAX       253 /* RFC 1035, 2.3.4: 255 on the wire */
#define HOSTNAME_LABEL_MAX 63

/*
 * Labels of 1 to 63 bytes of [a-z0-9_-] with single dots between them and none
 * at the end. The last label is no number: whoever reads one with inet_aton(3)
 * sees an address (127.1, 0x7f.1, 2130706433), and the URL standard does (3.5,
 * "ends in a number"); no such domain exists.
 */
bool hostname_is_normal(struct str name);

/* The last label is decimal, or hexadecimal with 0x: an IPv4 address's end. */
bool hostname_ends_in_number(struct str name);

/*
 * May mean a host of this network or of this machine: no dot, or in a domain
 * that the Internet's DNS does not have or that points back at whoever asks:
 * RFC 6761 (localhost), RFC 6762 (local, and those of its appendix G), RFC 8375
 * (home.arpa), ICANN's resolution of 29 July 2024 (internal), localdomain. For
 * a name in normal form.
 */
bool hostname_is_local(struct str name);

#endif
