#include "state/ring_json.h"

#include <string.h>

#include "value/slot.h"

int
ring_json_read(struct pool *pool, struct str text, struct json *all,
    struct err *err)
{
	struct buf out = BUF_IN(pool);
	struct json v;

	if (json_read(pool, text, &v, err) == -1)
		return -1;
	json_write(&out, &v, JSON_SORTED);
	if (json_read(pool, buf_str(&out), all, err) == -1)
		return -1;
	if (all->kind != JSON_MAP)
		return slot_wrong_type(all, "a map", err);
	return 0;
}

int
ring_json_part(const struct json *all, const char *name, struct json *out,
    struct err *err)
{
	const struct json *part = json_member(all, name);

	*out = json_map();
	if (part == NULL)
		return 0;
	if (part->kind != JSON_MAP)
		return slot_wrong_type(part, "a map", err);
	*out = *part;
	return 0;
}

struct json *
ring_json_member(const struct json *map, struct str name)
{
	return (struct json *)(uintptr_t)json_member_str(map, name);
}

struct json *
ring_json_make(struct pool *pool, struct json *map, struct str name,
    struct json empty)
{
	struct json *found = ring_json_member(map, name);

	if (found != NULL)
		return found;
	return json_set(pool, map, pool_copy(pool, name), empty);
}

bool
ring_json_drop(struct json *map, struct str name)
{
	for (size_t i = 0; i < map->map.n; i++) {
		if (!str_eq(map->map.member[i].name, name))
			continue;
		map->map.n--;
		memmove(&map->map.member[i], &map->map.member[i + 1],
		    (map->map.n - i) * sizeof(*map->map.member));
		return true;
	}
	return false;
}

void
ring_json_drop_item(struct json *list, size_t at)
{
	list->list.n--;
	memmove(&list->list.item[at], &list->list.item[at + 1],
	    (list->list.n - at) * sizeof(*list->list.item));
}
