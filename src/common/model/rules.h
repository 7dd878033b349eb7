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

#endif
