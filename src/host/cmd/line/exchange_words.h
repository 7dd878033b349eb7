/* exchange_words: one exchange in words, the same ones in each command that shows it. */
#ifndef LINE_EXCHANGE_WORDS_H
#define LINE_EXCHANGE_WORDS_H

#include "model/model.h"

/*
 * A row of db_model_exchange: what was asked, what came, and whether the broker
 * has seen it. Its texts are foreign, and made safe for a terminal.
 *
 *	GET https://a/  200, 12,310 bytes, sha256 91ab..., connection seen
 */
void exchange_words(struct buf *out, struct pool *pool,
    const struct row *exchange);

#endif
