/*
 * One walk for all formats: it reads, counts and warns; what is written is the
 * affair of the hooks.
 */
#include "export/format.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "crypt/blob.h"
#include "db/exchange.h"
#include "term/term.h"

#define MOST_TABLES 32

struct walk {
	struct exporter x; /* what hooks see */
	const struct format *format;
	struct db *db;
	const struct workspace *ws;
	const struct export_choice *choice; /* NULL: all */
	struct edge_choice edge_choice;     /* the same, if there is one */
	struct pool pool, whole;            /* x.pool: of one call; x.whole */
	uint64_t lost;                      /* edges that lead nowhere */

	/* All are open to the end: then all get their names, or none. */
	const char *path;
	struct sink *file[MOST_TABLES];
	size_t files;
};

/* In the order of the reference program; it leaves out the others. */
static const char *const tables[] = { "accounts", "breaches", "breach_emails",
	"devices", "domains", "emails", "images", "ipaddrs", "netblocks",
	"networks", "network_devices", "phonenumbers", "ports", "subdomains",
	"subdomain_ipaddrs", "urls" };

static bool
is_in_order(const struct model *model)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (strcmp(tables[i], model->table) == 0)
			return true;
	}
	return false;
}

/* Those, the families that it does not know, and what is no family. */
const struct model *
export_table(size_t i)
{
	const struct model *const others[] = { &model_activity, &db_model_rules,
		&db_model_ttls };

	if (i < ARRAY_SIZE(tables))
		return model_by_table(str_of(tables[i]));
	i -= ARRAY_SIZE(tables);
	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (is_in_order(m))
			continue;
		if (i == 0)
			return m;
		i--;
	}
	return i < ARRAY_SIZE(others) ? others[i] : NULL;
}

const struct model *
export_record(size_t i)
{
	const struct model *const records[] = { &db_model_run,
		&db_model_attempt, &db_model_exchange, &db_model_origin };

	return i < ARRAY_SIZE(records) ? records[i] : NULL;
}

static int
open_file(struct walk *walk, const char *path, struct err *err)
{
	assert(walk->files < MOST_TABLES);
	if (sink_open(&walk->x.out, path, walk->format->content, err) == -1)
		return -1;
	walk->file[walk->files++] = walk->x.out;
	return 0;
}

/* One for all; of a format with a file for each table, the folder. */
static int
open_first(struct walk *walk, struct err *err)
{
	if (walk->format->ending == NULL)
		return open_file(walk, walk->path, err);
	if (walk->path == NULL || strcmp(walk->path, "-") == 0)
		return err_usage(err, "%s is a file for each table: -o FOLDER",
		    walk->format->name);
	if (mkdir(walk->path, 0700) == -1 && errno != EEXIST)
		return err_sys(err, "cannot make the folder %s", walk->path);
	return 0;
}

/* All that can fail but the renaming, before the first gets its name. */
static int
settle_files(struct walk *walk, struct err *err)
{
	for (size_t i = 0; walk->files > 1 && i < walk->files; i++) {
		if (sink_settle(walk->file[i], err) == -1)
			return -1;
	}
	return 0;
}

static int
end_files(struct walk *walk, int status, struct err *err)
{
	if (status != -1)
		status = settle_files(walk, err);
	for (size_t i = 0; i < walk->files; i++)
		status = sink_end(walk->file[i], status, err);
	return status;
}

static bool
is_broken(const struct walk *walk)
{
	if (walk->x.has_failed)
		return true;
	for (size_t i = 0; i < walk->files; i++) {
		if (sink_is_broken(walk->file[i]))
			return true;
	}
	return false;
}

/* Whether rows of a table are chosen, and which; as of struct edge_choice. */
static bool
is_chosen(void *ctx, const struct model *model, const struct filter **filter,
    unsigned *flags)
{
	const struct walk *walk = ctx;
	const struct export_choice *choice = walk->choice;

	*filter = NULL;
	*flags = 0;
	if (choice == NULL)
		return true;
	if (choice->in_scope && model_field(model, "unscoped") != -1)
		*flags = DB_IN_SCOPE;
	for (size_t i = 0; i < choice->n; i++) {
		if (choice->family[i].model != model)
			continue;
		*filter = choice->family[i].filter;
		return true;
	}
	return choice->n == 0;
}

/* Of a family of links: both its ends are. */
static bool
is_table_chosen(struct walk *walk, const struct model *table)
{
	const struct filter *filter;
	unsigned flags;

	if (table->flags & MODEL_HANGS) /* each is looked at */
		return true;
	if (!(table->flags & MODEL_LINK))
		return is_chosen(walk, table, &filter, &flags);
	for (const struct field *f = table->field; f->name != NULL; f++) {
		if (f->references != NULL &&
		    !is_chosen(walk, model_by_table(str_of(f->references)),
			&filter, &flags))
			return false;
	}
	return true;
}

