#include "mqtt/mqtt.h"

#include <stdlib.h>

#include "base/mem.h"
#include "name/dial.h"
#include "stream/values.h"

#define ID_RANDOM    8
#define SUBSCRIBE_ID 1
#define IDS          65536
#define MAX_KEPT     4096 /* messages before a SUBACK */

#define READ "Failed to read mqtt packet"

struct kept {
	struct kept *next;
	struct str topic, body; /* behind the struct */
};

struct mqtt {
	struct stream *stream;
	int64_t interval_ms; /* 0: no pings by itself */
	int64_t pinged_at;
	struct kept *first, **last; /* came before a SUBACK */
	size_t n_kept;
	unsigned char received[IDS / 8]; /* QoS 2: not released yet */
};

static void
make_id(char *out)
{
	static const char letter[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";
	unsigned char bytes[ID_RANDOM];

	values_random(VALUES_RANDOM, bytes, sizeof(bytes));
	for (size_t i = 0; i < ID_RANDOM; i++)
		out[i] = letter[bytes[i] % (sizeof(letter) - 1)];
}

static int
send_packet(struct mqtt *m, struct buf *packet, struct err *err)
{
	int status = stream_write(m->stream, buf_str(packet), err);

	buf_clear(packet);
	return status;
}

/* 1: *packet views the stream until *n bytes are taken; 0: timeout; -1. */
static int
next_packet(struct mqtt *m, struct mqtt_packet *packet, size_t *n,
    struct err *err)
{
	int status;

	while ((status = mqtt_packet_read(stream_held(m->stream), packet, n,
		    err)) == 0) {
		status = stream_fill_to(m->stream, *n, err);
		if (status == -1 && stream_fault(m->stream) == STREAM_TIMEOUT)
			return 0;
		if (status == 0)
			(void)err_set(err, READ ": connection disconnected");
		else if (status == -1)
			(void)err_wrap(err, READ);
		if (status != 1)
			return -1;
	}
	if (status == -1) {
		/* what cannot be read is not read again */
		stream_take(m->stream, *n <= stream_held(m->stream).n
					   ? *n
					   : stream_held(m->stream).n);
		return err_set(err, READ ": %.*s", STR_ARG(err_text(err)));
	}
	return 1;
}

static int
fail_timeout(struct err *err)
{
	return err_set(err,
	    READ ": Resource temporarily unavailable (os error 11)");
}

/* Like it, but a timeout is an error. */
static int
await_packet(struct mqtt *m, struct mqtt_packet *packet, size_t *n,
    struct err *err)
{
	int status = next_packet(m, packet, n, err);

	if (status == 0)
		return fail_timeout(err);
	return status == 1 ? 0 : -1;
}

/* 3.2.2.3 */
static int
refused(unsigned code, struct err *err)
{
	static const char *const reason[] = { "", "UnacceptableProtocolVersion",
		"IdentifierRejected", "ServiceUnavailable",
		"BadUserNameOrPassword", "NotAuthorized" };

	if (code < ARRAY_SIZE(reason))
		return err_set(err, "MQTT negotiation failed: %s",
		    reason[code]);
	return err_set(err, "MQTT negotiation failed: Reserved(%u)", code);
}

static int
negotiate(struct mqtt *m, const struct mqtt_opts *opts, struct err *err)
{
	char id[] = "sn0int-00000000";
	struct mqtt_login login = { .username = opts->username,
		.password = opts->password,
		.keep_alive = opts->keep_alive };
	struct buf packet = BUF_NONE;
	struct mqtt_packet answer;
	size_t n;

	make_id(id + sizeof("sn0int-") - 1);
	login.client_id = str_of(id);
	if (mqtt_write_connect(&packet, &login, err) == -1)
		return -1;
	if (send_packet(m, &packet, err) == -1 ||
	    await_packet(m, &answer, &n, err) == -1)
		return -1;
	stream_take(m->stream, n);
	if (answer.type != MQTT_CONNACK)
		return err_set(err, "Expected ConnAck, received %s",
		    mqtt_type_name(answer.type));
	return answer.code == 0 ? 0 : refused(answer.code, err);
}

int
mqtt_new(struct stream *s, const struct mqtt_opts *opts, struct mqtt **out,
    struct err *err)
{
	struct mqtt *m = mem_zalloc(sizeof(*m));

	m->stream = s;
	m->last = &m->first;
	m->pinged_at = clock_ms();
	m->interval_ms = opts->ping_interval > INT64_MAX / 1000
	                     ? INT64_MAX
	                     : (int64_t)opts->ping_interval * 1000;
	stream_set_deadline(s, clock_in(DIAL_MOST_MS));
	if (negotiate(m, opts, err) == -1) {
		m->stream = NULL;
		mqtt_free(m);
		return -1;
	}
	stream_set_deadline(s, CLOCK_NEVER);
	*out = m;
	return 0;
}

void
mqtt_free(struct mqtt *m)
{
	if (m == NULL)
		return;
	while (m->first != NULL) {
		struct kept *next = m->first->next;

		free(m->first);
		m->first = next;
	}
	stream_free(m->stream);
	free(m);
}

struct stream *
mqtt_stream(struct mqtt *m)
{
	return m->stream;
}

int
mqtt_ping(struct mqtt *m, struct err *err)
{
	struct buf packet = BUF_NONE;

	mqtt_write_ping(&packet);
	return send_packet(m, &packet, err);
}

/* No background activity: whoever calls next sends what is due. */
static int
ping_if_due(struct mqtt *m, struct err *err)
{
	int64_t now = clock_ms();

	if (m->interval_ms == 0 || now - m->pinged_at <= m->interval_ms)
		return 0;
	m->pinged_at = now;
	return mqtt_ping(m, err);
}

static int
acknowledge(struct mqtt *m, enum mqtt_type type, uint16_t id, struct err *err)
{
	struct buf packet = BUF_NONE;

	mqtt_write_ack(&packet, type, id);
	return send_packet(m, &packet, err);
}

/*
 * 4.3: 1: to be delivered; 0: it was delivered before; -1. A message of QoS 2
 * counts once until it is released.
 */
static int
accept_publish(struct mqtt *m, const struct mqtt_packet *packet,
    struct err *err)
{
	unsigned char *byte = &m->received[packet->id / 8];
	unsigned char bit = (unsigned char)(1u << packet->id % 8);
	bool is_known = packet->qos == 2 && *byte & bit;

	if (packet->qos == 1 &&
	    acknowledge(m, MQTT_PUBACK, packet->id, err) == -1)
		return -1;
	if (packet->qos == 2) {
		*byte |= bit;
		if (acknowledge(m, MQTT_PUBREC, packet->id, err) == -1)
			return -1;
	}
	return !is_known;
}

static int
release(struct mqtt *m, uint16_t id, struct err *err)
{
	m->received[id / 8] &= (unsigned char)~(1u << id % 8);
	return acknowledge(m, MQTT_PUBCOMP, id, err);
}

static int
keep_packet(struct mqtt *m, const struct mqtt_packet *packet, struct err *err)
{
	struct kept *kept;
	char *p;

	if (m->n_kept++ == MAX_KEPT)
		return err_set(err, "more than %d messages before the SUBACK",
		    MAX_KEPT);
	kept = mem_alloc(sizeof(*kept) + packet->topic.n + packet->body.n);
	p = (char *)(kept + 1);
	if (packet->topic.n != 0)
		memcpy(p, packet->topic.p, packet->topic.n);
	if (packet->body.n != 0)
		memcpy(p + packet->topic.n, packet->body.p, packet->body.n);
	kept->next = NULL;
	kept->topic = str_view(p, packet->topic.n);
	kept->body = str_view(p + packet->topic.n, packet->body.n);
	*m->last = kept;
	m->last = &kept->next;
	return 0;
}

/* 1: the SUBACK; 0: something that may come first; -1. */
static int
take_before_suback(struct mqtt *m, const struct mqtt_packet *packet,
    struct err *err)
{
	int status;

	switch (packet->type) {
	case MQTT_SUBACK:
		if (packet->code >= 0x80)
			return err_set(err, "MQTT subscription failed");
		return 1;
	case MQTT_PUBLISH:
		status = accept_publish(m, packet, err);
		return status == 1 ? keep_packet(m, packet, err) : status;
	case MQTT_PUBREL:
		return release(m, packet->id, err);
	default:
		return err_set(err, "Expected SubAck, received %s",
		    mqtt_type_name(packet->type));
	}
}

int
mqtt_subscribe(struct mqtt *m, struct str filter, unsigned qos, struct err *err)
{
	struct buf packet = BUF_NONE;
	struct mqtt_packet answer;
	int64_t since;
	size_t n;
	int status;

	if (qos > 2)
		return err_set(err, "Invalid QoS level: %u", qos);
	if (!mqtt_is_filter(filter))
		return err_set(err, "invalid topic filter (%.*s)",
		    STR_ARG(filter));
	if (ping_if_due(m, err) == -1)
		return -1;
	mqtt_write_subscribe(&packet, SUBSCRIBE_ID, filter, qos);
	if (send_packet(m, &packet, err) == -1)
		return -1;
	since = clock_ms();
	do {
		if (stream_has_waited(m->stream, since))
			return fail_timeout(err);
		if (await_packet(m, &answer, &n, err) == -1)
			return -1;
		status = take_before_suback(m, &answer, err);
		stream_take(m->stream, n);
	} while (status == 0);
	return status == 1 ? 0 : -1;
}

static bool
take_kept(struct mqtt *m, struct pool *pool, struct mqtt_message *out)
{
	struct kept *kept = m->first;

	if (kept == NULL)
		return false;
	out->topic = pool_copy(pool, kept->topic);
	out->body = pool_copy(pool, kept->body);
	m->first = kept->next;
	if (m->first == NULL)
		m->last = &m->first;
	m->n_kept--;
	free(kept);
	return true;
}

/* 1: *out; 0: nothing for the module; -1. */
static int
take_packet(struct mqtt *m, const struct mqtt_packet *packet, struct pool *pool,
    struct mqtt_message *out, struct err *err)
{
	int status;

	switch (packet->type) {
	case MQTT_PINGRESP:
		out->is_pong = true;
		return 1;
	case MQTT_PUBREL:
		return release(m, packet->id, err);
	case MQTT_PUBLISH:
		status = accept_publish(m, packet, err);
		if (status == 1) {
			out->topic = pool_copy(pool, packet->topic);
			out->body = pool_copy(pool, packet->body);
		}
		return status;
	default:
		return err_set(err, "Unsupported pkt: %s",
		    mqtt_type_name(packet->type));
	}
}

int
mqtt_recv(struct mqtt *m, struct pool *pool, struct mqtt_message *out,
    struct err *err)
{
	int64_t since = clock_ms();

	*out = (struct mqtt_message){ .is_pong = false };
	if (take_kept(m, pool, out))
		return 1;
	if (ping_if_due(m, err) == -1)
		return -1;
	for (;;) {
		struct mqtt_packet packet;
		size_t n;
		int status = next_packet(m, &packet, &n, err);

		if (status != 1)
			return status;
		status = take_packet(m, &packet, pool, out, err);
		stream_take(m->stream, n);
		if (status != 0 || stream_has_waited(m->stream, since))
			return status;
	}
}
