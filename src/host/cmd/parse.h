/*
 * parse: the words of a command into its options and operands, by its row.
 * Grammar (docs/reference, "Options"): --opt VALUE, --opt=VALUE, -oVALUE,
 * -o VALUE, -o=VALUE; letters may be joined, the last may take a value; what
 * starts with - is no operand, but behind --.
 */
#ifndef CMD_PARSE_H
#define CMD_PARSE_H

#include "cmd/cmd.h"

/*
 * 0: *opts (cmd->size bytes, zeroed where not given) and *rest are filled in;
 * both live in pool. 1: help was asked for. -1: not understood.
 */
int parse_words(const struct cmd *cmd, bool is_prompt, struct pool *pool,
    const struct str *word, size_t n, void **opts, struct operands *rest,
    struct err *err);

/*
 * Options that stand in front of an operand: reads up to the first word that
 * is none. *used is how many words that were.
 */
int parse_leading(const struct cmd *cmd, struct pool *pool,
    const struct str *word, size_t n, void **opts, size_t *used,
    struct err *err);

#endif