static const struct edge_choice *
edges_of(const struct walk *walk)
{
	return walk->choice != NULL ? &walk->edge_choice : NULL;
}

/* Of a family of links, of which both ends are chosen. */
static int
write_links(struct walk *walk, const struct model *table, struct err *err)
{
	struct exporter *x = &walk->x;
	struct db_edges *edges = db_edges_new(walk->db, table, edges_of(walk));
	struct edge edge;
	int status = 0;

	for (x->rows = 0; !is_broken(walk); x->rows++, x->all_rows++) {
		status = db_edges_next(edges, x->pool, &edge, err);
		if (status != 1)
			break;
		walk->format->row(x, &edge.link);
		pool_reset(x->pool);
	}
	db_edges_free(edges);
	return status == -1 ? -1 : 0;
}

/* What is about rows that are chosen: 1, 0, -1. */
static int
is_hung_chosen(struct walk *walk, const struct row *row, struct err *err)
{
	const struct model *table = row->model;

	for (int i = model_end(table, 0); i != -1;
	     i = model_end(table, i + 1)) {
		const struct model *model = model_by_family(row->value[i].text);
		const struct filter *filter;
		unsigned flags;
		int status = 1;

		if (model == NULL || !is_chosen(walk, model, &filter, &flags))
			return 0;
		if (filter != NULL || flags != 0)
			status = db_is_among(walk->db, model, filter, flags,
			    (int32_t)row->value[i + 1].i, err);
		if (status != 1)
			return status;
	}
	return 1;
}

static int
write_hung(struct walk *walk, const struct model *table, struct err *err)
{
	struct exporter *x = &walk->x;
	struct db_rows *rows;
	struct row row;
	int status = 0;

	if (db_rows_open(walk->db, table, NULL, DB_BY_ID, &rows, err) == -1)
		return -1;
	x->rows = 0;
	while (!is_broken(walk) && status != -1 &&
	       (status = db_rows_next(rows, x->pool, &row, err)) == 1) {
		status = is_hung_chosen(walk, &row, err);
		if (status == 1) {
			walk->format->row(x, &row);
			x->rows++, x->all_rows++;
		}
		pool_reset(x->pool);
	}
	db_rows_free(rows);
	return status == -1 ? -1 : 0;
}

static int
write_rows(struct walk *walk, const struct model *table, struct err *err)
{
	struct exporter *x = &walk->x;
	const struct filter *filter;
	struct db_rows *rows;
	struct row row;
	unsigned flags;
	int status = 0;

	if (walk->choice != NULL && table->flags & MODEL_LINK)
		return write_links(walk, table, err);
	if (walk->choice != NULL && table->flags & MODEL_HANGS)
		return write_hung(walk, table, err);
	(void)is_chosen(walk, table, &filter, &flags);
	if (db_rows_open(walk->db, table, filter, flags | DB_BY_ID, &rows,
		err) == -1)
		return -1;
	for (x->rows = 0; !is_broken(walk); x->rows++, x->all_rows++) {
		status = db_rows_next(rows, x->pool, &row, err);
		if (status != 1)
			break;
		walk->format->row(x, &row);
		pool_reset(x->pool);
	}
	db_rows_free(rows);
	return status == -1 ? -1 : 0;
}

static int
write_table(struct walk *walk, const struct model *table, struct err *err)
{
	const struct format *format = walk->format;

	if (format->ending != NULL &&
	    open_file(walk,
		pool_printf(walk->x.pool, "%s/%s%s", walk->path, table->table,
		    format->ending),
		err) == -1)
		return -1;
	if (format->table != NULL)
		format->table(&walk->x, table);
	pool_reset(walk->x.pool);
	if (write_rows(walk, table, err) == -1)
		return -1;
	walk->x.tables++;
	return 0;
}

bool
export_is_node(const struct model *table)
{
	return model_by_table(str_of(table->table)) != NULL &&
	       !(table->flags & (MODEL_LINK | MODEL_HANGS));
}

/* Who reads what the reference program exports is not told of what is not. */
static int
is_left_out(struct walk *walk, const struct model *table, struct err *err)
{
	return table->flags & MODEL_OURS ? db_is_empty(walk->db, table, err)
	                                 : 0;
}

