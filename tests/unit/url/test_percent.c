/* percent: percent-encoding and forms */
#include "url/percent.h"

#include "check.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Which of the printable characters each set encodes. */
static void
sets_are_those_of_the_standard(void)
{
	static const struct {
		const struct percent_set *set;
		const char *encoded;
	} row[] = {
		{ &percent_control, "" },
		{ &percent_fragment, " \"<>`" },
		{ &percent_query, " \"#<>" },
		{ &percent_special_query, " \"#'<>" },
		{ &percent_path, " \"#<>?`{}" },
		{ &percent_userinfo, " \"#/:;<=>?@[\\]^`{|}" },
		{ &percent_form, "!\"#$%&'()+,/:;<=>?@[\\]^`{|}~" },
		{ &percent_all, " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		char got[96];
		size_t n = 0;

		for (int c = ' '; c < 0x7f; c++) {
			if (percent_has(row[i].set, (char)c))
				got[n++] = (char)c;
		}
		CHECK_BYTES(str_view(got, n), str_of(row[i].encoded));
		CHECK(percent_has(row[i].set, '\0'));
		CHECK(percent_has(row[i].set, '\x1f'));
		CHECK(percent_has(row[i].set, '\x7f'));
		CHECK(percent_has(row[i].set, '\x80'));
		CHECK(percent_has(row[i].set, '\xff'));
	}
}

static void
bytes_become_upper_case_digits(void)
{
	autopool struct pool pool = POOL_NONE;

	CHECK_STR(percent_write(&pool, STR("a b/\xc3\xa4\0~"), &percent_all),
	    "a%20b%2F%C3%A4%00%7E");
	CHECK_STR(percent_write(&pool, STR("%41 "), &percent_path), "%41%20");
	CHECK_STR(percent_write(&pool, STR_NONE, &percent_all), "");
}

static void
what_is_no_escape_stays(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "", "" },
		{ "a+b", "a+b" },
		{ "a%20b", "a b" },
		{ "%41%4a%4A", "AJJ" },
		{ "%c3%a4%2", "\xc3\xa4%2" },
		{ "%zz%", "%zz%" },
		{ "%4", "%4" },
		{ "%%41", "%A" },
		{ "%2541", "%41" },
		{ "%g1%1g", "%g1%1g" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_STR(percent_read(&pool, str_of(row[i].in)), row[i].want);
	CHECK_BYTES(percent_read(&pool, STR("%00+")), STR("\0+"));
}

static void
forms_are_cut_into_pairs(void)
{
	static const struct {
		const char *in, *want; /* [name|value] ... */
	} row[] = {
		{ "", "" },
		{ "&&", "" },
		{ "a=b&c=d", "[a|b][c|d]" },
		{ "a", "[a|]" },
		{ "=x", "[|x]" },
		{ "=", "[|]" },
		{ "a=b=c", "[a|b=c]" },
		{ "a=1&a=2", "[a|1][a|2]" },
		{ "a+b=c+d&&x", "[a b|c d][x|]" },
		{ "?a=b;c=d", "[?a|b;c=d]" },
		{ "%61%3d=%26", "[a=|&]" },
		{ "a=%ff", "[a|\xef\xbf\xbd]" },
		{ "a=%e4%2", "[a|\xef\xbf\xbd%2]" },
		{ "%2B=%2", "[+|%2]" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf out = BUF_IN(&pool);
		struct str rest = str_of(row[i].in);
		struct form_pair pair;

		while (form_next(&pool, &rest, &pair)) {
			buf_printf(&out, "[%.*s|%.*s]", STR_ARG(pair.name),
			    STR_ARG(pair.value));
		}
		CHECK_STR(buf_str(&out), row[i].want);
	}
}

static void
forms_are_written(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	form_add(&out, STR("a b"), STR("*-._09azAZ"));
	form_add(&out, STR(""), STR("~+=&%\xc3\xa4\0"));
	CHECK_STR(buf_str(&out), "a+b=*-._09azAZ&=%7E%2B%3D%26%25%C3%A4%00");
}

CHECK_MAIN(CASE(sets_are_those_of_the_standard),
    CASE(bytes_become_upper_case_digits), CASE(what_is_no_escape_stays),
    CASE(forms_are_cut_into_pairs), CASE(forms_are_written))
