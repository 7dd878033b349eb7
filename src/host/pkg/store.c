/*
 * A change is: a line in packages.log, synced, which says what is to be there;
 * the module itself, written elsewhere, synced and renamed; and when the command
 * ends, all lines folded into packages.json. A crash leaves lines. Whether what a
 * line says has happened, the module tells: its hash is that of the line, or it
 * is gone as the line says. So no row is lost and none is made up, and as a line
 * costs the same however many there are, ten thousand modules cost ten thousand
 * lines and one fold.
 *
 * The temporary file of a module lies in D, so that a crash leaves nothing below
 * modules/; where that is another file system it lies beside the module, and the
 * next fold takes it away.
 */
#include "pkg/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/write.h"
#include "crypt/digest.h"
#include "registry/id.h"
#include "state/file.h"
#include "state/library.h"
#include "state/paths.h"

struct store {
	struct pool pool;
	const char *share, *modules;
	const char *packages, *log;
	const char *temporary; /* of a module */
};

struct store *
store_new(const char *share, const char *modules)
{
	struct store *s = mem_zalloc(sizeof(*s));

	s->share = pool_cstr(&s->pool, str_of(share));
	s->modules = pool_cstr(&s->pool, str_of(modules));
	s->packages = pool_printf(&s->pool, "%s/packages.json", share);
	s->log = pool_printf(&s->pool, "%s/packages.log", share);
	s->temporary = pool_printf(&s->pool, "%s/packages.module", share);
	return s;
}

void
store_free(struct store *store)
{
	if (store == NULL)
		return;
	pool_clear(&store->pool);
	free(store);
}

struct str
store_sha256(struct pool *pool, struct str code)
{
	return digest_hex(pool, DIGEST_SHA2_256, code);
}

static const char *
author_path(const struct store *s, struct pool *pool, struct str author)
{
	return pool_printf(pool, "%s/%.*s", s->modules, STR_ARG(author));
}

const char *
store_path(const struct store *store, struct pool *pool, struct str author,
    struct str name)
{
	return pool_printf(pool, "%s/%.*s.lua",
	    author_path(store, pool, author), STR_ARG(name));
}

int
store_look(const struct store *store, struct pool *pool, struct str author,
    struct str name, struct str *code, struct str *sha256, struct err *err)
{
	const char *path = store_path(store, pool, author, name);
	int status = file_read(pool, path, MODULE_MAX_BYTES, code, err);

	if (status == -1)
		return err_wrap(err, "cannot read %s", path);
	if (status == 1)
		*sha256 = store_sha256(pool, *code);
	return status;
}

/* 1: there, 0: not. */
static int
look_at(const char *path, struct stat *st, struct err *err)
{
	if (lstat(path, st) == 0)
		return 1;
	return errno == ENOENT ? 0 : err_sys(err, "cannot look at %s", path);
}

static int
check_author(const char *folder, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct stat st;
	int there = look_at(folder, &st, err);

	if (there != 1)
		return there;
	if (S_ISLNK(st.st_mode))
		return err_set(err,
		    "%s is a link, so it is yours and not the registry's",
		    folder);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, "%s is no folder", folder);
	there = look_at(pool_printf(&pool, "%s/.git", folder), &st, err);
	if (there == 1)
		return err_set(err,
		    "%s has a .git, so it is yours and not the registry's",
		    folder);
	return there;
}

int
store_check_place(const struct store *store, struct str author, struct str name,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *path = store_path(store, &pool, author, name);
	struct stat st;
	int there;

	if (check_author(author_path(store, &pool, author), err) == -1)
		return -1;
	there = look_at(path, &st, err);
	if (there == 1 && !S_ISREG(st.st_mode))
		return err_set(err,
		    "%s is no file but %s, so it is yours and not the "
		    "registry's",
		    path, S_ISLNK(st.st_mode) ? "a link" : "something else");
	return there == -1 ? -1 : 0;
}

/*
 * Until the lock: somebody may have changed it while it was looked at, to
 * something else than what it is to become.
 */
