#include "state/outdated.h"

#include "state/file.h"

static int
read_ids(struct pool *pool, struct str text, struct slot_texts *ids,
    struct err *err)
{
	static const struct slot slots[] = {
		{ "outdated", SLOT_TEXTS, 0, 0, "author/name", .object = NULL },
		{ .name = NULL },
	};
	struct json root;

	if (json_read(pool, text, &root, err) == -1)
		return -1;
	return slot_read(slots, NULL, &root, pool, ids, err);
}

int
outdated_read(const char *path, struct pool *pool, struct slot_texts *ids,
    struct err *err)
{
	struct str text;
	int status = file_read(pool, path, OUTDATED_MAX_BYTES, &text, err);

	if (status == 0)
		return 0;
	if (status == -1 || read_ids(pool, text, ids, err) == -1)
		return err_wrap(err, "cannot read %s", path);
	return 1;
}
