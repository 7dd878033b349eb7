#include "modules/modules.h"
#include "packages/packages.h"

static const struct cmd *const subs[] = {
	&modules_list,
	&modules_info,
	&modules_reload,
	&packages_verify,
	NULL,
};

const struct cmd cmd_pkg = {
	.name = "pkg",
	.where = CMD_LINE | CMD_PROMPT,
	.operands = "COMMAND",
	.help = "modules: list, info, verify, reload",
	.sub = subs,
};
