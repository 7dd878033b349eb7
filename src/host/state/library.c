#include "state/library.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/closest.h"
#include "crypt/digest.h"
#include "state/file.h"
#include "state/header.h"
#include "term/clean.h"
#include "text/codec.h"
#include "value/quote.h"

static int
read_module(struct module *module, struct str code, struct pool *pool,
    struct err *err)
{
	if (header_read(module, code, pool, err) == -1)
		return err_wrap(err, "Failed to parse module metadata");
	return 0;
}

static void
set_id(struct module *module, struct pool *pool, struct str author,
    struct str name)
{
	module->author = pool_copy(pool, author);
	module->name = pool_copy(pool, name);
	module->id = str_of(
	    pool_printf(pool, "%.*s/%.*s", STR_ARG(author), STR_ARG(name)));
}

static int
load_module(struct module *module, const char *path, struct pool *pool,
    struct err *err)
{
	struct str code;
	int status = strcmp(path, MODULE_STDIN) == 0
	                 ? file_stdin(pool, MODULE_MAX_BYTES, &code, err)
	                 : file_read(pool, path, MODULE_MAX_BYTES, &code, err);

	if (status == 0)
		(void)err_set_errno(err, ENOENT);
	if (status != 1)
		return err_wrap(err, "Failed to read module");
	module->path = pool_cstr(pool, str_of(path));
	return read_module(module, code, pool, err);
}

/* The file's name without its last extension. */
static struct str
stem(const char *path)
{
	struct str name = str_of(path);
	size_t at = str_rfind_char(name, '/');

	if (at != STR_NPOS)
		name = str_from(name, at + 1);
	at = str_rfind_char(name, '.');
	return at != STR_NPOS && at != 0 ? str_sub(name, 0, at) : name;
}

int
module_load_file(struct module *module, const char *path, struct pool *pool,
    struct err *err)
{
	*module = (struct module){ .is_private = true, .is_file = true };
	set_id(module, pool, STR("anonymous"),
	    strcmp(path, MODULE_STDIN) == 0 ? STR("stdin") : stem(path));
	if (load_module(module, path, pool, err) == -1)
		return err_wrap(err, "Failed to parse \"%s\"", path);
	return 0;
}

struct loading {
	struct library *library;
	bool is_bundled;
};

static void
refuse(struct loading *l, struct str id, const struct err *why)
{
	struct library *library = l->library;
	struct pool *pool = &library->pool;

	library->refusal = pool_push(pool, library->refusal, library->refusals,
	    sizeof(*library->refusal));
	library->refusal[library->refusals++] =
	    (struct library_refusal){ pool_copy(pool, id),
		    err_join(pool, why) };
}

static void
add_module(struct loading *l, const struct module *module)
{
	struct library *library = l->library;

	library->module = pool_push(&library->pool, library->module, library->n,
	    sizeof(*library->module));
	library->module[library->n++] = *module;
	library->bundled += module->is_bundled;
}

static bool
has_id(const struct library *library, struct str id)
{
	for (size_t i = 0; i < library->n; i++) {
		if (str_eq(library->module[i].id, id))
			return true;
	}
	return false;
}

/*
 * Names of files and folders come from whoever wrote the module, and go to
 * terminals, to shells (by completions and by hand) and into scripts. What
 * means something to one of them has no business in a name; blanks have, since
 * the peer takes them.
 */
static bool
is_plain(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (strchr("`$;&|<>()\\*?'\"\t", name.p[i]) != NULL)
			return false; /* NUL, too, which strchr() finds */
	}
	return clean_is(name, CLEAN_LINE);
}

/* A file or folder that is left out for its name; told of once. */
static bool
is_refused(struct loading *l, const char *folder, struct str name)
{
	autopool struct pool pool = POOL_NONE;
	autoerr struct err err = ERR_NONE;

	if (is_plain(name))
		return false;
	(void)err_set(&err,
	    "the name has a character that a shell or a terminal could take "
	    "for a command; rename it in %s",
	    folder);
	refuse(l, quote_text(&pool, name), &err);
	return true;
}

static void
load_one(struct loading *l, struct str author, const char *folder,
    struct str file, bool is_private)
{
	autopool struct pool scratch = POOL_NONE;
	autoerr struct err err = ERR_NONE;
	struct module module = { .is_private = is_private,
		.is_bundled = l->is_bundled };
	const char *path =
	    pool_printf(&scratch, "%s/%.*s", folder, STR_ARG(file));

