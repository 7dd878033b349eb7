/* The selected module: use, back. */
#include "line/cmd.h"

static int
run_use(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	const struct module *module =
	    library_find(&p->library, in->word[0], err);

	(void)opts;
	if (module == NULL)
		return -1;
	program_use(p, module);
	return 0;
}

const struct cmd cmd_use = {
	.name = "use",
	.where = CMD_PROMPT,
	.operands = "MODULE",
	.least = 1,
	.most = 1,
	.help = "select a module",
	.run = run_use,
	.complete = cmd_complete_runnable,
};

static int
run_back(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts, (void)in, (void)err;
	program_leave(p);
	return 0;
}

const struct cmd cmd_back = {
	.name = "back",
	.where = CMD_PROMPT,
	.help = "leave the selected module, then the prompt",
	.run = run_back,
};
