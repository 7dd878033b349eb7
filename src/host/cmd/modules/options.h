/*
 * options: what a module can be told: set, unset, options at the prompt, and
 * what `run -o` and `pkg info` share with them.
 */
#ifndef MODULES_OPTIONS_H
#define MODULES_OPTIONS_H

#include "line/cmd.h"

/*
 * The options that a module looks for, and those that are set, a line each.
 * values: what is set; lead: in front of each line.
 */
void options_print(const struct module *module, const struct json *values,
    const char *lead);

/* One warning, if the module's text has another name that is meant. */
void options_check(const struct module *module, struct str name);

/* Candidates: the names, with `behind` after each: "=". */
void options_complete(const struct module *module, const char *behind,
    void (*add)(void *ctx, struct str word), void *ctx);

#endif
