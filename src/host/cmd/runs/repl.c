/*
 * repl: a prompt for Lua in the jail of a run. What would be a module's is made
 * up here: its text is the file's, or empty; its keys are those of --grant; its
 * target is a row, a value, or nothing. Without --store the workspace is a copy
 * (program/dry.h). At a terminal the host is not locked, as the prompt is not:
 * the line editor has to change the terminal.
 */
#include <unistd.h>

#include "base/locked.h"
#include "base/mem.h"
#include "launch/grant.h"
#include "launch/launch.h"
#include "line/cmd.h"
#include "line/given.h"
#include "line/words.h"
#include "modules/options.h"
#include "program/dry.h"
#include "program/unlock.h"
#include "runs/lists_of.h"
#include "runs/talk.h"
#include "runs/targets.h"
#include "scope/rules.h"
#include "term/term.h"
#include "value/quote.h"
#include "work/policy.h"

#define TIMEOUT_S 20

struct repl_opts {
	struct opt_number timeout_s, passphrase_fd;
	unsigned verbose;
	bool is_file, does_store, exit_on_error, deny_keyring;
	struct str target, argument, proxy, user_agent;
	struct opt_texts ns, option, grant, limit, allow_net, deny_net;
};

struct repl {
	struct pool pool, keys;
	struct module module; /* what there is of one */
	const struct filter *filter;
	struct json options, argument;
	struct work_target target;
	struct work_options work;
	struct work *shared;
	struct recipe recipe[WORK_RECIPES];
	struct launch launch;
	struct dry dry;
	struct talk_options talk;
};

/* Keys that somebody typed on the command line, and those of the header. */
static void
add_namespaces(struct repl *repl, const struct opt_texts *grant)
{
	struct slot_texts *own = &repl->module.keyring_access;
	struct str *all =
	    pool_array(&repl->pool, own->n + grant->n, sizeof(*all));
	size_t n = own->n;

	if (n != 0)
		memcpy(all, own->text, n * sizeof(*all));
	for (size_t i = 0; i < grant->n; i++)
		all[n++] = grant->text[i];
	*own = (struct slot_texts){ all, n };
}

static int
find_module(struct program *p, const struct repl_opts *opts,
    const struct operands *in, struct repl *repl, struct err *err)
{
	const struct module *module;

	if (in->n == 0) {
		repl->module = (struct module){
			.author = STR("anonymous"),
			.name = STR("repl"),
			.id = STR("anonymous/repl"),
			.version = STR("0"),
			.code = STR(""),
		};
	} else if (opts->is_file) {
		if (str_is(in->word[0], MODULE_STDIN))
			return err_usage(err,
			    "standard input holds the chunks already");
		if (module_load_file(&repl->module,
			pool_cstr(&repl->pool, in->word[0]), &repl->pool,
			err) == -1)
			return -1;
	} else {
		module = library_find(&p->library, in->word[0], err);
		if (module == NULL)
			return -1;
		repl->module = *module;
	}
	/* what is typed behind it may do more than its text: no grant of that
	 * counts here */
	repl->module.is_file = true;
	add_namespaces(repl, &opts->grant);
	return 0;
}

/* -t 'FAMILY where ...': the first of those rows. */
static int
find_rows(const struct repl_opts *opts, struct repl *repl, struct err *err)
{
	struct module *module = &repl->module;
	struct str *word;
	size_t n;

	module->source = SOURCE_NONE;
	module->param = STR_NONE;
	if (opts->target.p == NULL)
		return 0;
	if (words_split(&repl->pool, opts->target, &word, &n, err) == -1)
		return -1;
	if (n == 0)
		return err_usage(err, "-t takes FAMILY where ...");
	if (cmd_family(word[0], true, &module->model, err) == -1)
		return -1;
	module->source = SOURCE_ROWS;
	return filter_read(&repl->pool, module->model, word + 1, n - 1,
	    &repl->filter, err);
}

/* -a JSON */
static int
read_argument(const struct repl_opts *opts, struct repl *repl, struct err *err)
{
	repl->argument = json_null();
	if (opts->argument.p == NULL)
		return 0;
	if (opts->target.p != NULL)
		return err_usage(err, "-a and -t both say what arg is");
	if (json_read(&repl->pool, opts->argument, &repl->argument, err) == -1)
		return err_wrap(err, "-a takes JSON");
	return 0;
}

