#include "registry/replies.h"

#include "base/mem.h"
#include "value/quote.h"
#include "value/slot.h"

#define SHOWN_BYTES 1024 /* of the text of an error */

struct raw_module {
	struct str author, name, description, latest, redirect;
	uint64_t downloads;
	bool featured;
};

static const struct slot module_slots[] = {
	{ "author", SLOT_TEXT, 0, AT(raw_module, author), "", .object = NULL },
	{ "name", SLOT_TEXT, 0, AT(raw_module, name), "", .object = NULL },
	{ "description", SLOT_TEXT, 0, AT(raw_module, description), "",
	    .object = NULL },
	{ "latest", SLOT_TEXT, SLOT_OPT, AT(raw_module, latest), "",
	    .object = NULL },
	{ "redirect", SLOT_TEXT, SLOT_OPT, AT(raw_module, redirect), "",
	    .object = NULL },
	{ "downloads", SLOT_U64, SLOT_OPT, AT(raw_module, downloads), "",
	    .object = NULL },
	{ "featured", SLOT_BOOL, SLOT_OPT, AT(raw_module, featured), "",
	    .object = NULL },
	{ .name = NULL },
};

static int
check_name(const char *what, struct str name, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str quoted;

	if (registry_name_check(name, err) == 0)
		return 0;
	quoted = quote_text(&pool, str_sub(name, 0, REGISTRY_MAX_NAME));
	return err_wrap(err, "no %s of a module: %.*s", what, STR_ARG(quoted));
}

static int
check_id(struct str author, struct str name, struct err *err)
{
	return check_name("author", author, err) == 0
	           ? check_name("name", name, err)
	           : -1;
}

/* What may be missing, and is right otherwise. */
static int
check_latest(struct str latest, struct err *err)
{
	return latest.p == NULL ? 0 : registry_version_check(latest, err);
}

static int
read_redirect(struct str text, struct registry_id *out, struct err *err)
{
	return text.p == NULL ? 0 : registry_id_read(text, out, err);
}

int
reply_module(const struct json *v, struct pool *pool,
    struct registry_module *out, struct err *err)
{
	struct raw_module raw = { .downloads = 0 };
	struct registry_id redirect = { STR_NONE, STR_NONE };

	if (slot_read(module_slots, NULL, v, pool, &raw, err) == -1 ||
	    check_id(raw.author, raw.name, err) == -1)
		return -1;
	if (check_latest(raw.latest, err) == -1 ||
	    read_redirect(raw.redirect, &redirect, err) == -1)
		return err_wrap(err, "%.*s/%.*s", STR_ARG(raw.author),
		    STR_ARG(raw.name));
	*out = (struct registry_module){ raw.author, raw.name, raw.description,
		raw.latest, redirect, raw.downloads, raw.featured };
	return 0;
}

static const struct slot code_slots[] = {
	{ "author", SLOT_TEXT, 0, AT(registry_code, author), "",
	    .object = NULL },
	{ "name", SLOT_TEXT, 0, AT(registry_code, name), "", .object = NULL },
	{ "version", SLOT_TEXT, 0, AT(registry_code, version), "",
	    .object = NULL },
	{ "code", SLOT_TEXT, SLOT_OPT, AT(registry_code, code), "",
	    .object = NULL },
	{ .name = NULL },
};

int
reply_code(const struct json *v, bool has_code, struct pool *pool,
    struct registry_code *out, struct err *err)
{
	struct registry_code code = { .code = STR_NONE };

	if (slot_read(code_slots, NULL, v, pool, &code, err) == -1 ||
	    check_id(code.author, code.name, err) == -1 ||
	    registry_version_check(code.version, err) == -1)
		return -1;
	if (has_code && code.code.p == NULL)
		return err_set(err, "missing field `code`");
	*out = code;
	return 0;
}

struct raw_time {
	const struct json *time;
};

static const struct slot time_slots[] = {
	{ "time", SLOT_JSON, SLOT_OPT, AT(raw_time, time), "", .object = NULL },
	{ .name = NULL },
};

int
reply_time(const struct json *v, struct pool *pool, int64_t *time,
    struct err *err)
{
	struct raw_time raw = { NULL };

	if (slot_read(time_slots, NULL, v, pool, &raw, err) == -1)
		return -1;
	if (raw.time == NULL || raw.time->kind == JSON_NULL)
		return 0;
	if (raw.time->kind != JSON_INT)
		return slot_wrong_type(raw.time, "i64", err);
	*time = raw.time->i;
	return 1;
}

struct raw_user {
	struct str user;
};

static const struct slot user_slots[] = {
	{ "user", SLOT_TEXT, 0, AT(raw_user, user), "", .object = NULL },
	{ .name = NULL },
};

int
reply_user(const struct json *v, struct pool *pool, struct str *user,
    struct err *err)
{
	struct raw_user raw;

	if (slot_read(user_slots, NULL, v, pool, &raw, err) == -1)
		return -1;
	*user = raw.user;
	return 0;
}

int
reply_error(struct str text, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str quoted = quote_text(&pool, str_sub(text, 0, SHOWN_BYTES));

	return err_set(err, "api error: %.*s%s", STR_ARG(quoted),
	    text.n > SHOWN_BYTES ? "..." : "");
}
