/* wait: functions that wait for time or for the parent. */
#include <errno.h>
#include <time.h>

#include "base/halt.h"
#include "child/child.h"
#include "child/stop.h"
#include "evidence/evidence.h"
#include "stdlib/ask.h"
#include "stdlib/call.h"
#include "stream/values.h"
#include "value/quote.h"

#define MOST_SECONDS 1000000000 /* 30 years; a time_t holds it everywhere */

int
ask_line(struct call *c, struct str line, struct str *answer)
{
	struct wire *wire = &c->child->wire;
	int status;

	evidence_flush();
	wire->is_asking = 1;
	status = wire_send(wire, line, c->err) == -1
	             ? -1
	             : wire_receive(wire, answer, c->err);
	wire->is_asking = 0;
	stop_if_interrupted(c->child);
	return status;
}

int
ask(struct call *c, struct str line, const struct json **ok, struct str *text)
{
	struct str answer;

	if (ask_line(c, line, &answer) == -1)
		return -1;
	return reply_read(c->pool, answer, ok, text, c->err);
}

/* -1: it was called off. */
static int
wait_ns(struct call *c, uint64_t ns)
{
	struct timespec left = {
		.tv_sec = (time_t)(ns / 1000000000),
		.tv_nsec = (long)(ns % 1000000000),
	};

	if (left.tv_sec > MOST_SECONDS)
		left.tv_sec = MOST_SECONDS;
	call_flush(c);
	if (values_sleep(ns / 1000000))
		return 0;
	while (
	    !halt_is_wanted && nanosleep(&left, &left) == -1 && errno == EINTR)
		;
	return halt_is_wanted ? err_set(c->err, STOP_INTERRUPTED) : 0;
}

static int
fn_sleep(struct call *c)
{
	int64_t seconds = call_int(c, 1);

	if (seconds > MOST_SECONDS)
		seconds = MOST_SECONDS;
	if (seconds <= 0)
		call_flush(c);
	else if (wait_ns(c, (uint64_t)seconds * 1000000000) == -1)
		return -1;
	return call_return_none(c);
}

static int
fn_ratelimit_throttle(struct call *c)
{
	struct buf line = BUF_IN(c->pool);
	const struct json *ok;
	struct reply_wait reply;
	struct str text;

	buf_add(&line, STR("{\"Ratelimit\":{\"key\":"));
	json_write_str(&line, call_str(c, 1));
	buf_printf(&line, ",\"passes\":%llu,\"time\":%llu}}\n",
	    (unsigned long long)call_int(c, 2),
	    (unsigned long long)call_int(c, 3));
	for (;;) {
		int status = ask(c, buf_str(&line), &ok, &text);

		if (status == 1)
			return err_set(c->err,
			    "Unexpected error case for ratelimit: %.*s",
			    STR_ARG(text));
		if (status == -1 || reply_read_wait(ok, &reply, c->err) == -1)
			return -1;
		if (reply.passes)
			return call_return_none(c);
		if (wait_ns(c, reply.wait_ns) == -1)
			return -1;
	}
}

static int
read_stdin(struct call *c, struct str line)
{
	const struct json *ok;
	struct str text;
	int status = ask(c, line, &ok, &text);

	if (status == 1)
		return err_set(c->err, "Failed to read stdin: %s",
		    quote_text(c->pool, text).p);
	if (status == -1 || reply_read_text(ok, &text, c->err) == -1)
		return -1;
	return text.p != NULL ? call_return_str(c, text) : call_return_nil(c);
}

static int
fn_stdin_read_line(struct call *c)
{
	return read_stdin(c, STR("{\"Stdio\":\"Readline\"}\n"));
}

static int
fn_stdin_read_to_end(struct call *c)
{
	return read_stdin(c, STR("{\"Stdio\":\"ToEnd\"}\n"));
}

const struct stdlib_fn stdlib_wait[] = {
	{
	    .name = "sleep",
	    .call = fn_sleep,
	    .args = "seconds:int",
	    .doc = "Waits whole seconds; a negative number does not wait.",
	    .example = "sleep(0)",
	},
	{
	    .name = "ratelimit_throttle",
	    .call = fn_ratelimit_throttle,
	    .args = "key:text, passes:u32, time:u32",
	    .doc =
		"Waits until fewer than `passes` calls with this key were let through during the last `time` milliseconds, over all targets of the run.",
	    .example = "ratelimit_throttle('api.example.com', 5, 1000)",
	    .flags = FN_DEBUG_DUMP,
	},
	{
	    .name = "stdin_read_line",
	    .call = fn_stdin_read_line,
	    .returns = "text",
	    .doc =
		"The next line of the user's standard input with its newline, nil at the end. Needs run --stdin.",
	    .example = "stdin_read_line()",
	    .flags = FN_DEBUG_DUMP,
	},
	{
	    .name = "stdin_readline",
	    .call = fn_stdin_read_line,
	    .returns = "text",
	    .doc = "The older name of stdin_read_line().",
	    .example = "stdin_readline()",
	    .flags = FN_DEBUG_DUMP,
	},
	{
	    .name = "stdin_read_to_end",
	    .call = fn_stdin_read_to_end,
	    .returns = "text",
	    .doc =
		"All that is left of the user's standard input, nil if nothing is. Needs run --stdin.",
	    .example = "stdin_read_to_end()",
	    .flags = FN_DEBUG_DUMP,
	},
	{ NULL },
};
