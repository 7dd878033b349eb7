/*
 * table: all commands, in the order of help; ends with NULL.
 */
#ifndef START_TABLE_H
#define START_TABLE_H

#include "line/cmd.h"

extern const struct cmd *const table[];

#endif
