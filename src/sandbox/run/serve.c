#include "run/serve.h"

#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "base/agreed.h"
#include "base/mem.h"
#include "ipc/peek.h"
#include "ipc/start.h"

#define WIPE_BYTES ((size_t)1 << 20) /* more is only given back */

int
serve_init(struct serve *serve, struct line *in, int control, struct err *err)
{
	*serve = (struct serve){ .in = in, .control = control };
	if (control == -1 || control == CONTROL_FD)
		return 0;
	serve->control = dup3(control, CONTROL_FD, O_CLOEXEC);
	if (serve->control == -1)
		return err_sys(err, "cannot move descriptor %d", control);
	(void)close(control);
	return 0;
}

static void
add_word(struct serve *serve, const char *name, struct str value)
{
	const char *word = pool_printf(&serve->pool, "%s%s%.*s", name,
	    value.p != NULL ? "=" : "", STR_ARG(value));

	serve->word =
	    pool_push(&serve->pool, serve->word, serve->words, sizeof(word));
	serve->word[serve->words++] = word;
}

static void
add_words(struct serve *serve, const char *name, const struct slot_texts *value)
{
	for (size_t i = 0; i < value->n; i++)
		add_word(serve, name, value->text[i]);
}

static void
add_begin(struct serve *serve, const struct child_options *o)
{
	const char *n = pool_printf(&serve->pool, "%u",
	    (unsigned)o->limits.of[LIMIT_CONNECTIONS]);

	add_word(serve, "begin", str_of(n));
}

/* Of a foreign parent. -1: the line is none, and nothing is begun. */
static int
add_start_line(struct serve *serve, const struct child_options *o,
    struct str line)
{
	struct start start = { 0 };
	struct peek peek;

	if (!peek_read(line, &peek) ||
	    start_read_network(&serve->pool, peek.dns_config, peek.proxy,
		&start, NULL) == -1)
		return -1;
	add_words(serve, "ns", &start.dns.ns);
	if (start.proxy.p != NULL)
		add_word(serve, "proxy", start.proxy);
	add_begin(serve, o);
	return 0;
}

/* What there is to know. A foreign parent expects what the reference lets its
 * modules do. */
static void
make_words(struct serve *serve, const struct child_options *o, struct str line)
{
	add_words(serve, "allow", &o->allow_net);
	add_words(serve, "deny", &o->deny_net);
	if (serve->control != -1) {
		add_word(serve, "control", STR_NONE);
		add_words(serve, "ns", &o->name_server);
		if (o->proxy.p != NULL)
			add_word(serve, "proxy", o->proxy);
		return;
	}
	if (!o->has_allow_net)
		add_word(serve, "allow", STR("open"));
	/* a line that cannot be read runs no module: refuse everything */
	(void)add_start_line(serve, o, line);
}

static void
end_words(struct serve *serve)
{
	serve->word = pool_push(&serve->pool, serve->word, serve->words,
	    sizeof(*serve->word));
	serve->word[serve->words] = NULL;
}

int
serve_broker(struct serve *serve, const struct child_options *o,
    struct str line, struct jail_options *options, struct err *err)
{
	make_words(serve, o, line);
	end_words(serve);
	return program_begin(&serve->program, &serve->serving, serve->word,
	    options, err);
}

static void
on_begin(void *arg)
{
	/* the hooks are the broker's, where there is one */
	struct serve *serve =
	    (struct serve *)((char *)arg - offsetof(struct serve, serving));
	struct buf *buf = &serve->in->buf;

	mem_wipe(buf->p, buf->n < WIPE_BYTES ? buf->n : WIPE_BYTES);
	line_clear(serve->in);
	if (serve->serving.egress != NULL)
		serving_begin(&serve->serving);
}

void
serve_options(struct serve *serve, struct jail_options *options)
{
	options->serve.begin = on_begin;
	options->serve.arg = &serve->serving;
}
