/*
 * The tables that are of this program alone, as a table: how they are made,
 * whether a file has them as they were made, and what of theirs stands in the
 * tables of the reference program: triggers.
 *
 * On our own connections no trigger of the file runs (db.c): a file may come
 * from a stranger, and what we change is noted by who changes it. So what the
 * triggers note is what others do: the reference program, or somebody with
 * sqlite3. They use nothing that an old SQLite or a small one lacks, and they
 * cannot fail: of two changes of a row in one millisecond the first is noted,
 * and of a change and its end the end.
 */
#include "db/own.h"

#include "base/mem.h"
#include "db/hang.h"
#include "db/outbox.h"
#include "db/sql.h"

#define OPT FIELD_OPT

static const struct field schema_fields[] = {
	{ "version", FIELD_I32, 0, NULL, "of the tables below" },
	{ "since", FIELD_TIME, 0, NULL, "origins are kept since then" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL },
};

static const struct field digest_fields[] = {
	{ "sha256", FIELD_TEXT, 0, NULL, "of a text, in hexadecimal digits" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL },
};

static const struct field run_fields[] = {
	{ "uuid", FIELD_TEXT, 0, NULL, "tells it from all runs anywhere" },
	{ "kind", FIELD_TEXT, 0, NULL, "the command: run, add, delete, ..." },
	{ "command", FIELD_TEXT, OPT, NULL, "what was typed" },
	{ "module", FIELD_TEXT, OPT, NULL, "author/name" },
	{ "version", FIELD_TEXT, OPT, NULL, "of the module" },
	{ "sha256", FIELD_TEXT, OPT, NULL, "of the module's text" },
	{ "options", FIELD_JSON, OPT, NULL, "of the module, secrets masked" },
	{ "granted", FIELD_JSON, OPT, NULL, "namespaces of keys it was given" },
	{ "network", FIELD_JSON, OPT, NULL, "what allows and forbids it" },
	{ "proxy", FIELD_TEXT, OPT, NULL, "IP:PORT" },
	{ "program", FIELD_TEXT, OPT, NULL, "this program and its version" },
	{ "child", FIELD_TEXT, OPT, NULL, "another program as the child" },
	{ "data", FIELD_JSON, OPT, NULL, "dates of the lists that it uses" },
	{ "started", FIELD_TIME, 0, NULL, "UTC" },
	{ "ended", FIELD_TIME, OPT, NULL, "null: it goes on, or nobody knows" },
	{ "outcome", FIELD_TEXT, OPT, NULL,
	    "done, failed, interrupted, killed; null: it goes on" },
	{ "error", FIELD_TEXT, OPT, NULL, "why it failed" },
	{ "counters", FIELD_JSON, OPT, NULL, "what came of it" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL },
};

static const struct field unit_fields[] = {
	{ "module", FIELD_I64, 0, NULL, "its text, in digest" },
	{ "options", FIELD_I64, 0, NULL, "theirs, in digest" },
	{ "family", FIELD_TEXT, 0, NULL,
	    "of the row; keyring; empty: the module alone" },
	{ "row", FIELD_I64, 0, NULL, "its id; 0: none" },
	{ "version", FIELD_TEXT, 0, NULL,
	    "of the row: SHA-256 of what the module sees of it, 32 digits" },
	{ "state", FIELD_TEXT, 0, NULL,
	    "queued, leased, done, failed, refused" },
	{ "attempts", FIELD_I32, 0, NULL, "how many there were" },
	{ "priority", FIELD_I32, 0, NULL, "the higher, the sooner" },
	{ "not_before", FIELD_TIME, OPT, NULL, "UTC; null: at once" },
	{ "lease", FIELD_TIME, OPT, NULL,
	    "until when it is leased; null: as long as its last run lives" },
	{ "first_run", FIELD_I64, 0, NULL, "in run" },
	{ "last_run", FIELD_I64, 0, NULL, "in run" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL },
};

static const struct field attempt_fields[] = {
	{ "run", FIELD_I64, 0, NULL, "in run" },
	{ "unit", FIELD_I64, OPT, NULL, "in unit; null: a command" },
	{ "target", FIELD_TEXT, OPT, NULL, "the unit, for people" },
	{ "started", FIELD_TIME, 0, NULL, "UTC" },
	{ "ended", FIELD_TIME, OPT, NULL, "null: it goes on, or nobody knows" },
	{ "outcome", FIELD_TEXT, OPT, NULL,
	    "done, failed, refused, interrupted, stopped; null: it goes on" },
	{ "cause", FIELD_TEXT, OPT, NULL, "of a failure, in a word" },
	{ "error", FIELD_TEXT, OPT, NULL, "of a failure, as it was told" },
	{ "cpu_ms", FIELD_I64, OPT, NULL, "processor time" },
	{ "memory_kib", FIELD_I64, OPT, NULL, "at most, at once" },
	{ "connections", FIELD_I64, OPT, NULL, "that were made" },
	{ "sent", FIELD_I64, OPT, NULL, "bytes; null: not known" },
	{ "received", FIELD_I64, OPT, NULL, "bytes; null: not known" },
	{ "events", FIELD_I64, OPT, NULL, "that the module said" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL },
};

