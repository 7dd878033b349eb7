/* codec: hexadecimal, base64, base32 */
#include "text/codec.h"

#include "check.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define URL_SAFE                                                               \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#define RFC_32 "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
#define Z_32   "ybndrfg8ejkmcpqxot1uwisza345h769"

static void
hex_has_two_digits_a_byte(void)
{
	autopool struct pool pool = POOL_NONE;

	CHECK_STR(hex_write(&pool, STR("\0\x01\x9f\xff")), "00019fff");
	CHECK_STR(hex_write(&pool, STR_NONE), "");
}

/* RFC 4648, 10, and what has the symbols 62 and 63 */
static void
base64_goes_both_ways(void)
{
	static const struct {
		struct str bytes;
		const char *text;
	} row[] = {
		{ STR(""), "" },
		{ STR("f"), "Zg==" },
		{ STR("fo"), "Zm8=" },
		{ STR("foo"), "Zm9v" },
		{ STR("foob"), "Zm9vYg==" },
		{ STR("fooba"), "Zm9vYmE=" },
		{ STR("foobar"), "Zm9vYmFy" },
		{ STR("\0\0\0"), "AAAA" },
		{ STR("\xff"), "/w==" },
		{ STR("\xfb\xef\xbe\xff\xff\xff"), "++++////" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct str back = STR("unread");

		CHECK_STR(base64_write(&pool, row[i].bytes), row[i].text);
		CHECK_INT(base64_read(&pool, str_of(row[i].text), &back, NULL),
		    0);
		CHECK_BYTES(back, row[i].bytes);
	}
}

static void
base64_may_be_concatenated(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str out = STR_NONE;

	CHECK_INT(base64_read(&pool, STR("b2hhaQ==b2hhaQ=="), &out, NULL), 0);
	CHECK_STR(out, "ohaiohai");
	CHECK_INT(base64_read(&pool, STR("Zm8=Zm9vZg==Zm9v"), &out, NULL), 0);
	CHECK_STR(out, "fofooffoo");
}

static void
base64_is_strict(void)
{
	static const struct {
		const char *in, *error;
	} row[] = {
		{ "b2hhaQ", "invalid length at 4" },
		{ "b2hhaQ=", "invalid length at 4" },
		{ "b2hh\naQ==", "invalid symbol at 4" },
		{ "b2hh aQ==", "invalid symbol at 4" },
		{ "b2h$", "invalid symbol at 3" },
		{ "b2hhaR==", "non-zero trailing bits at 5" },
		{ "Zm9=", "non-zero trailing bits at 2" },
		{ "=", "invalid length at 0" },
		{ "====", "invalid length at 0" },
		{ "Z===", "invalid length at 0" },
		{ "Zg==\xff", "invalid length at 4" },
		{ "Z=g=", "invalid symbol at 1" },
		{ "=Zg=", "invalid symbol at 0" },
		{ "_-_-", "invalid symbol at 0" },
		{ "Zm9v\xc3\xa4==", "invalid symbol at 4" },
	};
	autopool struct pool pool = POOL_NONE;
	struct str out = STR("kept");

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;

		CHECK_INT(base64_read(&pool, str_of(row[i].in), &out, &err),
		    -1);
		CHECK_STR(err_text(&err), row[i].error);
	}
	CHECK_STR(out, "kept");
}

