/*
 * run: from the words of the command to a run, and from its result to an exit
 * status. prepare_run() settles everything before the first child starts, in an
 * order that matters: what can be wrong with the command line first, then the
 * starter, which shall never have had a key, then a child is started ahead of
 * time, then database and keyring are opened and the questions about keys
 * asked, which take as long as a person takes, then the rows. What the run itself does is work/.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/locked.h"
#include "base/mem.h"
#include "date/date.h"
#include "enforce/enforce.h"
#include "ipc/needs.h"
#include "ipc/stealth.h"
#include "launch/grant.h"
#include "launch/launch.h"
#include "line/cmd.h"
#include "line/given.h"
#include "line/words.h"
#include "modules/options.h"
#include "notify/notify.h"
#include "pkg/look.h"
#include "program/dry.h"
#include "program/unlock.h"
#include "runs/lists_of.h"
#include "runs/targets.h"
#include "scope/rules.h"
#include "script/data.h"
#include "state/file.h"
#include "term/term.h"
#include "transport/transport.h"
#include "value/quote.h"
#include "web/lists.h"
#include "work/policy.h"
#include "work/work.h"

#define STATUS_BLIND 3 /* nothing could be looked at */

struct run_opts {
	struct opt_number jobs, timeout_s;
	unsigned verbose;
	bool is_file, is_dry, has_stdin, exit_on_error, dump, json;
	bool deny_keyring, grant_all, only_new;
	struct opt_number passphrase_fd;
	struct opt_texts grant;
	struct opt_texts option;
	struct str target, proxy, user_agent, child, evidence, stealth;
	struct opt_texts limit, allow_net, deny_net, allow_missing, ns;
	bool audit;
};

/* What one run needs, put together from the module and the options. */
struct run {
	struct pool pool;
	struct pool keys;   /* that the module was granted */
	struct module file; /* of run -f */
	const struct module *module;
	struct json options;
	const struct filter *filter; /* of -t or target; NULL: all */
	struct targets targets;
	struct work_options work;
	struct work *shared; /* NULL: nothing will run */
	struct recipe recipe[STARTER_RECIPES];
	struct launch launch;
	struct dry dry;
	struct notify *notify; /* who is told of what it finds; NULL: nobody */
};

static int
find_module(struct program *p, const struct run_opts *opts,
    const struct operands *in, struct run *run, struct err *err)
{
	if (in->n == 0 && p->module != NULL) {
		run->module = p->module;
		return 0;
	}
	if (in->n == 0)
		return p->is_prompt
		           ? err_set(err, "no module is selected (use MODULE)")
		           : err_set(err, "run needs a module");
	if (str_is(in->word[0], MODULE_STDIN) && p->is_prompt)
		return err_usage(err,
		    "standard input holds the commands here, use sn0int run -");
	if (str_is(in->word[0], MODULE_STDIN) && opts->has_stdin)
		return err_usage(err,
		    "--stdin: standard input holds the module already");
	if (opts->is_file || str_is(in->word[0], MODULE_STDIN)) {
		run->module = &run->file;
		return module_load_file(&run->file,
		    pool_cstr(&run->pool, in->word[0]), &run->pool, err);
	}
	run->module = library_find(&p->library, in->word[0], err);
	return run->module != NULL ? 0 : -1;
}

/* --stealth: what its header says it is. */
static int
check_stealth(const struct run_opts *opts, const struct module *module,
    struct err *err)
{
	int most;

	if (opts->stealth.p == NULL)
		return 0;
	most = stealth_by_name(opts->stealth);
	if (most == -1)
		return err_usage(err,
		    "--stealth takes " STEALTH_NAMES ", not '%.*s'",
		    STR_ARG(opts->stealth));
	if ((int)module->stealth >= most)
		return 0;
	return err_set(err, "%s is %s, louder than %s (--stealth)",
	    module->id.p, stealth_levels[module->stealth].name,
	    stealth_levels[most].name);
}

