/* bundle: a case in one file, that a stranger can check. */
#include "bundle/make.h"

#include <sys/stat.h>
#include <time.h>

#include "base/locked.h"
#include "base/mem.h"
#include "base/num.h"
#include "bundles/secrets.h"
#include "bundles/sign.h"
#include "date/date.h"
#include "line/cmd.h"
#include "line/words.h"
#include "lock/lock.h"
#include "program/unlock.h"
#include "state/file.h"
#include "term/size.h"
#include "term/term.h"

#define ENDING ".sn0int.new" /* of what is being written */

struct bundle_opts {
	struct opt_number passphrase_fd;
	struct opt_texts run;
	struct str where, output;
	struct signer_opts sign;
};

struct making_case {
	struct program *p;
	const struct bundle_opts *opts;
	struct pool pool, secret;
	struct signer signer;
	struct bundle_options make;
	struct file_new file;
	unsigned slot; /* of the animation */
};

/* ---- what of it ---- */

/* --where FILTER is "where FILTER" behind the families. */
static int
words_of_filter(struct making_case *c, const struct operands *in,
    size_t families, struct operands *out, struct err *err)
{
	struct str *split;
	size_t n;

	out->word = in->word + families;
	out->n = in->n - families;
	if (c->opts->where.p == NULL)
		return 0;
	if (out->n != 0)
		return err_usage(err, "there are two filters");
	if (words_split(&c->pool, c->opts->where, &split, &n, err) == -1)
		return err_set_kind(err, ERR_USAGE);
	out->word = pool_array(&c->pool, n + 1, sizeof(*out->word));
	out->word[0] = STR("where");
	for (size_t i = 0; i < n; i++)
		out->word[i + 1] = split[i];
	out->n = n + 1;
	return 0;
}

static int
read_families(struct making_case *c, const struct operands *in, struct err *err)
{
	struct export_choice *choice = &c->make.families;
	const struct operands names = { in->word, cmd_count_families(in) };
	struct cmd_family_choice *family;
	struct operands filter;

	if (words_of_filter(c, in, names.n, &filter, err) == -1 ||
	    cmd_choose_families(&c->pool, &names, &filter, &family, err) == -1)
		return -1;
	choice->n = names.n;
	choice->family =
	    pool_array(&c->pool, names.n + 1, sizeof(*choice->family));
	for (size_t i = 0; i < names.n; i++) {
		choice->family[i].model = family[i].model;
		choice->family[i].filter = family[i].filter;
	}
	return 0;
}

static int
read_runs(struct making_case *c, struct err *err)
{
	const struct opt_texts *text = &c->opts->run;
	int64_t *run = pool_array(&c->pool, text->n + 1, sizeof(*run));

	for (size_t i = 0; i < text->n; i++) {
		if (num_read_i64(text->text[i], &run[i]) == -1 || run[i] < 1)
			return err_usage(err,
			    "--run takes the number of a run, not '%.*s'",
			    STR_ARG(text->text[i]));
	}
	c->make.run = run;
	c->make.runs = text->n;
	return 0;
}

/* ---- where to ---- */

static int
check_output(const struct program *p, const char *path, struct err *err)
{
	const char *const own[] = { p->ws.db, p->paths.keyring,
		p->paths.config };
	struct stat out, st;

	if (stat(path, &out) == -1)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		if (stat(own[i], &st) == 0 && file_is_same(&st, &out))
			return err_set(err,
			    "%s is %s, which a bundle would replace", path,
			    own[i]);
	}
	return S_ISREG(out.st_mode)
	           ? 0
	           : err_set(err, "%s is there, and is no file", path);
}

static int
open_output(struct making_case *c, struct err *err)
{
	const char *path = pool_cstr(&c->pool, c->opts->output);
	struct stat old;

	if (check_output(c->p, path, err) == -1 ||
	    file_begin(&c->file, path, ENDING, &c->pool, err) == -1)
		return -1;
	if (lstat(c->file.real, &old) == 0)
		(void)fchmod(c->file.fd, old.st_mode & 0777);
	return 0;
}