static const struct field exchange_fields[] = {
	{ "attempt", FIELD_I64, 0, NULL, "in attempt" },
	{ "sequence", FIELD_I64, 0, NULL,
	    "which event of the attempt, as in origin" },
	{ "number", FIELD_I64, 0, NULL, "what the child calls it" },
	{ "kind", FIELD_TEXT, 0, NULL, "http, dns, tcp, tls, ws, mqtt" },
	{ "what", FIELD_TEXT, 0, NULL,
	    "METHOD URL; TYPE name; TYPE name @server; host:port" },
	{ "status", FIELD_I64, OPT, NULL, "of the answer" },
	{ "error", FIELD_TEXT, OPT, NULL, "why there is no answer" },
	{ "connection", FIELD_I64, OPT, NULL,
	    "its number; null: none was named" },
	{ "server", FIELD_TEXT, OPT, NULL, "address and port" },
	{ "proxy", FIELD_TEXT, OPT, NULL,
	    "IP:PORT; server is what it was asked for" },
	{ "started", FIELD_I64, OPT, NULL, "milliseconds since 1970" },
	{ "ms", FIELD_I64, OPT, NULL,
	    "how long it took; null: it was open when nothing more was said" },
	{ "sent", FIELD_I64, OPT, NULL, "bytes above TLS" },
	{ "received", FIELD_I64, OPT, NULL, "bytes above TLS" },
	{ "bytes", FIELD_I64, OPT, NULL, "of the body, as the module got it" },
	{ "sha256", FIELD_TEXT, OPT, NULL, "of the same" },
	{ "certificate", FIELD_TEXT, OPT, NULL, "SHA-256 of the server's" },
	{ "place", FIELD_I64, OPT, NULL,
	    "where its records begin in the archive of the run; null: none" },
	{ "length", FIELD_I64, OPT, NULL, "bytes of these records" },
	{ "seen", FIELD_BOOL, OPT, NULL,
	    "by the broker: the connection, not what went over it; null: not "
	    "judged yet" },
	{ "redacted", FIELD_TEXT, OPT, NULL,
	    "the sides in which a secret was replaced, with commas" },
	{ "cut", FIELD_BOOL, 0, NULL, "not all of its bytes were kept" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL },
};

/* a row has room for no more: the longest are proved, with their end */
_Static_assert(ARRAY_SIZE(exchange_fields) - 1 <= MODEL_MAX_FIELDS, "a row");
_Static_assert(ARRAY_SIZE(run_fields) - 1 <= MODEL_MAX_FIELDS, "a row");

static const struct field origin_fields[] = {
	{ "family", FIELD_TEXT, 0, NULL, "of the row" },
	{ "row", FIELD_I64, 0, NULL, "its id" },
	{ "attempt", FIELD_I64, 0, NULL, "in attempt; 0: another program" },
	{ "sequence", FIELD_I64, 0, NULL,
	    "which event of the attempt; of another program the time, in "
	    "milliseconds since 1970" },
	{ "what", FIELD_TEXT, 0, NULL, "added, changed, removed" },
	{ "value", FIELD_TEXT, OPT, NULL, "of the row, which may be gone" },
	{ "columns", FIELD_JSON, OPT, NULL,
	    "of a change: {\"column\":[old,new]}" },
	{ "exchange", FIELD_I64, OPT, NULL, "the one before it" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL },
};

static const struct field seen_fields[] = {
	{ "family", FIELD_TEXT, 0, NULL, "of the row" },
	{ "row", FIELD_I64, 0, NULL, "its id" },
	{ "module", FIELD_I64, 0, NULL, "its text, in digest" },
	{ "first", FIELD_I64, 0, NULL, "the first attempt that met it again" },
	{ "last", FIELD_I64, 0, NULL, "the last one" },
	{ "times", FIELD_I64, 0, NULL, "how many attempts did" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL },
};

