#include "state/texts.h"

#include "base/mem.h"
#include "base/num.h"
#include "state/ring_json.h"
#include "value/slot.h"

#define SHA256_DIGITS 64

static int
check_row(const struct json *row, struct err *err)
{
	const struct json *module, *sha256;

	if (row->kind != JSON_MAP)
		return slot_wrong_type(row, "a map", err);
	module = json_member(row, "module");
	sha256 = json_member(row, "sha256");
	if (module == NULL || module->kind != JSON_STR)
		return err_set(err, "a grant has no \"module\"");
	if (sha256 == NULL || sha256->kind != JSON_STR ||
	    !num_is_lower_hex_text(sha256->str, SHA256_DIGITS))
		return err_set(err,
		    "the grant of %.*s has no \"sha256\" of %d digits",
		    STR_ARG(module->str), SHA256_DIGITS);
	return 0;
}

static int
check_list(const struct json *list, struct err *err)
{
	if (list->kind != JSON_LIST)
		return slot_wrong_type(list, "a sequence", err);
	for (size_t i = 0; i < list->list.n; i++) {
		if (check_row(&list->list.item[i], err) == -1)
			return -1;
	}
	return 0;
}

int
texts_read(struct pool *pool, struct str text, struct json *texts,
    struct err *err)
{
	struct json all, part;

	if (ring_json_read(pool, text, &all, err) == -1 ||
	    ring_json_part(&all, "grants", &part, err) == -1)
		return -1;
	for (size_t i = 0; i < part.map.n; i++) {
		if (check_list(&part.map.member[i].value, err) == -1)
			return -1;
	}
	*texts = part;
	return 0;
}

void
texts_write(struct pool *pool, const struct json *texts, struct buf *out)
{
	struct json all = json_map();

	(void)json_set(pool, &all, STR("grants"), *texts);
	json_write(out, &all, 0);
	buf_add_char(out, '\n');
}

static size_t
row_of(const struct json *list, struct str module)
{
	for (size_t i = 0; list != NULL && i < list->list.n; i++) {
		const struct json *row = &list->list.item[i];

		if (str_eq(json_member(row, "module")->str, module))
			return i;
	}
	return STR_NPOS;
}

struct str
texts_find(const struct json *texts, struct str ns, struct str module)
{
	const struct json *list = ring_json_member(texts, ns);
	size_t at = row_of(list, module);

	if (at == STR_NPOS)
		return STR_NONE;
	return json_member(&list->list.item[at], "sha256")->str;
}

int
texts_set(struct pool *pool, struct json *texts, struct str ns,
    struct str module, struct str sha256)
{
	struct json *list = ring_json_make(pool, texts, ns, json_list());
	struct json row = json_map();
	size_t at = row_of(list, module);

	if (at != STR_NPOS &&
	    str_eq(json_member(&list->list.item[at], "sha256")->str, sha256))
		return 0;
	(void)json_set(pool, &row, STR("module"),
	    json_str(pool_copy(pool, module)));
	(void)json_set(pool, &row, STR("sha256"),
	    json_str(pool_copy(pool, sha256)));
	if (at != STR_NPOS)
		list->list.item[at] = row;
	else
		(void)json_append(pool, list, row);
	return 1;
}

int
texts_drop(struct json *texts, struct str ns, struct str module)
{
	struct json *list = ring_json_member(texts, ns);
	size_t at;
	int status = 0;

	/* whoever wrote it by hand may have it there twice */
	while ((at = row_of(list, module)) != STR_NPOS) {
		ring_json_drop_item(list, at);
		status = 1;
	}
	if (status == 1 && list->list.n == 0)
		(void)ring_json_drop(texts, ns);
	return status;
}
