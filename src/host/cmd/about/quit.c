#include "line/cmd.h"

static int
run_quit(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts, (void)in, (void)err;
	p->wants_quit = true;
	return 0;
}

const struct cmd cmd_quit = {
	.name = "quit",
	.where = CMD_PROMPT,
	.operands = "[...]",
	.help = "leave the prompt",
	.run = run_quit,
};

const struct cmd cmd_exit = {
	.name = "exit",
	.where = CMD_PROMPT,
	.operands = "[...]",
	.help = "leave the prompt",
	.run = run_quit,
};
