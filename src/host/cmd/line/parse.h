/*
 * parse: the words of a command into its options and operands, by its row.
 * Grammar (docs/reference, "Commands"): --opt VALUE, --opt=VALUE, -oVALUE,
 * -o VALUE, -o=VALUE; letters may be joined, the last may take a value; what
 * starts with - is no operand, but behind --.
 */
#ifndef LINE_PARSE_H
#define LINE_PARSE_H

#include "line/cmd.h"

/*
 * 0: *opts (cmd->size bytes, zeroed where not given) and *rest are filled in;
 * both live in pool. 1: help was asked for. -1: not understood.
 */
int parse_words(const struct cmd *cmd, bool is_prompt, struct pool *pool,
    const struct str *word, size_t n, void **opts, struct operands *rest,
    struct err *err);

/*
 * For completion: the option at the end of the words whose value would come
 * next, NULL if there is none. *rest: the operands in front of it.
 */
const struct opt *parse_open(const struct cmd *cmd, bool is_prompt,
    struct pool *pool, const struct str *word, size_t n, struct operands *rest);

/* One that works here and takes a value: "--name=". NULL: none. */
const struct opt *parse_option_named(const struct cmd *cmd, bool is_prompt,
    struct str name);

/*
 * Options that stand in front of an operand: reads up to the first word that
 * is none. *used is how many words that were.
 */
int parse_leading(const struct cmd *cmd, struct pool *pool,
    const struct str *word, size_t n, void **opts, size_t *used,
    struct err *err);

#endif