static const struct field outbox_fields[] = {
	{ "created", FIELD_I64, 0, NULL, "seconds since 1970" },
	{ "rule", FIELD_TEXT, 0, NULL, "its name in [notifications]" },
	{ "topic", FIELD_TEXT, 0, NULL, "what rules choose by" },
	{ "subject", FIELD_TEXT, 0, NULL, "of the notification" },
	{ "body", FIELD_TEXT, OPT, NULL, "of one that somebody sent" },
	{ "label", FIELD_TEXT, OPT, NULL,
	    "of the target that caused it, for people" },
	{ "delivery", FIELD_TEXT, OPT, NULL,
	    "what its receiver knows it by; the same in all that go together; "
	    "null: it was not tried" },
	{ "tries", FIELD_I32, 0, NULL, "that have failed" },
	{ "not_before", FIELD_I64, 0, NULL, "seconds since 1970; 0: at once" },
	{ "sent", FIELD_I64, OPT, NULL, "the same; null: it waits" },
	{ "error", FIELD_TEXT, OPT, NULL, "of the last try" },
	{ NULL, FIELD_TEXT, 0, NULL, NULL },
};

static const struct model model_schema = { .table = "sn0int_schema",
	.field = schema_fields };
static const struct model model_digest = { .table = "digest",
	.field = digest_fields };
const struct model db_model_origin = { .family = "origin",
	.table = "origin",
	.flags = MODEL_NO_ID,
	.doc = "One change of a row.",
	.field = origin_fields };
static const struct model model_seen = { .table = "seen",
	.field = seen_fields };

const struct model db_model_outbox = { .family = "notification",
	.table = "outbox",
	.field = outbox_fields,
	.doc = "A notification that waits, or was sent a short time ago." };
const struct model db_model_run = { .family = "run",
	.table = "run",
	.field = run_fields,
	.doc = "A command that may have changed rows." };
const struct model db_model_unit = { .family = "unit",
	.table = "unit",
	.field = unit_fields,
	.doc = "A module with its options on a row, over all runs." };
const struct model db_model_attempt = { .family = "attempt",
	.table = "attempt",
	.field = attempt_fields,
	.doc = "One try at a unit in a run, or a command as a whole." };
const struct model db_model_exchange = { .family = "exchange",
	.table = "exchange",
	.field = exchange_fields,
	.doc = "A question of an attempt to the outside." };

/*
 * To change one is a new OWN_VERSION, and a step that brings the older here: of
 * tables that are new `since` is the step.
 */
struct own_table {
	const struct model *model;
	bool has_id;
	int since;       /* the first version that has it */
	const char *key; /* behind the columns; NULL: it is a family's */
};

static const struct own_table tables[] = {
	{ &model_schema, false, 1, ")" },
	{ &model_digest, true, 1, ", UNIQUE (sha256))" },
	{ &db_model_run, true, 1, ")" },
	{ &db_model_unit, true, 1,
	    ", UNIQUE (module, options, family, row, version))" },
	{ &db_model_attempt, true, 1, ")" },
	{ &db_model_origin, false, 1,
	    ", PRIMARY KEY (family, row, attempt, sequence)) WITHOUT ROWID" },
	{ &model_seen, false, 1,
	    ", PRIMARY KEY (family, row, module)) WITHOUT ROWID" },
	{ &db_model_outbox, true, 2, ")" },
	{ &db_model_exchange, true, 3, ")" },
};

#define ORIGIN_BIT (1u << 5) /* where it stands above */
#define FAMILIES   2         /* the first version that has those of ours */
#define MOST_NUMBER                                                            \
	(INT64_MAX - UINT32_MAX) /* SQLite has none behind its last */

#define EXPIRES(table)                                                         \
	"CREATE INDEX " table "_expires ON " table                             \
	" (expires) WHERE expires IS NOT NULL"

static const struct {
	int since; /* as of tables */
	const char *text;
} indexes[] = {
	{ 1, "CREATE INDEX run_going_on ON run (id) WHERE outcome IS NULL" },
	{ 1, "CREATE INDEX attempt_run ON attempt (run)" },
	{ 2, "CREATE INDEX outbox_waits ON outbox (id) WHERE sent IS NULL" },
	{ 2, "CREATE INDEX outbox_delivery ON outbox (delivery) WHERE delivery "
	     "IS NOT NULL" },
	{ 3, "CREATE INDEX exchange_attempt ON exchange (attempt)" },
	{ FAMILIES, "CREATE INDEX link_right ON links (right_family, "
		    "right_row)" },
	{ FAMILIES, "CREATE INDEX tag_value ON tags (family, value, row)" },
	{ FAMILIES, EXPIRES("persons") },
	{ FAMILIES, EXPIRES("organisations") },
	{ FAMILIES, EXPIRES("links") },
	{ FAMILIES, EXPIRES("notes") },
	{ FAMILIES, EXPIRES("tags") },
};

