/*
 * module_options: the options that a module looks for. Source:
 * docs/modules.md, "Options".
 *
 * Two places of its text tell: comments behind the header, of the form
 *
 *	-- Option: NAME = DEFAULT, MEANING
 *	-- Option: NAME, MEANING
 *
 * which other programs pass over, and the texts that are given to getopt().
 * NAME ends at a blank, "=" or ","; DEFAULT is a word, or a text in quotes.
 * Without commas it is read, too: NAME=DEFAULT MEANING.
 * The module is a stranger's: all of it is to be cleaned before it is shown.
 */
#ifndef STATE_MODULE_OPTIONS_H
#define STATE_MODULE_OPTIONS_H

#include "base/pool.h"
#include "base/str.h"

#define MODULE_OPTIONS_MOST    64 /* those behind are passed over */
#define MODULE_OPTIONS_LONGEST 64 /* bytes of a name */

struct module_option {
	struct str name;
	struct str fallback; /* if it is not set; p NULL: not told */
	struct str meaning;  /* p NULL: not told */
	unsigned line;       /* of its comment, from 1; 0: none */
};

struct module_options {
	struct module_option *option; /* each name once, as in the text */
	size_t n;
	bool is_all; /* no name is computed: there are no others */
};

/* The texts are views of code; the array is in pool. */
void module_options_read(struct module_options *options, struct pool *pool,
    struct str code);

/*
 * Among the words of a comment line "-- Options: WORD, WORD" is this one: what
 * a module says of itself that the header of the peer has no key for.
 */
#define MODULE_OPTIONAL_KEY "optional-key" /* it can do without its keys */

bool module_options_has_word(struct str code, const char *word);

/* NULL: none. */
const struct module_option *module_options_find(const struct module_options
						    *options,
    struct str name);

#endif
