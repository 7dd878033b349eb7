/*
 * table: all commands, in the order of help; ends with NULL.
 */
#ifndef CMD_TABLE_H
#define CMD_TABLE_H

#include "cmd/cmd.h"

extern const struct cmd *const table[];

#endif