/* -o key=value; of equal keys the last. */
static int
set_options(const struct repl_opts *opts, struct repl *repl, struct err *err)
{
	repl->options = json_map();
	for (size_t i = 0; i < opts->option.n; i++) {
		struct str key, value;

		if (given_option(opts->option.text[i], &key, &value, err) == -1)
			return -1;
		if (repl->module.code.n != 0)
			options_check(&repl->module, key);
		(void)json_set(&repl->pool, &repl->options, key,
		    json_str(value));
	}
	repl->work.start.options = &repl->options;
	return 0;
}

static int
set_network(struct program *p, const struct repl_opts *opts, struct repl *repl,
    struct err *err)
{
	struct start *start = &repl->work.start;
	struct slot_texts ns;

	if (given_ns(&opts->ns, &ns, err) == -1 ||
	    (opts->proxy.p != NULL && given_addr("-X", opts->proxy, err) == -1))
		return -1;
	if (program_start(p, &ns, &repl->pool, start, err) == -1)
		return -1;
	if (opts->user_agent.p != NULL)
		start->user_agent = opts->user_agent;
	if (opts->proxy.p != NULL)
		start->proxy = opts->proxy;
	return 0;
}

/* A session has no wall clock but that of its chunks, which is ours. */
static int
set_limits(struct program *p, const struct repl_opts *opts, struct repl *repl,
    struct err *err)
{
	struct str off = STR("wall=off");
	struct slot_texts all =
	    given_behind(&repl->pool, &p->config.limits, &opts->limit);

	for (size_t i = 0; i < opts->limit.n; i++) {
		if (str_starts(opts->limit.text[i], STR("wall=")))
			return err_usage(err,
			    "--limit wall: the time of a chunk is --timeout");
	}
	repl->work.child_options.limit =
	    given_behind(&repl->pool, &all, &(struct opt_texts){ &off, 1 });
	return 0;
}

static int
set_sandbox(struct program *p, const struct repl_opts *opts, struct repl *repl,
    struct err *err)
{
	struct child_options *child = &repl->work.child_options;
	autoerr struct err why = ERR_NONE;

	*child = (struct child_options)CHILD_OPTIONS_NONE;
	if (set_limits(p, opts, repl, err) == -1)
		return -1;
	repl->work.allow_net =
	    given_behind(&repl->pool, &p->config.allow_net, &opts->allow_net);
	repl->work.deny_net =
	    given_behind(&repl->pool, &p->config.deny_net, &opts->deny_net);
	if (child_options_check(child, &why) == -1)
		return err_usage(err, "%s", err_cstr(&why));
	/* a spare, which the transport makes it */
	child->is_repl = true;
	if (policy_check_option("--allow-net", opts->allow_net.text,
		opts->allow_net.n, err) == -1)
		return -1;
	return policy_check_option("--deny-net", opts->deny_net.text,
	    opts->deny_net.n, err);
}

/* Sessions are not played again, so bytes are not kept. */
static int
set_evidence(struct program *p, const struct repl_opts *opts, struct repl *repl,
    struct err *err)
{
	enum evidence *level = &repl->work.child_options.evidence;
	struct str name = p->config.evidence;

	repl->work.shows_exchanges = opts->verbose >= WORK_SHOWS_EXCHANGES;
	*level = opts->does_store ? EVIDENCE_DIGEST : EVIDENCE_OFF;
	if (!opts->does_store || name.p == NULL)
		return 0;
	if (evidence_by_name(name, level, err) == -1)
		return -1;
	if (*level == EVIDENCE_FULL)
		*level = EVIDENCE_DIGEST;
	return 0;
}

static int
make_starter(struct program *p, struct repl *repl, struct err *err)
{
	size_t n = work_recipes(&repl->work, &repl->pool, repl->recipe);

	repl->launch = (struct launch){ .pool = &repl->pool,
		.verbose = repl->work.start.verbose };
	if (repl->talk.is_typed)
		return 0;
	if (launch_starter(p, &repl->launch, repl->recipe, n,
		work_children(&repl->work), err) == -1)
		return -1;
	repl->work.starter = repl->launch.starter;
	return 0;
}

