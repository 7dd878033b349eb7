/* What select shows below a row. */
#include "base/mem.h"
#include "db/sql.h"
#include "value/quote.h"

enum child_form {
	CHILD_QUOTED,   /* "value" */
	CHILD_PLAIN,    /* value */
	CHILD_PASSWORD, /* "value" ("password") */
};

static const struct {
	const char *family;
	enum child_form form;
	const char *sql; /* of the row ?1 */
} children[] = {
	{ "domain", CHILD_QUOTED,
	    "SELECT value FROM subdomains WHERE domain_id = ?1 ORDER BY id" },
	{ "subdomain", CHILD_PLAIN,
	    "SELECT ipaddrs.value FROM ipaddrs JOIN subdomain_ipaddrs AS l ON "
	    "l.ip_addr_id = ipaddrs.id WHERE l.subdomain_id = ?1 ORDER BY "
	    "l.id" },
	{ "ipaddr", CHILD_QUOTED,
	    "SELECT subdomains.value FROM subdomains JOIN subdomain_ipaddrs "
	    "AS l ON l.subdomain_id = subdomains.id WHERE l.ip_addr_id = ?1 "
	    "ORDER BY l.id" },
	{ "ipaddr", CHILD_QUOTED,
	    "SELECT value FROM ports WHERE ip_addr_id = ?1 ORDER BY id" },
	{ "email", CHILD_PASSWORD,
	    "SELECT breaches.value, l.password FROM breaches JOIN "
	    "breach_emails AS l ON l.breach_id = breaches.id WHERE l.email_id "
	    "= ?1 ORDER BY l.id" },
	{ "breach", CHILD_PASSWORD,
	    "SELECT emails.value, l.password FROM emails JOIN breach_emails "
	    "AS l ON l.email_id = emails.id WHERE l.breach_id = ?1 ORDER BY "
	    "l.id" },
	{ "network", CHILD_QUOTED,
	    "SELECT devices.value FROM devices JOIN network_devices AS l ON "
	    "l.device_id = devices.id WHERE l.network_id = ?1 ORDER BY l.id" },
};

_Static_assert(ARRAY_SIZE(children) <= SQL_CHILDREN, "SQL_CHILDREN");

static struct str
child_text(sqlite3_stmt *stmt, enum child_form form, struct pool *pool)
{
	struct str value = sql_text(stmt, 0);
	struct buf out = BUF_IN(pool);

	if (form == CHILD_PLAIN)
		return pool_copy(pool, value);
	quote_add(&out, value);
	if (form == CHILD_PASSWORD &&
	    sqlite3_column_type(stmt, 1) != SQLITE_NULL) {
		buf_add(&out, STR(" ("));
		quote_add(&out, sql_text(stmt, 1));
		buf_add_char(&out, ')');
	}
	return buf_str(&out);
}

static int
add_children(struct db *db, size_t which, int32_t id, struct pool *pool,
    struct str **child, size_t *n, struct err *err)
{
	sqlite3_stmt *stmt;
	int status;

	if (sql_prepare(db, str_of(children[which].sql), &db->children[which],
		err) == -1)
		return -1;
	stmt = db->children[which];
	(void)sqlite3_bind_int(stmt, 1, id);
	while ((status = sql_step(db, stmt, err)) == 1) {
		*child = pool_push(pool, *child, *n, sizeof(**child));
		(*child)[(*n)++] = child_text(stmt, children[which].form, pool);
	}
	return status;
}

int
db_children(struct db *db, const struct row *row, struct pool *pool,
    struct str **child, size_t *n, struct err *err)
{
	*child = NULL;
	*n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(children); i++) {
		if (strcmp(children[i].family, row->model->family) == 0 &&
		    add_children(db, i, row->id, pool, child, n, err) == -1)
			return -1;
	}
	return 0;
}

int
db_device_network(struct db *db, int32_t device_id, struct pool *pool,
    struct str *network, struct str *ipaddr, struct err *err)
{
	sqlite3_stmt *stmt = NULL;
	int status;

	*network = *ipaddr = STR_NONE;
	if (sql_prepare(db,
		STR("SELECT networks.value, l.ipaddr FROM networks JOIN "
		    "network_devices AS l ON l.network_id = networks.id WHERE "
		    "l.device_id = ?1 ORDER BY l.id LIMIT 1"),
		&stmt, err) == -1)
		return -1;
	(void)sqlite3_bind_int(stmt, 1, device_id);
	status = sql_step(db, stmt, err);
	if (status == 1) {
		*network = pool_copy(pool, sql_text(stmt, 0));
		if (sqlite3_column_type(stmt, 1) != SQLITE_NULL)
			*ipaddr = pool_copy(pool, sql_text(stmt, 1));
		status = sql_was_read(stmt, err);
	}
	(void)sqlite3_finalize(stmt);
	return status == -1 ? -1 : 0;
}
