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
begin(struct messages *messages, struct pool *pool)
{
	n_shown = 0;
	messages_init(messages, pool, show, NULL);
}

static void
lines_come_whole_however_they_arrive(void)
{
	autopool struct pool pool = POOL_NONE;
	struct messages messages;

	begin(&messages, &pool);
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
	autopool struct pool pool = POOL_NONE;
	struct messages messages;
	char a[MESSAGES_LINE + 10];

	memset(a, 'a', sizeof(a));
	begin(&messages, &pool);
	messages_add(&messages, str_view(a, sizeof(a)));
	messages_add(&messages, STR("\n"));
	CHECK_INT(n_shown, sizeof(a) + 2);
	CHECK_INT(shown[MESSAGES_LINE], '|');
	messages_clear(&messages);
}

static void
the_line_of_a_violation_is_kept(void)
{
	autopool struct pool pool = POOL_NONE;
	struct messages messages;

	begin(&messages, &pool);
	messages_add(&messages,
	    STR("x\nsn0int: sandbox violation in a/b: getcwd (79)\ny\n"));
	CHECK_BYTES(str_view(shown, n_shown), STR("x|y|"));
	CHECK_STR(messages.violation,
	    "sn0int: sandbox violation in a/b: getcwd (79)");
	messages_clear(&messages);
}

static void
too_much_is_dropped(void)
{
	autopool struct pool pool = POOL_NONE;
	struct messages messages;

	begin(&messages, &pool);
	messages.bytes = MESSAGES_BYTES - 2;
	messages_add(&messages, STR("a\n"));
	messages_add(&messages, STR("b\n"));
	CHECK_BYTES(str_view(shown, n_shown), STR("a|"));
	messages_clear(&messages);
}

CHECK_MAIN(CASE(lines_come_whole_however_they_arrive),
    CASE(a_long_line_is_divided), CASE(the_line_of_a_violation_is_kept),
    CASE(too_much_is_dropped))
