/* tag: words on rows, by which filters find them. */
#include "db/attach.h"
#include "line/cmd.h"
#include "rows/put.h"
#include "term/term.h"

static int
run_add(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts;
	return put_on_rows(p, "tag", in, false, "Tagged", err);
}

static int
run_delete(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	(void)opts;
	return put_on_rows(p, "tag", in, true, "Untagged", err);
}

static int
print_tag(void *ctx, struct str tag, uint64_t n)
{
	autopool struct pool pool = POOL_NONE;
	struct str safe = term_safe(&pool, tag);

	(void)ctx;
	term_printf("%8llu  %.*s\n", (unsigned long long)n, STR_ARG(safe));
	return !term_is_broken();
}

static int
run_list(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct filter *filter = NULL;
	const struct model *model = NULL;

	(void)opts;
	if (in->n != 0 && (cmd_family(in->word[0], true, &model, err) == -1 ||
			      filter_read(&pool, model, in->word + 1, in->n - 1,
				  &filter, err) == -1))
		return -1;
	if (model != NULL &&
	    !model_may_carry(model, model_by_family(STR("tag"))))
		return err_usage(err, "%s have no tags", model->table);
	if (db_check_family(p->db, model_by_family(STR("tag")), err) == -1)
		return -1;
	return db_tags(p->db, model, filter, print_tag, NULL, err);
}

#define BOTH (CMD_LINE | CMD_PROMPT)

static const struct cmd sub_add = {
	.name = "add",
	.where = BOTH,
	.needs = NEEDS_WORKSPACE,
	.operands = "WORD FAMILIES where FILTER...",
	.least = 2,
	.help = "put a tag on rows",
	.run = run_add,
	.complete = put_complete,
};

static const struct cmd sub_delete = {
	.name = "delete",
	.where = BOTH,
	.needs = NEEDS_WORKSPACE,
	.operands = "WORD FAMILIES where FILTER...",
	.least = 2,
	.help = "take a tag from rows",
	.run = run_delete,
	.complete = put_complete,
};

static const struct cmd sub_list = {
	.name = "list",
	.where = BOTH,
	.needs = NEEDS_WORKSPACE,
	.operands = "[FAMILIES [where FILTER...]]",
	.help = "the tags that rows have, and how many rows",
	.run = run_list,
	.complete = cmd_complete_rows,
};

static const struct cmd *const subs[] = { &sub_add, &sub_delete, &sub_list,
	NULL };

const struct cmd cmd_tag = {
	.name = "tag",
	.where = BOTH,
	.operands = "COMMAND",
	.help = "words on rows, to find them by: where tag=WORD",
	.more =
	    "A tag is in lower case and has at most 256 bytes. It goes with its row.\n"
	    "  tag add seen emails where value like %@example.com\n"
	    "  select emails where not tag=seen",
	.sub = subs,
};
