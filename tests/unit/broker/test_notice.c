/* What a broker and its host write is read back; what is none is refused. */
#include "broker/notice.h"

#include <errno.h>

#include "base/mem.h"
#include "check.h"
#include "gate/egress.h"
#include "gate/socks5.h"

static struct addr
here(uint16_t port)
{
	return addr_ip4((const unsigned char[]){ 192, 0, 2, 1 }, port);
}

static struct str
written(unsigned char bytes[NOTICE_SIZE], const struct notice *notice)
{
	notice_write(bytes, notice);
	return str_view((char *)bytes, NOTICE_SIZE);
}

static void
an_order_is_read_back(void)
{
	static const struct order_packet row[] = { { 0, 0 }, { 1, 10000 },
		{ UINT32_MAX, UINT32_MAX } };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		unsigned char bytes[ORDER_SIZE];
		struct order_packet back = { 9, 9 };

		order_packet_write(bytes, &row[i]);
		CHECK(order_packet_read(str_view((char *)bytes, ORDER_SIZE),
		    &back));
		CHECK_INT(back.attempt, row[i].attempt);
		CHECK_INT(back.connections, row[i].connections);
	}
}

static void
a_place_is_read_back(void)
{
	static const uint32_t row[] = { 0, 1, 8191, UINT32_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		unsigned char bytes[ORDER_SIZE];
		struct str packet = str_view((char *)bytes, ORDER_SIZE);
		struct order_packet order;
		uint32_t back = 9;

		place_packet_write(bytes, row[i]);
		CHECK(place_packet_read(packet, &back));
		CHECK_INT(back, row[i]);
		CHECK(!order_packet_read(packet, &order));
		for (size_t n = 0; n < ORDER_SIZE; n++)
			CHECK(!place_packet_read(str_sub(packet, 0, n), &back));
		for (size_t at = 0; at < ORDER_SIZE; at++) {
			if (at >= 8 && at < 12)
				continue;
			bytes[at] ^= 4;
			CHECK(!place_packet_read(packet, &back));
			bytes[at] ^= 4;
		}
	}
}

static void
a_request_is_read_back(void)
{
	const struct notice notice = { .kind = NOTICE_REQUEST,
		.attempt = 7,
		.record = { .is_name = true,
		    .is_ns = true,
		    .is_proxied = true,
		    .to = here(443),
		    .name = STR("a.test"),
		    .proto = DIAL_UDP,
		    .number = 5,
		    .status = REPLY_PROXY,
		    .class = EGRESS_DENIED,
		    .error = SOCKS5_EOF,
		    .ms = UINT32_MAX,
		    .when = 0xfedcba98 } };
	unsigned char bytes[NOTICE_SIZE];
	struct notice back;

	CHECK(notice_read(written(bytes, &notice), &back));
	CHECK_INT(back.kind, NOTICE_REQUEST);
	CHECK_INT(back.attempt, 7);
	CHECK(
	    back.record.is_name && back.record.is_ns && back.record.is_proxied);
	CHECK(addr_eq(&back.record.to, &notice.record.to));
	CHECK_STR(back.record.name, "a.test");
	CHECK_INT(back.record.proto, DIAL_UDP);
	CHECK_INT(back.record.number, 5);
	CHECK_INT(back.record.status, REPLY_PROXY);
	CHECK_INT(back.record.class, EGRESS_DENIED);
	CHECK_INT(back.record.error, SOCKS5_EOF);
	CHECK_INT(back.record.ms, UINT32_MAX);
	CHECK_INT(back.record.when, 0xfedcba98);
}

static void
the_others_are_read_back(void)
{
	struct notice word = { .kind = NOTICE_WORD, .attempt = 3 };
	const struct notice closed = { .kind = NOTICE_CLOSED,
		.closed = { .number = 9,
		    .is_cut = true,
		    .sent = 1,
		    .received = UINT64_MAX,
		    .when = 0x01234567 } };
	const struct notice hung_up = { .kind = NOTICE_HUNG_UP };
	unsigned char bytes[NOTICE_SIZE];
	struct notice back;

	word.word.cause = OUTCOME_TLS;
	outcome_set_host(&word.word, STR("a.test"));
	CHECK(notice_read(written(bytes, &word), &back));
	CHECK_INT(back.kind, NOTICE_WORD);
	CHECK_INT(back.word.cause, OUTCOME_TLS);
	CHECK_STR(outcome_host(&back.word), "a.test");
	CHECK(notice_read(written(bytes, &closed), &back));
	CHECK(back.closed.is_cut && back.closed.number == 9);
	CHECK(back.closed.sent == 1 && back.closed.received == UINT64_MAX);
	CHECK_INT(back.closed.when, 0x01234567);
	CHECK(notice_read(written(bytes, &hung_up), &back));
	CHECK_INT(back.kind, NOTICE_HUNG_UP);
}

/* Around each edge of what the low half of a time can say. */
static void
a_time_is_found_from_its_low_half(void)
{
	static const int64_t now[] = { INT64_C(1764460000123),
		INT64_C(0x19a00000000), INT64_C(0x199ffffffff),
		INT64_C(0x19a80000000), INT64_C(0x19a7fffffff) };
	static const int64_t away[] = { 0, 1, 999, 86400000, 2147483647 };

	for (size_t i = 0; i < ARRAY_SIZE(now); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(away); k++) {
			CHECK_INT(notice_when((uint32_t)(now[i] - away[k]),
				      now[i]),
			    now[i] - away[k]);
			CHECK_INT(notice_when((uint32_t)(now[i] + away[k]),
				      now[i]),
			    now[i] + away[k]);
		}
	}
}

