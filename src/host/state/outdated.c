#include "state/outdated.h"

#include <unistd.h>

#include "base/mem.h"
#include "state/file.h"

static const struct slot slots[] = {
	{ "registry", SLOT_JSON, SLOT_OPT, AT(outdated, registry),
	    "when anything was published last", .object = NULL },
	{ "last_update", SLOT_I64, SLOT_OPT, AT(outdated, last_update),
	    "when it was asked", .object = NULL },
	{ "outdated", SLOT_TEXTS, 0, AT(outdated, ids), "author/name",
	    .object = NULL },
	{ .name = NULL },
};

static int
parse(struct pool *pool, struct str text, struct outdated *out, struct err *err)
{
	struct outdated o = { .last_update = 0 };
	struct json *root = pool_alloc(pool, sizeof(*root));

	if (json_read(pool, text, root, err) == -1 ||
	    slot_read(slots, NULL, root, pool, &o, err) == -1)
		return -1;
	*out = o;
	return 0;
}

static int
read_file(const char *path, struct pool *pool, struct str *text,
    struct err *err)
{
	int status = file_read(pool, path, OUTDATED_MAX_BYTES, text, err);

	return status != -1 ? status : err_wrap(err, "cannot read %s", path);
}

int
outdated_read(const char *path, struct pool *pool, struct slot_texts *ids,
    struct err *err)
{
	struct outdated o;
	struct str text;
	int status = read_file(path, pool, &text, err);

	if (status != 1)
		return status;
	if (parse(pool, text, &o, err) == -1)
		return err_wrap(err, "cannot read %s", path);
	*ids = o.ids;
	return 1;
}

int
outdated_load(const char *path, struct pool *pool, struct outdated *out,
    struct err *err)
{
	struct str text;
	int status = read_file(path, pool, &text, err);

	*out = (struct outdated){ .last_update = 0 };
	if (status != 1)
		return status;
	return parse(pool, text, out, NULL) == 0;
}

int
outdated_save(const char *path, const struct outdated *o, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct json ids = slot_texts_json(&pool, &o->ids);

	buf_add(&out, STR("{\"registry\":"));
	if (o->registry != NULL)
		json_write(&out, o->registry, 0);
	else
		buf_add(&out, STR("null"));
	buf_printf(&out,
	    ",\"last_update\":%lld,\"outdated\":", (long long)o->last_update);
	json_write(&out, &ids, 0);
	buf_add_char(&out, '}');
	return file_write(path, buf_str(&out), err);
}

static int
drop(const char *path, struct str id, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str *kept;
	struct outdated o;
	size_t n = 0;

	if (outdated_load(path, &pool, &o, err) == -1)
		return -1;
	if (!str_is_among(id, o.ids.text, o.ids.n))
		return 0;
	kept = pool_array(&pool, o.ids.n, sizeof(*kept));
	for (size_t i = 0; i < o.ids.n; i++) {
		if (!str_eq(o.ids.text[i], id))
			kept[n++] = o.ids.text[i];
	}
	o.ids = (struct slot_texts){ kept, n };
	return outdated_save(path, &o, err);
}

int
outdated_drop(const char *path, struct str id, struct err *err)
{
	int fd, status;

	/* most have none */
	if (access(path, F_OK) == -1)
		return 0;
	fd = file_lock_beside(path, err);
	if (fd == -1)
		return -1;
	status = drop(path, id, err);
	(void)close(fd);
	return status;
}
