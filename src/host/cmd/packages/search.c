/* search, pkg search: what a registry has. */
#include "packages/packages.h"

#include "packages/ask.h"
#include "term/size.h"
#include "term/term.h"
#include "value/quote.h"

struct search_opts {
	struct net_opts net;
	bool is_new;
};

struct search {
	struct program *p;
	const struct search_opts *opts;
	bool has_counts; /* the registry counts downloads */
};

static bool
is_installed(const struct library *library, const struct registry_module *m)
{
	for (size_t i = 0; i < library->n; i++) {
		const struct module *module = &library->module[i];

		if (!module->is_bundled && str_eq(module->author, m->author) &&
		    str_eq(module->name, m->name))
			return true;
	}
	return false;
}

static void
print_count(uint64_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	size_add_grouped(&out, n);
	term_printf(" - %s downloads", buf_cstr(&out));
}

static void
print_tag(bool is, const char *tag, const char *color)
{
	if (is)
		term_printf(" [%s%s%s%s]", term_paint(color), tag,
		    term_paint("0"), term_paint("1"));
}

/* As `pkg list` has it, with what only a registry knows. */
static void
print_hit(const struct search *s, const struct registry_module *m, bool has_it)
{
	autopool struct pool pool = POOL_NONE;
	struct str latest = m->latest.p != NULL ? m->latest : STR("-");
	struct str description = term_safe(&pool, m->description);

	term_printf("%s%s%.*s%s%s/%.*s %s%.*s%s%s", term_paint("1"),
	    term_paint("35"), STR_ARG(m->author), term_paint("0"),
	    term_paint("1"), STR_ARG(m->name), term_paint("34"),
	    STR_ARG(latest), term_paint("0"), term_paint("1"));
	if (s->has_counts)
		print_count(m->downloads);
	print_tag(m->is_featured, "featured", "32");
	print_tag(has_it, "installed", "32");
	term_printf("%s\n    %.*s\n", term_paint("0"), STR_ARG(description));
}

static int
on_hit(void *arg, const struct registry_module *m, struct err *err)
{
	const struct search *s = arg;
	bool has_it = is_installed(&s->p->library, m);

	(void)err;
	if (!has_it || !s->opts->is_new)
		print_hit(s, m, has_it);
	return 0;
}

static int
search(struct search *s, struct registry *r, struct str query, struct err *err)
{
	static const char *const nothing[] = { NULL };
	autopool struct pool pool = POOL_NONE;
	struct str quoted = quote_text(&pool, query);
	unsigned slot;
	int status;

	if (ask_lock(s->p, r, nothing, err) == -1)
		return -1;
	slot = term_status_take();
	term_status_set(slot,
	    str_of(pool_printf(&pool, "Searching %.*s", STR_ARG(quoted))));
	(void)term_flush();
	status = registry_search(r, query, on_hit, s, err);
	term_status_give(slot);
	if (status == -1 && !ask_is_interrupted(s->p, r, err))
		return err_wrap(err, "Failed to search");
	return status;
}

static int
run_search(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct search_opts *opts = arg;
	struct search s = { .p = p, .opts = opts };
	struct registry *r = ask_open(p, &opts->net, err);
	int status;

	if (r == NULL)
		return -1;
	s.has_counts = !registry_is_local(r);
	status = search(&s, r, in->word[0], err);
	registry_close(r);
	return status;
}

static const struct opt search_opts[] = {
	{ 0, "new", OPT_FLAG, AT(search_opts, is_new), NULL,
	    "only what is not installed", 0 },
	NET_OPTS(search_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

#define SEARCH                                                                 \
	.name = "search", .needs = NEEDS_MODULES, .operands = "QUERY",         \
	.least = 1, .most = 1, .help = "search the registry for modules",      \
	.opts = search_opts, .size = sizeof(struct search_opts),               \
	.run = run_search

const struct cmd packages_search = { SEARCH, .where = CMD_LINE | CMD_PROMPT };
const struct cmd cmd_search = { SEARCH, .where = CMD_LINE };
