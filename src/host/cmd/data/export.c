/* export: all that a workspace holds, as one JSON object. */
#include "base/mem.h"
#include "crypt/blob.h"
#include "line/cmd.h"
#include "rows/event.h"
#include "term/term.h"
#include "text/b64.h"

struct export_opts {
	struct str format;
};

/*
 * The first sixteen in the order of the reference program; it leaves out the
 * others.
 */
static const char *const tables[] = { "accounts", "breaches", "breach_emails",
	"devices", "domains", "emails", "images", "ipaddrs", "netblocks",
	"networks", "network_devices", "phonenumbers", "ports", "subdomains",
	"subdomain_ipaddrs", "urls", "cryptoaddrs", "activity", "autonoscope",
	"ttls" };

/* What is stored in a table, family or not. */
static const struct model *
model_of(const char *table)
{
	const struct model *const others[] = { &model_activity, &db_model_rules,
		&db_model_ttls };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (strcmp(others[i]->table, table) == 0)
			return others[i];
	}
	return model_by_table(str_of(table));
}

static int
print_rows(struct db_rows *rows, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct row row;
	bool is_first = true;
	int status = 0;

	while (!term_is_broken() &&
	       (status = db_rows_next(rows, &pool, &row, err)) == 1) {
		struct buf out = BUF_IN(&pool);

		if (!is_first)
			buf_add_char(&out, ',');
		is_first = false;
		if (row.model == &model_activity)
			event_write(&out, &row, "", 0);
		else
			row_write_json(&out, &row);
		term_json(buf_str(&out));
		pool_reset(&pool);
	}
	return status == -1 ? -1 : 0;
}

static int
print_table(struct db *db, const char *table, struct err *err)
{
	struct db_rows *rows;
	int status;

	if (db_rows_open(db, model_of(table), STR_NONE, DB_BY_ID, &rows, err) ==
	    -1)
		return -1;
	term_printf("\"%s\":[", table);
	status = print_rows(rows, err);
	term_json(STR("]"));
	db_rows_free(rows);
	return status;
}

/* All tables as they are at one moment. */
static int
print_tables(struct db *db, struct err *err)
{
	if (db_begin_read(db, err) == -1)
		return -1;
	term_json(STR("{"));
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (i != 0)
			term_json(STR(","));
		if (print_table(db, tables[i], err) == -1) {
			(void)db_rollback(db, NULL);
			return -1;
		}
	}
	term_json(STR("}"));
	return db_commit(db, err);
}

static void
say(struct str blob, const char *what)
{
	autopool struct pool pool = POOL_NONE;
	struct str safe = term_safe(&pool, blob);

	term_line(TERM_WARN, "the file of the image %.*s %s", STR_ARG(safe),
	    what);
}

struct blobs {
	const struct workspace *ws;
	bool is_later;
};

static int
print_blob(void *ctx, struct str name, uint64_t size, struct err *err)
{
	struct blobs *blobs = ctx;
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct str bytes;
	int status;

	(void)size;
	status = workspace_blob_file(blobs->ws, name, &pool, &bytes, err);
	if (status == -1)
		return err_wrap(err, "cannot read blob %.*s", STR_ARG(name));
	if (status == 0) /* deleted in the meantime */
		return 0;
	if (blobs->is_later)
		buf_add_char(&out, ',');
	blobs->is_later = true;
	buf_add_char(&out, '"');
	b64_add(&out, bytes);
	buf_add_char(&out, '"');
	term_json(buf_str(&out));
	if (!str_eq(blob_id(&pool, bytes), name))
		say(name, "has other bytes than its name says, see fsck");
	return 0;
}

/* An export that lacks something is no copy of the workspace. */
static int
say_missing(struct program *p, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct db_rows *rows;
	struct row row;
	int status;

	if (db_rows_open(p->db, model_by_table(STR("images")), STR_NONE,
		DB_BY_ID, &rows, err) == -1)
		return -1;
	while ((status = db_rows_next(rows, &pool, &row, err)) == 1) {
		struct str id = row_value(&row, "value")->text;

		status = workspace_has_blob(&p->ws, id, err);
		if (status == -1)
			break;
		if (status == 0)
			say(id, "is missing, the export is without it");
		pool_reset(&pool);
	}
	db_rows_free(rows);
	return status;
}

static int
print_all(struct program *p, struct err *err)
{
	struct blobs blobs = { &p->ws, false };

	term_json(STR("{\"models\":"));
	if (print_tables(p->db, err) == -1)
		return -1;
	term_json(STR(",\"blobs\":["));
	if (workspace_blobs(&p->ws, print_blob, &blobs, err) == -1)
		return -1;
	term_json(STR("]}\n"));
	return say_missing(p, err);
}

static int
run_export(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct export_opts *opts = arg;

	(void)in;
	if (opts->format.p == NULL)
		return err_usage(err,
		    "export needs a format: export -f json, or export -f "
		    "json-blobs for the images, too");
	if (!str_is(opts->format, "json") &&
	    !str_is(opts->format, "json-blobs"))
		return err_usage(err,
		    "there is no format '%.*s': json, or json-blobs",
		    STR_ARG(opts->format));
	if (program_open(p, NEEDS_WORKSPACE, err) == -1 ||
	    db_expire(p->db, err) == -1)
		return -1;
	if (str_is(opts->format, "json-blobs"))
		return print_all(p, err);
	if (print_tables(p->db, err) == -1)
		return -1;
	term_json(STR("\n"));
	return 0;
}

static const struct opt export_opts[] = {
	{ 'f', "format", OPT_TEXT, offsetof(struct export_opts, format),
	    "FORMAT", "needed: json, or json-blobs: with the files, too", 0,
	    "json json-blobs" },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_export = {
	.name = "export",
	.where = CMD_LINE | CMD_PROMPT,
	.help = "write all that the workspace holds as JSON",
	.opts = export_opts,
	.size = sizeof(struct export_opts),
	.run = run_export,
};
