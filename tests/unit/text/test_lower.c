/* lower: full Unicode lower-casing */
#include "text/lower.h"

#include "check.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static void
text_becomes_lower(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "", "" },
		{ "EXAMPLE.com", "example.com" },
		{ "[@Z`z{", "[@z`z{" },
		{ "ÄÖÜß", "äöüß" },
		{ "ẞ", "ß" },
		{ "ПРИВЕТ Ѐ", "привет ѐ" },
		{ "Ā ā Ĳ Ĺ Ÿ Ž", "ā ā ĳ ĺ ÿ ž" },
		{ "Ǆ ǅ ǆ", "ǆ ǆ ǆ" },
		{ "K Å Ω", "k å ω" }, /* kelvin, angstrom, ohm sign */
		{ "Ⅷ Ⓐ", "ⅷ ⓐ" },
		{ "Ⱥ Ⱦ", "ⱥ ⱦ" },     /* longer than before */
		{ "Ა Ჿ", "ა ჿ" }, /* U+1C90 */
		{ "ᎠᏰ", "ꭰᏸ" },   /* Cherokee, two ways */
		{ "\xf0\x90\x90\x80", "\xf0\x90\x90\xa8" },
		{ "\xf0\x9e\xa4\x80", "\xf0\x9e\xa4\xa2" },
		{ "漢字 ٣ 🙂", "漢字 ٣ 🙂" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_STR(lower_text(&pool, str_of(row[i].in)), row[i].want);
}

static void
capital_i_with_dot_keeps_its_dot(void)
{
	autopool struct pool pool = POOL_NONE;

	CHECK_STR(lower_text(&pool, STR("İSTANBUL")), "i\xcc\x87stanbul");
}

static void
sigma_is_final_at_the_end_of_a_word(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "ΟΔΥΣΣΕΥΣ", "οδυσσευς" },
		{ "ΟΔΟΣ ΟΔΟΣ", "οδος οδος" },
		{ "Σ", "σ" },
		{ " Σ", " σ" },
		{ "ΑΣ", "ας" },
		{ "ΑΣΑ", "ασα" },
		{ "aΣ", "aς" },
		{ "ΑΣ.", "ας." },
		{ "ΑΣ.Α", "ασ.α" }, /* a full stop is case-ignorable */
		{ "Α.Σ", "α.ς" },
		{ "Α Σ", "α σ" },
		{ "ΑΣ\xcc\x81", "ας\xcc\x81" }, /* and so is an accent */
		{ "ΑΣ\xcc\x81Α", "ασ\xcc\x81α" },
		{ "1Σ", "1σ" },
		{ "ΑΣ1", "ας1" },
		{ "ΑΣΣ", "ασς" },
	};
	autopool struct pool pool = POOL_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_STR(lower_text(&pool, str_of(row[i].in)), row[i].want);
}

static void
lower_text_is_not_copied(void)
{
	autopool struct pool pool = POOL_NONE;
	struct str in = STR("www.äöü.example ς");

	CHECK(lower_text(&pool, in).p == in.p);
	CHECK_INT(pool.used, 0);
}

static void
other_bytes_stay(void)
{
	autopool struct pool pool = POOL_NONE;

	CHECK_BYTES(lower_text(&pool, STR("A\0\xff\xc3"
					  "Z\xed\xa0\x80")),
	    STR("a\0\xff\xc3"
		"z\xed\xa0\x80"));
}

CHECK_MAIN(CASE(text_becomes_lower), CASE(capital_i_with_dot_keeps_its_dot),
    CASE(sigma_is_final_at_the_end_of_a_word), CASE(lower_text_is_not_copied),
    CASE(other_bytes_stay))