static int
check_before(const struct store *s, struct str author, struct str name,
    struct str before, struct str after, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str code, sha256 = STORE_NONE;

	if (store_check_place(s, author, name, err) == -1)
		return -1;
	if (str_eq(before, STORE_ANY))
		return 0;
	if (store_look(s, &pool, author, name, &code, &sha256, err) == -1)
		return -1;
	if (!str_eq(sha256, before) && !str_eq(sha256, after))
		return err_set(err,
		    "%.*s/%.*s was changed meanwhile: try it again",
		    STR_ARG(author), STR_ARG(name));
	return 0;
}

/* What a crash has left of a line is taken away, that the next one be whole. */
static int
mend_log(const struct store *s, int fd, off_t *size, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str text;
	char last;

	*size = lseek(fd, 0, SEEK_END);
	if (*size == -1)
		return err_sys(err, "cannot read %s", s->log);
	if (*size == 0 || (pread(fd, &last, 1, *size - 1) == 1 && last == '\n'))
		return 0;
	if (file_read(&pool, s->log, PACKAGES_MAX_BYTES, &text, err) == -1)
		return err_wrap(err, "cannot read %s", s->log);
	*size = (off_t)packages_log_whole(text);
	return ftruncate(fd, *size) == 0
	           ? 0
	           : err_sys(err, "cannot write %s", s->log);
}

static int
write_line(const struct store *s, int fd, struct str line, struct err *err)
{
	off_t size;

	if (mend_log(s, fd, &size, err) == -1)
		return -1;
	if (write_all(fd, line) == 0 && fsync(fd) == 0)
		return size == 0 ? file_sync_folder(s->log, err) : 0;
	(void)err_sys(err, "cannot write %s", s->log);
	/* a whole line that stays says what does not come to be */
	if (ftruncate(fd, size) == -1)
		(void)err_wrap(err, "a part of a line stays");
	return -1;
}