/* -t 'where id=1', else what `target` has set. */
static int
find_filter(struct program *p, const struct run_opts *opts, struct run *run,
    struct err *err)
{
	struct str *word;
	size_t n;

	run->filter = run->module == p->module ? p->filter : NULL;
	if (opts->target.p == NULL)
		return 0;
	if (run->module->source != SOURCE_ROWS) {
		term_line(TERM_WARN,
		    "-t is for modules that run on rows, %s runs on all it has",
		    run->module->id.p);
		return 0;
	}
	if (words_split(&run->pool, opts->target, &word, &n, err) == -1 ||
	    filter_read(&run->pool, run->module->model, word, n, &run->filter,
		err) == -1)
		return err_wrap(err, "not a filter: %.*s",
		    STR_ARG(opts->target));
	return 0;
}

/* -o key=value; of equal keys the last. */
static int
set_options(struct program *p, const struct run_opts *opts, struct run *run,
    struct err *err)
{
	run->options = json_map();
	if (run->module == p->module) {
		for (size_t i = 0; i < p->options.map.n; i++)
			(void)json_set(&run->pool, &run->options,
			    p->options.map.member[i].name,
			    p->options.map.member[i].value);
	}
	for (size_t i = 0; i < opts->option.n; i++) {
		struct str key, value;

		if (given_option(opts->option.text[i], &key, &value, err) == -1)
			return -1;
		options_check(run->module, key);
		(void)json_set(&run->pool, &run->options, key, json_str(value));
	}
	run->work.start.options = &run->options;
	return 0;
}

static int
set_network(struct program *p, const struct run_opts *opts, struct run *run,
    struct err *err)
{
	struct start *start = &run->work.start;
	struct slot_texts ns;

	if (given_ns(&opts->ns, &ns, err) == -1 ||
	    program_start(p, &ns, &run->pool, start, err) == -1)
		return -1;
	if (opts->user_agent.p != NULL)
		start->user_agent = opts->user_agent;
	if (opts->proxy.p == NULL)
		return 0;
	if (given_addr("-X", opts->proxy, err) == -1)
		return -1;
	start->proxy = opts->proxy;
	return 0;
}

/* The processors that we may use: taskset(1) and containers make them fewer. */
static unsigned
number_of_cores(void)
{
	cpu_set_t set;
	long cores = sched_getaffinity(0, sizeof(set), &set) == 0
	                 ? CPU_COUNT(&set)
	                 : sysconf(_SC_NPROCESSORS_ONLN);

	return cores > 0 ? (unsigned)cores : 1;
}

static int
set_jobs(struct program *p, const struct run_opts *opts, struct run *run,
    struct err *err)
{
	const struct opt_number *jobs = &opts->jobs;
	unsigned asked = jobs->is_set ? (unsigned)jobs->n : p->config.jobs;
	unsigned most = work_max_jobs();

	if (jobs->is_set && (jobs->n == 0 || jobs->n > WORK_MAX_JOBS))
		return err_usage(err, "-j takes 1 to %u", WORK_MAX_JOBS);
	run->work.jobs = asked != 0 ? asked : number_of_cores();
	if (run->work.jobs <= most)
		return 0;
	run->work.jobs = most;
	if (asked != 0)
		term_line(TERM_WARN,
		    "%u at a time, not %u: there are descriptors for no more "
		    "(raise them with ulimit -n)",
		    most, asked);
	return 0;
}

/* What our own child is told; the configuration first, so that options win. */
static int
set_sandbox(struct program *p, const struct run_opts *opts, struct run *run,
    struct err *err)
{
	const struct slot_texts none = { NULL, 0 };
	struct child_options *child = &run->work.child_options;
	autoerr struct err why = ERR_NONE;

