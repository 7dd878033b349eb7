/* idna: UTS #46, nontransitional */
#include "url/idna.h"

#include "base/utf8.h"
#include "check.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct row {
	const char *in, *want; /* NULL: no such name */
};

static void
check_rows(const struct row *row, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		autopool struct pool pool = POOL_NONE;
		struct str got = STR_NONE;
		int status = idna_to_ascii(&pool, str_of(row[i].in), &got);

		CHECK_INT(status, row[i].want != NULL ? 0 : -1);
		CHECK_STR(got, row[i].want != NULL ? row[i].want : "");
	}
}

static void
ascii_becomes_lower_case(void)
{
	static const struct row row[] = {
		{ "", "" },
		{ ".", "." },
		{ "EXAMPLE.Com", "example.com" },
		{ "a_b.-c-..d--e.", "a_b.-c-..d--e." },
		{ "A b%", "a b%" },
	};

	check_rows(row, ARRAY_SIZE(row));
}

static void
characters_are_mapped(void)
{
	static const struct row row[] = {
		{ "Bücher.de", "xn--bcher-kva.de" },
		{ "BU\xcc\x88"
		  "CHER.de",
		    "xn--bcher-kva.de" },
		{ "faß.de", "xn--fa-hia.de" },
		/* since Unicode 15.1 the capital letter is the small one */
		{ "ẞ.de", "xn--zca.de" },
		{ "FAẞ.de", "xn--fa-hia.de" },
		/* since 16.0 letters whose small ones came late are mapped */
		{ "\u04c0", "xn--s5a" },
		{ "\u10a0", "xn--rkj" },
		{ "\u1806", "xn--c6e" },
		{ "a\u115f\u2064b", "ab" },
		/* assigned in 16.0 */
		{ "\u1c89", "xn--d4f" },
		{ "βόλος.com", "xn--nxasmm1c.com" },
		{ "ｆｏｏ．Ｃｏｍ", "foo.com" },
		{ "a。b｡c", "a.b.c" },
		{ "\u00a0b", " b" },
		{ "a\xc2\xad"
		  "b\xe2\x80\x8b",
		    "ab" },
		{ "\xc2\xad", "" },
		{ "ﷲ", "xn--mgb2dam" }, /* one character, four */
		{ "ﷺ", NULL } /* with blanks, which have no direction */,
		{ "★.com", "xn--p3h.com" },
		{ "ドメイン.テスト", "xn--eckwd4c7c.xn--zckzah" },
		{ "각", "xn--p39a" }, /* three jamo */
		{ "\u00e4\U0001d400", "xn--a-zfa" },
	};

	check_rows(row, ARRAY_SIZE(row));
}

static void
marks_come_into_order_and_compose(void)
{
	static const struct row row[] = {
		{ "a\u0323\u0308", "xn--ssa342l" },
		{ "a\u0308\u0323", "xn--ssa342l" },
		{ "\u1ea1\u0308", "xn--ssa342l" },
		/* blocked by a mark of the same class, and by a letter */
		{ "a\u0300\u0308", "xn--0ca81i" },
		{ "ab\u0308", "xn--ab-vub" },
		{ "\u09c7\u09be", NULL }, /* would begin with a mark */
		{ "\u0995\u09c7\u09be", "xn--p5b2i" },
		{ "\u2260", "xn--1ch" },
		{ "=\u0338", "xn--1ch" },
	};

	check_rows(row, ARRAY_SIZE(row));
}

static void
forbidden_characters_are_refused(void)
{
	static const struct row row[] = {
		{ "a\u200eb", NULL },                     /* a bidi control */
		{ "a\u2028b", NULL },                     /* a separator */
		{ "a\u0378b", NULL },                     /* not assigned */
		{ "a\ue000b", NULL },                     /* private use */
		{ "\ufffd", NULL }, { "\xc2\x85", NULL }, /* a control */
		{ "\u2488", NULL }, /* "1." in one character */
		{ "\u0308a", NULL }, { "\u2ff0", NULL },
		{ "a\U000e0041", NULL }, /* a tag */
	};

	check_rows(row, ARRAY_SIZE(row));
}

