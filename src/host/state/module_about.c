#include "state/module_about.h"

#include "base/mem.h"

const struct header_row module_about_rows[] = {
	[ABOUT_RUNS_IN] = { "Runs-In",
	    "another program in which the module runs" },
	[ABOUT_PAGE] = { "Page", "where the provider documents what it asks" },
	[ABOUT_LIMITS] = { "Limits",
	    "what the provider says on limits and terms" },
	[ABOUT_KEYS] = { "Option",
	    "an option of the module: NAME = DEFAULT, MEANING" },
	{ "Options", "optional-key: it can do without its keys" },
	{ MODULE_ABOUT_REACHES,
	    "the hosts that it may reach, where its text leaves them open" },
	{ NULL, NULL },
};

static void
add(struct module_about *about, struct pool *pool, size_t key, struct str text)
{
	struct module_about_texts *texts = &about->key[key];

	if (text.n == 0)
		return;
	if (texts->n == MODULE_ABOUT_MOST || text.n > MODULE_ABOUT_LONGEST) {
		about->is_cut = true;
		return;
	}
	texts->text =
	    pool_push(pool, texts->text, texts->n, sizeof(*texts->text));
	texts->text[texts->n++] = text;
}

/* "Page: TEXT", behind "-- " */
static void
read_line(struct module_about *about, struct pool *pool, struct str line)
{
	static const struct str colon = { ": ", 2 };

	for (size_t i = 0; i < ABOUT_KEYS; i++) {
		struct str name = str_of(module_about_rows[i].name);

		if (str_starts(line, name) &&
		    str_starts(str_from(line, name.n), colon))
			add(about, pool, i,
			    str_trim(str_from(line, name.n + colon.n)));
	}
}

void
module_about_read(struct module_about *about, struct pool *pool,
    struct str code)
{
	static const struct str dashes = { "-- ", 3 };

	*about = (struct module_about){ .is_cut = false };
	while (code.p != NULL) {
		struct str line = str_cut(&code, '\n');

		if (str_starts(line, dashes))
			read_line(about, pool, str_from(line, dashes.n));
	}
}

bool
module_about_claims_peer(const struct module_about *about)
{
	const struct module_about_texts *in = &about->key[ABOUT_RUNS_IN];

	for (size_t i = 0; i < in->n; i++) {
		struct str rest = in->text[i];

		if (str_is(str_cut(&rest, ' '), MODULE_ABOUT_PEER))
			return true;
	}
	return false;
}
