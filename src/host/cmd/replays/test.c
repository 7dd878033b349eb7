/*
 * test: recorded tests of modules. Everything is read before the first child
 * starts; then all cases are played, several at a time, and what they said is
 * compared with what they have to say.
 */
#include <unistd.h>

#include "base/mem.h"
#include "line/cmd.h"
#include "replays/play.h"
#include "replays/record.h"
#include "replays/report.h"
#include "term/term.h"

static int
find_all(struct cases *cases, const struct operands *in, struct err *err)
{
	if (in->n == 0)
		return cases_find(cases, STR("."), err);
	for (size_t i = 0; i < in->n; i++) {
		if (cases_find(cases, in->word[i], err) == -1)
			return -1;
	}
	return 0;
}

/* A player for each case that can be read. */
static int
make_players(struct play *play, struct cases *cases, struct player *player,
    size_t *n, struct err *err)
{
	*n = 0;
	for (size_t i = 0; i < cases->n; i++) {
		struct case_file *file = cases->file[i];
		const struct transport *transport;

		case_load(cases, file);
		if (file->result == CASE_BROKEN)
			continue;
		transport = play_transport(play, file->module.code, err);
		if (transport == NULL)
			return -1;
		player[(*n)++] = (struct player){ .script = &file->script,
			.transport = transport,
			.start = file->start,
			.limits = play->limits };
	}
	return 0;
}

static void
judge_all(struct cases *cases, struct player *player)
{
	for (size_t i = 0; i < cases->n; i++) {
		if (cases->file[i]->result != CASE_BROKEN)
			case_judge(cases, cases->file[i], player++);
	}
}

static size_t
count_bad(const struct cases *cases)
{
	size_t n = 0;

	for (size_t i = 0; i < cases->n; i++)
		n += cases->file[i]->result != CASE_SAME;
	return n;
}

static enum report_form
form_of(const struct test_opts *opts)
{
	if (opts->json)
		return REPORT_JSON;
	return opts->tap || !term_is_animated() ? REPORT_TAP : REPORT_LINES;
}

static int
run_cases(struct play *play, struct cases *cases, const struct test_opts *opts,
    struct err *err)
{
	struct player *player =
	    pool_array(play->pool, cases->n, sizeof(*player));
	int status, junit;
	size_t n;

	if (make_players(play, cases, player, &n, err) == -1 ||
	    report_junit_open(opts->junit, &junit, err) == -1)
		return -1;
	status = n != 0 ? play_begin(play, err) : 0;
	if (status == 0 && n != 0)
		status = players_run(player, n, play->jobs, play->loop, err);
	if (status == 0) {
		judge_all(cases, player);
		report_cases(cases, form_of(opts));
		if (junit != -1)
			status = report_junit(cases, junit, err);
	}
	if (junit != -1)
		(void)close(junit);
	for (size_t i = 0; i < n; i++)
		player_clear(&player[i]);
	return status;
}

static int
test_modules(struct program *p, const struct test_opts *opts,
    const struct operands *in, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct cases cases = { .n = 0 };
	struct play play;
	int status;

	if (opts->jobs.is_set && opts->jobs.n == 0)
		return err_usage(err, "-j takes 1 and more");
	status = find_all(&cases, in, err);
	if (status == 0 && cases.n == 0)
		status = err_set(err,
		    "no recorded tests are there: make one with test --record "
		    "CASE MODULE.lua");
	if (status == 0)
		status = play_init(&play, p, &pool,
		    opts->jobs.is_set ? (unsigned)opts->jobs.n : 0, err);
	if (status == 0) {
		status = run_cases(&play, &cases, opts, err);
		play_end(&play);
	}
	if (status == 0) {
		size_t bad = count_bad(&cases);

		if (form_of(opts) == REPORT_LINES)
			term_result(bad == 0 ? TERM_SUCCESS : TERM_ERROR,
			    "%zu of %zu tests passed", cases.n - bad, cases.n);
		p->status = bad != 0;
	}
	cases_clear(&cases);
	return status;
}

