/*
 * mqtt: a subscriber of MQTT 3.1.1 on a stream: a clean session, a client id
 * of its own for each connection, every message acknowledged. Texts of
 * errors: docs/reference, "MQTT".
 */
#ifndef MQTT_MQTT_H
#define MQTT_MQTT_H

#include "mqtt/packet.h"
#include "stream/stream.h"

struct mqtt;

struct mqtt_opts {
	struct str username, password; /* p NULL: none */
	uint16_t keep_alive;           /* seconds, told to the broker */
	uint64_t ping_interval;        /* seconds; 0: no pings by itself */
};

/* Takes over s, unless it fails. */
int mqtt_new(struct stream *s, const struct mqtt_opts *opts, struct mqtt **out,
    struct err *err);
void mqtt_free(struct mqtt *m);

struct stream *mqtt_stream(struct mqtt *m);

/* Waits for the answer; messages that come first are kept for mqtt_recv. */
int mqtt_subscribe(struct mqtt *m, struct str filter, unsigned qos,
    struct err *err);

struct mqtt_message {
	bool is_pong; /* no topic, no body */
	struct str topic, body;
};

/*
 * The next message, in pool. 1; 0: the read timeout has passed, whatever else
 * came meanwhile; what came of a message is kept; -1.
 */
int mqtt_recv(struct mqtt *m, struct pool *pool, struct mqtt_message *out,
    struct err *err);

/* The answer is a later message. */
int mqtt_ping(struct mqtt *m, struct err *err);

#endif
