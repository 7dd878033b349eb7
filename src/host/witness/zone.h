/*
 * zone: answers of the DNS as text, a line a record, as RFC 1035, 5.1, writes
 * them in master files (text/dns, RFC 4027); data of a type whose form is not
 * known here as RFC 3597, 5, has it. What does not fit into such lines (a code,
 * bytes that are no message) is a comment. The message says it all.
 */
#ifndef WITNESS_ZONE_H
#define WITNESS_ZONE_H

#include "witness/part.h"

/*
 * Names in a message are compressed, so its text may be hundreds of times as
 * long. Text of more than this many bytes for each of the messages is left out.
 */
#define ZONE_GROWTH 16
#define ZONE_LEAST  4096 /* bytes that are always there */

/*
 * answer: messages with two bytes of length before each. The text is added to
 * out, in which secrets are looked for again: a name that is one stands in
 * pieces in a message. -1: its bytes cannot be read or kept.
 */
int zone_write(struct part *out, const struct part *answer, const char *folder,
    struct err *err);

#endif
