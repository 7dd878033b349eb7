/*
 * socks5: the client's half of SOCKS 5 (RFC 1928), CONNECT without a login,
 * as bytes in and out. Whoever speaks it reads exactly what socks5_need()
 * says: bytes behind the reply belong to the tunnel.
 *
 *	socks5_write_hello, read until socks5_read_method() is not 1,
 *	socks5_write_request, read until socks5_read_reply() is not 1
 */
#ifndef GATE_SOCKS5_H
#define GATE_SOCKS5_H

#include "base/buf.h"
#include "stream/addr.h"

#define SOCKS5_NAME_MAX    255
#define SOCKS5_REQUEST_MAX (4 + 1 + SOCKS5_NAME_MAX + 2)
#define SOCKS5_REPLY_MAX   (4 + 1 + 255 + 2)

/*
 * What went wrong; 1 to 8 are the codes of RFC 1928, section 6. The texts are
 * those of docs/reference, "SOCKS5".
 */
enum socks5_fault {
	SOCKS5_FINE,
	SOCKS5_FAILURE,  /* general failure */
	SOCKS5_RULESET,  /* connection not allowed by ruleset */
	SOCKS5_NET,      /* network unreachable */
	SOCKS5_HOST,     /* host unreachable */
	SOCKS5_REFUSED,  /* connection refused by destination host */
	SOCKS5_TTL,      /* TTL expired */
	SOCKS5_COMMAND,  /* command not supported / protocol error */
	SOCKS5_ADDRESS,  /* address type not supported */
	SOCKS5_UNKNOWN,  /* unknown connection error */
	SOCKS5_AUTH,     /* auth failed */
	SOCKS5_VERSION,  /* wrong version */
	SOCKS5_RESERVED, /* wrong reserved bytes */
	SOCKS5_BAD_TYPE, /* wrong address type */
	SOCKS5_EOF,      /* early eof */
	SOCKS5_FAULTS
};

/* SOCKS5_UNKNOWN for a number out of range. */
const char *socks5_fault_text(unsigned fault);

/* 05 01 00 */
struct str socks5_hello(void);

/*
 * Asks for a connection to `name` (1 to 255 bytes) or, if it is NULL, to the
 * address; its port counts either way. Returns the bytes written.
 */
size_t socks5_write_request(unsigned char out[SOCKS5_REQUEST_MAX],
    const struct str *name, const struct addr *to);

/*
 * Both look at the bytes that came so far. 1: `*need` bytes in all are needed
 * before asking again (never more than the whole answer has); 0: complete;
 * -1: *fault.
 */
int socks5_read_method(struct str got, size_t *need, enum socks5_fault *fault);
int socks5_read_reply(struct str got, size_t *need, enum socks5_fault *fault);

#endif