static int
write_tables(struct walk *walk, struct err *err)
{
	const struct model *table;

	for (size_t i = 0; (table = export_table(i)) != NULL; i++) {
		int status = 0;

		if (!is_table_chosen(walk, table) ||
		    (walk->format->edge != NULL && !export_is_node(table)))
			continue;
		status = is_left_out(walk, table, err);
		if (status == 0)
			status = write_table(walk, table, err);
		if (status == -1)
			return -1;
	}
	return 0;
}

/* Behind all rows: who reads them knows what they are about. */
static int
write_records(struct walk *walk, struct err *err)
{
	const struct model *table;
	struct str why;

	if (walk->choice == NULL || !walk->choice->has_records)
		return 0;
	if (!db_kept(walk->db, &why))
		return err_set(err, "nobody knows who did it: %.*s",
		    STR_ARG(why));
	for (size_t i = 0; (table = export_record(i)) != NULL; i++) {
		if (write_table(walk, table, err) == -1)
			return -1;
	}
	return 0;
}

static void
write_edge(struct walk *walk, const struct edge *edge)
{
	if (edge->from.value.p == NULL || edge->to.value.p == NULL) {
		walk->lost++;
		return;
	}
	walk->format->edge(&walk->x, edge);
	walk->x.edges++;
}

static int
write_edges_of(struct walk *walk, const struct model *model, struct err *err)
{
	struct db_edges *edges = db_edges_new(walk->db, model, edges_of(walk));
	struct edge edge;
	int status = 0;

	while (!is_broken(walk) &&
	       (status = db_edges_next(edges, walk->x.pool, &edge, err)) == 1) {
		write_edge(walk, &edge);
		pool_reset(walk->x.pool);
	}
	db_edges_free(edges);
	return status == -1 ? -1 : 0;
}

static int
write_edges(struct walk *walk, struct err *err)
{
	const struct model *table;

	for (size_t i = 0;
	     walk->format->edge != NULL && (table = export_table(i)) != NULL;
	     i++) {
		if (write_edges_of(walk, table, err) == -1)
			return -1;
	}
	return 0;
}

/* All as it is at one moment. */
static int
write_database(struct walk *walk, struct err *err)
{
	if (db_begin_read(walk->db, err) == -1)
		return -1;
	if (write_tables(walk, err) == -1 || write_records(walk, err) == -1 ||
	    write_edges(walk, err) == -1 || walk->x.has_failed) {
		(void)db_rollback(walk->db, NULL);
		return -1;
	}
	return db_commit(walk->db, err);
}

static void
say(struct str blob, const char *what)
{
	autopool struct pool pool = POOL_NONE;
	struct str safe = term_safe(&pool, blob);

	term_line(TERM_WARN, "the file of the image %.*s %s", STR_ARG(safe),
	    what);
}

static int
write_blob(void *ctx, struct str name, uint64_t size, struct err *err)
{
	struct walk *walk = ctx;
	struct exporter *x = &walk->x;
	struct str bytes;
	int status;

	(void)size;
	if (is_broken(walk))
		return 0;
	status = workspace_blob_file(walk->ws, name, x->pool, &bytes, err);
	if (status == -1)
		return err_wrap(err, "cannot read blob %.*s", STR_ARG(name));
	if (status == 0) /* deleted in the meantime */
		return 0;
	walk->format->blob(x, name, bytes);
	x->blobs++;
	if (!str_eq(blob_id(x->pool, bytes), name))
		say(name, "has other bytes than its name says, see fsck");
	pool_reset(x->pool);
	return 0;
}

static int
write_chosen_blob(struct walk *walk, struct str id, struct err *err)
{
	int status = workspace_has_blob(walk->ws, id, err);

	/* say_missing() tells of it */
	return status == 1 ? write_blob(walk, id, 0, err) : status;
}

static int
write_chosen_blobs(struct walk *walk, const struct model *model, int at,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct filter *filter;
	struct db_rows *rows;
	struct row row;
	unsigned flags;
	int status;

	if (!is_chosen(walk, model, &filter, &flags))
		return 0;
	if (db_rows_open(walk->db, model, filter, flags | DB_BY_ID, &rows,
		err) == -1)
		return -1;
	while ((status = db_rows_next(rows, &pool, &row, err)) == 1) {
		if (write_chosen_blob(walk, row.value[at].text, err) == -1) {
			status = -1;
			break;
		}
		pool_reset(&pool);
	}
	db_rows_free(rows);
	return status;
}

static int
write_all_chosen_blobs(struct walk *walk, struct err *err)
{
	for (const struct model *m = model_table; m->family != NULL; m++) {
		int at = model_field_with(m, FIELD_BLOB);

		if (at != -1 && write_chosen_blobs(walk, m, at, err) == -1)
			return -1;
	}
	return 0;
}

