#include "ws/accept.h"

#include "base/mem.h"
#include "check.h"

static void
lengths_take_one_three_or_nine_bytes(void)
{
	static const struct {
		size_t n, head;
	} row[] = { { 0, 6 }, { 125, 6 }, { 126, 8 }, { 65535, 8 },
		{ 65536, 14 } };
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		static const unsigned char mask[4] = { 1, 2, 3, 4 };
		struct buf out = BUF_IN(&pool);
		struct str payload =
		    str_view(pool_zalloc(&pool, row[i].n + 1), row[i].n);

		ws_frame_write(&out, WS_BINARY, payload, mask);
		CHECK_INT(out.n, row[i].head + row[i].n);
		if (row[i].n != 0)
			CHECK_INT(out.p[row[i].head], 1);
	}
}

static void
broken_frames_are_named(void)
{
	static const struct {
		struct str in;
		const char *want;
	} row[] = {
		{ { "\xc1\x00", 2 },
		    "WebSocket protocol error: Reserved bits are non-zero" },
		{ { "\x83\x00", 2 },
		    "WebSocket protocol error: Encountered invalid opcode: 3" },
		{ { "\x81\x80", 2 },
		    "WebSocket protocol error: Received a masked frame from "
		    "server" },
		{ { "\x89\x7e", 2 },
		    "WebSocket protocol error: Control frame too big (payload "
		    "must be 125 bytes or less)" },
		{ { "\x09\x00", 2 },
		    "WebSocket protocol error: Fragmented control frame" },
		{ { "\x82\x7f\0\0\0\0\1\0\0\1", 10 },
		    "Space limit exceeded: Message too long: 16777217 > "
		    "16777216" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct ws_frame frame;
		size_t n;

		CHECK_INT(ws_frame_read(row[i].in, &frame, &n, &err), -1);
		CHECK_STR(err_text(&err), row[i].want);
	}
}

static void
a_cut_frame_says_how_much_it_needs(void)
{
	struct ws_frame frame;
	size_t n;

	CHECK_INT(ws_frame_read(STR("\x81"), &frame, &n, NULL), 0);
	CHECK_INT(n, 2);
	CHECK_INT(ws_frame_read(STR("\x81\x03"
				    "ab"),
		      &frame, &n, NULL),
	    0);
	CHECK_INT(n, 5);
	CHECK_INT(ws_frame_read(STR("\x81\x03"
				    "abc!"),
		      &frame, &n, NULL),
	    1);
	CHECK_INT(n, 5);
	CHECK_STR(frame.payload, "abc");
}

static void
header_names_and_values_are_checked(void)
{
	static const struct {
		struct http_field header;
		const char *want;
	} row[] = {
		{ { { "a b", 3 }, { "x", 1 } }, "invalid HTTP header name" },
		{ { { "", 0 }, { "x", 1 } }, "invalid HTTP header name" },
		{ { { "a", 1 }, { "x\r\ny: z", 7 } },
		    "failed to parse header value" },
		{ { { "a", 1 }, { "x\0y", 3 } },
		    "failed to parse header value" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct buf out = BUF_IN(&pool);
		struct ws_request request = { STR("h"), STR("/"),
			&row[i].header, 1 };

		CHECK_INT(ws_request_write(&out, &request, STR("k"), &err), -1);
		CHECK_STR(err_text(&err), row[i].want);
	}
}

static void
a_host_header_replaces_the_line(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	const struct http_field header = { STR("Host"), STR("other") };
	struct ws_request request = { STR("h:1"), STR("/"), &header, 1 };

	CHECK_INT(ws_request_write(&out, &request, STR("k"), NULL), 0);
	CHECK_INT(str_find(buf_str(&out), STR("h:1")) == STR_NPOS, 1);
	CHECK_INT(str_find(buf_str(&out), STR("\r\nHost: other\r\n")) !=
		      STR_NPOS,
	    1);
}

CHECK_MAIN(CASE(lengths_take_one_three_or_nine_bytes),
    CASE(broken_frames_are_named), CASE(a_cut_frame_says_how_much_it_needs),
    CASE(header_names_and_values_are_checked),
    CASE(a_host_header_replaces_the_line))
