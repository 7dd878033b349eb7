/* bundle verify: what can be told of a bundle without believing it. */
#include "bundle/verify.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/read.h"
#include "line/cmd.h"
#include "lock/lock.h"
#include "state/file.h"
#include "term/size.h"
#include "term/term.h"

#define MOST_LIST ((size_t)16 << 20) /* of signers, of certificates */

struct verify_opts {
	struct str signers, ca;
};

struct checking {
	struct program *p;
	struct pool pool;
	int fd;
	struct verify_options verify;
	unsigned slot;
};

static int
read_at(void *ctx, uint64_t at, char *p, size_t n, struct err *err)
{
	const struct checking *c = ctx;
	ssize_t got = read_full_at(c->fd, p, n, (off_t)at);

	if (got == -1)
		return err_sys(err, "cannot read it");
	if ((size_t)got != n)
		return err_set(err, "it has become shorter");
	return 0;
}

static int
open_bundle(struct checking *c, struct str name, struct err *err)
{
	const char *path = pool_cstr(&c->pool, name);
	struct stat st;

	c->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (c->fd == -1 || fstat(c->fd, &st) == -1)
		return err_sys(err, "cannot open %s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, "%s is no file", path);
	c->verify.from =
	    (struct zip_source){ read_at, c, (uint64_t)st.st_size };
	c->verify.fd = c->fd;
	return 0;
}

/* The user's own, read before the host is locked. */
static int
read_list(struct checking *c, struct str name, struct str *out, struct err *err)
{
	const char *path;
	int status;

	if (name.p == NULL)
		return 0;
	path = pool_cstr(&c->pool, name);
	status = file_read(&c->pool, path, MOST_LIST, out, err);
	if (status == 0)
		return err_set(err, "there is no %s", path);
	if (status == 1 && out->p == NULL)
		*out = STR("");
	return status == 1 ? 0 : -1;
}

/* The file is a stranger's: from now on it is all that is open. */
static int
lock_host(const struct checking *c, struct err *err)
{
	static const char *const path[] = { NULL };
	autopool struct pool pool = POOL_NONE;
	struct buf what = BUF_IN(&pool);

	if (c->p->is_prompt)
		return 0;
	if (lock_apply(path, &what, err) == -1)
		return err_wrap(err, "cannot lock the host");
	return 0;
}

static void
on_tell(void *ctx, enum verify_kind kind, struct str where, struct str text)
{
	static const enum term_mark mark[] = { TERM_SUCCESS, TERM_ERROR,
		TERM_WARN, TERM_INFO };
	autopool struct pool pool = POOL_NONE;

	(void)ctx;
	where = term_safe(&pool, where);
	text = term_safe(&pool, text);
	term_result(mark[kind], "%.*s: %.*s", STR_ARG(where), STR_ARG(text));
}

static void
on_progress(void *ctx, const char *what, uint64_t n)
{
	const struct checking *c = ctx;
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);

	buf_printf(&text, "Checking %s (", what);
	size_add(&text, n);
	buf_add_char(&text, ')');
	term_status_set(c->slot, buf_str(&text));
	term_status_tick();
	(void)term_flush();
}

/*
 * 0: all that was looked at is well; 1: something is not; 2: something is
 * there, and could not be looked at.
 */
static int
verify(struct checking *c, struct str name, struct err *err)
{
	struct verify_count count;

	c->verify.tell = on_tell;
	c->verify.progress = on_progress;
	c->verify.ctx = c;
	c->slot = term_status_take();
	bundle_verify(&c->verify, &count);
	term_status_give(c->slot);
	if (count.bad != 0) {
		c->p->status = 1;
		return err_set(err, "%.*s is not as it was made",
		    STR_ARG(name));
	}
	if (count.unknown != 0) {
		c->p->status = 2;
		return err_set(err, "%.*s could not be checked as a whole",
		    STR_ARG(name));
	}
	return 0;
}

static int
run_verify(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	const struct verify_opts *opts = arg;
	struct checking c = { .p = p, .fd = -1 };
	int status = -1;

	if (open_bundle(&c, in->word[0], err) == -1 ||
	    read_list(&c, opts->signers, &c.verify.signers, err) == -1 ||
	    read_list(&c, opts->ca, &c.verify.ca, err) == -1) {
		p->status = 2; /* nothing was looked at */
	} else if (tools_new(&c.verify.tools, err) == 0 &&
		   lock_host(&c, err) == 0) {
		status = verify(&c, in->word[0], err);
	}
	tools_free(c.verify.tools);
	if (c.fd != -1)
		(void)close(c.fd);
	pool_clear(&c.pool);
	return status;
}

static const struct opt verify_opts[] = {
	{ 0, "allowed-signers", OPT_TEXT, AT(verify_opts, signers), "FILE",
	    "whose signature counts, as of ssh-keygen(1)" },
	{ 0, "tsa-ca", OPT_TEXT, AT(verify_opts, ca), "FILE",
	    "certificates (PEM) that are trusted for time stamps" },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

const struct cmd cmd_bundle_verify = {
	.name = "verify",
	.where = CMD_LINE | CMD_PROMPT,
	.operands = "FILE",
	.least = 1,
	.most = 1,
	.help = "check a bundle, whoever it is from",
	.more =
	    "Hashes, what lies between the members, what was recorded, its "
	    "index, signature,\ntime stamp; and what nobody can check is said. "
	    "Exit status: 0 all is well, 1\nsomething is not, 2 something could "
	    "not be looked at. ssh-keygen checks the\nsignature, openssl the "
	    "time stamp.",
	.opts = verify_opts,
	.size = sizeof(struct verify_opts),
	.run = run_verify,
};