	*child = (struct child_options)CHILD_OPTIONS_NONE;
	child->limit =
	    given_behind(&run->pool, &p->config.limits, &opts->limit);
	child->allow_missing =
	    given_behind(&run->pool, &none, &opts->allow_missing);
	child->audit = opts->audit;
	run->work.allow_net =
	    given_behind(&run->pool, &p->config.allow_net, &opts->allow_net);
	run->work.deny_net =
	    given_behind(&run->pool, &p->config.deny_net, &opts->deny_net);
	if (child_options_check(child, &why) == -1)
		return err_usage(err, "%s", err_cstr(&why));
	if (policy_check_option("--allow-net", opts->allow_net.text,
		opts->allow_net.n, err) == -1)
		return -1;
	return policy_check_option("--deny-net", opts->deny_net.text,
	    opts->deny_net.n, err);
}

/* What is kept of its exchanges: as the option says, or the file, or heads. */
static int
set_evidence(struct program *p, const struct run_opts *opts, struct run *run,
    struct err *err)
{
	enum evidence *level = &run->work.child_options.evidence;
	autoerr struct err why = ERR_NONE;
	struct str name =
	    opts->evidence.p != NULL ? opts->evidence : p->config.evidence;

	*level = EVIDENCE_DIGEST;
	run->work.shows_exchanges = opts->verbose >= WORK_SHOWS_EXCHANGES;
	if (opts->is_dry && opts->evidence.p != NULL)
		return err_usage(err, "--evidence: -n keeps nothing");
	if (name.p != NULL && evidence_by_name(name, level, &why) == -1)
		return err_usage(err, "--evidence: %s", err_cstr(&why));
	/* another program knows nothing of it */
	if (opts->is_dry || (opts->child.p != NULL && opts->evidence.p == NULL))
		*level = EVIDENCE_OFF;
	return 0;
}

/* What the other program has no way for; the rest is for the host. */
static int
check_child(const struct run_opts *opts, struct run *run, struct err *err)
{
	const struct {
		const char *option;
		enum cargo cargo;
		bool is_given;
	} rows[] = {
		{ "--allow-net", CARGO_POLICY, opts->allow_net.n != 0 },
		{ "--deny-net", CARGO_POLICY, opts->deny_net.n != 0 },
		{ "--sandbox-allow-missing", CARGO_LAYERS,
		    opts->allow_missing.n != 0 },
		{ "--sandbox-audit", CARGO_AUDIT, opts->audit },
		{ "--evidence", CARGO_EVIDENCE,
		    run->work.child_options.evidence != EVIDENCE_OFF },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].is_given &&
		    transport_check(&transport_program, rows[i].cargo,
			rows[i].option, err) == -1)
			return -1;
	}
	for (size_t i = 0; i < opts->limit.n; i++) {
		struct str word = opts->limit.text[i];

		if (transport_check(&transport_program, cargo_of_limit(word),
			pool_printf(&run->pool, "--limit %.*s", STR_ARG(word)),
			err) == -1)
			return -1;
	}
	return 0;
}

static void
warn_of_config(const struct program *p)
{
	const struct config *config = &p->config;
	bool is_left =
	    config->allow_net.n + config->deny_net.n != 0 &&
	    transport_check(&transport_program, CARGO_POLICY, "", NULL) == -1;

	for (size_t i = 0; i < config->limits.n; i++)
		is_left = is_left || transport_check(&transport_program,
					 cargo_of_limit(config->limits.text[i]),
					 "", NULL) == -1;
	if (is_left)
		term_line(TERM_WARN,
		    "network.allow, network.deny and sandbox.limits of "
		    "sn0int.toml are left to the other program (--child)");
}

/* --child COMMAND, in words as a shell makes them. */
static int
set_child(struct program *p, const struct run_opts *opts, struct run *run,
    struct err *err)
{
	const char **argv;
	struct str *word;
	size_t n;

	if (opts->child.p == NULL)
		return 0;
	if (words_split(&run->pool, opts->child, &word, &n, err) == -1 ||
	    n == 0)
		return err_usage(err, "--child takes a command");
	if (check_child(opts, run, err) == -1)
		return err_set_kind(err, ERR_USAGE);
	warn_of_config(p);
	argv = pool_array(&run->pool, n + 1, sizeof(*argv));
	for (size_t i = 0; i < n; i++)
		argv[i] = pool_cstr(&run->pool, word[i]);
	argv[n] = NULL;
	run->work.child = argv;
	return 0;
}

