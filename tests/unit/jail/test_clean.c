/* What a worker says on standard error, as a terminal gets it. */
#include "base/mem.h"
#include "check.h"
#include "jail/step.h"

#define ROOM 256

static void
clean_is(const char *in, const char *want)
{
	struct clean whole = { .n = 0 }, bytewise = { .n = 0 };
	char out[ROOM];
	size_t n = clean_text(&whole, in, strlen(in), out);

	CHECK_STR(str_view(out, n), want);
	n = 0;
	for (const char *p = in; *p != '\0'; p++)
		n += clean_text(&bytewise, p, 1, out + n);
	CHECK_STR(str_view(out, n), want);
}

static void
text_stays(void)
{
	clean_is("hello\tworld\n", "hello\tworld\n");
	clean_is("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x99\x82",
	    "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x99\x82");
}

static void
what_commands_a_terminal_is_shown_as_a_question_mark(void)
{
	clean_is("\x1b[2J\x07\r\x7f", "?[2J???");
	/* U+009B, CSI in one character */
	clean_is("a\xc2\x9b"
		 "2Jb",
	    "a?2Jb");
	clean_is("\xc2\xa0", "\xc2\xa0");
}

static void
what_is_no_text_too(void)
{
	clean_is("\xff\xfe", "??");
	clean_is("\xc3(", "?(");
	clean_is("\xe2\x82\n", "?\n");
	clean_is("\xc0\x9b", "??");
	/* escape, written longer than it has to be; half of a pair */
	clean_is("\xe0\x80\x9b", "?");
	clean_is("\xed\xa0\x80", "?");
}

static void
a_character_that_is_not_complete_waits(void)
{
	struct clean clean = { .n = 0 };
	char out[ROOM];

	CHECK_INT(clean_text(&clean, "\xe2\x82", 2, out), 0);
	CHECK_INT(clean_text(&clean, "\xac", 1, out), 3);
	CHECK(memcmp(out, "\xe2\x82\xac", 3) == 0);
}

CHECK_MAIN(CASE(text_stays),
    CASE(what_commands_a_terminal_is_shown_as_a_question_mark),
    CASE(what_is_no_text_too), CASE(a_character_that_is_not_complete_waits))
