/*
 * ws_frame: frames of WebSocket, RFC 6455, 5.2, as a client sees them.
 */
#ifndef WS_FRAME_H
#define WS_FRAME_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define WS_MAX_FRAME   ((size_t)16 << 20)
#define WS_MAX_MESSAGE ((size_t)64 << 20)
#define WS_MAX_CONTROL 125

enum ws_opcode {
	WS_CONTINUE = 0,
	WS_TEXT = 1,
	WS_BINARY = 2,
	WS_CLOSE = 8,
	WS_PING = 9,
	WS_PONG = 10,
};

struct ws_frame {
	bool is_last; /* of its message */
	enum ws_opcode opcode;
	struct str payload; /* a view */
};

/*
 * Reads the frame at the beginning of bytes from a server. 1: *out, and *n is
 * its size; 0: more bytes are needed, *n in all at least; -1: none, or longer
 * than WS_MAX_FRAME, which the header alone decides.
 */
int ws_frame_read(struct str bytes, struct ws_frame *out, size_t *n,
    struct err *err);

/* A whole message in one masked frame. */
void ws_frame_write(struct buf *out, enum ws_opcode opcode, struct str payload,
    const unsigned char mask[4]);

#endif
