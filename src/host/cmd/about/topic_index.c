#include "about/topic_index.h"

#include <stdlib.h>

#include "base/mem.h"
#include "line/cmd.h"
#include "program/sandbox.h"
#include "state/header.h"
#include "state/module_about.h"
#include "term/term.h"

const char *const topic_kind_name[TOPIC_KINDS] = {
	[TOPIC_COMMAND] = "command",
	[TOPIC_OPTION] = "option",
	[TOPIC_FUNCTION] = "function",
	[TOPIC_KEY] = "key",
	[TOPIC_FAMILY] = "family",
	[TOPIC_COLUMN] = "column",
	[TOPIC_HEADER] = "header",
	[TOPIC_CONFIG] = "config",
	[TOPIC_MODULE] = "module",
};

static struct topic *
add(struct topic_index *index, enum topic_kind kind, struct str name,
    struct str text)
{
	struct topic *topic;

	index->topic = pool_push(&index->pool, index->topic, index->n,
	    sizeof(*index->topic));
	topic = &index->topic[index->n++];
	*topic = (struct topic){ .kind = kind, .name = name, .text = text };
	return topic;
}

static void
add_text(struct topic_index *index, enum topic_kind kind, const char *name,
    const char *text)
{
	(void)add(index, kind, str_of(name), str_of(text));
}

static void
add_options(struct topic_index *index, const struct opt *opt, const char *owner)
{
	for (; opt != NULL && opt->name != NULL; opt++)
		add_text(index, TOPIC_OPTION,
		    pool_printf(&index->pool, "%s --%s", owner, opt->name),
		    opt->flags & OPT_LINE_ONLY
			? pool_printf(&index->pool, "%s (command line only)",
			      opt->help)
			: opt->help);
}

static void
add_command(struct topic_index *index, const struct cmd *cmd,
    const struct cmd *parent)
{
	const char *name = parent != NULL ? pool_printf(&index->pool, "%s %s",
						parent->name, cmd->name)
	                                  : cmd->name;
	struct topic *topic;

	if (cmd->where & CMD_HIDDEN)
		return;
	topic = add(index, TOPIC_COMMAND, str_of(name), str_of(cmd->help));
	topic->more = str_of(cmd_more(&index->pool, cmd));
	add_options(index, cmd->opts, name);
	for (size_t i = 0; cmd->sub != NULL && cmd->sub[i] != NULL; i++)
		add_command(index, cmd->sub[i], cmd);
}

static void
add_columns(struct topic_index *index, const struct model *m)
{
	for (const struct field *f = m->field; f->name != NULL; f++)
		add_text(index, TOPIC_COLUMN,
		    pool_printf(&index->pool, "%s.%s", m->family, f->name),
		    f->doc);
}

static void
add_families(struct topic_index *index)
{
	for (const struct model *m = model_table; m->family != NULL; m++) {
		struct topic *topic =
		    add(index, TOPIC_FAMILY, str_of(m->family), str_of(m->doc));

		topic->more = str_of(m->table);
		add_columns(index, m);
	}
	add_columns(index, &model_activity);
}

static void
add_headers(struct topic_index *index, const struct header_row *row)
{
	for (; row->name != NULL; row++)
		add_text(index, TOPIC_HEADER, row->name, row->doc);
}

static void
add_config(struct topic_index *index)
{
	for (const struct config_section *s = config_sections; s->name != NULL;
	     s++) {
		add_text(index, TOPIC_CONFIG,
		    pool_printf(&index->pool, "[%s]", s->name), s->doc);
		for (const struct slot *slot = s->slot; slot->name != NULL;
		     slot++)
			add_text(index, TOPIC_CONFIG,
			    pool_printf(&index->pool, "%s.%s", s->name,
				slot->name),
			    slot->doc);
	}
}

static void
say_missing(struct topic_index *index, const char *what, struct err *err)
{
	index->is_partial = true;
	term_line(TERM_WARN, "%s are not among what is searched: %s", what,
	    err_cstr(err));
}

/* "function\tNAME\tTEXT" and "key\tNAME\tTEXT" */
static void
add_functions(struct topic_index *index)
{
	autoerr struct err err = ERR_NONE;
	struct str lines = STR_NONE;
	int status = sandbox_ask(&index->pool, "--reference=index", STR_NONE,
	    &lines, &err);

	if (status == 1)
		(void)err_set(&err, "the sandbox has no answer");
	if (status != 0) {
		say_missing(index, "functions", &err);
		return;
	}
	while (lines.n != 0) {
		struct str text = str_cut(&lines, '\n');
		bool is_key = str_is(str_cut(&text, '\t'), "key");
		struct str name = str_cut(&text, '\t');

		(void)add(index, is_key ? TOPIC_KEY : TOPIC_FUNCTION, name,
		    text);
	}
}

static void
add_modules(struct topic_index *index, struct program *p)
{
	autoerr struct err err = ERR_NONE;

	if (program_open(p, NEEDS_MODULES, &err) == -1) {
		say_missing(index, "modules", &err);
		return;
	}
	if (!p->is_prompt) /* which has said it */
		program_say_refused(p);
	for (size_t i = 0; i < p->library.n; i++)
		(void)add(index, TOPIC_MODULE, p->library.module[i].id,
		    p->library.module[i].description);
}

static void
add_all_headers(struct topic_index *index)
{
	add_headers(index, header_rows);
	add_headers(index, module_about_rows);
}

void
topic_index_fill_functions(struct topic_index *index)
{
	*index = (struct topic_index){ .pool = POOL_NONE };
	add_functions(index);
}

void
topic_index_fill_headers(struct topic_index *index)
{
	*index = (struct topic_index){ .pool = POOL_NONE };
	add_all_headers(index);
}

void
topic_index_fill(struct topic_index *index, struct program *p)
{
	*index = (struct topic_index){ .pool = POOL_NONE };
	add_options(index, cmd_global->opts, "sn0int");
	for (size_t i = 0; cmd_table[i] != NULL; i++)
		add_command(index, cmd_table[i], NULL);
	add_functions(index);
	add_families(index);
	add_all_headers(index);
	add_config(index);
	add_modules(index, p);
}

void
topic_index_clear(struct topic_index *index)
{
	pool_clear(&index->pool);
	*index = (struct topic_index){ .pool = POOL_NONE };
}

static bool
has_word(struct str text, struct str word)
{
	for (size_t i = 0; i + word.n <= text.n; i++) {
		if (str_eq_nocase(str_sub(text, i, word.n), word))
			return true;
	}
	return false;
}

bool
topic_has_word(const struct topic *topic, struct str word)
{
	return has_word(topic->name, word) || has_word(topic->text, word) ||
	       has_word(topic->more, word);
}

static int
compare(const void *a, const void *b)
{
	const struct topic *left = a, *right = b;

	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	return str_cmp(left->name, right->name);
}

void
topic_index_sort(struct topic_index *index)
{
	qsort(index->topic, index->n, sizeof(*index->topic), compare);
}