/*
 * What was recorded is what strangers have sent, read here for its index: from
 * now on there is nothing but the workspace, and the folder of the bundle.
 */
static int
lock_host(struct making_case *c, struct err *err)
{
	const char *const path[] = {
		c->p->ws.folder,
		c->p->ws.blobs,
		db_folder(c->p->db), /* of a link's target */
		file_folder(&c->pool, c->file.real),
		NULL,
	};
	struct buf what = BUF_IN(&c->pool);

	if (c->p->is_prompt ||
	    (c->signer.fetcher != NULL && c->signer.launch.starter == NULL))
		return 0;
	db_stay_in_folder(c->p->db);
	if (lock_apply(path, &what, err) == -1)
		return err_wrap(err, "cannot lock the host");
	return 0;
}

/* ---- the rest ---- */

static void
on_progress(void *ctx, const char *what, uint64_t n)
{
	struct making_case *c = ctx;
	autopool struct pool pool = POOL_NONE;
	struct buf text = BUF_IN(&pool);

	buf_printf(&text, "Bundling %s (", what);
	size_add(&text, n);
	buf_add_char(&text, ')');
	term_status_set(c->slot, buf_str(&text));
	term_status_tick();
	(void)term_flush();
}

static int
on_sign(void *ctx, struct str package, struct package_digest *digest,
    struct pool *pool, struct err *err)
{
	struct making_case *c = ctx;

	term_status_set(c->slot, STR_NONE); /* a passphrase may be asked for */
	(void)term_flush();
	return signer_sign(&c->signer, package, digest, pool, err);
}

static void
set_about(struct making_case *c)
{
	struct buf now = BUF_IN(&c->pool);
	struct time_value t;

	c->make.created_ms = (int64_t)time(NULL) * 1000;
	if (time_from_unix(c->make.created_ms / 1000, &t, NULL) == 0) {
		time_write(&now, &t, 'T');
		buf_add_char(&now, 'Z');
	}
	c->make.created = buf_str(&now);
	c->make.title = str_of(
	    pool_printf(&c->pool, "sn0int workspace %s", c->p->workspace_name));
	c->make.db = c->p->db;
	c->make.ws = &c->p->ws;
	c->make.library = &c->p->library;
	c->make.progress = on_progress;
	c->make.sign = on_sign;
	c->make.ctx = c;
}

static void
say_made(const struct making_case *c, const struct bundle_made *made)
{
	autopool struct pool pool = POOL_NONE;
	struct buf size = BUF_IN(&pool);

	size_add(&size, made->bytes);
	if (made->left != 0)
		term_line(TERM_WARN,
		    "%llu bytes of last records were cut off, and are left out",
		    (unsigned long long)made->left);
	if (made->lost != 0)
		term_line(TERM_WARN,
		    "bytes of %llu exchanges were kept, and their archives are "
		    "gone: the bundle is without them",
		    (unsigned long long)made->lost);
	if (made->gone != 0)
		term_line(TERM_WARN,
		    "%llu texts of modules are gone, the bundle is without "
		    "them",
		    (unsigned long long)made->gone);
	if (made->masked != 0)
		term_line(TERM_WARN,
		    "%llu lines held a secret, which is SECRET-name now",
		    (unsigned long long)made->masked);
	term_line(TERM_SUCCESS, "%.*s: %llu rows, %llu runs (%s%s), %s",
	    STR_ARG(c->opts->output), (unsigned long long)made->rows,
	    (unsigned long long)made->runs,
	    c->signer.is_signed ? "signed" : "not signed",
	    c->signer.is_stamped ? ", time confirmed" : "", buf_cstr(&size));
}