/* --dump-sandbox-init-msg: the start line of each target, and nothing runs. */
static int
dump(struct run *run, struct err *err)
{
	for (;;) {
		autopool struct pool pool = POOL_NONE;
		struct start start = run->work.start;
		struct buf line = BUF_IN(&pool);
		struct work_target target;
		int status = targets_next(&run->targets, &pool, &target, err);

		if (status != 1)
			return status;
		start.arg = &target.arg;
		start.blobs = target.blobs;
		start_show(&line, &start);
		term_json(buf_str(&line));
	}
}

/* What was cut off is no error of its own. */
static void
say_finished(struct run *run, const struct work_result *result)
{
	const char *name = run->module->id.p;
	const char *dry = run->work.is_dry ? ", nothing was stored (-n)" : "";

	if (run->targets.n == 0)
		term_line(TERM_WARN, "%s has no targets: %.*s", name,
		    STR_ARG(targets_why_none(&run->targets, run->filter,
			&run->pool)));
	if (result->failed == 0 && result->cut_off == 0)
		term_line(TERM_SUCCESS, "Finished %s%s", name, dry);
	else if (result->cut_off == 0)
		term_line(TERM_SUCCESS, "Finished %s (%zu errors)%s", name,
		    result->failed, dry);
	else
		term_line(TERM_SUCCESS,
		    "Finished %s (%zu errors, %zu interrupted)%s", name,
		    result->failed, result->cut_off, dry);
}

/* Something was to be looked at, and nothing could be. */
static bool
is_blind(const struct work_result *result)
{
	return outcome_is_blind(&result->outcome) &&
	       result->added + result->changed == 0;
}

/* Of the process, if the run as a whole went on to its end. */
static int
status_of(const struct run *run, const struct run_opts *opts,
    const struct work_result *result)
{
	if (result->interrupted)
		return WORK_STATUS_SIGNAL + work_stopped_by(run->shared);
	if (is_blind(result))
		return STATUS_BLIND;
	return result->failed != 0 && opts->exit_on_error;
}

/* --json: the last line. */
static void
print_result(struct run *run, const struct work_result *result, int status)
{
	struct pool *pool = &run->pool;
	struct json map = json_map(), refused = json_null(),
		    policy = json_null();
	struct buf out = BUF_IN(pool);

	/* null: a child of another program does not tell */
	if (run->work.child == NULL) {
		refused = outcome_causes(pool, &result->outcome);
		policy = outcome_classes(pool, &result->outcome);
	}
	json_set(pool, &map, STR("module"), json_str(run->module->id));
	json_set(pool, &map, STR("targets"), json_int((int64_t)run->targets.n));
	json_set(pool, &map, STR("failed"), json_int((int64_t)result->failed));
	json_set(pool, &map, STR("refused"), refused);
	json_set(pool, &map, STR("policy"), policy);
	json_set(pool, &map, STR("added"), json_int((int64_t)result->added));
	json_set(pool, &map, STR("changed"),
	    json_int((int64_t)result->changed));
	json_set(pool, &map, STR("dry"), json_bool(run->work.is_dry));
	json_set(pool, &map, STR("interrupted"),
	    json_bool(result->interrupted));
	json_set(pool, &map, STR("unfinished"),
	    json_int((int64_t)(result->cut_off + result->not_started)));
	json_set(pool, &map, STR("status"), json_int(status));
	json_write(&out, &map, 0);
	buf_add_char(&out, '\n');
	term_json(buf_str(&out));
}

/* Before the last line, so that who reads it knows that all was done. */
static int
deliver(struct run *run, struct work_result *result, struct err *err)
{
	struct notify_sum sum;

	if (run->notify == NULL || !notify_is_kept(run->notify) ||
	    result->interrupted)
		return 0;
	if (notify_deliver(run->notify, run->shared, 0, 0, &sum, err) == -1)
		return -1;
	result->interrupted = work_is_stopped(run->shared);
	return 0;
}