static void
punycode_is_checked(void)
{
	static const struct row row[] = {
		{ "XN--BCHER-KVA.DE", "xn--bcher-kva.de" },
		{ "xn--bcher-KVA.ä", "xn--bcher-kva.xn--4ca" },
		{ "xn--fa-hia.de", "xn--fa-hia.de" },
		{ "xn--p3h", "xn--p3h" },
		{ "xn--", NULL },
		{ "xn--a", NULL },
		{ "a.xn--abc-", NULL },        /* nothing but ASCII */
		{ "xn--xn--a-9sa-eea", NULL }, /* an xn-- inside */
		{ "xn--bcher-2pa", NULL },     /* no U+00DC */
		{ "xn--a-ecp.ru", NULL },      /* a mapped character */
		{ "xn--u-ccb", NULL },         /* not composed */
		{ "xn--ls8h=.la", NULL },
		{ "xn--ksa.de", NULL }, /* begins with a mark */
		{ "a\xe3\x80\x82xn--p3h", "a.xn--p3h" },
	};

	check_rows(row, ARRAY_SIZE(row));
}

static void
joiners_need_their_neighbours(void)
{
	static const struct row row[] = {
		{ "a\u200cb", NULL },
		{ "a\u200db", NULL },
		{ "\u200c", NULL },
		/* behind a virama */
		{ "\u0915\u094d\u200d\u0937", "xn--11b2ezcw70k" },
		{ "\u0915\u094d\u200c\u0937", "xn--11b2ezcs70k" },
		/* between letters that join, marks aside */
		{ "\u0628\u200c\u0628", "xn--ngba799q" },
		{ "\u0628\u064b\u200c\u064b\u0628", "xn--ngba8ha8704a" },
		{ "\u0628\u200d\u0628", NULL },
		{ "\u0627\u200c\u0628", NULL }, /* alef joins no left one */
		{ "\u0628\u200c", NULL },
	};

	check_rows(row, ARRAY_SIZE(row));
}

static void
right_to_left_names_follow_their_rule(void)
{
	static const struct row row[] = {
		{ "\u05d0\u05d1", "xn--4dbc" },
		{ "\u05d01", "xn--1-zhc" },
		{ "0\u05d0", NULL }, /* begins with a digit */
		{ "a\u05d0", NULL }, /* both directions */
		{ "\u05d0a", NULL },
		{ "\u05d0-", NULL },             /* ends with a neutral one */
		{ "\u05d0\u05b0", "xn--7cb7d" }, /* a mark may end it */
		{ "\u06281\u0661", NULL },       /* two kinds of digits */
		{ "\u05d0.a", "xn--4db.a" },
		{ "\u05d0.1a", NULL }, /* the rule is for all labels */
		{ "\u05d0.a-", NULL },
		{ "\u05d0..a", "xn--4db..a" },
		{ "1a.\u00e4", "1a.xn--4ca" }, /* no such name, no rule */
		{ "xn--4db.1a", NULL },
	};

	check_rows(row, ARRAY_SIZE(row));
}

static void
long_names_are_refused(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf name = BUF_IN(&pool);
	struct str out;

	for (int i = 0; i < IDNA_MAX_LABEL; i++)
		utf8_add(&name, 0xe4);
	CHECK_INT(idna_to_ascii(&pool, buf_str(&name), &out), 0);
	utf8_add(&name, 0xe4);
	CHECK_INT(idna_to_ascii(&pool, buf_str(&name), &out), -1);
	name.n = 0;
	while (name.n <= IDNA_MAX_BYTES)
		buf_add(&name, STR("aaaa.bbbb."));
	CHECK_INT(idna_to_ascii(&pool, buf_str(&name), &out), 0);
	buf_add(&name, STR("ä"));
	CHECK_INT(idna_to_ascii(&pool, buf_str(&name), &out), -1);
}

static void
broken_text_is_no_name(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str out;

	CHECK_INT(idna_to_ascii(&pool, STR("a\xff"), &out), -1);
}

CHECK_MAIN(CASE(ascii_becomes_lower_case), CASE(characters_are_mapped),
    CASE(marks_come_into_order_and_compose),
    CASE(forbidden_characters_are_refused), CASE(punycode_is_checked),
    CASE(joiners_need_their_neighbours),
    CASE(right_to_left_names_follow_their_rule), CASE(long_names_are_refused),
    CASE(broken_text_is_no_name))
