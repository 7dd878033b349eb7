#include "ipc/api.h"

/* Of lists and maps around a value; bounded by JSON_MAX_DEPTH. */
static unsigned
depth_of(const struct json *v)
{
	unsigned most = 0;

	if (v->kind == JSON_LIST) {
		for (size_t i = 0; i < v->list.n; i++) {
			unsigned depth = depth_of(&v->list.item[i]);

			most = depth > most ? depth : most;
		}
		return most + 1;
	}
	if (v->kind == JSON_MAP) {
		for (size_t i = 0; i < v->map.n; i++) {
			unsigned depth = depth_of(&v->map.member[i].value);

			most = depth > most ? depth : most;
		}
		return most + 1;
	}
	return v->kind == JSON_BYTE_LIST ? 1 : 0;
}

static int
read_members(const struct json *root, struct api_reply *out, struct err *err)
{
	const struct json *success = json_member(root, "success");
	const struct json *error = json_member(root, "error");

	if (root->kind != JSON_MAP || (success == NULL && error == NULL))
		return err_set(err,
		    "neither \"success\" nor \"error\" is there");
	if (error != NULL && error->kind == JSON_STR) {
		*out = (struct api_reply){ NULL,
			error->str.n != 0 ? error->str : STR("") };
		return 0;
	}
	if (success == NULL)
		return err_set(err, "\"error\" is no text");
	*out = (struct api_reply){ success, STR_NONE };
	return 0;
}

static int
read_object(struct pool *pool, struct str text, struct api_reply *out,
    struct err *err)
{
	struct json *root = pool_alloc(pool, sizeof(*root));

	if (text.n > API_MAX_BYTES)
		return err_set(err, "it is larger than %zu bytes",
		    API_MAX_BYTES);
	if (json_read_most(pool, text, API_MAX_VALUES, root, err) == -1)
		return -1;
	if (depth_of(root) > API_MAX_DEPTH)
		return err_set(err, "it nests more than %d deep",
		    API_MAX_DEPTH);
	return read_members(root, out, err);
}

int
api_read(struct pool *pool, struct str text, struct api_reply *out,
    struct err *err)
{
	if (read_object(pool, text, out, err) == -1)
		return err_wrap(err, "it is no reply of a registry");
	return 0;
}
