#include "work/messages.h"

#include "check.h"

static char shown[256 << 10];
static size_t n_shown;

static void
show(void *ctx, struct str line)
{
	(void)ctx;
	memcpy(shown + n_shown, line.p, line.n);
	n_shown += line.n;
	shown[n_shown++] = '|';
}

static void
begin(struct messages *messages)
{
	n_shown = 0;
	messages_init(messages, show, NULL);
}

static void
lines_come_whole_however_they_arrive(void)
{
	struct messages messages;

	begin(&messages);
	messages_add(&messages, STR("a"));
	messages_add(&messages, STR("b\n\nc"));
	messages_add(&messages, STR("\nlast"));
	CHECK_BYTES(str_view(shown, n_shown), STR("ab||c|"));
	messages_end(&messages);
	CHECK_BYTES(str_view(shown, n_shown), STR("ab||c|last|"));
	messages_clear(&messages);
}

static void
a_long_line_is_divided(void)
{
	struct messages messages;
	char a[MESSAGES_LINE + 10];

	memset(a, 'a', sizeof(a));
	begin(&messages);
	messages_add(&messages, str_view(a, sizeof(a)));
	messages_add(&messages, STR("\n"));
	CHECK_INT(n_shown, sizeof(a) + 2);
	CHECK_INT(shown[MESSAGES_LINE], '|');
	messages_clear(&messages);
}

static void
the_last_line_of_a_violation_is_kept(void)
{
	struct messages messages;

	begin(&messages);
	CHECK_INT(messages_violation(&messages).p == NULL, 1);
	for (int i = 0; i < 1000; i++)
		messages_add(&messages,
		    STR("sn0int: sandbox violation in a/b: invented (1)\n"));
	messages_add(&messages,
	    STR("x\nsn0int: sandbox violation in a/b: getcwd (79)\ny\n"));
	CHECK_BYTES(str_view(shown, n_shown), STR("x|y|"));
	CHECK_STR(messages_violation(&messages),
	    "sn0int: sandbox violation in a/b: getcwd (79)");
	CHECK_INT(messages.violation.cap <= (size_t)2 * MESSAGES_LINE, 1);
	messages_clear(&messages);
}

static void
too_much_is_dropped(void)
{
	struct messages messages;

	begin(&messages);
	messages.bytes = MESSAGES_BYTES - 2;
	messages_add(&messages, STR("a\n"));
	messages_add(&messages, STR("b\n"));
	CHECK_BYTES(str_view(shown, n_shown), STR("a|"));
	messages_clear(&messages);
}

CHECK_MAIN(CASE(lines_come_whole_however_they_arrive),
    CASE(a_long_line_is_divided), CASE(the_last_line_of_a_violation_is_kept),
    CASE(too_much_is_dropped))
