/*
 * A table and words, a line each: a filter that is read, written and read again
 * is the same tree, and the words up to any place have candidates.
 */
#include <assert.h>
#include <stdint.h>

#include "base/mem.h"
#include "db/filter.h"

static bool
same_operand(const struct filter_operand *a, const struct filter_operand *b)
{
	return a->field == b->field && a->function == b->function;
}

static bool
same_value(const struct filter_value *a, const struct filter_value *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case FILTER_INT:
		return a->i == b->i;
	case FILTER_REAL:
		return memcmp(&a->d, &b->d, sizeof(a->d)) == 0;
	case FILTER_TEXT:
	case FILTER_BYTES:
		break;
	}
	return str_eq(a->text, b->text);
}

/* Reads within its bounds, too: NOT and the program's own have none. */
static bool
same_node(const struct filter_node *a, const struct filter_node *b)
{
	if (a->kind != b->kind || a->n_child != b->n_child)
		return false;
	for (size_t i = 0; i < a->n_child; i++) {
		assert(a->kind == FILTER_NOT || a->child[i].kind != a->kind);
		if (!same_node(&a->child[i], &b->child[i]))
			return false;
	}
	if (a->kind == FILTER_CONST)
		return a->is_true == b->is_true;
	if (a->kind != FILTER_TEST)
		return a->n_child > (a->kind != FILTER_NOT);
	if (a->op != b->op || a->is_not != b->is_not ||
	    a->n_value != b->n_value || !same_operand(&a->operand, &b->operand))
		return false;
	for (size_t i = 0; i < a->n_value; i++) {
		if (!same_value(&a->value[i], &b->value[i]))
			return false;
	}
	return true;
}

static bool
same(const struct filter *a, const struct filter *b)
{
	if (a == NULL || a->sql.p != NULL || a->where == NULL)
		return a == NULL || str_eq(a->sql, b->sql);
	if (a->n_key != b->n_key || a->has_limit != b->has_limit ||
	    a->limit != b->limit || a->offset != b->offset)
		return false;
	for (size_t i = 0; i < a->n_key; i++) {
		if (a->key[i].is_descending != b->key[i].is_descending ||
		    !same_operand(&a->key[i].operand, &b->key[i].operand))
			return false;
	}
	return same_node(a->where, b->where);
}

static void
note(void *ctx, struct str word)
{
	size_t *n = ctx;

	assert(word.n != 0);
	++*n;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str text = str_view((const char *)p, n), *word = NULL, *again;
	const struct model *model = model_by_table(str_cut(&text, '\n'));
	const struct filter *first, *second;
	size_t n_word = 0, n_again, n_note = 0;

	if (model == NULL)
		model = &model_activity;
	while (text.p != NULL) {
		word = pool_push(&pool, word, n_word, sizeof(*word));
		word[n_word++] = str_cut(&text, '\n');
	}
	for (size_t i = 0; i <= n_word && i < 32; i++)
		filter_next(model, word, i, note, &n_note);
	if (filter_read(&pool, model, word, n_word, &first, &err) == -1) {
		assert(err.n != 0);
		return 0;
	}
	n_again = filter_words(&pool, first, &again);
	assert(filter_read(&pool, model, again, n_again, &second, &err) == 0);
	assert(same(first, second));
	return 0;
}
