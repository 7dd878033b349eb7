#include "work/layers.h"

#include <poll.h>

#include "ipc/line.h"
#include "program/where.h"
#include "term/term.h"
#include "transport/proc.h"
#include "work/child.h"

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

/* Those of one process; --check has a heading for each: "outer half:". */
struct layers {
	struct buf process, on, off;
};

static void
add_layer(struct buf *list, struct str name)
{
	if (list->n != 0)
		buf_add(list, STR(", "));
	buf_add(list, name);
}

/* "on  user namespace", "off landlock (not supported)", "-   own keyring" */
static void
read_layer(struct layers *layers, struct str line)
{
	struct str name = line;
	struct str word = str_cut(&name, ' ');

	if (str_is(word, "on"))
		add_layer(&layers->on, str_trim(name));
	else if (str_is(word, "off"))
		add_layer(&layers->off, str_trim(name));
}

/* What is above the first heading is of no process. */
static bool
say_process(const struct layers *layers)
{
	autopool struct pool pool = POOL_NONE;

	if (layers->process.n == 0 || layers->on.n + layers->off.n == 0)
		return false;
	term_run_note(STR_NONE,
	    str_of(pool_printf(&pool, "sandbox, %.*s: on: %.*s; off: %.*s",
		STR_ARG(buf_str(&layers->process)),
		STR_ARG(buf_str(&layers->on)),
		STR_ARG(layers->off.n != 0 ? buf_str(&layers->off)
					   : STR("none")))));
	return true;
}

/* A line for each process; false: --check named no layer. */
static bool
say_layers(struct line *in)
{
	autopool struct pool pool = POOL_NONE;
	struct layers layers = { BUF_IN(&pool), BUF_IN(&pool), BUF_IN(&pool) };
	bool is_said = false;
	struct str line;

	while (next_line(in, &line)) {
		line = str_trim(line);
		if (!str_ends(line, STR(":"))) {
			read_layer(&layers, line);
			continue;
		}
		is_said = say_process(&layers) || is_said;
		layers = (struct layers){ BUF_IN(&pool), BUF_IN(&pool),
			BUF_IN(&pool) };
		buf_add(&layers.process, str_sub(line, 0, line.n - 1));
	}
	return say_process(&layers) || is_said;
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
	if (options->shows_exchanges)
		term_run_note(STR_NONE,
		    STR("it says nothing of what it asks: its exchanges are "
			"not known"));
}

bool
layers_are_said(const struct work_options *options)
{
	return options->child == NULL && options->start.verbose >= 2;
}

static const char *const *
words_of(const char *question, struct pool *pool)
{
	const char **argv = pool_array(pool, 3, sizeof(*argv));

	argv[0] = where_is(WHERE_SANDBOX);
	argv[1] = question;
	argv[2] = NULL;
	return argv;
}

/* Born as the children of the run are. */
struct recipe
layers_recipe(const struct work_options *options, struct pool *pool)
{
	static const char *const no_env[] = { NULL };
	struct child_birth born =
	    transport_birth(child_transport(options, pool));
	struct recipe recipe = { words_of("--check", pool), no_env, NULL };

	if (born.is_nested)
		recipe.nested = words_of(pool_printf(pool, "--check=%lu:%lu",
					     (unsigned long)born.uid,
					     (unsigned long)born.gid),
		    pool);
	return recipe;
}

void
layers_say(const struct work_options *options)
{
	autopool struct pool pool = POOL_NONE;
	struct recipe recipe = layers_recipe(options, &pool);
	struct proc_options how = { recipe.argv, recipe.env, false, -1,
		options->starter, recipe.nested };
	struct line in;
	struct proc proc;

	if (options->child != NULL && options->start.verbose >= 1)
		say_child(options);
	if (!layers_are_said(options) || proc_start(&proc, &how, NULL) == -1)
		return;
	line_init(&in, proc.out);
	if (!say_layers(&in))
		term_run_note(STR_NONE,
		    STR("sandbox: it did not say which layers are on"));
	line_clear(&in);
	proc_clear(&proc);
}
