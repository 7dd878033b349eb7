/*
 * ws_accept: the handshake of WebSocket as text, RFC 6455, 4.
 */
#ifndef WS_ACCEPT_H
#define WS_ACCEPT_H

#include "ws/ws.h"

/* The request with its empty line; key: Sec-WebSocket-Key. -1: a bad header. */
int ws_request_write(struct buf *out, const struct ws_request *request,
    struct str key, struct err *err);

/*
 * Judges the head of an answer, up to and with its empty line. accept: what
 * Sec-WebSocket-Accept must be.
 */
int ws_accept_read(struct str head, struct str accept, struct err *err);

#endif
