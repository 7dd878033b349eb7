#include "work/noted.h"

#include "base/mem.h"
#include "config.h"
#include "crypt/digest.h"
#include "script/script.h"
#include "work/run.h"

static bool
is_noted(const struct job *job)
{
	return job->run->asked.archive != NULL && job->author.attempt != 0 &&
	       !job->is_unnoted;
}

/* A script with a hole would be another run: then there is none. */
static void
add_lines(struct job *job, struct str lines)
{
	autoerr struct err err = ERR_NONE;

	job->noted += lines.n;
	if (job->noted > SCRIPT_MAX_BYTES)
		(void)err_set(&err, "more than %zu bytes", SCRIPT_MAX_BYTES);
	else if (asked_script(&job->asked, &job->run->asked, lines, &err) == 0)
		return;
	job->is_unnoted = true;
	asked_drop_script(&job->asked);
	(void)err_wrap(&err, "it cannot be played again");
	run_lose_bytes(job->run, &err);
}

void
noted_start(struct job *job)
{
	const struct work_options *options = job->run->options;
	struct script_head head = {
		.program = STR(VERSION),
		.module = str_of(options->module),
		.sha256 = digest_hex(&job->run->turn, DIGEST_SHA2_256,
		    options->start.module.code),
		.target = job->label,
		.data = options->files,
	};
	struct buf lines = BUF_NONE;

	if (!is_noted(job))
		return;
	script_write_head(&lines, &head);
	script_write_start(&lines, buf_str(&job->to));
	add_lines(job, buf_str(&lines));
	if (job->is_secret)
		mem_wipe(lines.p, lines.n);
	buf_clear(&lines);
}

void
noted_event(struct job *job, enum event_kind kind, struct str line)
{
	struct buf out = BUF_NONE;

	if (!is_noted(job) || kind == EVENT_PIECE)
		return;
	script_write_event(&out, line);
	add_lines(job, buf_str(&out));
	buf_clear(&out);
}

void
noted_answer(struct job *job, struct str line)
{
	struct buf out = BUF_NONE;

	if (!is_noted(job))
		return;
	script_write_answer(&out, line);
	add_lines(job, buf_str(&out));
	buf_clear(&out);
}
