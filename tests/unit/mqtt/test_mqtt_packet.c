#include "mqtt/packet.h"

#include "base/mem.h"
#include "check.h"

static void
filters_have_wildcards_for_whole_levels(void)
{
	static const struct {
		const char *in;
		bool want;
	} row[] = { { "a", true }, { "/", true }, { "+", true }, { "#", true },
		{ "a/+/b", true }, { "a/#", true }, { "", false },
		{ "a+", false }, { "a/#/b", false }, { "a#", false },
		{ "+/+", true } };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_INT(mqtt_is_filter(str_of(row[i].in)), row[i].want);
}

static void
connect_has_a_clean_session(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	const struct mqtt_login login = { STR("id"), STR("vec"), STR("pw"), 7 };

	CHECK_INT(mqtt_write_connect(&out, &login, NULL), 0);
	CHECK_INT(str_eq(buf_str(&out),
		      str_view("\x10\x17\0\4MQTT\4\xc2\0\7\0\2id\0\3vec\0\2pw",
			  25)),
	    1);
}

static void
broken_packets_are_named(void)
{
	static const struct {
		struct str in;
		const char *want;
	} row[] = {
		{ { "\x30\xff\xff\xff\xff", 5 }, "malformed remaining length" },
		{ { "\x30\x04\0\2a\xff", 6 },
		    "invalid utf-8 sequence of 1 bytes from index 1" },
		{ { "\x30\x03\0\1#", 5 }, "invalid topic name (#)" },
		{ { "\x30\x03\0\2a", 5 }, "malformed PUBLISH packet" },
		{ { "\x36\x03\0\1a", 5 }, "malformed PUBLISH packet" },
		{ { "\x20\x01\0", 3 }, "malformed CONNACK packet" },
		{ { "\x00\x00", 2 }, "reserved packet type 0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct mqtt_packet packet;
		size_t n;

		CHECK_INT(mqtt_packet_read(row[i].in, &packet, &n, &err), -1);
		CHECK_STR(err_text(&err), row[i].want);
	}
}

static void
a_message_has_topic_and_body(void)
{
	struct mqtt_packet packet;
	size_t n;

	CHECK_INT(mqtt_packet_read(str_view("\x32\x0a\0\3a/b\0\7xyz", 12),
		      &packet, &n, NULL),
	    1);
	CHECK_INT(n, 12);
	CHECK_INT(packet.qos, 1);
	CHECK_INT(packet.id, 7);
	CHECK_STR(packet.topic, "a/b");
	CHECK_STR(packet.body, "xyz");
	CHECK_INT(mqtt_packet_read(str_view("\x32\x0a\0\3a/b", 7), &packet, &n,
		      NULL),
	    0);
	CHECK_INT(n, 12);
}

CHECK_MAIN(CASE(filters_have_wildcards_for_whole_levels),
    CASE(connect_has_a_clean_session), CASE(broken_packets_are_named),
    CASE(a_message_has_topic_and_body))
