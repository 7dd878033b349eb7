/* dns_typed: values beyond those of the reference, whole and cut anywhere */
#include <string.h>

#include "name/dns.h"

#include "check.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define DATA(s)                                                                \
	{                                                                      \
		s, sizeof(s) - 1                                               \
	}

/* shortest: how much of the data still is one */
static const struct {
	uint16_t type;
	struct str data;
	const char *want;
	size_t shortest;
} row[] = {
	{ DNS_CAA, DATA("\x80\5issueca.test"),
	    "{\"flags\":128,\"tag\":\"issue\",\"value\":\"ca.test\"}", 7 },
	{ DNS_CAA, DATA("\0\5iodef"),
	    "{\"flags\":0,\"tag\":\"iodef\",\"value\":\"\"}", 7 },
	{ DNS_TLSA, DATA("\3\1\1\xab\0"),
	    "{\"usage\":3,\"selector\":1,\"matching\":1,\"data\":\"ab00\"}",
	    3 },
	{ DNS_NSEC3PARAM, DATA("\1\0\1\2\2\xaa\xbb"),
	    "{\"algorithm\":1,\"flags\":0,\"iterations\":258,\"salt\":\"aabb\"}",
	    7 },
	{ DNS_NSEC3PARAM, DATA("\1\0\0\0\0"),
	    "{\"algorithm\":1,\"flags\":0,\"iterations\":0,\"salt\":\"\"}", 5 },
	/* A, MX, RRSIG, NSEC, CAA */
	{ DNS_NSEC, DATA("\4host\7example\0\0\6\x40\1\0\0\0\3\1\1\x40"),
	    "{\"next\":\"host.example.\",\"types\":[\"A\",\"MX\",\"TYPE46\",\"NSEC\",\"CAA\"]}",
	    25 },
	{ DNS_NSEC, DATA("\1\0\1a\0"), "{\"next\":\"\\\\000.a.\",\"types\":[]}",
	    5 },
	{ DNS_NSEC, DATA("\0"), "{\"next\":\".\",\"types\":[]}", 1 },
};

static int
typed(struct pool *pool, uint16_t type, struct str data, struct str *out,
    struct err *err)
{
	struct dns_record r = { .type = type, .data = data };
	struct buf text = BUF_IN(pool);
	const char *name;
	struct json v;

	if (dns_typed(pool, &r, &name, &v, err) == -1)
		return -1;
	CHECK_STR(str_of(name), dns_type_name(type));
	json_write(&text, &v, 0);
	*out = buf_str(&text);
	return 0;
}

static void
values_are_those_of_the_wire(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct str out = STR("");

		CHECK_INT(typed(&pool, row[i].type, row[i].data, &out, &err),
		    0);
		CHECK(str_is(out, row[i].want));
	}
}

/* No byte behind the end is read: the sanitizers look on. */
static void
cut_anywhere(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		for (size_t n = 0; n < row[i].shortest; n++) {
			autopool struct pool pool = POOL_NONE;
			autoerr struct err err = ERR_NONE;
			struct str copy = pool_copy(&pool,
				       str_view(row[i].data.p, n)),
				   out;
			/* in front of a window it is whole */
			bool is_whole =
			    row[i].shortest == 25 && (n == 14 || n == 22);

			CHECK_INT(typed(&pool, row[i].type, copy, &out, &err),
			    is_whole ? 0 : -1);
		}
	}
}

static void
bad_values_are_refused(void)
{
	static const struct {
		uint16_t type;
		struct str data;
	} bad[] = {
		{ DNS_CAA, DATA("\0\0x") }, /* no tag */
		{ DNS_NSEC3PARAM,
		    DATA("\1\0\0\0\0x") },              /* more than its salt */
		{ DNS_NSEC, DATA("\xc0\x0c\0\1\x40") }, /* compressed */
		{ DNS_NSEC, DATA("\1a\0\0\0") },        /* an empty window */
		{ DNS_NSEC,
		    DATA("\0\0\x21"
			 "123456789012345678901234567890123") }, /* 33 bytes */
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err err = ERR_NONE;
		struct str out;

		CHECK_INT(typed(&pool, bad[i].type, bad[i].data, &out, &err),
		    -1);
		CHECK(err.n == 1);
	}
}

/* A look-up reads into one buffer, again and again. */
static void
values_outlive_the_message(void)
{
	static const char tail[] = "\0\0\x34\0\1\0\0\0\1\0\4\3\1\1\xab";
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	char bytes[12 + sizeof(tail) - 1] = { 0, 1, (char)0x81, 0, 0, 0, 0, 1 };
	struct buf text = BUF_IN(&pool);
	struct dns_message message;
	struct json v;

	memcpy(bytes + 12, tail, sizeof(tail) - 1);
	CHECK_INT(dns_read(&pool, str_view(bytes, sizeof(bytes)), &message,
		      &err),
	    0);
	memset(bytes, 0xff, sizeof(bytes));
	CHECK_INT(dns_to_json(&pool, &message, true, &v, &err), 0);
	json_write(&text, &v, 0);
	CHECK(str_find(buf_str(&text), STR("\"data\":\"ab\"")) != STR_NPOS);
}

static void
other_types_are_not_its_own(void)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct dns_record r = { .type = DNS_A, .data = DATA("\1\2\3\4") };
	const char *name = "";
	struct json v;

	CHECK_INT(dns_typed(&pool, &r, &name, &v, &err), 0);
	CHECK(name == NULL);
}

CHECK_MAIN(CASE(values_are_those_of_the_wire), CASE(cut_anywhere),
    CASE(bad_values_are_refused), CASE(values_outlive_the_message),
    CASE(other_types_are_not_its_own))
