#include "program/unlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/locked.h"
#include "base/mem.h"
#include "seal/service.h"
#include "state/file.h"
#include "term/term.h"

#define TRIES 3 /* of somebody at a terminal */

int
unlock_hide_process(struct err *err)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
	/* the limit does not count where core files go to a program */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return err_sys(err, "cannot make the process undumpable");
#endif
	if (locked_failed())
		term_line(TERM_WARN,
		    "keys may be swapped out: there is not enough memory that "
		    "may be locked (ulimit -l)");
	return 0;
}

int
unlock_use_fd(struct program *p, bool is_set, uint64_t fd, struct err *err)
{
	if (!is_set)
		return 0;
	if (fd > INT32_MAX || fcntl((int)fd, F_GETFD) == -1)
		return err_usage(err,
		    "--passphrase-fd %llu: no such descriptor is open",
		    (unsigned long long)fd);
	/* nobody whom we start inherits it; 0 to 2 are not ours to close */
	if (fd > 2)
		(void)fcntl((int)fd, F_SETFD, FD_CLOEXEC);
	p->has_passphrase_fd = true;
	p->passphrase_fd = (int)fd;
	return 0;
}

/* Byte by byte: what stands behind the line is somebody else's. 1; 0: end. */
static int
read_line(int fd, struct pool *pool, struct str *line, struct err *err)
{
	char *out = pool_alloc(pool, BOX_MAX_PASSPHRASE + 1);
	size_t n = 0;

	while (n <= BOX_MAX_PASSPHRASE) {
		ssize_t got = read(fd, out + n, 1);

		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return err_set_errno(err, errno);
		if (got == 0 || out[n] == '\n') {
			*line = str_view(out, n);
			return got != 0 || n != 0;
		}
		n++;
	}
	return err_set(err, "the line is longer than %d bytes",
	    BOX_MAX_PASSPHRASE);
}

static int
passphrase_of_fd(struct program *p, struct pool *pool, struct str *passphrase,
    struct err *err)
{
	int status = read_line(p->passphrase_fd, pool, passphrase, err);

	if (status == 0)
		(void)err_set(err, "it has no more lines");
	if (status != 1)
		return err_wrap(err, "no passphrase on descriptor %d",
		    p->passphrase_fd);
	return 0;
}

static int
try_fd(struct program *p, struct err *err)
{
	autopool struct pool pool = POOL_SECRET;
	struct str passphrase;
	int status;

	if (passphrase_of_fd(p, &pool, &passphrase, err) == -1)
		return -1;
	status = keyring_unlock(p->keyring, passphrase, err);
	if (status == 0)
		return err_set(err,
		    "the passphrase on descriptor %d is not that of the "
		    "keyring",
		    p->passphrase_fd);
	return status;
}

/* The line of the credential; a newline ends it. 1; 0: there is none; -1. */
static int
read_credential(struct pool *pool, const char **path, struct str *out,
    struct err *err)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	int status;

	if (folder == NULL || folder[0] != '/')
		return 0;
	*path = pool_printf(pool, "%s/" UNLOCK_CREDENTIAL, folder);
	status = file_read(pool, *path, BOX_MAX_PASSPHRASE + 1, out, err);
	if (status == 1 && str_ends(*out, STR("\n")))
		out->n--;
	return status == -1
	           ? err_wrap(err, "cannot read the credential %s", *path)
	           : status;
}

static int
try_credential(struct program *p, struct err *err)
{
	autopool struct pool pool = POOL_SECRET;
	struct str passphrase;
	const char *path;
	int status = read_credential(&pool, &path, &passphrase, err);

	if (status != 1)
		return status;
	status = keyring_unlock(p->keyring, passphrase, err);
	if (status == 0)
		return err_set(err,
		    "the credential %s is not the passphrase of the keyring",
		    path);
	return status;
}

/* One that is locked or gone is said, and the next way is tried. */
static int
try_service(struct program *p)
{
	autopool struct pool pool = POOL_SECRET;
	autopool struct pool scratch = POOL_NONE;
	autoerr struct err why = ERR_NONE;
	struct box_key *key = pool_alloc(&pool, sizeof(*key));
	struct str text;
	int status;

	key->head = *keyring_head(p->keyring);
	if (!(key->head.flags & BOX_REMEMBERED))
		return 0;
	status = service_find(key, isatty(STDIN_FILENO) == 1, &why);
	if (status == 1)
		status = keyring_unlock_with(p->keyring, key, &why);
	if (status == 0)
		(void)err_set(&why,
		    "the secret service has no key of this keyring (keyring "
		    "seal --remember)");
	if (status == 1)
		return 1;
	text = err_join(&scratch, &why);
	term_line(TERM_WARN, "%.*s", STR_ARG(text));
	return 0;
}

static int
try_terminal(struct program *p, struct err *err)
{
	for (int i = 0; i < TRIES; i++) {
		autopool struct pool pool = POOL_SECRET;
		struct str passphrase;
		int status;

		if (term_ask_secret(&pool, "Passphrase of the keyring",
			&passphrase, err) == -1)
			return -1;
		if (passphrase.n == 0)
			break;
		status = keyring_unlock(p->keyring, passphrase, err);
		if (status != 0)
			return status;
		term_line(TERM_WARN, "that is not the passphrase");
	}
	return err_set(err, "the keyring stays locked");
}

static int
no_way(struct err *err)
{
	return err_set(err,
	    "the keyring is sealed, and there is no terminal to ask for its "
	    "passphrase: sn0int --passphrase-fd N COMMAND reads it from a "
	    "descriptor, and systemd hands it over with "
	    "LoadCredential=" UNLOCK_CREDENTIAL ":FILE");
}

/* 1: open; 0: nobody could be asked; -1. */
static int
try_all(struct program *p, struct err *err)
{
	int status;

	if (p->has_passphrase_fd)
		return try_fd(p, err);
	status = try_credential(p, err);
	if (status == 0)
		status = try_service(p);
	if (status == 0 && isatty(STDIN_FILENO) == 1)
		status = try_terminal(p, err);
	return status;
}

int
unlock_keys(struct program *p, struct err *err)
{
	int status;

	if (!keyring_is_locked(p->keyring))
		return 0;
	/* before: the passphrase is in memory, too */
	if (unlock_hide_process(err) == -1)
		return -1;
	status = try_all(p, err);
	if (status == 1)
		return 0;
	return status == 0 ? no_way(err) : -1;
}

static int
ask_twice(struct pool *pool, struct str *passphrase, struct err *err)
{
	struct str again;

	if (isatty(STDIN_FILENO) != 1)
		return err_set(err,
		    "there is no terminal to ask for a passphrase: sn0int "
		    "--passphrase-fd N keyring seal reads it from a "
		    "descriptor");
	if (term_ask_secret(pool, "New passphrase of the keyring", passphrase,
		err) == -1 ||
	    term_ask_secret(pool, "Once more", &again, err) == -1)
		return -1;
	if (!str_eq(*passphrase, again))
		return err_set(err, "the two passphrases differ");
	return 0;
}

int
unlock_new_passphrase(struct program *p, struct pool *pool,
    struct str *passphrase, struct err *err)
{
	if (unlock_hide_process(err) == -1)
		return -1;
	if (p->has_passphrase_fd)
		return passphrase_of_fd(p, pool, passphrase, err);
	return ask_twice(pool, passphrase, err);
}
