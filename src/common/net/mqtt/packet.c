#include "mqtt/packet.h"

#include "base/mem.h"
#include "base/utf8.h"

#define MAX_LENGTH_BYTES 4 /* 2.2.3 */

enum { CONNECT_CLEAN = 0x02, CONNECT_PASSWORD = 0x40, CONNECT_USER = 0x80 };

const char *
mqtt_type_name(enum mqtt_type type)
{
	static const char *const name[] = { "reserved 0", "CONNECT", "CONNACK",
		"PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE",
		"SUBACK", "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP",
		"DISCONNECT", "reserved 15" };

	return (size_t)type < ARRAY_SIZE(name) ? name[type] : "none";
}

/* 2.2.3. 1; 0: cut; -1. */
static int
read_length(struct str bytes, size_t *length, size_t *head, struct err *err)
{
	*length = 0;
	for (size_t i = 0; i < MAX_LENGTH_BYTES; i++) {
		unsigned char c;

		*head = 2 + i;
		if (bytes.n < *head)
			return 0;
		c = (unsigned char)bytes.p[1 + i];
		*length |= (size_t)(c & 0x7f) << (7 * i);
		if (!(c & 0x80))
			return 1;
	}
	return err_set(err, "malformed remaining length");
}

static unsigned
read_u16(struct str s)
{
	return (unsigned)(unsigned char)s.p[0] << 8 | (unsigned char)s.p[1];
}

static int
check_topic(struct str topic, struct err *err)
{
	size_t bad, at = utf8_valid_up_to(topic, &bad);

	if (at != topic.n)
		return utf8_fail(at, bad, err);
	if (str_find_char(topic, '#') != STR_NPOS ||
	    str_find_char(topic, '+') != STR_NPOS)
		return err_set(err, "invalid topic name (%.*s)",
		    STR_ARG(topic));
	return 0;
}

static int
malformed(const struct mqtt_packet *packet, struct err *err)
{
	return err_set(err, "malformed %s packet",
	    mqtt_type_name(packet->type));
}

/* 3.3 */
static int
read_publish(struct str rest, struct mqtt_packet *out, struct err *err)
{
	size_t n;

	if (out->qos > 2 || rest.n < 2)
		return malformed(out, err);
	n = read_u16(rest);
	rest = str_from(rest, 2);
	if (rest.n < n)
		return malformed(out, err);
	out->topic = str_sub(rest, 0, n);
	rest = str_from(rest, n);
	if (check_topic(out->topic, err) == -1)
		return -1;
	if (out->qos != 0) {
		if (rest.n < 2)
			return malformed(out, err);
		out->id = (uint16_t)read_u16(rest);
		rest = str_from(rest, 2);
	}
	out->body = rest.n != 0 ? rest : STR("");
	return 0;
}

static int
read_body(struct str body, struct mqtt_packet *out, struct err *err)
{
	switch (out->type) {
	case MQTT_PUBLISH:
		return read_publish(body, out, err);
	case MQTT_CONNACK: /* 3.2 */
		if (body.n != 2)
			return malformed(out, err);
		out->code = (unsigned char)body.p[1];
		return 0;
	case MQTT_SUBACK: /* 3.9; we ask for one filter at a time */
		if (body.n < 3)
			return malformed(out, err);
		out->id = (uint16_t)read_u16(body);
		out->code = (unsigned char)body.p[2];
		return 0;
	case MQTT_PUBACK:
	case MQTT_PUBREC:
	case MQTT_PUBREL:
	case MQTT_PUBCOMP:
		if (body.n != 2)
			return malformed(out, err);
		out->id = (uint16_t)read_u16(body);
		return 0;
	default:
		break;
	}
	if (out->type < MQTT_CONNECT || out->type > MQTT_PINGRESP + 1)
		return err_set(err, "reserved packet type %u",
		    (unsigned)out->type);
	return 0;
}

