/* socks5: every answer of a proxy, whole and in pieces */
#include "gate/socks5.h"

#include "base/mem.h"
#include "check.h"

#define BYTES(literal)                                                         \
	{                                                                      \
		(literal), sizeof(literal) - 1                                 \
	}

static void
requests_have_one_form(void)
{
	unsigned char out[SOCKS5_REQUEST_MAX];
	struct addr to = { .port = 443 };
	char longest[SOCKS5_NAME_MAX];
	struct str name = STR("a.test");
	size_t n;

	CHECK(str_eq(socks5_hello(), STR("\5\1\0")));
	CHECK(addr_read_ip(STR("192.0.2.1"), &to));
	to.port = 443;
	n = socks5_write_request(out, NULL, &to);
	CHECK(
	    str_eq(str_view((char *)out, n), STR("\5\1\0\1\xc0\0\2\1\1\xbb")));
	n = socks5_write_request(out, &name, &to);
	CHECK(str_eq(str_view((char *)out, n), STR("\5\1\0\3\6a.test\1\xbb")));
	CHECK(addr_read_ip(STR("2001:db8::1"), &to));
	to.port = 80;
	n = socks5_write_request(out, NULL, &to);
	CHECK(str_eq(str_view((char *)out, n),
	    STR("\5\1\0\4\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1\0\x50")));
	memset(longest, 'x', sizeof(longest));
	name = str_view(longest, sizeof(longest));
	CHECK_INT(socks5_write_request(out, &name, &to), SOCKS5_REQUEST_MAX);
}

struct row {
	struct str bytes;
	int fault; /* SOCKS5_FINE: it is complete */
};

/* Up to its end more is wanted, never more than there is. */
static void
check(int (*read)(struct str, size_t *, enum socks5_fault *),
    const struct row *row)
{
	enum socks5_fault fault = SOCKS5_FINE;
	size_t need = 0;
	int result = 1;

	for (size_t n = 0; result == 1 && n <= row->bytes.n; n++) {
		need = 0;
		result = read(str_sub(row->bytes, 0, n), &need, &fault);
		if (result == 1)
			CHECK(need > n && need <= row->bytes.n);
	}
	CHECK_INT(result, row->fault == SOCKS5_FINE ? 0 : -1);
	CHECK_INT(fault, row->fault);
	if (result == 0)
		CHECK_INT(need, row->bytes.n);
}

static void
methods_are_read(void)
{
	static const struct row row[] = {
		{ BYTES("\5\0"), SOCKS5_FINE },
		{ BYTES("\5\2"), SOCKS5_AUTH },
		{ BYTES("\5\xff"), SOCKS5_AUTH },
		{ BYTES("\4\0"), SOCKS5_VERSION },
		{ BYTES("HT"), SOCKS5_VERSION },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		check(socks5_read_method, &row[i]);
}

static void
replies_are_read(void)
{
	static const struct row row[] = {
		{ BYTES("\5\0\0\1\1\2\3\4\0\x50"), SOCKS5_FINE },
		{ BYTES("\5\0\0\3\0\0\x50"), SOCKS5_FINE },
		{ BYTES("\5\0\0\3\3abc\0\x50"), SOCKS5_FINE },
		{ BYTES("\5\0\0\4"
			"0123456789abcdef\0\x50"),
		    SOCKS5_FINE },
		{ BYTES("\5\1\0\1"), SOCKS5_FAILURE },
		{ BYTES("\5\5\0\1"), SOCKS5_REFUSED },
		{ BYTES("\5\x08\0\1"), SOCKS5_ADDRESS },
		{ BYTES("\5\x09\0\1"), SOCKS5_UNKNOWN },
		{ BYTES("\5\xff\0\1"), SOCKS5_UNKNOWN },
		{ BYTES("\4\0\0\1"), SOCKS5_VERSION },
		{ BYTES("\5\0\1\1"), SOCKS5_RESERVED },
		{ BYTES("\5\0\0\2"), SOCKS5_BAD_TYPE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		check(socks5_read_reply, &row[i]);
}

static void
every_fault_has_words(void)
{
	for (unsigned fault = 0; fault < SOCKS5_FAULTS; fault++)
		CHECK(socks5_fault_text(fault)[0] != '\0');
	CHECK_STR(str_of(socks5_fault_text(SOCKS5_FAULTS)),
	    "unknown connection error");
	CHECK_STR(str_of(socks5_fault_text(~0u)), "unknown connection error");
}

CHECK_MAIN(CASE(requests_have_one_form), CASE(methods_are_read),
    CASE(replies_are_read), CASE(every_fault_has_words))