/* An export that lacks something is no copy of the workspace. */
static int
say_missing_of(struct walk *walk, const struct model *model, int at,
    struct err *err)
{
	const struct filter *filter;
	struct db_rows *rows;
	struct row row;
	unsigned flags;
	int status;

	if (!is_chosen(walk, model, &filter, &flags))
		return 0;
	if (db_rows_open(walk->db, model, filter, flags | DB_BY_ID, &rows,
		err) == -1)
		return -1;
	while ((status = db_rows_next(rows, walk->x.pool, &row, err)) == 1) {
		struct str id = row.value[at].text;

		status = workspace_has_blob(walk->ws, id, err);
		if (status == -1)
			break;
		if (status == 0)
			say(id, "is missing, the export is without it");
		pool_reset(walk->x.pool);
	}
	db_rows_free(rows);
	return status;
}

static int
say_missing(struct walk *walk, struct err *err)
{
	for (const struct model *m = model_table; m->family != NULL; m++) {
		int at = model_field_with(m, FIELD_BLOB);

		if (at != -1 && say_missing_of(walk, m, at, err) == -1)
			return -1;
	}
	return 0;
}

static int
write_blobs(struct walk *walk, struct err *err)
{
	if (walk->format->blob == NULL)
		return 0;
	return walk->choice == NULL
	           ? workspace_blobs(walk->ws, write_blob, walk, err)
	           : write_all_chosen_blobs(walk, err);
}

static void
say_lost(const struct walk *walk)
{
	if (walk->lost != 0)
		term_line(TERM_WARN,
		    "%llu links lead to rows that are not there, the export "
		    "is without them",
		    (unsigned long long)walk->lost);
}

/* Copies of a workspace have its first run, and no other has. */
static int
find_identity(struct walk *walk, struct err *err)
{
	struct db_rows *rows;
	struct str why;
	struct row row;
	int status;

	walk->x.identity = str_of(walk->ws->name);
	if (!db_kept(walk->db, &why))
		return 0;
	if (db_rows_open(walk->db, &db_model_run, NULL, DB_BY_ID, &rows, err) ==
	    -1)
		return -1;
	status = db_rows_next(rows, &walk->whole, &row, err);
	if (status == 1)
		walk->x.identity = row_value(&row, "uuid")->text;
	db_rows_free(rows);
	return status == -1 ? -1 : 0;
}

static int
write_all_of(struct walk *walk, struct err *err)
{
	const struct format *format = walk->format;

	if (find_identity(walk, err) == -1)
		return -1;
	if (format->begin != NULL)
		format->begin(&walk->x);
	if (write_database(walk, err) == -1 || write_blobs(walk, err) == -1)
		return -1;
	if (format->end != NULL)
		format->end(&walk->x);
	say_lost(walk);
	return format->blob != NULL ? say_missing(walk, err) : 0;
}

int
export_write(const struct format *format, struct db *db,
    const struct workspace *ws, const struct export_choice *choice,
    const char *path, struct err *err)
{
	struct walk walk = { .format = format,
		.db = db,
		.ws = ws,
		.choice = choice,
		.path = path };
	int status;

	walk.edge_choice = (struct edge_choice){ is_chosen, &walk };
	walk.x.pool = &walk.pool;
	walk.x.whole = &walk.whole;
	walk.x.name = ws->name;
	walk.x.db = db;
	walk.x.about = db_about_new(db);
	walk.x.choice = edges_of(&walk);
	walk.x.err = err;
	status = open_first(&walk, err);
	if (status == 0)
		status = write_all_of(&walk, err);
	status = end_files(&walk, status, err);
	db_about_free(walk.x.about);
	pool_clear(&walk.pool);
	pool_clear(&walk.whole);
	return status;
}

struct each {
	int (*each)(void *ctx, const struct row *row, struct err *err);
	void *ctx;
};

static void
call_each(struct exporter *x, const struct row *row)
{
	const struct each *to = x->own;

	x->has_failed = to->each(to->ctx, row, x->err) == -1;
}

int
export_each_row(struct db *db, const struct export_choice *choice,
    int (*each)(void *ctx, const struct row *row, struct err *err), void *ctx,
    struct err *err)
{
	static const struct format format = { .row = call_each };
	struct each to = { each, ctx };
	struct walk walk = { .format = &format, .db = db, .choice = choice };
	int status;

	walk.edge_choice = (struct edge_choice){ is_chosen, &walk };
	walk.x.pool = &walk.pool;
	walk.x.whole = &walk.whole;
	walk.x.db = db;
	walk.x.own = &to;
	walk.x.err = err;
	status = write_tables(&walk, err);
	pool_clear(&walk.pool);
	pool_clear(&walk.whole);
	return walk.x.has_failed ? -1 : status;
}
