/* murmur: MurmurHash3, against values that others have published */
#include "text/murmur.h"

#include "check.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static void
values_are_those_of_others(void)
{
	static const struct {
		struct str text;
		uint32_t want;
	} row[] = {
		{ { "", 0 }, 0 },
		{ { "a", 1 }, 0x3c2569b2 },
		{ { "\0\0\0\0", 4 }, 0x2362f9de },
		{ { "\xff\xff\xff\xff", 4 }, 0x76293b50 },
		{ { "!Ce\x87", 4 }, 0xf55b516b },
		{ { "!Ce", 3 }, 0x7e4a8634 },
		{ { "!C", 2 }, 0xa0f7b07a },
		{ { "!", 1 }, 0x72661cf4 },
		{ { "Hello, world!", 13 }, 0xc0363e43 },
		{ { "The quick brown fox jumps over the lazy dog", 43 },
		    0x2e4ff723 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_INT(murmur3_32(row[i].text), row[i].want);
}

CHECK_MAIN(CASE(values_are_those_of_others))
