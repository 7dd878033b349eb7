/* run_end: what is kept until a run is over, and told then. */
#include "enforce/enforce.h"
#include "term/term.h"
#include "work/report.h"
#include "work/run.h"

void
run_fail(struct run *run, struct str name, struct str text)
{
	struct run_failure *failure;
	struct buf line = BUF_IN(&run->turn);

	buf_add(&line, name.p != NULL ? STR("Failed ") : STR("Failed"));
	buf_add(&line, name);
	buf_add(&line, STR(": "));
	buf_add(&line, text);
	if (line.n > RUN_FAILURE_BYTES - run->failure_bytes) {
		term_run_line(TERM_ERROR, STR_NONE, buf_str(&line));
		return;
	}
	run->failure_bytes += line.n;
	failure = pool_alloc(&run->pool, sizeof(*failure));
	*failure = (struct run_failure){
		.text = pool_copy(&run->pool, buf_str(&line)),
	};
	*run->last_failure = failure;
	run->last_failure = &failure->next;
}

void
run_lose_bytes(struct run *run, struct err *err)
{
	run->unkept++;
	if (err->n == 0 || run->has_told_unkept)
		return;
	run->has_told_unkept = true;
	term_line(TERM_WARN, "bytes that %s exchanges are not all kept: %.*s",
	    run->options->module, STR_ARG(err_join(&run->turn, err)));
}

void
run_report(struct run *run, struct str text, struct str violation)
{
	const struct work_options *options = run->options;

	if (str_is_among(text, run->reported, run->reports))
		return;
	if (run->reports == RUN_REPORTS) {
		run->more_reports++;
		return;
	}
	run->reported[run->reports++] = pool_copy(&run->pool, text);
	report_write(&run->report, str_of(options->module),
	    options->start.module.version, text, violation);
}

static void
say_outcome(struct run *run)
{
	struct buf lines = BUF_IN(&run->pool);
	struct str text;

	outcome_lines(&lines, &run->outcome, run->options->is_inner,
	    enforce_name(run->options->enforce, run->options->module));
	text = buf_str(&lines);
	while (text.n != 0)
		term_run_line(TERM_WARN, STR_NONE, str_cut(&text, '\n'));
}

static void
say_interrupted(struct run *run)
{
	struct buf text = BUF_IN(&run->pool);

	buf_printf(&text, "Interrupted: %zu targets not started",
	    run_left(run));
	if (run->cut_off != 0)
		buf_printf(&text, ", %zu not finished", run->cut_off);
	if (run->named != 0)
		buf_add(&text, STR(": "));
	buf_add(&text, buf_str(&run->cut_off_names));
	if (run->named != 0 && run->cut_off > run->named)
		buf_printf(&text, " and %zu more", run->cut_off - run->named);
	term_line(TERM_WARN, "%.*s", STR_ARG(buf_str(&text)));
}

void
run_say_end(struct run *run)
{
	if (run->is_interrupted && !run->options->is_inner &&
	    run->options->session == NULL)
		say_interrupted(run);
	else if (run->options->stops_at_error && run->failed != 0 &&
		 run_left(run) != 0)
		term_line(TERM_WARN,
		    "Stopped at the first error: %zu targets not started",
		    run_left(run));
	for (struct run_failure *f = run->failure; f != NULL; f = f->next)
		term_run_line(TERM_ERROR, STR_NONE, f->text);
	if (run->report.n != 0)
		term_print(buf_str(&run->report));
	if (run->more_reports != 0)
		term_line(TERM_WARN,
		    "%zu more targets were stopped by the sandbox, for other "
		    "calls than the %d that are shown",
		    run->more_reports, RUN_REPORTS);
	say_outcome(run);
}
