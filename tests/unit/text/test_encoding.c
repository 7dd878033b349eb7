/* encoding: bytes by label */
#include "text/encoding.h"

#include "base/utf8.h"
#include "check.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static struct pool pool = POOL_NONE;

static struct str
read_as(const char *label, struct str bytes)
{
	const struct encoding *e = encoding_by_label(str_of(label));
	struct str text = STR("?");

	CHECK(e != NULL);
	if (e != NULL)
		CHECK_INT(encoding_read(&pool, e, bytes, &text, NULL), 0);
	return text;
}

static void
labels_are_the_webs(void)
{
	static const struct {
		const char *label, *name;
	} row[] = {
		{ "UTF-8", "UTF-8" },
		{ " utf8\t\r\n", "UTF-8" },
		{ "latin1", "windows-1252" },
		{ "US-ASCII", "windows-1252" },
		{ "iso-8859-9", "windows-1254" },
		{ "l2", "ISO-8859-2" },
		{ "x-cp1251", "windows-1251" },
		{ "gb2312", "GBK" },
		{ "sjis", "Shift_JIS" },
		{ "ks_c_5601-1987", "EUC-KR" },
		{ "big5-hkscs", "Big5" },
		{ "unicode", "UTF-16LE" },
		{ "logical", "ISO-8859-8-I" },
		{ "x-user-defined", "x-user-defined" },
	};
	static const char *const none[] = { "", " ", "utf", "utf-", "utf-8 l2",
		"cp1251 windows-1251", "utf-7", "ebcdic" };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		const struct encoding *e =
		    encoding_by_label(str_of(row[i].label));

		CHECK(e != NULL);
		if (e != NULL)
			CHECK_STR(str_of(encoding_name(e)), row[i].name);
	}
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		CHECK(encoding_by_label(str_of(none[i])) == NULL);
}

/* Every kind, whole and broken. */
static void
bytes_mean_what_browsers_show(void)
{
	static const struct {
		const char *label;
		struct str bytes;
		const char *text;
	} row[] = {
		{ "windows-1251", STR("\xcc\xe8\xf0\x98!"), "Мир\xc2\x98!" },
		{ "koi8-r", STR("\xed\xc9\xd2"), "Мир" },
		{ "koi8-u", STR("\xae\xbe"), "ўЎ" },
		{ "ibm866", STR("\x8c\xa8\xe0"), "Мир" },
		{ "latin1", STR("caf\xe9 \x80"), "café €" },
		{ "latin2", STR("\xa3\xf3\x64\xbc"), "Łódź" },
		{ "iso-8859-8", STR("\xf9\xa1"), "ש\ufffd" },
		{ "windows-1255", STR("\xca"), "\u05ba" },
		{ "macintosh", STR("\x8e"), "é" },
		{ "x-user-defined", STR("a\x80\xff"), "a\uf780\uf7ff" },
		{ "utf-16le", STR("a\0\x3d\xd8\0\xde"), "a😀" },
		{ "utf-16be", STR("\0a\xd8\x3d\xde\0"), "a😀" },
		{ "utf-16le", STR("\0\xdc\0\xd8z\0\0\xd8z"),
		    "\ufffd\ufffdz\ufffd" },
		{ "utf-16le", STR("a"), "\ufffd" },
		{ "utf-8", STR("\xe2\x82x\xff"), "\ufffdx\ufffd" },
		{ "shift_jis", STR("\x93\xfa\x96{\xb1\x80"), "日本ｱ\xc2\x80" },
		{ "shift_jis", STR("\x81\"\xa0\xfd\x81"),
		    "\ufffd\"\ufffd\ufffd\ufffd" },
		{ "shift_jis", STR("\xf0\x40"), "\ue000" },
		{ "euc-jp", STR("\xc6\xfc\xcb\xdc\x8e\xb1\x8f\xb0\xa1"),
		    "日本ｱ丂" },
		{ "euc-jp", STR("\x8f\xb0<\x8f\xb0"), "\ufffd<\ufffd" },
		{ "iso-2022-jp", STR("a\x1b$BF|\x1b(I1\x1b(J\\~\x1b(B\\"),
		    "a日ｱ¥‾\\" },
		{ "iso-2022-jp", STR("\x1b$B\x1b(Ba\x1b$x\xff"),
		    "\ufffda\ufffd$x\ufffd" },
		{ "gbk", STR("\xd6\xd0\xce\xc4\x80"), "中文€" },
		{ "gb18030", STR("\x81\x30\x81\x30\x90\x30\x81\x30"),
		    "\xc2\x80\U00010000" },
		{ "gb18030", STR("\x81\x30\x81\"\x84\x32\xff\x30"),
		    "\ufffd0\ufffd\"\ufffd2\ufffd0" },
		{ "gb18030", STR("\x81\x35\xf4\x37\xa8\xbc"), "\ue7c7\u1e3f" },
		{ "gb18030", STR("\x84\x31\xa5\x30\xe3\x32\x9a\x36"),
		    "\ufffd\ufffd" },
		{ "gb18030", STR("x\x81\x30\x81"), "x\ufffd" },
		{ "big5", STR("\xa4\xa4\xa4\xe5\x88\x62\x87\x41"),
		    "中文\u00ca\u0304䰲" },
		{ "big5", STR("\xa4<\xff\xa4"), "\ufffd<\ufffd\ufffd" },
		{ "euc-kr", STR("\xc7\xd1\x81\x41\xc7"), "한갂\ufffd" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_STR(read_as(row[i].label, row[i].bytes), row[i].text);
}

static void
a_mark_counts_more_than_a_label(void)
{
	CHECK_STR(read_as("latin1", STR("\xef\xbb\xbf\xc3\xa9")), "é");
	CHECK_STR(read_as("utf-8", STR("\xff\xfe\xe9\0")), "é");
	CHECK_STR(read_as("utf-16le", STR("\xfe\xff\0\xe9")), "é");
	CHECK_STR(read_as("utf-16le", STR("\xff\xfe")), "");
	CHECK_STR(read_as("big5", STR_NONE), "");
}

static void
what_browsers_refuse_is_an_error(void)
{
	autoerr struct err err = ERR_NONE;
	struct str text = STR("kept");

	CHECK_INT(encoding_read(&pool, encoding_by_label(STR("hz-gb-2312")),
		      STR("a"), &text, &err),
	    -1);
	CHECK_STR(err_text(&err),
	    "an encoding that browsers refuse too: \"replacement\"");
	CHECK_STR(text, "kept");
}

/* How many of all pairs mean something, one character or two. */
static void
tables_are_whole(void)
{
	static const struct {
		const char *label;
		int pairs;
	} row[] = {
		{ "gb18030", 23940 },
		{ "euc-kr", 17048 },
		{ "big5", 18594 },
		{ "shift_jis", 17668 },
		{ "euc-jp", 7399 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		int pairs = 0;

		for (int code = 0x8140; code < 0xfeff; code++) {
			char two[] = { (char)(code >> 8), (char)code };
			struct str text;

			if ((code & 0xff) < 0x40)
				continue;
			text = read_as(row[i].label, str_view(two, 2));
			pairs += str_find(text, STR("\ufffd")) == STR_NPOS;
			pool_reset(&pool);
		}
		CHECK_INT(pairs, row[i].pairs);
	}
}

CHECK_MAIN(CASE(labels_are_the_webs), CASE(bytes_mean_what_browsers_show),
    CASE(a_mark_counts_more_than_a_label),
    CASE(what_browsers_refuse_is_an_error), CASE(tables_are_whole))