static int
run_targets(struct program *p, const struct run_opts *opts, struct run *run,
    struct err *err)
{
	struct work_result result = { 0 };
	bool is_typed = opts->has_stdin && isatty(STDIN_FILENO) == 1;
	int status = 1, ran = 0;

	if (opts->dump)
		return dump(run, err);
	if (is_typed)
		term_line(TERM_INFO,
		    "%s reads what you type; end it with ^D on a line of its "
		    "own",
		    run->module->id.p);
	term_status_hide(is_typed);
	work_listen(run->shared);
	if (run->targets.n != 0)
		ran = work_run(run->shared, &run->work, &result, err);
	if (ran == 0)
		ran = deliver(run, &result, err);
	if (ran == 0) {
		say_finished(run, &result);
		status = status_of(run, opts, &result);
	}
	if (opts->json)
		print_result(run, &result, status);
	if (result.interrupted && !p->is_prompt)
		work_listen_no_more(run->shared);
	/* whoever ends the prompt sends it that */
	p->wants_quit = p->wants_quit ||
	                work_stopped_by(run->shared) == SIGTERM ||
	                work_stopped_by(run->shared) == SIGHUP;
	if (ran == -1)
		return -1;
	if (status > 1 && !p->is_prompt)
		p->status = status;
	if (result.failed != 0 && opts->exit_on_error)
		return err_set(err, "Some scripts failed");
	return 0;
}

/* At the prompt a pipe holds the commands, and they are not for modules. */
static int
check_stdin(struct program *p, const struct run_opts *opts, struct err *err)
{
	if (!opts->has_stdin || !p->is_prompt || isatty(STDIN_FILENO) == 1)
		return 0;
	return err_usage(err,
	    "--stdin: standard input holds the commands here, use "
	    "sn0int run --stdin MODULE < FILE");
}

/* Of the options only those that say on what; others have columns of theirs. */
static struct str
command_of(struct run *run, const struct run_opts *opts)
{
	struct buf text = BUF_IN(&run->pool);

	buf_printf(&text, "run %s%.*s", run->module->is_file ? "-f " : "",
	    STR_ARG(run->module->id));
	if (opts->target.p != NULL) {
		buf_add(&text, STR(" -t "));
		quote_add(&text, opts->target);
	}
	if (opts->only_new)
		buf_add(&text, STR(" --new"));
	return buf_str(&text);
}

/* What a replay has to be told apart by: hashes, so only where one may come. */
static int
note_files(struct program *p, struct run *run, struct err *err)
{
	struct json *files = pool_alloc(&run->pool, sizeof(*files));

	if (run->work.child_options.evidence != EVIDENCE_FULL)
		return 0;
	if (data_note(&p->paths, needs_scan(run->module->code, false),
		&run->pool, files, err) == -1)
		return err_wrap(err, "cannot note which lists there are");
	run->work.files = files;
	return 0;
}

/* It knows what delivers, too: once it is there it learns nothing. */
static int
make_starter(struct program *p, struct run *run, struct err *err)
{
	size_t n = work_recipes(&run->work, &run->pool, run->recipe);

	n += notify_recipes(run->notify, &run->recipe[n], STARTER_RECIPES - n);
	run->launch = (struct launch){ .pool = &run->pool,
		.verbose = run->work.start.verbose };
	if (launch_starter(p, &run->launch, run->recipe, n,
		work_children(&run->work), err) == -1)
		return -1;
	run->work.starter = run->launch.starter;
	return 0;
}

/* A child makes its jail while we still look for what it is to do. */
static int
prepare_work(struct program *p, struct run *run, struct err *err)
{
	struct loop *loop;

	if (make_starter(p, run, err) == -1)
		return -1;
	loop = program_loop(p, err);
	if (loop == NULL)
		return -1;
	run->shared = work_new(loop, 0);
	work_prepare(run->shared, &run->work);
	return 0;
}

