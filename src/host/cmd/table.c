/* All commands, in the order of help. */
#include "cmd/cmd.h"

extern const struct cmd cmd_add, cmd_autonoscope, cmd_autoscope, cmd_back,
    cmd_delete, cmd_exit, cmd_export, cmd_fsck, cmd_help, cmd_keyring,
    cmd_modules, cmd_noscope, cmd_options, cmd_paths, cmd_pkg, cmd_quit,
    cmd_rescope, cmd_run, cmd_scope, cmd_select, cmd_set, cmd_stats, cmd_target,
    cmd_unset, cmd_update_lists, cmd_use, cmd_workspace;

const struct cmd *const cmd_table[] = {
	&cmd_add,
	&cmd_autonoscope,
	&cmd_autoscope,
	&cmd_back,
	&cmd_delete,
	&cmd_exit,
	&cmd_export,
	&cmd_fsck,
	&cmd_help,
	&cmd_keyring,
	&cmd_modules,
	&cmd_noscope,
	&cmd_options,
	&cmd_paths,
	&cmd_pkg,
	&cmd_quit,
	&cmd_rescope,
	&cmd_run,
	&cmd_scope,
	&cmd_select,
	&cmd_set,
	&cmd_stats,
	&cmd_target,
	&cmd_unset,
	&cmd_update_lists,
	&cmd_use,
	&cmd_workspace,
	NULL,
};