#define OUTBOX_COLUMNS                                                         \
	"id, created, rule, topic, subject, body, label, delivery, tries, "    \
	"not_before, error"
/* beyond the longest wait: the clock was set back since */
#define OUTBOX_DUE                                                                   \
	"sent IS NULL AND (?2 = 0 OR not_before <= ?2 OR not_before > ?2 + " DIGITS( \
	    DB_OUTBOX_WAIT_S) ")"

#define DIGITS_OF(n) #n
#define DIGITS(n)    DIGITS_OF(n)

#define NOW OWN_TIME("'now'")

static const char *const text[OWN_STMTS] = {
	/* a text that is there is only looked up: what is set is what it is */
	[OWN_DIGEST] = "INSERT INTO digest (sha256) VALUES (?1) ON CONFLICT "
		       "(sha256) DO UPDATE SET sha256 = sha256 RETURNING id",
	[OWN_RUN] = "INSERT INTO run (uuid, kind, command, module, version, "
		    "sha256, options, granted, network, proxy, program, child, "
		    "data, started) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
		    "?9, ?10, ?11, ?12, ?13, " NOW ") RETURNING id",
	[OWN_RUN_END] = "UPDATE run SET ended = " NOW ", outcome = ?2, "
			"error = ?3, counters = ?4 WHERE id = ?1",
	[OWN_UNIT] =
	    "INSERT INTO unit (module, options, family, row, version, state, "
	    "attempts, priority, first_run, last_run) VALUES (?1, ?2, ?3, ?4, "
	    "?5, 'leased', 1, 0, ?6, ?6) ON CONFLICT (module, options, family, "
	    "row, version) DO UPDATE SET state = 'leased', attempts = attempts "
	    "+ 1, not_before = NULL, lease = NULL, last_run = ?6 RETURNING id",
	[OWN_UNIT_END] = "UPDATE unit SET state = ?2 WHERE id = ?1",
	[OWN_ATTEMPT] = "INSERT INTO attempt (run, unit, target, started) "
			"VALUES (?1, ?2, ?3, " NOW ") RETURNING id",
	[OWN_ATTEMPT_END] =
	    "UPDATE attempt SET ended = " NOW ", outcome = ?2, cause = ?3, "
	    "error = ?4, cpu_ms = ?5, memory_kib = ?6, connections = ?7, "
	    "sent = ?8, received = ?9, events = ?10 WHERE id = ?1",
	[OWN_ORIGIN] = "INSERT INTO origin (family, row, attempt, sequence, "
		       "what, value, columns, exchange) VALUES (?1, ?2, ?3, "
		       "?4, ?5, ?6, ?7, ?8)",
	[OWN_EXCHANGE] =
	    "INSERT INTO exchange (attempt, sequence, number, kind, what, "
	    "status, error, connection, server, proxy, started, ms, sent, "
	    "received, bytes, sha256, certificate, place, length, redacted, "
	    "cut, seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "
	    "?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22) RETURNING "
	    "id",
	/* the sequence stays that of its beginning */
	[OWN_EXCHANGE_END] =
	    "UPDATE exchange SET what = ?5, status = ?6, error = ?7, "
	    "connection = ?8, server = ?9, proxy = ?10, started = ?11, ms = "
	    "?12, sent = ?13, received = ?14, bytes = ?15, sha256 = ?16, "
	    "certificate = ?17, place = ?18, length = ?19, redacted = ?20, cut "
	    "= ?21, seen = ?22 WHERE id = ?23 AND attempt = ?1 RETURNING id",
	[OWN_EXCHANGE_UNSEEN] = "UPDATE exchange SET seen = 0 WHERE attempt = "
				"?1 AND connection = ?2",
	[OWN_EXCHANGE_SEEN] = "UPDATE exchange SET seen = 1 WHERE attempt = ?1 "
			      "AND seen IS NULL",
	[OWN_EXCHANGE_LEFT] =
	    "UPDATE exchange SET place = ?3, length = ?4, redacted = ?5, cut = "
	    "1 WHERE id = ?2 AND attempt = ?1",
	/* what the attempt has added itself is not met again */
	[OWN_SEEN] =
	    "INSERT INTO seen (family, row, module, first, last, times) "
	    "SELECT ?1, ?2, ?3, ?4, ?4, 1 WHERE NOT EXISTS (SELECT 1 FROM "
	    "origin WHERE family = ?1 AND row = ?2 AND attempt = ?4 AND what = "
	    "'added') ON CONFLICT (family, row, module) DO UPDATE SET last = "
	    "?4, times = times + 1 WHERE last <> ?4",
	[OWN_OUTBOX_ADD] =
	    "INSERT INTO outbox (created, rule, topic, subject, body, label, "
	    "tries, not_before) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0) "
	    "RETURNING id",
	/* ?2: the time; 0: whatever it is */
	[OWN_OUTBOX_NEXT] = "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE id > "
			    "?1 AND " OUTBOX_DUE " ORDER BY id LIMIT 1",
	[OWN_OUTBOX_GROUP] = "SELECT " OUTBOX_COLUMNS " FROM outbox WHERE "
			     "delivery = ?1 AND sent IS NULL ORDER BY id",
	[OWN_OUTBOX_TAKE_ONE] = "UPDATE outbox SET delivery = ?2 WHERE id = ?1",
	[OWN_OUTBOX_TAKE_ALL] =
	    "UPDATE outbox SET delivery = ?1 WHERE "
	    "delivery IS NULL AND rule = ?3 AND " OUTBOX_DUE,
	[OWN_OUTBOX_FAILED] = "UPDATE outbox SET tries = tries + 1, not_before "
			      "= ?2, error = ?3 WHERE delivery = ?1",
	/* one row of those that went together tells when */
	[OWN_OUTBOX_SENT] = "UPDATE outbox SET sent = ?2, subject = '', body = "
			    "NULL, error = NULL WHERE delivery = ?1",
	[OWN_OUTBOX_SENT_ONCE] =
	    "DELETE FROM outbox WHERE delivery = ?1 AND id NOT IN (SELECT "
	    "min(id) FROM outbox WHERE delivery = ?1)",
	[OWN_OUTBOX_COUNT] =
	    "SELECT (SELECT count(*) FROM outbox WHERE delivery IS NULL "
	    "AND rule = ?3 AND " OUTBOX_DUE "), (SELECT count(*) FROM outbox "
	    "WHERE sent > ?1 AND sent <= ?2 AND rule = ?3), (SELECT max(sent) "
	    "FROM outbox WHERE sent <= ?2 AND rule = ?3)",
	[OWN_OUTBOX_FORGET] =
	    "DELETE FROM outbox WHERE rule = ?1 AND sent <= ?2",
	[OWN_OUTBOX_TOO_OLD] = "DELETE FROM outbox WHERE created <= ?1 AND "
			       "sent IS NULL RETURNING rule",
	[OWN_OUTBOX_TOO_MANY] =
	    "DELETE FROM outbox WHERE sent IS NULL AND id <= (SELECT id FROM "
	    "outbox WHERE sent IS NULL ORDER BY id DESC LIMIT 1 OFFSET ?1) "
	    "RETURNING rule",
};

