#include "work/shown.h"

#include "term/term.h"
#include "witness/words.h"
#include "work/job.h"
#include "work/run.h"

static void
show(struct job *job, const struct exchange *x)
{
	struct buf text = BUF_IN(&job->run->turn);

	exchange_line(&text, &job->run->turn, x);
	term_run_note(job->label, buf_str(&text));
}

void
shown_end(struct job *job, const struct exchange *x)
{
	struct run *run = job->run;
	struct exchange hidden = *x;

	if (!run->options->shows_exchanges || x->is_open)
		return;
	asked_hide(&run->asked, &hidden, &run->turn);
	show(job, &hidden);
}

void
shown_left(struct job *job)
{
	const struct asked *asked = &job->asked;

	for (size_t i = 0; job->run->options->shows_exchanges && i < asked->n;
	     i++) {
		struct exchange left = asked->open[i].said;

		/* what is not known was too much to be kept */
		if (!asked->open[i].has_stood || left.what.p == NULL)
			continue;
		left.is_open = true;
		show(job, &left);
	}
}
