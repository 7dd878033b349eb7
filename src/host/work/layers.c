#include "work/layers.h"

#include <poll.h>

#include "ipc/line.h"
#include "program/where.h"
#include "term/term.h"
#include "transport/proc.h"

#define MOST_LINE 1024 /* bytes of one layer */
#define MOST_WAIT 2000 /* ms for the next */

/* One line; false: there is none any more. */
static bool
next_line(struct line *in, struct str *line)
{
	struct pollfd p = { in->fd, POLLIN, 0 };
	int status;

	while ((status = line_next(in, MOST_LINE, false, line, NULL)) == 2) {
		if (poll(&p, 1, MOST_WAIT) != 1 || line_fill(in, NULL) != 1)
			return false;
	}
	return status == 1;
}

static void
add_layer(struct buf *list, struct str name)
{
	if (list->n != 0)
		buf_add(list, STR(", "));
	buf_add(list, name);
}

/* "on  user namespace", "off landlock (not supported)" */
static void
read_layers(struct line *in, struct buf *on, struct buf *off)
{
	struct str line;

	while (next_line(in, &line)) {
		struct str name = str_trim(line);
		struct str word = str_cut(&name, ' ');

		if (str_is(word, "on"))
			add_layer(on, str_trim(name));
		else if (str_is(word, "off"))
			add_layer(off, str_trim(name));
	}
}

/* Nothing is known of its layers. */
static void
say_child(const struct work_options *options)
{
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);

	buf_add(&text, STR("another program is the child, with a sandbox and a "
			   "policy of its own:"));
	for (size_t i = 0; options->child[i] != NULL; i++)
		buf_printf(&text, " %s", options->child[i]);
	buf_printf(&text, " sandbox %s", options->module);
	term_run_note(STR_NONE, buf_str(&text));
}

bool
layers_are_said(const struct work_options *options)
{
	return options->child == NULL && options->start.verbose >= 2;
}

struct recipe
layers_recipe(struct pool *pool)
{
	static const char *const no_env[] = { NULL };
	const char **argv = pool_array(pool, 3, sizeof(*argv));

	argv[0] = where_is(WHERE_SANDBOX);
	argv[1] = "--check";
	argv[2] = NULL;
	return (struct recipe){ argv, no_env };
}

void
layers_say(const struct work_options *options)
{
	autopool struct pool pool = POOL_NONE;
	struct recipe recipe = layers_recipe(&pool);
	struct proc_options how = { recipe.argv, recipe.env, false, -1,
		options->starter };
	struct buf on = BUF_IN(&pool), off = BUF_IN(&pool);
	struct line in;
	struct proc proc;

	if (options->child != NULL && options->start.verbose >= 1)
		say_child(options);
	if (!layers_are_said(options) || proc_start(&proc, &how, NULL) == -1)
		return;
	line_init(&in, proc.out);
	read_layers(&in, &on, &off);
	line_clear(&in);
	proc_clear(&proc);
	if (on.n == 0 && off.n == 0) {
		term_run_note(STR_NONE,
		    STR("sandbox: it did not say which layers are on"));
		return;
	}
	term_run_note(STR_NONE,
	    str_of(pool_printf(&pool, "sandbox: on: %.*s; off: %.*s",
		STR_ARG(buf_str(&on)),
		STR_ARG(off.n != 0 ? buf_str(&off) : STR("none")))));
}