/* The tables above, then the families of ours; false: there are no more. */
static bool
table_at(size_t i, struct own_table *out)
{
	if (i < ARRAY_SIZE(tables)) {
		*out = tables[i];
		return true;
	}
	i -= ARRAY_SIZE(tables);
	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (!(m->flags & MODEL_OURS))
			continue;
		if (i == 0) {
			*out = (struct own_table){ m, true, FAMILIES, NULL };
			return true;
		}
		i--;
	}
	return false;
}

static void
create(struct buf *out, const struct own_table *table)
{
	const struct model *model = table->model;
	const char *separator = "";

	if (table->key == NULL) {
		schema_add_family(out, model);
		return;
	}
	buf_printf(out, "CREATE TABLE %s (", model->table);
	if (table->has_id) {
		buf_add(out, STR("id INTEGER PRIMARY KEY AUTOINCREMENT NOT "
				 "NULL"));
		separator = ", ";
	}
	for (const struct field *f = model->field; f->name != NULL; f++) {
		buf_add(out, str_of(separator));
		schema_add_field(out, f);
		separator = ", ";
	}
	buf_add(out, str_of(table->key));
}

static void
add_trigger(struct buf *out, const struct model *model, const char *when,
    const char *what, const char *change, bool is_end)
{
	buf_printf(out,
	    "DROP TRIGGER IF EXISTS sn0int_%s_%s; CREATE TRIGGER sn0int_%s_%s "
	    "AFTER %s ON %s BEGIN INSERT OR %s INTO origin (family, row, "
	    "attempt, sequence, what, value) VALUES ('%s', OLD.id, 0, " OWN_NOW_MS
	    ", '%s', ",
	    what, model->table, what, model->table, when, model->table, change,
	    model->family, what);
	origin_add_label(out, model, "OLD.");
	buf_add(out, STR(");"));
	if (is_end)
		hang_add_sweep(out, model);
	buf_add(out, STR(" END;"));
}

