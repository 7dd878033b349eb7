/*
 * ws: a client of WebSocket, RFC 6455, on a stream. Texts of errors:
 * docs/reference, "WebSockets".
 */
#ifndef WS_WS_H
#define WS_WS_H

#include "http/text.h"
#include "stream/stream.h"
#include "ws/frame.h"

#define WS_MAX_HEAD ((size_t)64 << 10) /* of the answer to the handshake */

struct ws;

struct ws_request {
	struct str host;   /* "name:port" for the Host line */
	struct str target; /* "/path?query" */
	const struct http_field *header;
	size_t headers;
};

/*
 * Takes over s, unless it fails. Header names are written in lower case;
 * one called host replaces the line of its own.
 */
int ws_new(struct stream *s, const struct ws_request *request, struct ws **out,
    struct err *err);
void ws_free(struct ws *ws);

struct stream *ws_stream(struct ws *ws);

/*
 * The next whole message, in pool; pings are answered on the way. 1; 0: the
 * read timeout of the stream has passed without a byte of a message, what came
 * is kept; -1.
 */
int ws_recv(struct ws *ws, struct pool *pool, enum ws_opcode *kind,
    struct str *payload, struct err *err);

/* WS_TEXT or WS_BINARY, as one frame. */
int ws_send(struct ws *ws, enum ws_opcode kind, struct str payload,
    struct err *err);

#endif