int
mqtt_packet_read(struct str bytes, struct mqtt_packet *out, size_t *n,
    struct err *err)
{
	struct mqtt_packet packet = { .id = 0 };
	size_t length, head;
	int status;

	*n = 2;
	if (bytes.n < 2)
		return 0;
	status = read_length(bytes, &length, &head, err);
	*n = head;
	if (status != 1)
		return status;
	if (length > MQTT_MAX_PACKET)
		return err_set(err, "packet too large: %zu > %zu", length,
		    MQTT_MAX_PACKET);
	*n = head + length;
	if (bytes.n < *n)
		return 0;
	packet.type = (enum mqtt_type)((unsigned char)bytes.p[0] >> 4);
	packet.qos = (unsigned char)bytes.p[0] >> 1 & 3u;
	if (read_body(str_sub(bytes, head, length), &packet, err) == -1)
		return -1;
	*out = packet;
	return 1;
}

static void
add_length(struct buf *out, size_t n)
{
	do {
		unsigned char c = n & 0x7f;

		n >>= 7;
		buf_add_char(out, (char)(n != 0 ? c | 0x80 : c));
	} while (n != 0);
}

static void
add_u16(struct buf *out, unsigned n)
{
	buf_add_char(out, (char)(n >> 8));
	buf_add_char(out, (char)n);
}

static void
add_text(struct buf *out, struct str s)
{
	add_u16(out, (unsigned)s.n);
	buf_add(out, s);
}

/* 3.1 */
int
mqtt_write_connect(struct buf *out, const struct mqtt_login *login,
    struct err *err)
{
	size_t n = 10 + 2 + login->client_id.n;
	unsigned flags = CONNECT_CLEAN;

	if (login->username.n > MQTT_MAX_TEXT ||
	    login->password.n > MQTT_MAX_TEXT)
		return err_set(err, "username or password is too long");
	if (login->username.p != NULL) {
		flags |= CONNECT_USER;
		n += 2 + login->username.n;
	}
	if (login->password.p != NULL) {
		flags |= CONNECT_PASSWORD;
		n += 2 + login->password.n;
	}
	buf_add_char(out, MQTT_CONNECT << 4);
	add_length(out, n);
	add_text(out, STR("MQTT"));
	buf_add_char(out, 4);
	buf_add_char(out, (char)flags);
	add_u16(out, login->keep_alive);
	add_text(out, login->client_id);
	if (login->username.p != NULL)
		add_text(out, login->username);
	if (login->password.p != NULL)
		add_text(out, login->password);
	return 0;
}

static bool
is_level(struct str level, bool is_last)
{
	if (str_find_char(level, '+') != STR_NPOS)
		return level.n == 1;
	if (str_find_char(level, '#') != STR_NPOS)
		return level.n == 1 && is_last;
	return true;
}

bool
mqtt_is_filter(struct str filter)
{
	if (filter.n == 0 || filter.n > MQTT_MAX_TEXT ||
	    str_find_char(filter, '\0') != STR_NPOS)
		return false;
	while (filter.p != NULL) {
		struct str level = str_cut(&filter, '/');

		if (!is_level(level, filter.p == NULL))
			return false;
	}
	return true;
}

/* 3.8; the flags are fixed */
void
mqtt_write_subscribe(struct buf *out, uint16_t id, struct str filter,
    unsigned qos)
{
	buf_add_char(out, (char)(MQTT_SUBSCRIBE << 4 | 2));
	add_length(out, 2 + 2 + filter.n + 1);
	add_u16(out, id);
	add_text(out, filter);
	buf_add_char(out, (char)qos);
}

void
mqtt_write_ack(struct buf *out, enum mqtt_type type, uint16_t id)
{
	buf_add_char(out, (char)(type << 4));
	add_length(out, 2);
	add_u16(out, id);
}

void
mqtt_write_ping(struct buf *out)
{
	buf_add_char(out, (char)(MQTT_PINGREQ << 4));
	add_length(out, 0);
}