static int
make_triggers(struct db *db, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	for (const struct model *m = model_table; m->family != NULL; m++) {
		add_trigger(&out, m, "UPDATE", "changed", "IGNORE", false);
		add_trigger(&out, m, "DELETE", "removed", "REPLACE", true);
	}
	return sql_run(db, buf_cstr(&out), err);
}

static int
drop_triggers(struct db *db, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	for (const struct model *m = model_table; m->family != NULL; m++)
		buf_printf(&out,
		    "DROP TRIGGER IF EXISTS sn0int_changed_%s; "
		    "DROP TRIGGER IF EXISTS sn0int_removed_%s;",
		    m->table, m->table);
	return sql_run(db, buf_cstr(&out), err);
}

static size_t
wanted_triggers(void)
{
	size_t n = 0;

	while (model_table[n].family != NULL)
		n++;
	return 2 * n;
}

/* -1: *err. */
static int
count_triggers(struct db *db, size_t *n, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int64_t count = 0;
	int status;

	if (sql_prepare(db,
		STR("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' "
		    "AND name GLOB 'sn0int_*_*'"),
		&stmt, err) == -1)
		return -1;
	status = sql_number_once(db, stmt, &count, err);
	*n = (size_t)count;
	return status;
}

bool
own_has_triggers(struct db *db)
{
	size_t n;

	return count_triggers(db, &n, NULL) == 0 && n == wanted_triggers();
}

int
own_check_triggers(struct db *db, bool is_gc, struct pool *pool,
    struct db_check *check, struct err *err)
{
	size_t n = 0;

	if (count_triggers(db, &n, err) == -1)
		return -1;
	if (n == wanted_triggers())
		return 0;
	check->fault =
	    pool_push(pool, check->fault, check->n, sizeof(*check->fault));
	check->fault[check->n++] = str_of(pool_printf(pool,
	    "%zu of %zu triggers are there that note what other programs do", n,
	    wanted_triggers()));
	return is_gc ? make_triggers(db, err) : 0;
}

static void
give_up(struct db *db, const char *why)
{
	db->own.is_kept = false;
	db->own.why = pool_copy(&db->own.pool, str_of(why));
}

/* What came with the versions behind `from`. */
static int
make_tables(struct db *db, int64_t from, struct err *err)
{
	struct own_table table;

	for (size_t i = 0; table_at(i, &table); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf out = BUF_IN(&pool);

		create(&out, &table);
		if (table.since > from &&
		    sql_run(db, buf_cstr(&out), err) == -1)
			return err_wrap(err, "in table %s", table.model->table);
	}
	for (size_t i = 0; i < ARRAY_SIZE(indexes); i++) {
		if (indexes[i].since > from &&
		    sql_run(db, indexes[i].text, err) == -1)
			return -1;
	}
	return 0;
}

static int
say_version(struct db *db, struct err *err)
{
	return sql_run(db,
	    "INSERT INTO sn0int_schema VALUES (" DIGITS(OWN_VERSION) ", " NOW
								     ")",
	    err);
}

/* The tables of a version, as bits. */
static unsigned
tables_of(int64_t version)
{
	struct own_table table;
	unsigned bits = 0;

	for (size_t i = 0; table_at(i, &table); i++)
		bits |= table.since <= version ? 1u << i : 0;
	return bits;
}

/* What the triggers write into, which others run. */
static unsigned
tables_of_triggers(void)
{
	struct own_table table;
	unsigned bits = ORIGIN_BIT;

	for (size_t i = 0; table_at(i, &table); i++)
		bits |= table.model->flags & MODEL_HANGS ? 1u << i : 0;
	return bits;
}

static void
look_at(struct str name, struct str sql, unsigned *there, unsigned *good)
{
	struct own_table table;

	for (size_t i = 0; table_at(i, &table); i++) {
		autopool struct pool pool = POOL_NONE;
		struct buf made = BUF_IN(&pool);

		if (!str_is(name, table.model->table))
			continue;
		create(&made, &table);
		*there |= 1u << i;
		if (str_eq(sql, buf_str(&made)))
			*good |= 1u << i;
	}
}