static void
alphabets_are_free(void)
{
	static const struct {
		enum alphabet_kind kind;
		const char *symbols, *padding;
		struct str bytes;
		const char *text;
	} row[] = {
		{ ALPHABET_64, URL_SAFE, "", STR("\xfb\xff"), "-_8" },
		{ ALPHABET_64, URL_SAFE, "=", STR("\xfb\xff"), "-_8=" },
		{ ALPHABET_64, URL_SAFE, ".x", STR("a"), "YQ.." },
		{ ALPHABET_32, RFC_32, "=", STR(""), "" },
		{ ALPHABET_32, RFC_32, "=", STR("f"), "MY======" },
		{ ALPHABET_32, RFC_32, "=", STR("fo"), "MZXQ====" },
		{ ALPHABET_32, RFC_32, "=", STR("foo"), "MZXW6===" },
		{ ALPHABET_32, RFC_32, "=", STR("foob"), "MZXW6YQ=" },
		{ ALPHABET_32, RFC_32, "=", STR("fooba"), "MZXW6YTB" },
		{ ALPHABET_32, RFC_32, "=", STR("foobar"), "MZXW6YTBOI======" },
		{ ALPHABET_32, RFC_32, "", STR("foobar"), "MZXW6YTBOI" },
		{ ALPHABET_32, Z_32, "", STR("ohai"), "p7wgn4e" },
		{ ALPHABET_32, RFC_32, "=", STR("\xff\xff\xff\xff\xff"),
		    "77777777" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct alphabet a;
		struct str back = STR("unread");

		CHECK_INT(alphabet_init(&a, row[i].kind, str_of(row[i].symbols),
			      str_of(row[i].padding), NULL),
		    0);
		CHECK_STR(alphabet_write(&pool, &a, row[i].bytes), row[i].text);
		CHECK_INT(alphabet_read(&pool, &a, str_of(row[i].text), &back,
			      NULL),
		    0);
		CHECK_BYTES(back, row[i].bytes);
	}
}

static void
base32_is_strict(void)
{
	static const struct {
		const char *padding, *in;
	} row[] = {
		{ "=", "me======" },
		{ "=", "ME" },
		{ "=", "M=======" },
		{ "=", "MEA=====" },
		{ "=", "MZXW6Y==" },
		{ "=", "MF======" },
		{ "=", "========" },
		{ "", "MF" },
		{ "", "M" },
		{ "", "MEA" },
		{ "", "MZXW6Y" },
		{ "", "ME======" },
		{ "", "MZXW6YT1" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct str out = STR("kept");
		struct alphabet a;

		(void)alphabet_init(&a, ALPHABET_32, STR(RFC_32),
		    str_of(row[i].padding), NULL);
		CHECK_INT(alphabet_read(&pool, &a, str_of(row[i].in), &out,
			      NULL),
		    -1);
		CHECK_STR(out, "kept");
	}
}

static void
alphabets_are_checked(void)
{
	static const struct {
		enum alphabet_kind kind;
		const char *symbols, *padding, *error;
	} row[] = {
		{ ALPHABET_64, "abc", "=", "alphabet isn't base64" },
		{ ALPHABET_64, RFC_32, "=", "alphabet isn't base64" },
		{ ALPHABET_32, URL_SAFE, "=", "alphabet isn't base32" },
		{ ALPHABET_32, "", "=", "alphabet isn't base32" },
		{ ALPHABET_32, "AACDEFGHIJKLMNOPQRSTUVWXYZ234567", "=",
		    "alphabet has A twice" },
		{ ALPHABET_32, "ABCDEFGHIJKLMNOPQRSTUVWXYZ2345\xc3\xa4", "=",
		    "alphabet isn't ascii" },
		{ ALPHABET_32, RFC_32, "\xc3\xa4", "padding isn't ascii" },
		{ ALPHABET_32, RFC_32, "A", "padding A is in the alphabet" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct alphabet a = { .padding = 7 };

		CHECK_INT(alphabet_init(&a, row[i].kind, str_of(row[i].symbols),
			      str_of(row[i].padding), &err),
		    -1);
		CHECK_STR(err_text(&err), row[i].error);
		CHECK_INT(a.padding, 7);
	}
}

CHECK_MAIN(CASE(hex_has_two_digits_a_byte), CASE(base64_goes_both_ways),
    CASE(base64_may_be_concatenated), CASE(base64_is_strict),
    CASE(alphabets_are_free), CASE(base32_is_strict),
    CASE(alphabets_are_checked))
