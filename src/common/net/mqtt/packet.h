/*
 * mqtt_packet: control packets of MQTT 3.1.1 (OASIS standard, sections 2 and
 * 3), those that a subscriber sends and gets.
 */
#ifndef MQTT_PACKET_H
#define MQTT_PACKET_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define MQTT_MAX_PACKET ((size_t)64 << 20)
#define MQTT_MAX_TEXT   65535

enum mqtt_type {
	MQTT_CONNECT = 1,
	MQTT_CONNACK = 2,
	MQTT_PUBLISH = 3,
	MQTT_PUBACK = 4,
	MQTT_PUBREC = 5,
	MQTT_PUBREL = 6,
	MQTT_PUBCOMP = 7,
	MQTT_SUBSCRIBE = 8,
	MQTT_SUBACK = 9,
	MQTT_UNSUBACK = 11,
	MQTT_PINGREQ = 12,
	MQTT_PINGRESP = 13,
};

struct mqtt_packet {
	enum mqtt_type type;
	unsigned code;    /* CONNACK, SUBACK: the return code */
	unsigned qos;     /* PUBLISH */
	uint16_t id;      /* what is acknowledged, or wants to be */
	struct str topic; /* PUBLISH; UTF-8, without wildcards */
	struct str body;
};

/*
 * Reads the packet at the beginning of bytes. 1: *out views it, and *n is its
 * size; 0: more bytes are needed, *n in all at least; -1: malformed.
 */
int mqtt_packet_read(struct str bytes, struct mqtt_packet *out, size_t *n,
    struct err *err);

/* "PUBACK", for errors. */
const char *mqtt_type_name(enum mqtt_type type);

struct mqtt_login {
	struct str client_id;
	struct str username, password; /* p NULL: none */
	uint16_t keep_alive;           /* seconds */
};

/* CONNECT with a clean session. -1: a text is too long. */
int mqtt_write_connect(struct buf *out, const struct mqtt_login *login,
    struct err *err);

/* 4.7.1: wildcards stand for whole levels, # comes last. */
bool mqtt_is_filter(struct str filter);

/* filter is valid and at most MQTT_MAX_TEXT bytes. */
void mqtt_write_subscribe(struct buf *out, uint16_t id, struct str filter,
    unsigned qos);

/* PUBACK, PUBREC, PUBCOMP */
void mqtt_write_ack(struct buf *out, enum mqtt_type type, uint16_t id);

void mqtt_write_ping(struct buf *out);

#endif
