#include "export/about.h"

#include "export/quote.h"

static bool
keep(struct exporter *x, int status)
{
	if (status == -1)
		x->has_failed = true;
	return status == 1;
}

void
about_open(struct exporter *x, const char *hanging, const struct row *row)
{
	if (!x->has_failed)
		(void)keep(x,
		    db_about_open(x->about, model_by_family(str_of(hanging)),
			row->model, row->id, x->err));
}

bool
about_next(struct exporter *x, const char *hanging, struct pool *pool,
    struct db_hung *out)
{
	return !x->has_failed &&
	       keep(x, db_about_next(x->about, model_by_family(str_of(hanging)),
			   pool, out, x->err));
}

void
about_add_xml(struct exporter *x, const char *hanging, const struct row *row,
    const char *open, const char *between, const char *close)
{
	autopool struct pool pool = POOL_NONE;
	struct db_hung hung;
	bool has_any = false;

	about_open(x, hanging, row);
	while (about_next(x, hanging, &pool, &hung)) {
		struct buf out = BUF_IN(&pool);

		buf_add(&out, str_of(has_any ? between : open));
		quote_xml(&out, &pool, hung.text);
		sink_add(x->out, buf_str(&out));
		has_any = true;
		pool_reset(&pool);
	}
	if (has_any)
		sink_add(x->out, str_of(close));
}

struct db_times
about_times(struct exporter *x, const struct model *model, int32_t id)
{
	struct db_times times = { "", "" };

	if (!x->has_failed)
		(void)keep(x,
		    db_about_times(x->about, model, id, &times, x->err));
	return times;
}

/* Only what is there at all is looked for among what is chosen. */
static int
is_chosen(struct exporter *x, const struct model *model, int32_t id)
{
	const struct filter *filter;
	unsigned flags;

	if (x->choice == NULL)
		return 1;
	if (!x->choice->chosen(x->choice->ctx, model, &filter, &flags))
		return 0;
	return filter == NULL && flags == 0
	           ? 1
	           : db_is_among(x->db, model, filter, flags, id, x->err);
}

bool
about_value(struct exporter *x, const struct model *model, struct str value,
    struct row *row)
{
	return !x->has_failed &&
	       keep(x, db_about_value(x->about, model, value, x->pool, row,
			   x->err)) &&
	       keep(x, is_chosen(x, model, row->id));
}
