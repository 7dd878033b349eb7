#include "about/manual.h"

#include "base/mem.h"
#include "line/cmd.h"
#include "state/header.h"
#include "term/term.h"

/* A line of a list: what it is, and what about it. */
struct item {
	const char *name, *text;
};

static const struct item environment[] = {
	{ "HOME",
	    "where the files are; otherwise the home folder of the user" },
	{ "XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_CACHE_HOME",
	    "in place of ~/.config, ~/.local/share and ~/.cache; a relative "
	    "path counts as none" },
	{ "SN0INT_WORKSPACE",
	    "the workspace, unless -w names one; set for commands that are "
	    "started with ! at the prompt" },
	{ "SSL_CERT_FILE", "the certificates that are trusted, as PEM" },
	{ "NO_COLOR, CLICOLOR_FORCE, TERM", "colours; --color is stronger" },
	{ NULL, NULL },
};

static const struct item files[] = {
	{ "~/.config/sn0int.toml", "the configuration, sn0int.toml(5)" },
	{ "~/.local/share/sn0int/modules/AUTHOR/NAME.lua",
	    "modules, sn0int(5)" },
	{ "~/.local/share/sn0int/data/WORKSPACE/db.sqlite",
	    "what was found; SQLite" },
	{ "~/.local/share/sn0int/data/WORKSPACE/blobs/", "images" },
	{ "~/.local/share/sn0int/keyring.json",
	    "secrets, and who was granted them, sn0int(5)" },
	{ "~/.local/share/sn0int/history", "what was typed at the prompt" },
	{ "~/.cache/sn0int/",
	    "the suffix list and GeoIP files of update-lists" },
	{ NULL, NULL },
};

static const struct item filters[] = {
	{ "= == != <> < > <= >=",
	    "between a column and a value, in one word or in three: id>2, "
	    "\"name=two words\", id > 2. The value is what the column holds: a "
	    "number, true or false, a time or its beginning (2020-02), a text" },
	{ "[not] like PATTERN, [not] glob PATTERN",
	    "% stands for anything and _ for one character; * and ?" },
	{ "is [not] null, is [not] true, is [not] false",
	    "a column alone holds where it is true" },
	{ "[not] in (A,B), [not] between A and B",
	    "one of them; both and what is between" },
	{ "length(column), lower(column)", "in place of a column" },
	{ "and, or, not, ( )", "parentheses may stick to words" },
	{ "order by COLUMN [desc], random(), limit N offset N",
	    "behind the condition; where true: all rows" },
	{ "where sql \"...\"",
	    "one word of SQL in place of all that; it only reads" },
	{ NULL, NULL },
};

static const struct item statuses[] = {
	{ "0", "success" },
	{ "1", "the command failed" },
	{ "2", "it was not understood" },
	{ "3", "a run could look at nothing: of the connections and look-ups "
	       "that were tried all failed, and no row came or changed" },
	{ "130", "it was interrupted" },
	{ NULL, NULL },
};

static const struct item sandbox[] = {
	{ "sn0int sandbox --check",
	    "each layer of the sandbox on this machine, and why one is off; "
	    "status 0: all are on, 3: weaker, 1: modules cannot run" },
	{ "sn0int sandbox --policy",
	    "every system call that is allowed, and why" },
	{ "sn0int sandbox --selftest",
	    "calls every function of modules in it" },
	{ "sn0int sandbox --help", "its other options, and the limits" },
	{ NULL, NULL },
};

