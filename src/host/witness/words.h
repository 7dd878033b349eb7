/* words: one exchange in words, the same ones in each command that shows it. */
#ifndef WITNESS_WORDS_H
#define WITNESS_WORDS_H

#include "ipc/exchange.h"
#include "model/model.h"

/*
 * A row of db_model_exchange: what was asked, what came, and whether the broker
 * has seen it. Its texts are foreign, and made safe for a terminal.
 *
 *	GET https://a/  200, 12,310 bytes, sha256 91ab..., connection seen
 */
void exchange_words(struct buf *out, struct pool *pool,
    const struct row *exchange);

/*
 * What a child says of one, the same way; of one that is open, that it has not
 * ended.
 *
 *	GET https://a/  200, 12,310 bytes, 52 ms
 *	MX example.com  rcode 0, 2 answers, 94 bytes, 3 ms
 *	tcp a:25  310 bytes sent, 94 bytes received, 52 ms
 *	GET https://b/  no answer: Request timed out, 0 bytes, 50 ms
 */
void exchange_line(struct buf *out, struct pool *pool,
    const struct exchange *exchange);

#endif