/* --new: what was done before has to be known. */
static int
check_new(struct program *p, const struct run_opts *opts, const struct run *run,
    struct err *err)
{
	struct str why;

	if (!opts->only_new)
		return 0;
	if (run->module->source != SOURCE_ROWS)
		return err_set(err,
		    "--new is for modules that run on rows, %s does not",
		    run->module->id.p);
	if (!db_kept(p->db, &why))
		return err_set(err,
		    "--new: which rows it is done with is not known: %.*s",
		    STR_ARG(why));
	return 0;
}

/* Keys, and the rows that it is to run on. */
static int
open_targets(struct program *p, const struct run_opts *opts, struct run *run,
    struct err *err)
{
	struct grant_options grant = {
		.deny = opts->deny_keyring,
		.all = opts->grant_all,
		.namespace = opts->grant,
	};
	struct db_done_by by = { .code = STR_NONE };

	/* from here on there is something to take away */
	if (opts->is_dry && run->shared != NULL) {
		work_listen(run->shared);
		work_listen_to_ends(run->shared);
	}
	if (opts->is_dry && dry_begin(p, &run->dry, &run->pool, err) == -1)
		return -1;
	if (program_open(p, NEEDS_ALL, err) == -1)
		return -1;
	run->work.db = p->db;
	if (check_new(p, opts, run, err) == -1)
		return -1;
	rules_warn(p);
	if (lists_of(p, run->work.child_options.evidence, &run->pool,
		&run->work.data, err) == -1)
		return err_wrap(err, "cannot note which lists there are");
	if (note_files(p, run, err) == -1)
		return -1;
	if (run->work.child == NULL &&
	    enforce_ask(p, run->module, true, err) == -1)
		return -1;
	if (grant_ask(p, run->module, &grant, err) == -1)
		return -1;
	if (unlock_use_fd(p, opts->passphrase_fd.is_set, opts->passphrase_fd.n,
		err) == -1 ||
	    grant_keys(p, run->module, &run->keys, &run->work.start.keyring,
		err) == -1)
		return -1;
	if (run->work.child == NULL &&
	    enforce_new(p, run->module, &run->work.start, &run->pool,
		&run->work.enforce, err) == -1)
		return -1;
	if (opts->only_new) {
		by.options = work_kept_options(&run->work, &run->pool);
		by.granted = work_kept_granted(&run->work, &run->pool);
	}
	if (targets_open_new(&run->targets, p, run->module, run->filter,
		opts->only_new ? &by : NULL, err) == -1)
		return -1;
	notify_open(run->notify, run->launch.starter, NULL);
	run->work.next = targets_next;
	run->work.next_ctx = &run->targets;
	run->work.targets = run->targets.n;
	if (run->notify != NULL) {
		run->work.changed = notify_changed;
		run->work.changed_ctx = run->notify;
	}
	return 0;
}