/* Which of our tables are there, as bits, and which of them as we make them. */
static int
look(struct db *db, unsigned *there, unsigned *good, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	*there = *good = 0;
	if (sql_prepare(db,
		STR("SELECT name, sql FROM sqlite_master WHERE type IN "
		    "('table', 'view')"),
		&stmt, err) == -1)
		return -1;
	while ((status = sql_step(db, stmt, err)) == 1)
		look_at(sql_text(stmt, 0), sql_text(stmt, 1), there, good);
	(void)sqlite3_finalize(stmt);
	return status;
}

/* 1: *version is the file's; 0: it says none; -1. */
static int
read_version(struct db *db, int64_t *version, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	if (sql_prepare(db, STR("SELECT version FROM sn0int_schema"), &stmt,
		err) == -1)
		return -1;
	status = sql_step(db, stmt, err);
	if (status == 1 && sqlite3_column_type(stmt, 0) != SQLITE_INTEGER)
		status = 0;
	else if (status == 1)
		*version = sqlite3_column_int64(stmt, 0);
	(void)sqlite3_finalize(stmt);
	return status;
}

/* The first table of which the bit is not as it is in all. */
static const char *
table_without(unsigned bits)
{
	struct own_table table = tables[0];

	for (size_t i = 0; bits & 1u << i; i++)
		(void)table_at(i + 1, &table);
	return table.model->table;
}

/*
 * Without the table that they fill, or with another one of its name, our
 * triggers would fail whoever changes a row with another program.
 */
static void
release_others(struct db *db)
{
	struct sql_change change;
	size_t n;

	/* where it cannot be done, a later program does it */
	if (count_triggers(db, &n, NULL) == -1 || n == 0 ||
	    sql_change_begin(db, &change, NULL) == -1)
		return;
	(void)sql_change_end(db, &change, drop_triggers(db, NULL), NULL);
}

/* The highest number that a row of ours has or has had. */
static int
highest(struct db *db, int64_t *n, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	sqlite3_stmt *stmt = NULL;

	buf_add(&out, STR("SELECT max(n) FROM (SELECT 0 AS n"));
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		const char *name = tables[i].model->table;

		if (tables[i].has_id)
			buf_printf(&out,
			    " UNION ALL SELECT max(id) FROM %s UNION ALL SELECT "
			    "CAST(seq AS INTEGER) FROM sqlite_sequence WHERE "
			    "name = '%s'",
			    name, name);
	}
	buf_add_char(&out, ')');
	if (sql_prepare(db, buf_str(&out), &stmt, err) == -1)
		return -1;
	return sql_number_once(db, stmt, n, err);
}

/* Sees whether they can be used; there is a table sn0int_schema at least. */
static int
judge_tables(struct db *db, unsigned there, unsigned good, struct err *err)
{
	const unsigned all = tables_of(OWN_VERSION),
		       needed = tables_of_triggers();
	int64_t version = 0, number = 0;
	int status = 0;

	/* the table of the version stays as it is in all versions */
	if (good & 1u)
		status = read_version(db, &version, err);
	if (status == -1)
		return -1;
	if (version != OWN_VERSION)
		good &= ~1u;
	if (version > OWN_VERSION)
		give_up(db,
		    pool_printf(&db->own.pool,
			"its tables are of a newer program (version %lld, this "
			"one knows %d)",
			(long long)version, OWN_VERSION));
	else if (there != all)
		give_up(db, pool_printf(&db->own.pool, "its table %s is gone",
				table_without(there)));
	else if (good != all)
		give_up(db, pool_printf(&db->own.pool,
				"its table %s is not as this program makes it",
				table_without(good)));
	else if (highest(db, &number, err) == -1)
		return -1;
	else if (number > MOST_NUMBER)
		give_up(db, "its numbers are used up");
	else
		db->own.is_kept = true;
	if ((there & needed) != needed ||
	    ((good & needed) != needed && version <= OWN_VERSION))
		release_others(db);
	return 0;
}

static int
make_all(struct db *db, struct err *err)
{
	if (make_tables(db, 0, err) == -1 || say_version(db, err) == -1 ||
	    make_triggers(db, err) == -1)
		return -1;
	db->own.is_kept = true;
	return 0;
}

/*
 * 1: they are those of an older version of ours, all of them and as we made
 * them; 0: they are not; -1.
 */
static int
is_older(struct db *db, unsigned good, int64_t *version, struct err *err)
{
	int status = good & 1u ? read_version(db, version, err) : 0;

	if (status != 1)
		return status;
	return *version >= 1 && *version < OWN_VERSION &&
	       (good & tables_of(*version)) == tables_of(*version);
}