	set_id(&module, &l->library->pool, author,
	    str_sub(file, 0, file.n - 4));
	if (l->is_bundled && has_id(l->library, module.id))
		return; /* the user's own author of this name */
	if (load_module(&module, path, &l->library->pool, &err) == 0)
		add_module(l, &module);
	else
		refuse(l, module.id, &err);
}

static int
load_author(struct loading *l, struct str author, const char *folder,
    bool is_private, struct err *err)
{
	DIR *dir = opendir(folder);
	const char *entry;
	int status;

	if (dir == NULL)
		return err_sys(err, "cannot read %s", folder);
	while ((status = file_next(dir, folder, &entry, err)) == 1) {
		struct str file = str_of(entry);

		if (file.n > 4 && str_ends(file, STR(".lua")) &&
		    !is_refused(l, folder, file))
			load_one(l, author, folder, file, is_private);
	}
	(void)closedir(dir);
	return status;
}

/* Under version control, or somewhere else: not the registry's business. */
static bool
is_own(DIR *dir, const char *name)
{
	autopool struct pool pool = POOL_NONE;
	struct stat st;

	if (fstatat(dirfd(dir), name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode))
		return true;
	return fstatat(dirfd(dir), pool_printf(&pool, "%s/.git", name), &st,
		   0) == 0;
}

/* A folder that cannot be read is told of, and the others are loaded. */
static void
load_folder(struct loading *l, struct str author, const char *folder,
    bool is_private)
{
	autoerr struct err err = ERR_NONE;

	if (load_author(l, author, folder, is_private, &err) == -1)
		refuse(l, author, &err);
}

static int
load_authors(struct loading *l, const char *folder, const struct config *config,
    struct err *err)
{
	DIR *dir = opendir(folder);
	const char *entry;
	int status;

	if (dir == NULL)
		return errno == ENOENT ? 0
		                       : err_sys(err, "cannot read %s", folder);
	while ((status = file_next(dir, folder, &entry, err)) == 1) {
		autopool struct pool pool = POOL_NONE;
		autoerr struct err why = ERR_NONE;
		struct str author = str_of(entry);
		struct stat st;
		int there;

		if (entry[0] == '.' || config_has_namespace(config, author))
			continue;
		there = file_stat(dirfd(dir), entry, &st, &why);
		if (there == -1)
			refuse(l, author, &why);
		if (there != 1 || !S_ISDIR(st.st_mode) ||
		    is_refused(l, folder, author))
			continue;
		load_folder(l, author,
		    pool_printf(&pool, "%s/%s", folder, entry),
		    is_own(dir, entry));
	}
	(void)closedir(dir);
	return status;
}

/* Behind those of the user; a package may have left them out. */
static void
load_bundled(struct loading *l, const char *folder)
{
	struct stat st;

	l->is_bundled = true;
	if (stat(folder, &st) == 0 || errno != ENOENT)
		load_folder(l, STR(LIBRARY_BUNDLED), folder, true);
}

static int
compare_modules(const void *a, const void *b)
{
	const struct module *x = a, *y = b;
	int order = str_cmp(x->author, y->author);

	return order != 0 ? order : str_cmp(x->name, y->name);
}

int
library_load(struct library *library, const char *folder, const char *bundled,
    const struct config *config, struct err *err)
{
	struct loading l = { .library = library };

	if (load_authors(&l, folder, config, err) == -1)
		return -1;
	for (size_t i = 0; i < config->namespaces; i++) {
		const struct config_namespace *n = &config->namespace[i];

		if (!is_refused(&l, "sn0int.toml", n->name))
			load_folder(&l, n->name, n->folder, true);
	}
	library->has_no_bundled = bundled == NULL;
	if (bundled != NULL)
		load_bundled(&l, bundled);
	if (library->n != 0)
		qsort(library->module, library->n, sizeof(*library->module),
		    compare_modules);
	library->is_loaded = true;
	return 0;
}

void
library_clear(struct library *library)
{
	pool_clear(&library->pool);
	*library = (struct library){ .n = 0 };
}

static int
ambiguous(const struct library *library, struct str name, struct err *err)
{
	struct buf text = BUF_NONE;

	buf_printf(&text, "Ambiguous name: %.*s could be", STR_ARG(name));
	for (size_t i = 0; i < library->n; i++) {
		const struct module *m = &library->module[i];

		if (!m->is_bundled && str_eq(m->name, name))
			buf_printf(&text, " %.*s", STR_ARG(m->id));
	}
	(void)err_set_str(err, buf_str(&text));
	buf_clear(&text);
	return -1;
}