static const struct item examples[] = {
	{ "sn0int add domain example.com", "begins with a domain" },
	{ "sn0int run ct-search", "finds its sub-domains" },
	{ "sn0int run -j4 dns-resolve -t 'where resolvable is null'",
	    "looks up those that nobody has looked up yet" },
	{ "sn0int run --new ct-search",
	    "the next day: only the domains that were added since, or at which "
	    "something could not be looked at" },
	{ "sn0int run -f mine.lua -vv", "tries a module of one's own" },
	{ "sn0int run ct-search -X 127.0.0.1:9050", "asks through Tor" },
	{ "sn0int run url-scan --allow-net 10.0.0.0/8",
	    "in one's own network" },
	{ "sn0int select subdomains where value like %.example.com",
	    "shows what was found" },
	{ "sn0int select --json emails | jq -r .value", "for other programs" },
	{ "sn0int autonoscope add domain example.net",
	    "keeps a domain out, whatever is found" },
	{ "sn0int -w client export -f json -o client.json",
	    "takes everything along" },
	{ "sn0int export -f csv -o sheets", "for a spreadsheet" },
	{ "sn0int export -f dot | dot -Tsvg > map.svg",
	    "draws what was found, with Graphviz" },
	{ NULL, NULL },
};

/* scdoc(5): these are its own */
static void
print_scdoc(const char *text)
{
	for (; *text != '\0'; text++) {
		if (strchr("_*#\\<>[]`", *text) != NULL)
			term_print(STR("\\"));
		term_print(str_view(text, 1));
	}
}

static void
print_option(const struct opt *opt, const char *indent)
{
	term_printf("\n%s", indent);
	if (opt->letter != 0)
		term_printf("*-%c*, ", opt->letter);
	term_printf("*--%s*", opt->name);
	if (opt->value != NULL) {
		term_print(STR(" "));
		print_scdoc(opt->value);
	}
	term_print(STR(": "));
	print_scdoc(opt->help);
	term_print(STR("\n"));
}

/* Its lines stay lines: examples are among them. */
static void
print_more(const char *more)
{
	struct str rest = more != NULL ? str_of(more) : STR_NONE;
	autopool struct pool pool = POOL_NONE;
	bool is_first = true;

	if (more == NULL)
		return;
	term_print(STR("\n"));
	while (rest.p != NULL) {
		struct str line = str_cut(&rest, '\n');
		bool is_last = rest.n == 0 || rest.p[0] == '\n';

		if (is_first && line.n != 0)
			term_print(STR("\t"));
		if (str_starts(line, STR("- "))) /* no list */
			term_print(STR("\\"));
		print_scdoc(pool_cstr(&pool, line));
		term_print(line.n != 0 && !is_last ? STR("++\n") : STR("\n"));
		is_first = line.n == 0 || is_last;
	}
}

static void
print_man_command(const struct cmd *cmd, const struct cmd *parent)
{
	autopool struct pool pool = POOL_NONE;

	term_print(STR("\n*"));
	if (parent != NULL) {
		print_scdoc(parent->name);
		term_print(STR(" "));
	}
	print_scdoc(cmd->name);
	term_print(STR("* "));
	if (cmd->operands != NULL)
		print_scdoc(cmd->operands);
	term_print(STR("\n\t"));
	print_scdoc(cmd->help);
	term_print(STR(".\n"));
	print_more(cmd_more(&pool, cmd));
	for (const struct opt *opt = cmd->opts;
	     opt != NULL && opt->name != NULL; opt++)
		print_option(opt, "\t");
	for (size_t i = 0; cmd->sub != NULL && cmd->sub[i] != NULL; i++)
		print_man_command(cmd->sub[i], cmd);
}

static void
print_item(const char *name, const char *text)
{
	term_print(STR("\n*"));
	print_scdoc(name);
	term_print(STR("*\n\t"));
	print_scdoc(text);
	term_print(STR("\n"));
}

static void
print_items(const char *title, const struct item *item)
{
	if (title != NULL)
		term_printf("\n# %s\n", title);
	for (; item->name != NULL; item++)
		print_item(item->name, item->text);
}

static void
print_commands(void)
{
	term_print(STR("\n# COMMANDS\n"));
	for (size_t i = 0; cmd_table[i] != NULL; i++) {
		if (!(cmd_table[i]->where & CMD_HIDDEN))
			print_man_command(cmd_table[i], NULL);
	}
}

