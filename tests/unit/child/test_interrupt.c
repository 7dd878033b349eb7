/* What the child takes for an interrupt, and what for a reply. */
#include <unistd.h>

#include "base/mem.h"
#include "check.h"
#include "child/wire.h"

static struct wire wire;
static struct limits limits;
static int in[2], out[2];

static void
begin(bool may_be_interrupted)
{
	limits_init(&limits);
	CHECK_INT(pipe(in), 0);
	CHECK_INT(pipe(out), 0);
	wire_init(&wire, in[0], out[1], &limits);
	wire.may_be_interrupted = may_be_interrupted;
}

static void
end(void)
{
	line_clear(&wire.in);
	(void)close(in[0]);
	(void)close(in[1]);
	(void)close(out[0]);
	(void)close(out[1]);
}

static void
put(const char *text)
{
	CHECK_INT(write(in[1], text, strlen(text)), (long)strlen(text));
}

static struct str
get(void)
{
	autoerr struct err err = ERR_NONE;
	struct str line = STR("");

	CHECK_INT(wire_receive(&wire, &line, &err), 0);
	return line;
}

static void
nothing_is_no_interrupt(void)
{
	begin(true);
	wire_look(&wire);
	CHECK_INT(wire.is_interrupted, 0);
	put(WIRE_INTERRUPT);
	wire_look(&wire);
	CHECK_INT(wire.is_interrupted, 1);
	end();
}

static void
a_reply_that_is_waited_for_is_none(void)
{
	begin(true);
	wire.is_asking = 1;
	put("{\"Ok\":null}\n");
	wire_look(&wire);
	CHECK_INT(wire.is_interrupted, 0);
	CHECK_STR(get(), "{\"Ok\":null}\n");
	CHECK_INT(wire.is_interrupted, 0);
	CHECK_INT(wire_has_more(&wire), 0);
	end();
}

static void
in_front_of_a_reply_and_behind_it(void)
{
	begin(true);
	put(WIRE_INTERRUPT WIRE_INTERRUPT "1\n");
	CHECK_STR(get(), "1\n");
	CHECK_INT(wire.is_interrupted, 1);
	wire.is_interrupted = 0;
	CHECK_INT(wire_has_more(&wire), 0);
	put("2\n" WIRE_INTERRUPT);
	CHECK_STR(get(), "2\n");
	CHECK_INT(wire.is_interrupted, 1);
	CHECK_INT(wire_has_more(&wire), 1);
	/* it is read with the next reply, and is none of it */
	put("3\n");
	CHECK_STR(get(), "3\n");
	end();
}

static void
in_a_run_it_is_a_line_like_others(void)
{
	begin(false);
	put(WIRE_INTERRUPT "x\n");
	wire_look(&wire);
	CHECK_STR(get(), WIRE_INTERRUPT);
	CHECK_INT(wire.is_interrupted, 0);
	end();
}

static void
an_end_is_one_for_who_runs(void)
{
	begin(true);
	(void)close(in[1]);
	wire_look(&wire);
	CHECK_INT(wire.is_interrupted, 1);
	CHECK_STR(get(), "");
	in[1] = dup(in[0]);
	end();
}

CHECK_MAIN(CASE(nothing_is_no_interrupt),
    CASE(a_reply_that_is_waited_for_is_none),
    CASE(in_front_of_a_reply_and_behind_it),
    CASE(in_a_run_it_is_a_line_like_others), CASE(an_end_is_one_for_who_runs))