static int
make(struct making_case *c, struct err *err)
{
	struct bundle_made made;
	int status;

	if (secrets_collect(c->p, &c->secret, &c->make.mask, err) == -1 ||
	    open_output(c, err) == -1)
		return -1;
	set_about(c);
	c->slot = term_status_take();
	status = lock_host(c, err);
	if (status == 0)
		status = bundle_make(&c->make, c->file.fd, &made, err);
	term_status_give(c->slot);
	if (status == 0)
		status = file_end(&c->file, err);
	file_give_up(&c->file);
	if (status == 0)
		say_made(c, &made);
	return status;
}

static int
run_bundle(struct program *p, const void *arg, const struct operands *in,
    struct err *err)
{
	struct making_case c = { .p = p,
		.opts = arg,
		.secret = POOL_SECRET,
		.file = { .fd = -1 } };
	int status = -1;

	if (c.opts->output.n == 0)
		status = err_usage(err, "bundle needs a file: -o case.wacz");
	else if (unlock_use_fd(p, c.opts->passphrase_fd.is_set,
		     c.opts->passphrase_fd.n, err) == 0 &&
		 read_runs(&c, err) == 0 && read_families(&c, in, err) == 0 &&
		 signer_begin(&c.signer, p, &c.opts->sign, err) == 0 &&
		 program_open(p, NEEDS_ALL, err) == 0 &&
		 program_expire(p, p->workspace_name, p->db, err) == 0)
		status = make(&c, err);
	signer_end(&c.signer);
	pool_clear(&c.secret);
	pool_clear(&c.pool);
	return status;
}

static const struct opt bundle_opts[] = {
	{ 'o', "output", OPT_TEXT, AT(bundle_opts, output), "FILE",
	    "needed: the bundle, written new beside it and renamed when it is "
	    "whole" },
	{ 0, "run", OPT_TEXTS, AT(bundle_opts, run), "N",
	    "what this run did; may be given again; default: all there is" },
	{ 0, "where", OPT_TEXT, AT(bundle_opts, where), "FILTER",
	    "the same as where FILTER behind the families" },
	{ 0, "sign", OPT_TEXT, AT(bundle_opts, sign.key), "KEY",
	    "sign it with this SSH key, or with the agent's of this public "
	    "key" },
	{ 0, "timestamp", OPT_TEXT, AT(bundle_opts, sign.url), "URL",
	    "have a time stamp server (RFC 3161) confirm when it was signed" },
	{ 'X', "proxy", OPT_TEXT, AT(bundle_opts, sign.proxy), "IP:PORT",
	    "SOCKS5 proxy to the time stamp server" },
	{ 0, "nameserver", OPT_TEXTS, AT(bundle_opts, sign.ns), "IP:PORT",
	    "ask this name server, not the system's; may be given again" },
	{ 0, "allow-net", OPT_TEXTS, AT(bundle_opts, sign.allow_net), "WORD",
	    "connect there, too: private, local, 10.0.0.0/8:443" },
	{ 0, "sandbox-allow-missing", OPT_TEXTS,
	    AT(bundle_opts, sign.allow_missing), "LAYER",
	    "ask even without this layer of the sandbox: filesystem, all" },
	OPT_PASSPHRASE_FD(bundle_opts),
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

extern const struct cmd cmd_bundle_verify;

static const struct cmd *const bundle_sub[] = { &cmd_bundle_verify, NULL };

const struct cmd cmd_bundle = {
	.name = "bundle",
	.where = CMD_LINE | CMD_PROMPT,
	.operands = "[FAMILIES... [where FILTER...]]",
	.help = "write a case into one file, that a stranger can check",
	.more =
	    "A WACZ file, for any viewer of web archives: what was recorded, "
	    "rows, who did\nit, texts of modules, a report, a hash of each. "
	    "FAMILIES and FILTER as of\nexport: their rows, and the runs that "
	    "have to do with them.\n"
	    "bundle verify FILE checks it.",
	.opts = bundle_opts,
	.size = sizeof(struct bundle_opts),
	.run = run_bundle,
	.sub = bundle_sub,
	.complete = cmd_complete_families,
};