void
manual_print(void)
{
	term_print(STR("sn0int(1)\n\n# NAME\n\nsn0int - run strangers' modules "
		       "in a sandbox, and keep what they find\n\n# "
		       "SYNOPSIS\n\n*sn0int* \\[-w WORKSPACE\\] \\[COMMAND "
		       "\\[ARGUMENTS\\]\\]\n\n# DESCRIPTION\n\nEach module is "
		       "a Lua program that runs in a child process of its own, "
		       "without files, processes or any network but the "
		       "connections that a broker hands in. What it finds is "
		       "kept in a workspace. Without COMMAND the prompt "
		       "starts.\n\n# OPTIONS\n\nIn front of the command:\n"));
	for (const struct opt *opt = cmd_global->opts; opt->name != NULL; opt++)
		print_option(opt, "");
	print_commands();
	term_print(STR("\n# FILTERS\n\nWhat stands behind *where* is a "
		       "condition on the columns of the family; *sn0int help "
		       "FAMILY* lists them.\n"));
	print_items(NULL, filters);
	print_items("SANDBOX", sandbox);
	print_items("ENVIRONMENT", environment);
	print_items("FILES", files);
	print_items("EXIT STATUS", statuses);
	print_items("EXAMPLES", examples);
	term_print(STR("\n# SEE ALSO\n\n*sn0int*(5), *sn0int.toml*(5), "
		       "*sn0int-stdlib*(7)\n"));
}

void
manual_print_files(void)
{
	term_print(STR("sn0int(5)\n\n# NAME\n\nkeyring.json, modules - the "
		       "files of sn0int\n\n# DESCRIPTION\n\nThe "
		       "configuration, ~/.config/sn0int.toml, has a page of "
		       "its own: *sn0int.toml*(5).\n"));
	term_print(
	    STR("\n# KEYRING.JSON\n\n~/.local/share/sn0int/"
		"keyring.json, mode 0600; written by *sn0int "
		"keyring*.\n\n```\n{\"keys\":{\"aws\":{\"AKIA1\":"
		"\"s3cret\",\"AKIA2\":null}},\n \"grants\":{\"aws\":"
		"[\"author/name\"]}}\n```\n\nkeys: by namespace and "
		"name, the secret or null. grants: the modules that may "
		"see a namespace; a file (*run -f*) is granted keys "
		"for one run, and never here. grants.json beside it has "
		"the SHA-256 of the text that was granted: a module whose "
		"text has changed asks again, unless it may nothing more. "
		"permissions.json has what was said with *sn0int "
		"permissions*. keyring.sealed has the keys "
		"after *keyring seal*, under a passphrase, which comes "
		"from *--passphrase-fd*, the credential sn0int-keyring of "
		"systemd, the secret service (*seal --remember*), or a "
		"question.\n\n# MODULES\n\n~/.local/share/"
		"sn0int/modules/AUTHOR/NAME.lua. The first lines are "
		"the header, each of the form *-- KEY: VALUE*, up to an "
		"empty line.\n"));
	for (const struct header_row *row = header_rows; row->name != NULL;
	     row++)
		print_item(row->name, row->doc);
	term_print(STR(
	    "\nBehind the header, lines *-- Option: "
	    "NAME = DEFAULT, MEANING* (or *NAME, MEANING*) tell what "
	    "*run -o* may set, and *-- Options: optional-key* that the module "
	    "can do without its keys: nobody is asked. *-- Runs-In: "
	    "sn0int 0.26.1*, *-- Page: URL* and *-- Limits: TEXT* are "
	    "shown by *pkg info*. *function run(arg)* is called with the row.\n\n"
	    "```\n-- Description: Adds www to each domain\n-- "
	    "Version: 0.1.0\n-- License: GPL-3.0\n-- Source: "
	    "domains\n\nfunction run(arg)\n    db_add('subdomain', "
	    "{ domain_id=arg['id'], value='www.' .. arg['value'] "
	    "})\nend\n```\n\n# SEE ALSO\n\n*sn0int*(1), "
	    "*sn0int.toml*(5), *sn0int-stdlib*(7)\n"));
}
