#include "registry/shelf.h"

#include <stdlib.h>

#include "text/semver.h"

/* AUTHOR/NAME and what is behind it; rest p NULL: it is not so deep. */
static void
cut_path(struct str path, struct registry_id *id, struct str *rest)
{
	*rest = path;
	id->author = str_cut(rest, '/');
	id->name = str_cut(rest, '/');
}

static int
check_id(const struct registry_id *id, struct err *err)
{
	if (registry_name_check(id->author, err) == -1)
		return err_wrap(err, "the author");
	if (registry_name_check(id->name, err) == -1)
		return err_wrap(err, "the name");
	return 0;
}

/* 1: it is one of ours; 0: nobody's business; -1: it should be. */
static int
read_path(struct str path, struct shelf_item *item, struct err *err)
{
	struct str rest;

	cut_path(path, &item->id, &rest);
	if (rest.n == 0 || str_find_char(rest, '/') != STR_NPOS)
		return 0;
	if (str_is(rest, "redirect"))
		item->version = STR_NONE;
	else if (str_ends(rest, STR(".lua")))
		item->version = str_sub(rest, 0, rest.n - 4);
	else
		return 0;
	if (check_id(&item->id, err) == -1)
		return -1;
	if (item->version.p == NULL && rest.n == 4)
		return err_set(err, "it has no version");
	if (!str_is(rest, "redirect") &&
	    registry_version_check(item->version, err) == -1)
		return -1;
	return 1;
}

static void
add_refused(struct shelf *shelf, struct str path, struct err *why)
{
	shelf->refused = pool_push(shelf->pool, shelf->refused, shelf->refusals,
	    sizeof(*shelf->refused));
	shelf->refused[shelf->refusals++] = str_of(
	    pool_printf(shelf->pool, "%.*s: %s", STR_ARG(path), err_cstr(why)));
}

int
shelf_add(struct shelf *shelf, struct str path, const struct shelf_item *item,
    struct err *err)
{
	autoerr struct err why = ERR_NONE;
	struct shelf_item new = *item;
	int status = read_path(path, &new, &why);

	if (status == 0)
		return 0;
	/* once more, for what is kept views the copy */
	path = pool_copy(shelf->pool, path);
	(void)read_path(path, &new, NULL);
	if (shelf->n + shelf->refusals == SHELF_MAX_ITEMS)
		return err_set(err, "there are more than %u modules in it",
		    SHELF_MAX_ITEMS);
	if (status == -1) {
		add_refused(shelf, path, &why);
		return 0;
	}
	shelf->item =
	    pool_push(shelf->pool, shelf->item, shelf->n, sizeof(*shelf->item));
	shelf->item[shelf->n++] = new;
	return 0;
}

static int
cmp_id(const struct registry_id *a, const struct registry_id *b)
{
	int order = str_cmp(a->author, b->author);

	return order != 0 ? order : str_cmp(a->name, b->name);
}

static int
cmp_item(const void *a, const void *b)
{
	const struct shelf_item *x = a, *y = b;
	int order = cmp_id(&x->id, &y->id);

	if (order != 0)
		return order;
	if (x->version.p == NULL || y->version.p == NULL)
		return (x->version.p != NULL) - (y->version.p != NULL);
	return registry_version_cmp(x->version, y->version);
}

int
shelf_sort(struct shelf *shelf, struct err *err)
{
	if (shelf->n != 0)
		qsort(shelf->item, shelf->n, sizeof(*shelf->item), cmp_item);
	for (size_t i = 1; i < shelf->n; i++) {
		const struct shelf_item *it = &shelf->item[i];

		if (cmp_item(it - 1, it) == 0)
			return err_set(err, "%.*s/%.*s/%.*s is there twice",
			    STR_ARG(it->id.author), STR_ARG(it->id.name),
			    STR_ARG(it->version.p != NULL ? it->version
							  : STR("redirect")));
	}
	return 0;
}

size_t
shelf_count(const struct shelf *shelf, size_t first)
{
	size_t n = 0;

	while (first + n < shelf->n &&
	       cmp_id(&shelf->item[first].id, &shelf->item[first + n].id) == 0)
		n++;
	return n;
}

size_t
shelf_find(const struct shelf *shelf, const struct registry_id *id,
    size_t *first)
{
	size_t low = 0, high = shelf->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (cmp_id(&shelf->item[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == shelf->n || cmp_id(&shelf->item[low].id, id) != 0)
		return 0;
	*first = low;
	return shelf_count(shelf, low);
}

static bool
is_final(struct str version)
{
	struct semver v;

	return semver_read(version, &v, NULL) == 0 && v.pre.n == 0;
}

const struct shelf_item *
shelf_latest(const struct shelf_item *item, size_t n)
{
	for (size_t i = n; i-- > 0;) {
		if (item[i].version.p != NULL && is_final(item[i].version))
			return &item[i];
	}
	return n != 0 && item[n - 1].version.p != NULL ? &item[n - 1] : NULL;
}

const struct shelf_item *
shelf_version(const struct shelf_item *item, size_t n, struct str version)
{
	for (size_t i = 0; i < n; i++) {
		if (item[i].version.p != NULL &&
		    str_eq(item[i].version, version))
			return &item[i];
	}
	return NULL;
}