/* What arg is. A row that is not there is an error, not nothing. */
static int
find_target(struct program *p, struct repl *repl, struct err *err)
{
	struct work_target *target = &repl->target;

	*target = (struct work_target){ .arg = repl->argument };
	if (repl->argument.kind == JSON_NULL)
		target->unit.sees = STR("");
	if (repl->module.source == SOURCE_ROWS &&
	    targets_first(p, &repl->module, repl->filter, &repl->pool, target,
		err) == -1)
		return -1;
	target->label = ""; /* there is but one */
	return 0;
}

/* Nobody is asked where standard input holds the chunks. */
static int
find_keys(struct program *p, const struct repl_opts *opts, struct repl *repl,
    struct err *err)
{
	const struct grant_options grant = {
		.deny = opts->deny_keyring,
		.is_silent = !repl->talk.is_typed,
		.namespace = opts->grant,
	};

	if (grant_ask(p, &repl->module, &grant, err) == -1 ||
	    unlock_use_fd(p, opts->passphrase_fd.is_set, opts->passphrase_fd.n,
		err) == -1)
		return -1;
	return grant_keys(p, &repl->module, &repl->keys,
	    &repl->work.start.keyring, err);
}

static int
open_all(struct program *p, const struct repl_opts *opts, struct repl *repl,
    struct err *err)
{
	enum evidence level = repl->work.child_options.evidence;

	/* from here on there is something to take away */
	work_listen_to_ends(repl->shared);
	if (!opts->does_store &&
	    dry_begin(p, &repl->dry, &repl->pool, err) == -1)
		return -1;
	if (program_open(p, NEEDS_ALL, err) == -1)
		return -1;
	repl->work.db = p->db;
	rules_warn(p);
	if (lists_of(p, level, &repl->pool, &repl->work.data, err) == -1)
		return err_wrap(err, "cannot note which lists there are");
	return find_keys(p, opts, repl, err) == -1 ? -1
	                                           : find_target(p, repl, err);
}

static struct str
command_of(struct repl *repl, const struct repl_opts *opts)
{
	struct buf text = BUF_IN(&repl->pool);

	buf_add(&text, STR("repl"));
	if (repl->module.code.n != 0)
		buf_printf(&text, "%s %.*s", opts->is_file ? " -f" : "",
		    STR_ARG(repl->module.id));
	if (opts->target.p != NULL) {
		buf_add(&text, STR(" -t "));
		quote_add(&text, opts->target);
	}
	return buf_str(&text);
}

static int
set_work(struct program *p, const struct repl_opts *opts,
    const struct operands *in, struct repl *repl, struct err *err)
{
	repl->work = (struct work_options){
		.ws = &p->ws,
		.jobs = 1,
		.targets = 1,
		.is_dry = !opts->does_store,
	};
	repl->work.start.verbose =
	    (uint8_t)(opts->verbose < 255 ? opts->verbose : 255);
	if (find_module(p, opts, in, repl, err) == -1 ||
	    find_rows(opts, repl, err) == -1 ||
	    read_argument(opts, repl, err) == -1)
		return -1;
	repl->work.module = repl->module.id.p;
	repl->talk.code = repl->module.code;
	repl->work.command = command_of(repl, opts);
	module_start(&repl->module, &repl->pool, &repl->work.start);
	if (set_sandbox(p, opts, repl, err) == -1 ||
	    set_evidence(p, opts, repl, err) == -1 ||
	    set_network(p, opts, repl, err) == -1)
		return -1;
	return set_options(opts, repl, err);
}

static int
prepare(struct program *p, const struct repl_opts *opts,
    const struct operands *in, struct repl *repl, struct err *err)
{
	struct loop *loop;

	if (opts->timeout_s.is_set && opts->timeout_s.n == 0)
		return err_usage(err, "--timeout takes 1 second or more");
	repl->talk = (struct talk_options){
		.is_typed = isatty(STDIN_FILENO) == 1,
		.exit_on_error = opts->exit_on_error,
		.timeout_s = opts->timeout_s.is_set
		                 ? (unsigned)opts->timeout_s.n
		                 : TIMEOUT_S,
		.target = &repl->target,
	};
	if (set_work(p, opts, in, repl, err) == -1 ||
	    make_starter(p, repl, err) == -1)
		return -1;
	loop = program_loop(p, err);
	if (loop == NULL)
		return -1;
	repl->shared = work_new(loop, 0);
	if (open_all(p, opts, repl, err) == -1)
		return -1;
	return launch_lock(p, &repl->launch, err);
}

