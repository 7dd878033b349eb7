/*
 * Children that another has taken over: a shell says what none of ours would,
 * and the host survives it, ends it and names it.
 */
#include "web/helper.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "check.h"
#include "stream/clock.h"
#include "web/fetch.h"

#define ALIVE       "{\"Alive\":{\"id\":7}}"
#define HEAD        "{\"Head\":{\"id\":7,\"status\":200,\"url\":\"\",\"headers\":[]}}"
#define FAILED      "{\"Failed\":{\"id\":7,\"cause\":\"name\",\"text\":\"no\"}}"
#define PATIENCE_MS 60000

static const char *const *
as_given(const char *const *command, const struct order *order,
    struct pool *pool)
{
	(void)order;
	(void)pool;
	return command;
}

/* A shell with control, as our own child has it. */
static const struct transport_kind rogue = {
	.name = "rogue",
	.way = { [CARGO_BROKER] = { "its descriptor 3", NULL } },
	.argv = as_given,
};

/* One helper, one errand; what came of it. */
struct scene {
	struct pool pool;
	struct loop *loop;
	struct helper_plan plan;
	struct helper *helper;
	struct buf told;
	int64_t until;
	uint32_t patience_ms;
	struct str body; /* of the request */
};

static void
on_event(void *arg, struct helper *h, const struct errand_event *event)
{
	struct scene *s = arg;
	static const char kind[] = "hbaefnx";

	(void)h;
	buf_add_char(&s->told, kind[event->kind]);
}

static void
on_changed(void *arg, struct helper *h)
{
	struct scene *s = arg;

	buf_add(&s->told, h->state == HELPER_IDLE ? STR(".") : STR("|"));
}

static void
scene_init(struct scene *s, const char *script)
{
	static const struct order order = { .what = "sandbox",
		.options = CHILD_OPTIONS_NONE,
		.has_broker = true };
	const char **command;

	*s = (struct scene){ .until = CLOCK_NEVER, .patience_ms = PATIENCE_MS };
	s->told.pool = &s->pool;
	command = pool_array(&s->pool, 4, sizeof(*command));
	command[0] = "/bin/sh";
	command[1] = "-c";
	command[2] = pool_printf(&s->pool, "read a; read b; %s", script);
	command[3] = NULL;
	s->loop = loop_new(NULL);
	s->plan = (struct helper_plan){
		.loop = s->loop,
		.transport = transport_new(&rogue, command, &order, &s->pool),
		.start = STR("{}\n"),
		.event = on_event,
		.changed = on_changed,
		.arg = s,
	};
	s->helper = helper_new(&s->plan, NULL);
	CHECK(s->helper != NULL);
}

static void
scene_clear(struct scene *s)
{
	helper_free(s->helper);
	loop_free(s->loop);
	pool_clear(&s->pool);
}

static void
go(struct scene *s)
{
	struct errand errand = { .id = 7,
		.method = STR("GET"),
		.url = STR("http://a/"),
		.max_body = 5,
		.body = s->body };

	helper_send(s->helper, &errand, s->patience_ms, s->until);
}

/* Until it is dead, or idle if that is enough. */
static void
turn(struct scene *s, bool until_idle)
{
	while (s->helper->state != HELPER_DEAD &&
	       !(until_idle && s->helper->state == HELPER_IDLE)) {
		helper_settle(s->helper);
		CHECK_INT(loop_turn(s->loop, NULL), 0);
	}
}

/* The sentence without the number of the process. */
static struct str
why(const struct scene *s)
{
	struct str text = s->helper->why_dead;
	size_t at = str_find(text, STR("): "));

	CHECK(str_starts(text, STR("the child that fetches (process ")));
	return at != STR_NPOS ? str_from(text, at + 3) : text;
}

