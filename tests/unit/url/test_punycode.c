/* punycode: RFC 3492 both ways */
#include "url/punycode.h"

#include "base/utf8.h"
#include "check.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static void
text_and_back(void)
{
	static const struct {
		const char *text, *ascii;
	} row[] = {
		{ "bücher", "bcher-kva" },
		{ "ü", "tda" },
		{ "ドメイン", "eckwd4c7c" },
		{ "★", "p3h" },
		{ "faß", "fa-hia" },
		/* RFC 3492, 7.1, (A), (L) and (S) without capitals */
		{ "ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn" },
		{ "3年b組金八先生", "3b-ww4c5e180e575a65lsy2b" },
		{ "-> $1.00 <-", "-> $1.00 <--" },
		{ "\xf4\x8f\xbf\xbf", "dn32g" },
		{ "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf ascii = BUF_IN(&pool), text = BUF_IN(&pool);

		CHECK(punycode_write(&ascii, str_of(row[i].text)));
		CHECK_STR(buf_str(&ascii), row[i].ascii);
		CHECK(punycode_read(&text, buf_str(&ascii)));
		CHECK_STR(buf_str(&text), row[i].text);
	}
}

static void
what_is_no_punycode_is_refused(void)
{
	static const char *const row[] = {
		"z",          /* the number goes on */
		"ls8h=",      /* no digit */
		"\xc3\xbc-a", /* not ASCII in front of the hyphen */
		"-foo",       /* the hyphen separates nothing */
		"99999999",   /* above U+10FFFF */
		"ib9b",       /* U+D800 */
		"zy0c",       /* U+DFFF */
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf text = BUF_IN(&pool);

		buf_add_char(&text, 'x');
		CHECK(!punycode_read(&text, str_of(row[i])));
		CHECK_STR(buf_str(&text), "x");
	}
}

static void
long_labels_are_refused(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf in = BUF_IN(&pool), out = BUF_IN(&pool);

	for (int i = 0; i < PUNYCODE_MAX_CHARS; i++)
		utf8_add(&in, 0x10ffff - (unsigned)i);
	CHECK(punycode_write(&out, buf_str(&in)));
	utf8_add(&in, 'x');
	CHECK(!punycode_write(&out, buf_str(&in)));
	in.n = 0;
	for (int i = 0; i <= PUNYCODE_MAX_CHARS; i++)
		buf_add_char(&in, 'a');
	CHECK(!punycode_read(&out, buf_str(&in)));
}

static void
broken_text_is_refused(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	CHECK(!punycode_write(&out, STR("a\xff")));
}

CHECK_MAIN(CASE(text_and_back), CASE(what_is_no_punycode_is_refused),
    CASE(long_labels_are_refused), CASE(broken_text_is_refused))