static bool
is_of_record(const struct test_opts *opts)
{
	return opts->argument.p != NULL || opts->target.p != NULL ||
	       opts->proxy.p != NULL || opts->option.n != 0 ||
	       opts->ns.n != 0 || opts->allow_net.n != 0 ||
	       opts->deny_net.n != 0 || opts->grant.n != 0 || opts->has_stdin ||
	       opts->rows || opts->passphrase_fd.is_set;
}

static int
run_test(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct test_opts *opts = arg;

	if (opts->record.p == NULL && is_of_record(opts))
		return err_usage(err,
		    "what a module is given is in its recorded tests: these "
		    "options are for --record CASE");
	if (opts->record.p == NULL)
		return test_modules(p, opts, in, err);
	if (in->n != 1)
		return err_usage(err, "--record is for one module");
	return record_case(p, opts, in->word[0], err);
}

static const struct opt test_opts[] = {
	{ 'j', "jobs", OPT_NUMBER, AT(test_opts, jobs), "N",
	    "tests at once; default: the processors of the machine", 0 },
	{ 0, "tap", OPT_FLAG, AT(test_opts, tap), NULL,
	    "for test runners (TAP), as where this is no terminal", 0 },
	{ 0, "json", OPT_FLAG, AT(test_opts, json), NULL,
	    "a JSON object a line and test", 0 },
	{ 0, "junit", OPT_TEXT, AT(test_opts, junit), "FILE",
	    "an XML file for build servers, too", 0 },
	{ 0, "record", OPT_TEXT, AT(test_opts, record), "CASE",
	    "run the module once, with the network, and make a test of that",
	    0 },
	{ 'a', "argument", OPT_TEXT, AT(test_opts, argument), "JSON",
	    "what run() is given: a row, as JSON; with --record", 0 },
	{ 't', "target", OPT_TEXT, AT(test_opts, target), "FILTER",
	    "the same: the first of these rows of the workspace; with --record",
	    0 },
	{ 'o', "option", OPT_TEXTS, AT(test_opts, option), "K=V",
	    "an option of the module, for getopt(); with --record", 0 },
	{ 0, "stdin", OPT_FLAG, AT(test_opts, has_stdin), NULL,
	    "the module may read standard input; with --record", 0 },
	{ 0, "rows", OPT_FLAG, AT(test_opts, rows), NULL,
	    "the test looks at rows alone; with --record", 0 },
	{ 'X', "proxy", OPT_TEXT, AT(test_opts, proxy), "IP:PORT",
	    "SOCKS5 proxy; with --record", 0 },
	{ 0, "nameserver", OPT_TEXTS, AT(test_opts, ns), "IP:PORT",
	    "ask this name server; with --record", 0 },
	{ 0, "allow-net", OPT_TEXTS, AT(test_opts, allow_net), "WORD",
	    "addresses that may be connected to; with --record", 0 },
	{ 0, "deny-net", OPT_TEXTS, AT(test_opts, deny_net), "WORD",
	    "addresses that may not; with --record", 0 },
	{ 0, "grant", OPT_TEXTS, AT(test_opts, grant), "NAMESPACE",
	    "keys that the module may have; with --record", 0 },
	OPT_PASSPHRASE_FD(test_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_test = {
	.name = "test",
	.where = CMD_LINE,
	.needs = NEEDS_NOTHING,
	.operands = "[FOLDER|FILE...]",
	.help = "recorded tests of modules: made, and played without a network",
	.more =
	    "Beside NAME.lua stands NAME.test: of each case CASE.json (argument, options, and\n"
	    "either all events or the rows alone) and CASE.warc.gz (what the outside answered\n"
	    "then). Without operands the modules in this folder. Status 1 if one is not as it\n"
	    "was. --record keeps no secret: keys are placeholders, and the test is tried at\n"
	    "once. What a limit ended (time, memory) cannot be a test.",
	.opts = test_opts,
	.size = sizeof(struct test_opts),
	.run = run_test,
};