static void
who_breaks_the_protocol_is_killed_and_named(void)
{
	static const struct {
		const char *script, *told, *why;
	} row[] = {
		{ "echo '{\"Alive\":{\"id\":8}}'; sleep 1000", "|",
		    "killed, for it said what none says: an answer to what was "
		    "not asked (8)" },
		{ "echo '" HEAD "'; echo '" HEAD "'; sleep 1000", "h|",
		    "killed, for it said what none says: a second head" },
		{ "echo '" HEAD "'; echo '{\"Body\":{\"id\":7,\"bytes\":6}}'; "
		  "sleep 1000",
		    "h|",
		    "killed, for it said what none says: a longer body than was "
		    "asked for" },
		{ "echo hello; sleep 1000", "|",
		    "killed, for it said what none says: expected value at line "
		    "1 column 1" },
		{ "yes 1234567 | tr -d '\\n'", "|",
		    "killed, for it said what none says: a line of more than "
		    "1048576 bytes" },
		{ "echo '{\"Exit\":\"Ok\"}'; sleep 1000", "|",
		    "killed, for it said what none says: an end that nobody "
		    "asked for" },
		{ "echo '{\"Exit\":{\"Err\":\"ran out of time\"}}'", "|",
		    "ran out of time" },
		{ "echo '" HEAD "'; kill -9 $$", "h|",
		    "was killed (SIGKILL): by somebody, or by a system without "
		    "memory" },
		{ "kill -SEGV $$", "|", "crashed (SIGSEGV)" },
		{ "exit 0", "|", "ended without a word (exit status 0)" },
		{ "exit 3", "|", "ended without a word (exit status 3)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct scene s;

		scene_init(&s, row[i].script);
		go(&s);
		turn(&s, false);
		CHECK_STR(buf_str(&s.told), row[i].told);
		CHECK_STR(why(&s), row[i].why);
		CHECK_INT(s.helper->child.proc.pid, 0);
		scene_clear(&s);
	}
}

/* A flood: it ends at the bound, and the loop turns meanwhile. */
static void
signs_of_life_are_counted(void)
{
	struct scene s;

	scene_init(&s, "yes '" ALIVE "'");
	go(&s);
	turn(&s, false);
	CHECK_INT(s.told.n, ERRAND_MAX_ALIVE + 1);
	CHECK_STR(why(&s),
	    "killed, for it said what none says: nothing but signs of life");
	scene_clear(&s);
}

static void
who_is_silent_or_late_is_killed(void)
{
	struct scene s;

	scene_init(&s, "echo '" ALIVE "'; exec sleep 1000");
	s.patience_ms = 300;
	go(&s);
	turn(&s, false);
	CHECK_STR(buf_str(&s.told), "a|");
	CHECK_STR(why(&s), "killed, for it said nothing for 0 s");
	scene_clear(&s);

	/* what it says is no excuse */
	scene_init(&s, "while :; do echo '" ALIVE "'; sleep 0.05; done");
	s.until = clock_in(300);
	go(&s);
	turn(&s, false);
	CHECK_STR(why(&s), "killed, for it did not end in time");
	scene_clear(&s);
}

/* Nor does it hold anybody up who does not read. */
static void
who_does_not_listen_is_killed(void)
{
	struct scene s;
	struct buf body = BUF_NONE;

	memset(buf_room(&body, 4 << 20), 'x', 4 << 20);
	body.n = 4 << 20;
	scene_init(&s, "");
	CHECK_INT(kill(s.helper->pid, SIGSTOP), 0);
	s.body = buf_str(&body);
	s.patience_ms = 300;
	go(&s);
	turn(&s, false);
	CHECK_STR(why(&s), "killed, for it said nothing for 0 s");
	scene_clear(&s);
	buf_clear(&body);
}

/* Closed, and it lives on: for two seconds. */
static void
who_closes_its_output_ends(void)
{
	struct scene s;

	scene_init(&s, "exec >&-; exec sleep 1000");
	go(&s);
	turn(&s, false);
	CHECK(str_starts(why(&s), STR("was killed (SIGKILL)")));
	scene_clear(&s);
}

static void
an_idle_one_may_end_and_say_nothing(void)
{
	struct scene s;

	scene_init(&s, "echo '" FAILED "'; sleep 1000");
	go(&s);
	turn(&s, true);
	CHECK_STR(buf_str(&s.told), "f.");
	CHECK_INT(kill(-s.helper->pid, SIGKILL), 0);
	turn(&s, false);
	CHECK_STR(buf_str(&s.told), "f.|");
	scene_clear(&s);

	scene_init(&s, "echo '" FAILED "'; echo '" ALIVE "'; sleep 1000");
	go(&s);
	turn(&s, false);
	CHECK_STR(buf_str(&s.told), "f.|");
	CHECK_STR(why(&s),
	    "killed, for it said what none says: an answer to what was not "
	    "asked (7)");
	scene_clear(&s);
}

/* The broker of the first attempt says that it hung up on its worker. */
static void
who_does_not_speak_to_its_broker_is_not_used_again(void)
{
	struct scene s;

	scene_init(&s,
	    "{ printf '\\1\\4\\0\\0\\1\\0\\0\\0'; head -c 293 /dev/zero; } | "
	    "dd bs=301 count=1 iflag=fullblock status=none >&3; "
	    "echo '" FAILED "'; sleep 1000");
	go(&s);
	turn(&s, false);
	CHECK_STR(why(&s), "killed, for it asked its broker what none asks");
	scene_clear(&s);
}

static void
a_broker_that_notices_nonsense_is_killed(void)
{
	struct scene s;

	scene_init(&s, "echo x >&3; sleep 1000");
	go(&s);
	turn(&s, false);
	CHECK_STR(why(&s),
	    "killed, for its broker said what is no notice (2 bytes)");
	scene_clear(&s);
}

int
main(void)
{
	static const struct check_case all[] = {
		CASE(who_breaks_the_protocol_is_killed_and_named),
		CASE(signs_of_life_are_counted),
		CASE(who_is_silent_or_late_is_killed),
		CASE(who_does_not_listen_is_killed),
		CASE(who_closes_its_output_ends),
		CASE(an_idle_one_may_end_and_say_nothing),
		CASE(who_does_not_speak_to_its_broker_is_not_used_again),
		CASE(a_broker_that_notices_nonsense_is_killed),
	};

	return check_run(all, (int)ARRAY_SIZE(all));
}
