/*
 * selector: CSS selectors, Level 3 and a little of Level 4, on HTML trees.
 * Sources: Selectors Level 3 and 4; CSS Syntax Level 3 for identifiers,
 * escapes and An+B; docs/reference/html.md, for what is left out.
 * Matching is in no-quirks mode.
 */
#ifndef SELECTOR_SELECTOR_H
#define SELECTOR_SELECTOR_H

#include <stdint.h>

#include "html/html.h"

#define SELECTOR_MAX_BYTES ((size_t)64 << 10)
#define SELECTOR_MAX_PARTS 1024 /* simple selectors in one text */

struct selector;

/* Lives in pool. -1: not a selector, or one that is not supported. */
int selector_read(struct pool *pool, struct str text, struct selector **out,
    struct err *err);

/*
 * What may be spent on matching a document, counted in looks at an element for
 * one simple selector: no pair of text and selector can burn a run.
 */
#define SELECTOR_MAX_WORK ((uint64_t)50000000)

/*
 * Whether an element matches. *work is what was spent so far; once it is above
 * SELECTOR_MAX_WORK the answer is false.
 */
bool selector_match(const struct selector *selector, struct html_node *element,
    uint64_t *work);

#endif