static int
prepare_run(struct program *p, const struct run_opts *opts,
    const struct operands *in, struct run *run, struct err *err)
{
	run->work = (struct work_options){
		.ws = &p->ws,
		.has_stdin = opts->has_stdin,
		.is_dry = opts->is_dry,
		.stops_at_error = opts->exit_on_error,
		.timeout_ms = (unsigned)(opts->timeout_s.n * 1000),
	};
	run->work.start.verbose =
	    (uint8_t)(opts->verbose < 255 ? opts->verbose : 255);
	if (opts->timeout_s.n > UINT32_MAX / 1000) /* as milliseconds */
		return err_usage(err, "--timeout takes at most %u seconds",
		    (unsigned)(UINT32_MAX / 1000));
	if (check_stdin(p, opts, err) == -1 ||
	    set_jobs(p, opts, run, err) == -1 ||
	    find_module(p, opts, in, run, err) == -1 ||
	    check_stealth(opts, run->module, err) == -1)
		return -1;
	run->work.module = run->module->id.p;
	run->work.command = command_of(run, opts);
	module_start(run->module, &run->pool, &run->work.start);
	if (set_sandbox(p, opts, run, err) == -1 ||
	    set_evidence(p, opts, run, err) == -1 ||
	    set_child(p, opts, run, err) == -1 ||
	    set_network(p, opts, run, err) == -1 ||
	    set_options(p, opts, run, err) == -1 ||
	    find_filter(p, opts, run, err) == -1)
		return -1;
	if (!opts->dump && !opts->is_dry &&
	    notify_new(p, &run->notify, err) == -1)
		return -1;
	if (!opts->dump && prepare_work(p, run, err) == -1)
		return -1;
	if (open_targets(p, opts, run, err) == -1)
		return -1;
	/* who is locked makes no folders */
	if (!opts->dump && run->work.child_options.evidence == EVIDENCE_FULL &&
	    paths_make(p->ws.evidence, err) == -1)
		return -1;
	if (!opts->is_dry) /* it would write down what it finds */
		look_begin(p);
	return launch_lock(p, &run->launch, err);
}

static int
run_run(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	struct run run = { .keys = POOL_SECRET };
	int status = 0;

	if (p->is_prompt && !((const struct run_opts *)opts)->is_dry)
		status = program_expire(p, p->workspace_name, p->db, err);
	if (status == 0)
		status = prepare_run(p, opts, in, &run, err);
	if (status == 0)
		status = run_targets(p, opts, &run, err);
	work_free(run.shared);
	launch_end(p, &run.launch);
	notify_free(run.notify);
	targets_clear(&run.targets);
	dry_end(p, &run.dry);
	pool_clear(&run.pool);
	pool_clear(&run.keys);
	return status;
}

/* -o: of the module that stands in front of it. */
static void
complete_option(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	autoerr struct err err = ERR_NONE;
	const struct module *module =
	    before->n != 0 ? library_find(&p->library, before->word[0], &err)
			   : NULL;

	if (module != NULL)
		options_complete(module, "=", add, ctx);
}

static void
complete_limit(struct program *p, const struct operands *before,
    void (*add)(void *ctx, struct str word), void *ctx)
{
	autopool struct pool pool = POOL_NONE;

	(void)p, (void)before;
	for (int i = 0; i < LIMITS; i++)
		add(ctx, str_of(pool_printf(&pool, "%s=", limit_rows[i].name)));
}

