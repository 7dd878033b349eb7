#include "rows/show.h"

#include "db/attach.h"
#include "term/detail.h"
#include "term/term.h"
#include "value/quote.h"

/* Devices show their first network, a table beside their own. */
static int
read_network(struct program *p, const struct row *row, struct pool *pool,
    struct detail_network *network, struct err *err)
{
	*network = (struct detail_network){ .name = STR_NONE };
	if (!detail_has_network(row->model))
		return 0;
	return db_device_network(p->db, row->id, pool, &network->name,
	    &network->ipaddr, err);
}

static int
show_line(struct program *p, const struct row *row, struct pool *pool,
    struct buf *out, struct err *err)
{
	struct detail_network network;
	struct str *child;
	size_t n;

	if (read_network(p, row, pool, &network, err) == -1 ||
	    db_children(p->db, row, pool, &child, &n, err) == -1 ||
	    db_attached(p->db, row, pool, &child, &n, err) == -1)
		return -1;
	detail_write(out, row, &network);
	if (row->model->flags & MODEL_HANGS) {
		struct str about;

		if (db_attached_to(p->db, row, pool, &about, err) == -1)
			return -1;
		buf_printf(out, " (%.*s)", STR_ARG(about));
	}
	for (size_t i = 0; i < n; i++) {
		buf_add_char(out, '\n');
		detail_write_child(out, row, child[i]);
	}
	return 0;
}

static int
show_path(struct program *p, const struct row *row, struct pool *pool,
    struct buf *out, struct err *err)
{
	struct str value = row_label(row, pool);
	const char *path;

	if (model_field_with(row->model, FIELD_BLOB) == -1)
		return err_set(err, "only images have a path");
	path = workspace_blob_path(&p->ws, pool, value, NULL);
	if (path != NULL)
		buf_add(out, str_of(path));
	else
		term_line(TERM_WARN,
		    "the image #%d has no file: %.*s is no id of a blob",
		    row->id, STR_ARG(quote_text(pool, value)));
	return 0;
}

static int
show_row(struct program *p, const struct row *row, enum show_form form,
    struct pool *pool, struct buf *out, struct err *err)
{
	switch (form) {
	case SHOW_JSON:
		row_write_json(out, row);
		return 0;
	case SHOW_VALUES:
		buf_add(out, row_label(row, pool));
		return 0;
	case SHOW_PATHS:
		return show_path(p, row, pool, out, err);
	case SHOW_LINES:
		break;
	}
	return show_line(p, row, pool, out, err);
}

static void
print_row(struct buf *out, enum show_form form)
{
	if (form == SHOW_PATHS && out->n == 0) /* it was told why */
		return;
	if (form == SHOW_VALUES || form == SHOW_PATHS) {
		term_value(buf_str(out));
		return;
	}
	buf_add_char(out, '\n');
	if (form == SHOW_JSON)
		term_json(buf_str(out));
	else
		term_print(buf_str(out));
}

int
show_rows(struct program *p, const struct model *model,
    const struct filter *filter, unsigned flags, enum show_form form,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_NONE;
	struct db_rows *rows;
	struct row row;
	int status = 0;

	if (db_rows_open(p->db, model, filter, flags, &rows, err) == -1)
		return -1;
	while (!term_is_broken() &&
	       (status = db_rows_next(rows, &pool, &row, err)) == 1) {
		out.n = 0;
		status = show_row(p, &row, form, &pool, &out, err);
		if (status == -1)
			break;
		print_row(&out, form);
		pool_reset(&pool);
	}
	db_rows_free(rows);
	buf_clear(&out);
	return status == -1 ? -1 : 0;
}
