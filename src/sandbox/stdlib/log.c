/* log: lines for the user's terminal. Format: docs/wire.md, "Log text". */
#include "stdlib/log.h"

#include "base/utf8.h"
#include "child/child.h"
#include "child/say.h"
#include "ipc/secret.h"
#include "stdlib/call.h"
#include "stdlib/value.h"
#include "value/quote.h"

#include <errno.h>
#include <unistd.h>

#define VERBOSE_ERRORS 1 /* -v shows each error as it is set */
#define VERBOSE_DEBUG  2 /* -vv shows debug() */

#define ABOUT_BYTES 120 /* shown of what a function failed at */

static int
send_line(struct child *child, struct pool *pool, const char *kind,
    struct str text, struct err *err)
{
	struct buf out = BUF_IN(pool);

	text = child_cut(child, pool, text);
	buf_room(&out, text.n + text.n / 4 + 64);
	buf_add(&out, STR("{\"Log\":{\""));
	buf_add(&out, str_of(kind));
	buf_add(&out, STR("\":"));
	json_write_str(&out, text);
	buf_add(&out, STR("}}\n"));
	return wire_send(&child->wire, buf_str(&out), err);
}

static int
send_log(struct call *c, const char *kind, struct str text)
{
	return send_line(c->child, c->pool, kind, text, c->err);
}

bool
log_shows_errors(const struct child *child)
{
	return child->is_ours && child->start.verbose >= VERBOSE_ERRORS;
}

void
log_debug(struct child *child, struct pool *pool, struct str text)
{
	autoerr struct err err = ERR_NONE;

	(void)send_line(child, pool, "Debug", text, &err);
}

/* What could not be read tells more than where: a page in place of JSON. */
static void
add_about(struct call *c, struct buf *out)
{
	struct str text;

	if (c->about.n == 0)
		return;
	/* all of it: of a secret that is cut the rest would be shown */
	text = secret_hide(c->pool, &c->child->start, true,
	    utf8_lossy(c->pool, c->about));
	buf_add(out, STR(": "));
	quote_add(out, utf8_lossy(c->pool, str_sub(text, 0, ABOUT_BYTES)));
	if (text.n > ABOUT_BYTES)
		buf_add(out, STR("..."));
}

void
log_error(struct child *child, struct pool *pool, struct str text)
{
	autoerr struct err err = ERR_NONE;

	(void)send_line(child, pool, "Error", text, &err);
}

void
log_error_place(struct call *c)
{
	struct child *child = c->child;
	struct buf text = BUF_IN(c->pool);

	if (!log_shows_errors(child))
		return;
	child_add_place(child, &child->err_at, &text);
	buf_add(&text, STR(": "));
	buf_add(&text, err_join(c->pool, &child->err));
	add_about(c, &text);
	log_debug(child, c->pool, buf_str(&text));
}

static int
send_value(struct call *c, const char *kind)
{
	struct buf text = BUF_IN(c->pool);

	if (value_add_log(c->L, 1, c->pool, &text, c->err) == -1)
		return -1;
	return send_log(c, kind, buf_str(&text));
}

static int
fn_info(struct call *c)
{
	return send_value(c, "Info");
}

static int
fn_debug(struct call *c)
{
	if (c->child->start.verbose < VERBOSE_DEBUG)
		return 0;
	return send_value(c, "Debug");
}

static int
fn_error(struct call *c)
{
	return send_log(c, "Error", call_str(c, 1));
}

static int
fn_warn(struct call *c)
{
	return send_log(c, "Warn", call_str(c, 1));
}

static int
fn_warn_once(struct call *c)
{
	return send_log(c, "WarnOnce", call_str(c, 1));
}

static int
fn_status(struct call *c)
{
	return send_log(c, "Status", call_str(c, 1));
}

static int
fn_print(struct call *c)
{
	struct buf text = BUF_IN(c->pool);

	if (value_add_log(c->L, 1, c->pool, &text, c->err) == -1)
		return -1;
	buf_add_char(&text, '\n');
	if (wire_count(&c->child->wire, text.n, c->err) == -1)
		return -1;
	/* nobody has to read it */
	if (say(STDERR_FILENO, buf_str(&text)) == -1 && errno != EPIPE)
		return err_sys(c->err, "cannot write to standard error");
	return 0;
}

const struct stdlib_fn stdlib_log[] = {
	{
	    .name = "info",
	    .call = fn_info,
	    .args = "value:raw",
	    .doc = "Logs a value of any type as information.",
	    .example = "info({1, 'two'})",
	},
	{
	    .name = "debug",
	    .call = fn_debug,
	    .args = "value:raw",
	    .doc = "Logs a value of any type; shown with -vv.",
	    .example = "debug(arg)",
	},
	{
	    .name = "error",
	    .call = fn_error,
	    .args = "text:text",
	    .doc =
		"Logs an error. It neither ends the module nor makes it fail; return the text or call set_err() for that.",
	    .example = "error('no answer')",
	},
	{
	    .name = "warn",
	    .call = fn_warn,
	    .args = "text:text",
	    .doc = "Logs a warning.",
	    .example = "warn('certificate expires soon')",
	},
	{
	    .name = "warn_once",
	    .call = fn_warn_once,
	    .args = "text:text",
	    .doc =
		"Logs a warning, each text only once per run whatever the number of targets.",
	    .example = "warn_once('no API key, results are limited')",
	},
	{
	    .name = "status",
	    .call = fn_status,
	    .args = "text:text",
	    .doc = "Replaces the text beside the spinner.",
	    .example = "status('page 2 of 10')",
	},
	{
	    .name = "print",
	    .call = fn_print,
	    .args = "value:raw",
	    .doc = "Writes a value of any type to the standard error stream.",
	    .example = "print('hello')",
	},
	{ NULL },
};
