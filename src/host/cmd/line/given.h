/*
 * given: what several commands take in the same words: options of a module,
 * addresses, words that stand behind those of the configuration.
 */
#ifndef LINE_GIVEN_H
#define LINE_GIVEN_H

#include "line/cmd.h"
#include "value/slot.h"

/* "KEY=VALUE" of -o; both view word. -1: there is no "=". */
int given_option(struct str word, struct str *key, struct str *value,
    struct err *err);

/* IP:PORT, of an option as it is typed: "-X". */
int given_addr(const char *option, struct str text, struct err *err);

/* The same of all words of "--nameserver", which are viewed. */
int given_ns(const struct opt_texts *given, struct slot_texts *ns,
    struct err *err);

/* The configuration's words, then those of an option, which win; in pool. */
struct slot_texts given_behind(struct pool *pool,
    const struct slot_texts *config, const struct opt_texts *given);

#endif