/* From an older version to this one: all of it, or nothing. */
static int
raise_version(struct db *db, int64_t from, unsigned there, struct err *err)
{
	unsigned others = there & ~tables_of(from);

	if (others != 0) {
		give_up(db, pool_printf(&db->own.pool,
				"it has a table %s of somebody else's",
				table_without(~others)));
		return 0;
	}
	if (make_tables(db, from, err) == -1 ||
	    sql_run(db,
		"UPDATE sn0int_schema SET version = " DIGITS(OWN_VERSION),
		err) == -1 ||
	    make_triggers(db, err) == -1)
		return err_wrap(err, "cannot bring its tables to version %d",
		    OWN_VERSION);
	return 0;
}

/* In a transaction: another process may have been faster. */
static int
make(struct db *db, bool anew, struct err *err)
{
	unsigned there, good;
	int64_t version = 0;
	int status;

	if (look(db, &there, &good, err) == -1)
		return -1;
	if (there == 0)
		return make_all(db, err);
	if (!(there & 1u)) {
		give_up(db, pool_printf(&db->own.pool,
				"it has a table %s of somebody else's",
				table_without(~there)));
		if ((good & tables_of_triggers()) != tables_of_triggers())
			release_others(db);
		return 0;
	}
	status = is_older(db, good, &version, err);
	if (status == 1)
		status = raise_version(db, version, there, err);
	if (status == -1)
		return -1;
	if (db->own.why.p != NULL)
		return 0;
	if (look(db, &there, &good, err) == -1 ||
	    judge_tables(db, there, good, err) == -1)
		return -1;
	return anew && db->own.is_kept ? make_triggers(db, err) : 0;
}

int
own_make(struct db *db, struct err *err)
{
	return make(db, true, err);
}

/* A disk that is full or a lock of somebody's: what is there can be read. */
static bool
is_no_room(int code)
{
	return code == SQLITE_FULL || code == SQLITE_IOERR ||
	       code == SQLITE_READONLY || code == SQLITE_BUSY;
}

/* Of a workspace that the reference program has made, or an older one of ours. */
static int
add_ours(struct db *db, struct err *err)
{
	struct sql_change change;
	autoerr struct err why = ERR_NONE;
	int status;

	db->failure = SQLITE_OK;
	status = sql_change_begin(db, &change, &why);
	if (status == 0)
		status =
		    sql_change_end(db, &change, make(db, false, &why), &why);
	if (status == 0)
		return 0;
	if (!is_no_room(db->failure)) {
		if (err != NULL)
			err_move(err, &why);
		return -1;
	}
	give_up(db, pool_printf(&db->own.pool, "its tables cannot be made: %s",
			err_cstr(&why)));
	return 0;
}

/*
 * Where there are none to use, the families of ours look empty: whoever reads
 * all families goes on, and why it is so was said once.
 */
static int
hide_families(struct db *db, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);

	for (const struct model *m = model_table; m->family != NULL; m++) {
		if (!(m->flags & MODEL_OURS))
			continue;
		buf_printf(&out,
		    "CREATE TEMP VIEW IF NOT EXISTS %s AS SELECT NULL AS id",
		    m->table);
		for (const struct field *f = m->field; f->name != NULL; f++)
			buf_printf(&out, ", NULL AS %s", f->name);
		buf_add(&out, STR(" WHERE 0;"));
	}
	return sql_run(db, buf_cstr(&out), err);
}

static int
open_tables(struct db *db, struct err *err)
{
	unsigned there, good;
	int64_t version = 0;
	int status;

	if (look(db, &there, &good, err) == -1)
		return -1;
	status = is_older(db, good, &version, err);
	if (status == -1)
		return -1;
	if (there & 1u && status == 0)
		return judge_tables(db, there, good, err);
	return add_ours(db, err);
}

int
own_open(struct db *db, struct err *err)
{
	if (!db->own.is_kept && db->own.why.p == NULL &&
	    open_tables(db, err) == -1)
		return -1;
	return db->own.is_kept ? 0 : hide_families(db, err);
}

sqlite3_stmt *
own_stmt(struct db *db, enum own_stmt which, struct err *err)
{
	sqlite3_stmt **stmt = &db->own.stmt[which];

	return sql_prepare(db, str_of(text[which]), stmt, err) == -1 ? NULL
	                                                             : *stmt;
}

bool
own_keeps(const struct db *db, const struct db_author *author)
{
	return author != NULL && author->attempt != 0 && db->own.is_kept;
}

bool
db_kept(const struct db *db, struct str *why)
{
	if (!db->own.is_kept)
		*why = db->own.why;
	return db->own.is_kept;
}