static const char *
id_at(const void *list, size_t i)
{
	const struct library *library = list;

	return i < library->n ? library->module[i].id.p : NULL;
}

static const char *
name_at(const void *list, size_t i)
{
	const struct library *library = list;

	return i < library->n ? library->module[i].name.p : NULL;
}

/* The id of the first module of a name; NULL: none. */
static const char *
id_of(const struct library *library, struct str name)
{
	for (size_t i = 0; i < library->n; i++) {
		if (str_eq(library->module[i].name, name))
			return library->module[i].id.p;
	}
	return NULL;
}

/* The one that would have been meant; NULL: none. */
static const struct library_refusal *
find_refusal(const struct library *library, struct str name, bool is_id)
{
	for (size_t i = 0; i < library->refusals; i++) {
		struct str id = library->refusal[i].id;

		if (!is_id)
			id = str_from(id, str_find_char(id, '/') + 1);
		if (str_eq(id, name))
			return &library->refusal[i];
	}
	return NULL;
}

/* An id, since a short name may be that of several. */
static int
unknown_module(const struct library *library, struct str name, bool is_id,
    struct err *err)
{
	const struct library_refusal *refusal =
	    find_refusal(library, name, is_id);
	const char *closest =
	    closest_name(name, is_id ? id_at : name_at, library);

	if (refusal != NULL) {
		(void)err_set_str(err, refusal->why);
		return err_wrap(err, "Failed to load %.*s",
		    STR_ARG(refusal->id));
	}
	if (library->has_no_bundled &&
	    str_starts(name, STR(LIBRARY_BUNDLED "/")))
		return err_set(err,
		    "Module not found: %.*s: core.bundled = false hides those "
		    "that came with sn0int",
		    STR_ARG(name));
	if (str_ends(name, STR(".lua")))
		return err_set(err,
		    "Module not found: %.*s: a file is given with -f",
		    STR_ARG(name));
	if (closest != NULL && !is_id)
		closest = id_of(library, str_of(closest));
	if (closest == NULL && is_id)
		closest = id_of(library,
		    str_from(name, str_find_char(name, '/') + 1));
	if (closest != NULL)
		return err_set(err, "Module not found: %.*s, did you mean %s?",
		    STR_ARG(name), closest);
	return err_set(err, "Module not found: %.*s", STR_ARG(name));
}

const struct module *
library_find(const struct library *library, struct str name, struct err *err)
{
	bool is_id = str_find_char(name, '/') != STR_NPOS;
	const struct module *found = NULL;

	for (size_t i = 0; i < library->n; i++) {
		const struct module *m = &library->module[i];

		if (!str_eq(is_id ? m->id : m->name, name) ||
		    (found != NULL && m->is_bundled))
			continue;
		if (found != NULL && !found->is_bundled) {
			(void)ambiguous(library, name, err);
			return NULL;
		}
		found = m;
	}
	if (found == NULL)
		(void)unknown_module(library, name, is_id, err);
	return found;
}

/* Docs/wire.md, "Start line": the sources as values. */
static struct json
source_value(const struct module *module, struct pool *pool)
{
	struct json map = json_map();
	const char *name;

	switch (module->source) {
	case SOURCE_NOTIFICATIONS:
		return json_text("Notifications");
	case SOURCE_KEYRING:
		(void)json_set(pool, &map, STR("KeyRing"),
		    json_str(module->param));
		return map;
	default:
		break;
	}
	name = module->model->source;
	if (module->param_column == NULL)
		return json_text(name);
	(void)json_set(pool, &map, str_of(name),
	    module->param.p != NULL ? json_str(module->param) : json_null());
	return map;
}

struct str
module_sha256(const struct module *module, struct pool *pool)
{
	return digest_hex(pool, DIGEST_SHA2_256, module->code);
}

void
module_start(const struct module *module, struct pool *pool,
    struct start *start)
{
	struct json *source = NULL;

	if (module->source != SOURCE_NONE) {
		source = pool_alloc(pool, sizeof(*source));
		*source = source_value(module, pool);
	}
	start->module = (struct start_module){
		.name = module->name,
		.author = module->author,
		.description = module->description,
		.version = module->version,
		.source = source,
		.keyring_access = module->keyring_access,
		.stealth = str_of(stealth_levels[module->stealth].wire),
		.private_module = module->is_private,
		.code = module->code,
	};
}