static int
run_repl(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	struct repl repl = { .keys = POOL_SECRET };
	int status = prepare(p, opts, in, &repl, err);

	if (status == 0)
		status = talk(p, repl.shared, &repl.work, &repl.talk, err);
	work_free(repl.shared);
	launch_end(p, &repl.launch);
	dry_end(p, &repl.dry);
	pool_clear(&repl.pool);
	pool_clear(&repl.keys);
	return status;
}

static const struct opt repl_opts[] = {
	{ 'f', "file", OPT_FLAG, AT(repl_opts, is_file), NULL,
	    "MODULE is the path of a file", 0 },
	{ 't', "target", OPT_TEXT, AT(repl_opts, target), "ROWS",
	    "arg is the first of these rows: -t 'domains where id=1'", 0 },
	{ 'a', "argument", OPT_TEXT, AT(repl_opts, argument), "JSON",
	    "arg is this value", 0 },
	{ 'o', "option", OPT_TEXTS, AT(repl_opts, option), "K=V",
	    "an option, for getopt()", 0 },
	{ 0, "store", OPT_FLAG, AT(repl_opts, does_store), NULL,
	    "store what is added and changed; without it, in a copy of the "
	    "workspace that is gone at the end",
	    0 },
	{ 0, "timeout", OPT_NUMBER, AT(repl_opts, timeout_s), "SECONDS",
	    "interrupt a chunk that takes longer; default: 20", 0 },
	{ 'x', "exit-on-error", OPT_FLAG, AT(repl_opts, exit_on_error), NULL,
	    "end at the first chunk that fails, exit status 1", 0 },
	{ 'v', "verbose", OPT_COUNT, AT(repl_opts, verbose), NULL,
	    "say more; -vv: debug(), connections, what was used; -vvv: what was "
	    "asked, and what came",
	    0 },
	{ 'X', "proxy", OPT_TEXT, AT(repl_opts, proxy), "IP:PORT",
	    "SOCKS5 proxy for all that chunks do", 0 },
	{ 0, "nameserver", OPT_TEXTS, AT(repl_opts, ns), "IP:PORT",
	    "ask this name server, not the system's; may be given again", 0 },
	{ 0, "user-agent", OPT_TEXT, AT(repl_opts, user_agent), "TEXT",
	    "default User-Agent", 0 },
	{ 0, "grant", OPT_TEXTS, AT(repl_opts, grant), "NAMESPACE",
	    "these keys may be read by keyring()", 0 },
	{ 0, "deny-keyring", OPT_FLAG, AT(repl_opts, deny_keyring), NULL,
	    "no keys, whatever the module asks for", 0 },
	OPT_PASSPHRASE_FD(repl_opts),
	{ 0, "limit", OPT_TEXTS, AT(repl_opts, limit), "NAME=VALUE",
	    "another limit of the sandbox: memory=512M", 0 },
	{ 0, "allow-net", OPT_TEXTS, AT(repl_opts, allow_net), "WORD",
	    "let it connect there, too: private, local, 10.0.0.0/8:443", 0,
	    "private local metadata reserved multicast open" },
	{ 0, "deny-net", OPT_TEXTS, AT(repl_opts, deny_net), "WORD",
	    "keep it from there: public, 192.0.2.0/24", 0, "public private" },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_repl = {
	.name = "repl",
	.where = CMD_LINE,
	.needs = NEEDS_MODULES,
	.operands = "[MODULE]",
	.most = 1,
	.help = "a prompt for Lua in the sandbox of modules",
	.more = "A line is a chunk: an expression, whose values are shown, or "
		"statements; what is\n"
		"not whole goes on in the next line. Globals stay, locals end "
		"with their chunk. With\n"
		"MODULE its functions are there, too: run(arg). ^C ends a "
		"chunk, ^D or quit the\n"
		"session. :help FUNCTION shows a function. Where standard "
		"input is no terminal its\n"
		"lines are the chunks.",
	.opts = repl_opts,
	.size = sizeof(struct repl_opts),
	.run = run_repl,
	.complete = cmd_complete_runnable,
};