/* Each byte in turn is made another one. */
static void
what_is_not_used_is_zero(void)
{
	static const size_t used[] = {
		[NOTICE_CLOSED] = 36,
		[NOTICE_HUNG_UP] = 8,
	};

	for (int kind = NOTICE_CLOSED; kind <= NOTICE_HUNG_UP; kind++) {
		const struct notice notice = { .kind = (enum notice_kind)kind };
		unsigned char bytes[NOTICE_SIZE];
		struct notice back;
		struct str packet = written(bytes, &notice);

		for (size_t i = used[kind]; i < NOTICE_SIZE; i++) {
			bytes[i] = 1;
			CHECK(!notice_read(packet, &back));
			bytes[i] = 0;
		}
		CHECK(notice_read(packet, &back));
	}
}

static const struct wrong {
	size_t at;
	unsigned char byte;
} wrong[] = {
	{ 0, 0 }, { 0, 2 },     /* the version */
	{ 1, 0 }, { 1, 5 },     /* the kind */
	{ 2, 1 }, { 3, 1 },     /* nothing */
	{ 8, 0 }, { 8, 7 },     /* the protocol */
	{ 9, 8 }, { 9, 1 },     /* flags; a name that is none */
	{ 10, REPLY_STATUSES }, /* the answer */
	{ 11, EGRESS_CLASSES }, /* the class */
	{ 15, 1 },              /* the name is longer than there is room */
	{ NOTICE_HEAD, 'a' }, { NOTICE_SIZE - 1, 'a' }, /* behind the name */
};

static void
what_is_none_is_refused(void)
{
	const struct notice notice = { .kind = NOTICE_REQUEST,
		.record = { .to = here(80), .proto = DIAL_TCP } };
	unsigned char bytes[NOTICE_SIZE + 1] = { 0 };
	struct notice back;
	struct str packet = written(bytes, &notice);

	CHECK(notice_read(packet, &back));
	for (size_t n = 0; n < NOTICE_SIZE; n++)
		CHECK(!notice_read(str_sub(packet, 0, n), &back));
	CHECK(!notice_read(str_view(packet.p, NOTICE_SIZE + 1), &back));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		unsigned char old = bytes[wrong[i].at];

		bytes[wrong[i].at] = wrong[i].byte;
		CHECK(!notice_read(packet, &back));
		bytes[wrong[i].at] = old;
	}
}

static const struct said {
	struct broker_record record;
	bool is_said;
	enum outcome_cause cause;
	uint32_t detail;
} said[] = {
	{ { .status = REPLY_CONNECTED, .proto = DIAL_TCP }, true, OUTCOME_FINE,
	    0 },
	{ { .status = REPLY_CONNECTED, .proto = DIAL_UDP }, false, 0, 0 },
	{ { .status = REPLY_CONNECTED, .proto = DIAL_TCP, .is_ns = true },
	    false, 0, 0 },
	{ { .status = REPLY_FAILED,
	      .proto = DIAL_TCP,
	      .is_ns = true,
	      .error = ECONNREFUSED },
	    false, 0, 0 },
	{ { .status = REPLY_REFUSED,
	      .proto = DIAL_UDP,
	      .class = EGRESS_PRIVATE },
	    true, OUTCOME_POLICY, EGRESS_PRIVATE },
	{ { .status = REPLY_BUDGET, .proto = DIAL_UDP, .is_ns = true }, true,
	    OUTCOME_LIMIT, 0 },
	{ { .status = REPLY_FAILED, .proto = DIAL_TCP, .error = ECONNREFUSED },
	    true, OUTCOME_REFUSED, ECONNREFUSED },
	{ { .status = REPLY_FAILED,
	      .proto = DIAL_TCP,
	      .is_proxied = true,
	      .error = ECONNREFUSED },
	    true, OUTCOME_PROXY, ECONNREFUSED },
	{ { .status = REPLY_PROXY,
	      .proto = DIAL_TCP,
	      .is_proxied = true,
	      .error = SOCKS5_EOF },
	    true, OUTCOME_PROXY, OUTCOME_FAULT | SOCKS5_EOF },
	{ { .status = REPLY_BAD, .proto = DIAL_TCP }, false, 0, 0 },
};

static void
a_request_says_whether_it_could_be_looked_there(void)
{
	const struct addr proxy = here(9050);

	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		struct broker_record record = said[i].record;
		struct outcome o = { .port = 1 };

		record.to = here(80);
		CHECK_INT(broker_record_outcome(&record, &proxy, &o),
		    said[i].is_said);
		if (!said[i].is_said)
			continue;
		CHECK_INT(o.cause, said[i].cause);
		CHECK_INT(o.detail, said[i].detail);
		CHECK_STR(outcome_host(&o), "192.0.2.1");
		CHECK_INT(o.port, 80);
		CHECK_INT(o.server.port,
		    o.cause == OUTCOME_PROXY ? proxy.port : 0);
	}
}

CHECK_MAIN(CASE(an_order_is_read_back), CASE(a_place_is_read_back),
    CASE(a_request_is_read_back), CASE(the_others_are_read_back),
    CASE(a_time_is_found_from_its_low_half), CASE(what_is_not_used_is_zero),
    CASE(what_is_none_is_refused),
    CASE(a_request_says_whether_it_could_be_looked_there))
