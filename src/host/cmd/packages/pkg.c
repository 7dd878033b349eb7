#include "modules/modules.h"
#include "packages/packages.h"

static const struct cmd *const subs[] = {
	&modules_list,
	&modules_info,
	&packages_search,
	&packages_install,
	&packages_update,
	&packages_uninstall,
	&packages_quickstart,
	&packages_diff,
	&packages_look,
	&packages_verify,
	&modules_reload,
	NULL,
};

const struct cmd cmd_pkg = {
	.name = "pkg",
	.where = CMD_LINE | CMD_PROMPT,
	.operands = "COMMAND",
	.help = "modules: list, install, update, and what else there is",
	.sub = subs,
};

const struct cmd cmd_mod = {
	.name = "mod",
	.where = CMD_PROMPT | CMD_HIDDEN,
	.now = "pkg",
	.operands = "COMMAND",
	.help = "modules: list, install, update, and what else there is",
	.sub = subs,
};
