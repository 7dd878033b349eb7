/*
 * rules: what a row of a table cannot say about a family; see model.derive.
 */
#ifndef MODEL_RULES_H
#define MODEL_RULES_H

#include "model/model.h"

int derive_name(struct row *row, struct pool *pool, struct err *err);
int derive_ipaddr(struct row *row, struct pool *pool, struct err *err);
int derive_url(struct row *row, struct pool *pool, struct err *err);
int derive_phonenumber(struct row *row, struct pool *pool, struct err *err);
int derive_account(struct row *row, struct pool *pool, struct err *err);
int derive_image(struct row *row, struct pool *pool, struct err *err);
int derive_port(struct row *row, struct pool *pool, struct err *err);
int derive_netblock(struct row *row, struct pool *pool, struct err *err);
int derive_ours(struct row *row, struct pool *pool, struct err *err);

#define RULES_MAX_WORD 256         /* bytes of a text of a line, and of */
#define RULES_MAX_TEXT (64u << 10) /* one that may have more: FIELD_LINES */

/*
 * A text of a family that is ours: trimmed, not empty, of limited length, UTF-8
 * without control characters; of more than a line with line feeds and tabs.
 */
int rules_text(const struct field *field, struct str *text, struct err *err);

#endif
