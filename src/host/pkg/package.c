#include "pkg/package.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/num.h"
#include "registry/id.h"
#include "value/slot.h"

static const struct slot row_slots[] = {
	{ "registry", SLOT_TEXT, 0, AT(package, registry),
	    "where it came from" },
	{ "version", SLOT_TEXT, 0, AT(package, version), "its version" },
	{ "sha256", SLOT_TEXT, 0, AT(package, sha256), "of its text" },
	{ "installed", SLOT_U64, 0, AT(package, installed), "when" },
	{ .name = NULL },
};

static const struct slot log_slots[] = {
	{ "id", SLOT_TEXT, 0, AT(package, id), "author/name" },
	{ "removed", SLOT_BOOL, SLOT_OPT, AT(package, is_removal), "it goes" },
	{ .name = NULL },
};

void
packages_add(struct packages *rows, const struct package *row)
{
	rows->package = pool_push(rows->pool, rows->package, rows->n,
	    sizeof(*rows->package));
	rows->package[rows->n] = *row;
	rows->package[rows->n].number = rows->n;
	rows->n++;
}

static int
compare(const void *a, const void *b)
{
	const struct package *x = a, *y = b;
	int order = str_cmp(x->id, y->id);

	return order != 0 ? order
	                  : (x->number > y->number) - (x->number < y->number);
}

void
packages_settle(struct packages *rows)
{
	size_t kept = 0;

	if (rows->n != 0)
		qsort(rows->package, rows->n, sizeof(*rows->package), compare);
	for (size_t i = 0; i < rows->n; i++) {
		if (i + 1 < rows->n &&
		    str_eq(rows->package[i].id, rows->package[i + 1].id))
			continue; /* a later one stands behind it */
		if (!rows->package[i].is_removal)
			rows->package[kept++] = rows->package[i];
	}
	/* with the room that pool_push() relies on */
	rows->package =
	    pool_roomy(rows->pool, rows->package, kept, sizeof(*rows->package));
	rows->n = kept;
	for (size_t i = 0; i < kept; i++)
		rows->package[i].number = i;
}

const struct package *
packages_find(const struct packages *rows, struct str id)
{
	size_t from = 0, to = rows->n;

	while (from < to) {
		size_t at = from + (to - from) / 2;
		int order = str_cmp(id, rows->package[at].id);

		if (order == 0)
			return &rows->package[at];
		if (order < 0)
			to = at;
		else
			from = at + 1;
	}
	return NULL;
}

static int
check_sha256(struct str sha256, struct err *err)
{
	size_t i = 0;

	while (i < sha256.n && num_hex_digit((unsigned char)sha256.p[i]) != -1)
		i++;
	if (i != 64 || sha256.n != 64)
		return err_set(err, "'%.*s' is no SHA-256", STR_ARG(sha256));
	return 0;
}

/* The tree of the JSON is many times as large. Most are of one registry. */
static void
keep_row(struct packages *rows, struct package *row)
{
	const struct str before =
	    rows->n != 0 ? rows->package[rows->n - 1].registry : STR_NONE;

	row->id = pool_copy(rows->pool, row->id);
	row->registry = str_eq(row->registry, before)
	                    ? before
	                    : pool_copy(rows->pool, row->registry);
	row->version = pool_copy(rows->pool, row->version);
	row->sha256 = pool_copy(rows->pool, row->sha256);
	packages_add(rows, row);
}

/* pool: where the tree is. */
static int
read_row(struct packages *rows, struct str id, const struct json *v,
    struct package *row, struct pool *pool, struct err *err)
{
	struct registry_id parts;

	row->id = id;
	if (registry_id_read(id, &parts, err) == -1)
		return -1;
	if (!row->is_removal &&
	    (slot_read(row_slots, NULL, v, pool, row, err) == -1 ||
		check_sha256(row->sha256, err) == -1))
		return err_wrap(err, "%.*s", STR_ARG(id));
	keep_row(rows, row);
	return 0;
}

int
packages_read(struct packages *rows, struct str text, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const struct json *all;
	struct json root;

	if (json_read(&pool, text, &root, err) == -1)
		return -1;
	all = json_member(&root, "packages");
	if (all == NULL || all->kind != JSON_MAP)
		return err_set(err, "it has no map \"packages\"");
	for (size_t i = 0; i < all->map.n; i++) {
		const struct json_member *m = &all->map.member[i];
		struct package row = { .is_removal = false };

		if (read_row(rows, m->name, &m->value, &row, &pool, err) == -1)
			return -1;
	}
	return 0;
}

static void
add_texts(struct buf *out, const struct package *row)
{
	buf_add(out, STR("\"registry\":"));
	json_write_str(out, row->registry);
	buf_add(out, STR(",\"version\":"));
	json_write_str(out, row->version);
	buf_add(out, STR(",\"sha256\":"));
	json_write_str(out, row->sha256);
	buf_add(out, STR(",\"installed\":"));
	buf_add_uint(out, row->installed);
}

/* A line a module, for those who look into it. */
void
packages_write(struct buf *out, const struct packages *rows)
{
	buf_add(out, STR("{\"packages\":{"));
	for (size_t i = 0; i < rows->n; i++) {
		buf_add(out, i == 0 ? STR("\n") : STR(",\n"));
		json_write_str(out, rows->package[i].id);
		buf_add(out, STR(":{"));
		add_texts(out, &rows->package[i]);
		buf_add_char(out, '}');
	}
	buf_add(out, STR("\n}}\n"));
}

size_t
packages_log_whole(struct str text)
{
	size_t at = str_rfind_char(text, '\n');

	return at == STR_NPOS ? 0 : at + 1;
}

static int
read_line(struct packages *rows, struct str line, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct package row = { .is_removal = false };
	struct json v;

	if (json_read(&pool, line, &v, err) == -1 ||
	    slot_read(log_slots, NULL, &v, &pool, &row, err) == -1)
		return -1;
	return read_row(rows, row.id, &v, &row, &pool, err);
}

int
packages_log_read(struct packages *rows, struct str text, struct err *err)
{
	struct str rest = str_sub(text, 0, packages_log_whole(text));

	for (size_t n = 1; rest.n != 0; n++) {
		if (read_line(rows, str_cut(&rest, '\n'), err) == -1)
			return err_wrap(err, "line %zu", n);
	}
	return 0;
}

void
packages_log_write(struct buf *out, const struct package *row)
{
	buf_add(out, STR("{\"id\":"));
	json_write_str(out, row->id);
	buf_add_char(out, ',');
	if (row->is_removal)
		buf_add(out, STR("\"removed\":true"));
	else
		add_texts(out, row);
	buf_add(out, STR("}\n"));
}