static int
log_row(const struct store *s, const struct package *row, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf line = BUF_IN(&pool);
	int fd, status;

	packages_log_write(&line, row);
	fd = open(s->log, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (fd == -1)
		return err_sys(err, "cannot write %s", s->log);
	status = write_line(s, fd, buf_str(&line), err);
	(void)close(fd);
	return status;
}

/* By way of D; -1 where that cannot be, and nothing has changed. */
static int
put_from_share(const struct store *s, const char *path, struct str code)
{
	autopool struct pool pool = POOL_NONE;
	struct file_new file;

	if (file_begin_at(&file, path, s->temporary, &pool, NULL) == 0 &&
	    write_all(file.fd, code) == 0 && file_end(&file, NULL) == 0)
		return 0;
	file_give_up(&file);
	/* nobody else has it, under our lock */
	(void)unlink(s->temporary);
	return -1;
}

static int
put(const struct store *s, const struct store_text *text, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *path = store_path(s, &pool, text->author, text->name);

	if (paths_make(author_path(s, &pool, text->author), err) == -1)
		return -1;
	return put_from_share(s, path, text->code) == 0
	           ? 0
	           : file_write(path, text->code, err);
}

static int
lock(const struct store *s, struct err *err)
{
	if (paths_make(s->share, err) == -1)
		return -1;
	return file_lock_beside(s->packages, err);
}

static struct str
make_id(struct pool *pool, struct str author, struct str name)
{
	return str_of(
	    pool_printf(pool, "%.*s/%.*s", STR_ARG(author), STR_ARG(name)));
}

int
store_install(struct store *store, const struct store_text *text,
    struct str before, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct package row = { .id = make_id(&pool, text->author, text->name),
		.registry = text->registry,
		.version = text->version,
		.sha256 = store_sha256(&pool, text->code),
		.installed = (uint64_t)time(NULL) };
	int fd = lock(store, err), status = -1;

	if (fd == -1)
		return -1;
	if (check_before(store, text->author, text->name, before, row.sha256,
		err) == 0 &&
	    log_row(store, &row, err) == 0)
		status = put(store, text, err);
	(void)close(fd);
	return status;
}

static int
drop(const struct store *s, struct str author, struct str name, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *path = store_path(s, &pool, author, name);
	int status = 1;

	if (unlink(path) == -1) {
		if (errno != ENOENT)
			return err_sys(err, "cannot remove %s", path);
		status = 0;
	}
	if (status == 1 && file_sync_folder(path, err) == -1)
		return err_wrap(err, "%s is removed", path);
	/* it may hold another module */
	(void)rmdir(author_path(s, &pool, author));
	return status;
}

int
store_remove(struct store *store, struct str author, struct str name,
    struct str before, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct package row = { .id = make_id(&pool, author, name),
		.is_removal = true };
	int fd = lock(store, err), status = -1;

	if (fd == -1)
		return -1;
	if (check_before(store, author, name, before, STORE_NONE, err) == 0 &&
	    log_row(store, &row, err) == 0)
		status = drop(store, author, name, err);
	(void)close(fd);
	return status;
}

/* What was begun and did not come to be. */
static void
clean(const struct store *s, struct str author, struct str name)
{
	autopool struct pool pool = POOL_NONE;

	(void)unlink(
	    pool_printf(&pool, "%s.new", store_path(s, &pool, author, name)));
	(void)rmdir(author_path(s, &pool, author));
}

/* 1: what the line says has happened. */
static int
has_happened(const struct store *s, const struct package *row, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct str code, sha256 = STR_NONE;
	struct registry_id id;
	bool is_done;
	int there;

	if (registry_id_read(row->id, &id, err) == -1)
		return -1;
	there = store_look(s, &pool, id.author, id.name, &code, &sha256, err);
	if (there == -1)
		return -1;
	is_done = row->is_removal ? there == 0
	                          : there == 1 && str_eq(sha256, row->sha256);
	if (!is_done || there == 0)
		clean(s, id.author, id.name);
	return is_done;
}

static int
replay(const struct store *s, const struct packages *lines,
    struct packages *rows, struct err *err)
{
	for (size_t i = 0; i < lines->n; i++) {
		int status = has_happened(s, &lines->package[i], err);

		if (status == -1)
			return -1;
		if (status == 1)
			packages_add(rows, &lines->package[i]);
	}
	return 0;
}

/* Under the lock. *lines: there was a log. */
static int
load(const struct store *s, struct packages *rows, bool *has_log,
    struct err *err)
{
	autopool struct pool texts = POOL_NONE;
	struct packages lines = { .pool = rows->pool };
	struct str text;
	int status =
	    file_read(&texts, s->packages, PACKAGES_MAX_BYTES, &text, err);

	if (status == 1 && packages_read(rows, text, err) == -1)
		status = err_wrap(err,
		    "without it nobody knows where modules came from; they "
		    "work, and may be installed again once it is moved away");
	if (status == -1)
		return err_wrap(err, "cannot read %s", s->packages);
	status = file_read(&texts, s->log, PACKAGES_MAX_BYTES, &text, err);
	*has_log = status == 1;
	if (status == 1)
		status = packages_log_read(&lines, text, err);
	if (status == -1)
		return err_wrap(err, "cannot read %s", s->log);
	if (replay(s, &lines, rows, err) == -1)
		return -1;
	packages_settle(rows);
	return 0;
}

/*
 * Who may not write there changes nothing, and reads without the lock: files
 * are replaced whole, and a line that is being written is none yet.
 */
static bool
is_read_only(const struct store *s)
{
	return access(s->share, W_OK) == -1 &&
	       (errno == EACCES || errno == EROFS);
}

int
store_packages(struct store *store, struct pool *pool, struct packages *rows,
    struct err *err)
{
	struct packages all = { .pool = pool };
	bool is_locked = !is_read_only(store), has_log;
	int fd = is_locked ? lock(store, err) : -1, status;

	if (is_locked && fd == -1)
		return -1;
	status = load(store, &all, &has_log, err);
	if (is_locked)
		(void)close(fd);
	if (status == 0)
		*rows = all;
	return status;
}

static int
fold(const struct store *s, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct packages rows = { .pool = &pool };
	struct buf text = BUF_IN(&pool);
	bool has_log;

	if (load(s, &rows, &has_log, err) == -1)
		return -1;
	if (!has_log)
		return 0;
	packages_write(&text, &rows);
	if (file_write(s->packages, buf_str(&text), err) == -1)
		return -1;
	return file_remove(s->log, err);
}

int
store_fold(struct store *store, struct err *err)
{
	int fd = lock(store, err), status;

	if (fd == -1)
		return -1;
	status = fold(store, err);
	(void)close(fd);
	return status;
}
