/* publish: modules of your own into the registry. */
#include "packages/ask.h"
#include "packages/token.h"
#include "state/file.h"
#include "state/header.h"
#include "term/term.h"
#include "value/quote.h"

struct publish_opts {
	struct net_opts net;
};

/* A file that is going to be published. */
struct upload {
	struct str path, name;
	struct module module;
};

struct publish {
	struct program *p;
	struct registry *registry;
	struct pool pool;
	struct str token;
	struct upload *upload;
	size_t n;
};

/* "dir/name.lua": its name, as a registry can have it. */
static int
name_of(struct str path, struct str *name, struct err *err)
{
	size_t slash = str_rfind_char(path, '/');
	struct str file = slash != STR_NPOS ? str_from(path, slash + 1) : path;

	if (!str_ends(file, STR(".lua")))
		return err_set(err, "File extension has to be .lua: %.*s",
		    STR_ARG(path));
	*name = str_sub(file, 0, file.n - 4);
	if (registry_name_check(*name, err) == -1)
		return err_wrap(err, "no name of a module: %.*s",
		    STR_ARG(path));
	return 0;
}

static int
read_upload(struct publish *l, struct str path, struct upload *up,
    struct err *err)
{
	struct str code;
	int status;

	up->path = path;
	if (name_of(path, &up->name, err) == -1)
		return -1;
	status = file_read(&l->pool, pool_cstr(&l->pool, path),
	    REGISTRY_MAX_CODE, &code, err);
	if (status == 0)
		(void)err_set(err, "there is no %.*s", STR_ARG(path));
	if (status != 1)
		return err_wrap(err, "Failed to read module");
	if (header_read(&up->module, code, &l->pool, err) == -1 ||
	    registry_version_check(up->module.version, err) == -1)
		return err_wrap(err, "Failed to parse module metadata: %.*s",
		    STR_ARG(path));
	return 0;
}

/* All are looked at before the first is published. */
static int
read_all(struct publish *l, const struct operands *in, struct err *err)
{
	l->upload = pool_zalloc(&l->pool, in->n * sizeof(*l->upload));
	for (; l->n < in->n; l->n++) {
		if (read_upload(l, in->word[l->n], &l->upload[l->n], err) == -1)
			return -1;
	}
	return 0;
}

static int
read_token(struct publish *l, struct err *err)
{
	int status = token_load(&l->p->paths, &l->pool, &l->token, err);

	if (status == 0)
		return err_set(err, "you are not logged in: sn0int login");
	return status == 1 ? 0 : -1;
}

/* Whose it is says the registry, from the token. */
static int
check_published(const struct upload *up, const struct registry_code *out,
    struct err *err)
{
	if (str_eq(out->name, up->name) &&
	    str_eq(out->version, up->module.version))
		return 0;
	return err_set(err,
	    "the registry says that it has published %.*s/%.*s %.*s instead",
	    STR_ARG(out->author), STR_ARG(out->name), STR_ARG(out->version));
}

static bool
publish_one(struct publish *l, const struct upload *up)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct str path = quote_text(&pool, up->path);
	struct str version = term_safe(&pool, up->module.version);
	struct registry_code out;

	if (registry_publish(l->registry, l->token, up->name, up->module.code,
		&pool, &out, &err) == REGISTRY_FOUND &&
	    check_published(up, &out, &err) == 0) {
		term_line(TERM_SUCCESS, "Published %.*s/%.*s %.*s (%.*s)",
		    STR_ARG(out.author), STR_ARG(out.name),
		    STR_ARG(out.version), STR_ARG(path));
		return true;
	}
	term_line(TERM_ERROR, "Failed to publish %.*s %.*s (%.*s): %s",
	    STR_ARG(up->name), STR_ARG(version), STR_ARG(path), err_cstr(&err));
	return false;
}

/* One that is refused does not keep the others back. */
static int
publish_all(struct publish *l, struct err *err)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!publish_one(l, &l->upload[i]) &&
		    ask_is_interrupted(l->p, l->registry, err))
			return -1;
	}
	return 0;
}

static int
run_publish(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	static const char *const nothing[] = { NULL };
	const struct publish_opts *opts = arg;
	struct publish l = { .p = p, .pool = POOL_NONE };
	int status = -1;

	if (read_token(&l, err) == 0 && read_all(&l, in, err) == 0 &&
	    (l.registry = ask_open(p, &opts->net, err)) != NULL &&
	    ask_lock(p, l.registry, nothing, err) == 0)
		status = publish_all(&l, err);
	registry_close(l.registry);
	pool_wipe(&l.pool);
	return status;
}

static const struct opt publish_opts[] = {
	NET_OPTS(publish_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_publish = {
	.name = "publish",
	.where = CMD_LINE,
	.operands = "FILE...",
	.least = 1,
	.help = "publish modules of yours in the registry",
	.opts = publish_opts,
	.size = sizeof(struct publish_opts),
	.run = run_publish,
};