static const struct opt run_opts[] = {
	{ 'j', "jobs", OPT_NUMBER, AT(run_opts, jobs), "N",
	    "targets at once; default: the cores of the machine", 0 },
	{ 'v', "verbose", OPT_COUNT, AT(run_opts, verbose), NULL,
	    "say more; -vv: debug() of modules, connections, what was used; "
	    "-vvv: what was asked, and what came",
	    0 },
	{ 'n', "dry-run", OPT_FLAG, AT(run_opts, is_dry), NULL,
	    "say what would be added and changed; nothing is stored or sent",
	    0 },
	{ 'X', "proxy", OPT_TEXT, AT(run_opts, proxy), "IP:PORT",
	    "SOCKS5 proxy for all that the module does", 0 },
	{ 0, "nameserver", OPT_TEXTS, AT(run_opts, ns), "IP:PORT",
	    "ask this name server, not the system's; may be given again", 0 },
	{ 0, "user-agent", OPT_TEXT, AT(run_opts, user_agent), "TEXT",
	    "default User-Agent of the module", 0 },
	{ 't', "target", OPT_TEXT, AT(run_opts, target), "FILTER",
	    "only these rows: -t 'where id=1 or id=3'", OPT_LINE_ONLY },
	{ 0, "new", OPT_FLAG, AT(run_opts, only_new), NULL,
	    "only rows that this text with these options is not done with: "
	    "what it has not run on, what failed, or could not be looked at",
	    0 },
	{ 'o', "option", OPT_TEXTS, AT(run_opts, option), "K=V",
	    "an option of the module, for getopt()", OPT_LINE_ONLY, NULL,
	    complete_option },
	{ 'f', "file", OPT_FLAG, AT(run_opts, is_file), NULL,
	    "MODULE is the path of a file", OPT_LINE_ONLY },
	{ 0, "stdin", OPT_FLAG, AT(run_opts, has_stdin), NULL,
	    "the module may read standard input", 0 },
	{ 0, "grant", OPT_TEXTS, AT(run_opts, grant), "NAMESPACE",
	    "give it these keys without asking", OPT_LINE_ONLY },
	OPT_PASSPHRASE_FD(run_opts),
	{ 0, "grant-full-keyring", OPT_FLAG, AT(run_opts, grant_all), NULL,
	    "give it all keys that it asks for", OPT_LINE_ONLY },
	{ 0, "deny-keyring", OPT_FLAG, AT(run_opts, deny_keyring), NULL,
	    "give it no keys but those granted before", OPT_LINE_ONLY },
	{ 'x', "exit-on-error", OPT_FLAG, AT(run_opts, exit_on_error), NULL,
	    "start no further target after the first error, exit status 1",
	    OPT_LINE_ONLY },
	{ 0, "json", OPT_FLAG, AT(run_opts, json), NULL,
	    "at the end, a line of JSON: what came of the run", 0 },
	{ 0, "stealth", OPT_TEXT, AT(run_opts, stealth), "LEVEL",
	    "refuse a module that says it is louder: " STEALTH_NAMES, 0,
	    "loud normal passive offline" },
	{ 0, "timeout", OPT_NUMBER, AT(run_opts, timeout_s), "SECONDS",
	    "stop a target that takes longer", 0 },
	{ 0, "evidence", OPT_TEXT, AT(run_opts, evidence), "LEVEL",
	    "what is kept of what it asks the outside: off; digest (what, "
	    "when, sizes, hashes); full (the bytes)",
	    0, "off digest full" },
	{ 0, "limit", OPT_TEXTS, AT(run_opts, limit), "NAME=VALUE",
	    "another limit of the sandbox: memory=512M", 0, NULL,
	    complete_limit },
	{ 0, "allow-net", OPT_TEXTS, AT(run_opts, allow_net), "WORD",
	    "let it connect there, too: private, local, 10.0.0.0/8:443", 0,
	    "private local metadata reserved multicast open" },
	{ 0, "deny-net", OPT_TEXTS, AT(run_opts, deny_net), "WORD",
	    "keep it from there: public, 192.0.2.0/24", 0, "public private" },
	{ 0, "sandbox-allow-missing", OPT_TEXTS, AT(run_opts, allow_missing),
	    "LAYER",
	    "run where this layer is missing: filesystem (files stay in "
	    "reach), all (no jail)",
	    0, "filesystem all" },
	{ 0, "sandbox-audit", OPT_FLAG, AT(run_opts, audit), NULL,
	    "refuse nothing, log it: NEVER with a module you do not trust", 0 },
	{ 0, "child", OPT_TEXT, AT(run_opts, child), "COMMAND",
	    "another program as the child: COMMAND sandbox AUTHOR/NAME",
	    OPT_LINE_ONLY },
	{ 0, "dump-sandbox-init-msg", OPT_FLAG, AT(run_opts, dump), NULL,
	    "print the start line of each target, run nothing", OPT_LINE_ONLY },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_run = {
	.name = "run",
	.where = CMD_LINE | CMD_PROMPT,
	.needs =
	    NEEDS_MODULES, /* the rest is opened when children can be had */
	.operands = "[MODULE]",
	.most = 1,
	.help = "run a module on everything in scope",
	.more =
	    "At the prompt the selected module runs, with what set and "
	    "target say.\n"
	    "MODULE may be -: its text is read from standard input, and it runs as\n"
	    "anonymous/stdin.",
	.opts = run_opts,
	.size = sizeof(struct run_opts),
	.run = run_run,
	.complete = cmd_complete_runnable,
};
