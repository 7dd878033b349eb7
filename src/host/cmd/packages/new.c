/*
 * new: what a module begins with. For the usual sources there are templates
 * (modules/templates), which are modules that work, with recorded tests; for
 * all others, and without a source, there is a skeleton. Nothing that is there
 * is written over: the folder of the tests is made first, the module last.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/write.h"
#include "line/cmd.h"
#include "program/where.h"
#include "state/file.h"
#include "state/header.h"
#include "term/term.h"

#define MOST_BYTES ((size_t)1 << 20) /* of a file of a template */
#define STDIN      STR("stdin")      /* the template without a source */

struct new_opts {
	struct str source;
	bool list;
};

static const struct opt new_opts[] = {
	{ 's', "source", OPT_TEXT, AT(new_opts, source), "SOURCE",
	    "the rows that it runs on: domains, accounts:github.com, ...; "
	    "stdin: none, lines of standard input",
	    0 },
	{ 'l', "list", OPT_FLAG, AT(new_opts, list), NULL,
	    "print the templates, write nothing", 0 },
	{ 0, NULL, OPT_FLAG, 0, NULL, NULL, 0 },
};

/* What is to be written, and where. */
struct making {
	struct pool pool;
	const char *path;   /* NAME.lua */
	const char *folder; /* NAME.test */
	const char *from;   /* the recorded tests of the template; NULL: none */
	struct str text;
};

static const char *
place_of(struct pool *pool, struct str name, const char *ending)
{
	return pool_printf(pool, "%s/%.*s%s", where_is(WHERE_TEMPLATES),
	    STR_ARG(name), ending);
}

/* Whether a header with it is one. */
static int
check_source(struct pool *pool, struct str source, struct err *err)
{
	struct module module = { .name = STR_NONE };
	struct buf head = BUF_IN(pool);

	buf_printf(&head,
	    "-- Description: x\n-- Version: 0.1.0\n-- License: GPL-3.0\n"
	    "-- Source: %.*s\n\n",
	    STR_ARG(source));
	if (str_find_char(source, '\n') != STR_NPOS)
		return err_usage(err, "a source is one word");
	return header_read(&module, buf_str(&head), pool, err);
}

static struct str
skeleton(struct pool *pool, struct str source)
{
	struct buf out = BUF_IN(pool);

	buf_add(&out, STR("-- Description: what it finds out, and from where\n"
			  "-- Version: 0.1.0\n"
			  "-- License: GPL-3.0\n"));
	if (source.n != 0)
		buf_printf(&out, "-- Source: %.*s\n", STR_ARG(source));
	buf_printf(&out, "\nfunction run(%s)\n    -- your code here\nend\n",
	    source.n != 0 ? "arg" : "");
	return buf_str(&out);
}

/* With the source in place of the template's, which may be of all services. */
static struct str
with_source(struct pool *pool, struct str text, struct str source)
{
	static const struct str head = { "-- Source: ", 11 };
	struct buf out = BUF_IN(pool);

	while (text.n != 0) {
		struct str rest = text, line = str_cut(&rest, '\n');

		if (str_starts(line, head)) {
			buf_printf(&out, "%.*s%.*s", STR_ARG(head),
			    STR_ARG(source));
			buf_add(&out, str_from(text, line.n));
			break;
		}
		buf_add(&out, line);
		buf_add_char(&out, '\n');
		text =
		    str_from(text, line.n + 1 < text.n ? line.n + 1 : text.n);
	}
	return buf_str(&out);
}

/* 1; 0: there is no template for it. */
static int
take_template(struct making *m, struct str source, struct err *err)
{
	struct str param = source, name = str_cut(&param, ':');
	int status = file_read(&m->pool, place_of(&m->pool, name, ".lua"),
	    MOST_BYTES, &m->text, err);

	if (status != 1)
		return status;
	if (param.p != NULL)
		m->text = with_source(&m->pool, m->text, source);
	m->from = place_of(&m->pool, name, ".test");
	return 1;
}

static int
choose_text(struct making *m, struct str source, struct err *err)
{
	int status;

	m->text = skeleton(&m->pool, source);
	if (source.n == 0)
		return 0;
	if (!str_eq(source, STDIN) && check_source(&m->pool, source, err) == -1)
		return err_set_kind(err, ERR_USAGE);
	status = take_template(m, source, err);
	return status == -1 ? -1 : 0;
}

/* Makes a file that is not there. */
static int
make_file(const char *path, struct str bytes, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	bool is_written;

	if (fd == -1)
		return err_sys(err, "cannot make %s", path);
	is_written = write_all(fd, bytes) == 0;
	if (!is_written)
		(void)err_sys(err, "cannot write %s", path);
	if (close(fd) == -1 && is_written) {
		is_written = false;
		(void)err_sys(err, "cannot write %s", path);
	}
	if (is_written)
		return 0;
	(void)unlink(path);
	return -1;
}

/* What was made of the tests, in an empty folder before. */
static void
remove_tests(struct making *m, const char **name, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)unlink(
		    pool_printf(&m->pool, "%s/%s", m->folder, name[i]));
	(void)rmdir(m->folder);
}

static int
copy_test(struct making *m, const char *name, struct err *err)
{
	const char *from = pool_printf(&m->pool, "%s/%s", m->from, name);
	struct str bytes;
	int status = file_read(&m->pool, from, MOST_BYTES, &bytes, err);

	if (status == 0)
		return err_set(err, "there is no file %s", from);
	if (status == -1)
		return -1;
	return make_file(pool_printf(&m->pool, "%s/%s", m->folder, name), bytes,
	    err);
}

static int
write_with_tests(struct making *m, struct err *err)
{
	const char **name;
	size_t n, made = 0;

	if (file_list(&m->pool, m->from, "", &name, &n, err) == -1)
		return -1;
	if (mkdir(m->folder, 0777) == -1)
		return err_sys(err, "cannot make %s", m->folder);
	while (made < n && copy_test(m, name[made], err) == 0)
		made++;
	if (made == n && make_file(m->path, m->text, err) == 0)
		return 0;
	remove_tests(m, name, made);
	return -1;
}

/* NAME.test beside NAME.lua. */
static int
name_folder(struct making *m, struct err *err)
{
	struct str path = str_of(m->path);

	if (!str_ends(path, STR(".lua")) || path.n == 4)
		return err_usage(err,
		    "%s: the file of a module is called NAME.lua", m->path);
	m->folder = pool_printf(&m->pool, "%.*s.test", (int)path.n - 4, path.p);
	return 0;
}

/* "Description" of a template, for the list. */
static int
print_template(struct pool *pool, const char *file, struct err *err)
{
	struct module module = { .name = STR_NONE };
	struct str name = str_sub(str_of(file), 0, strlen(file) - 4), text;
	const char *path = place_of(pool, name, ".lua");
	int status = file_read(pool, path, MOST_BYTES, &text, err);

	if (status == 0)
		return err_set(err, "there is no file %s", path);
	if (status == -1 || header_read(&module, text, pool, err) == -1)
		return -1;
	term_printf("%-11.*s %.*s\n", STR_ARG(name),
	    STR_ARG(module.description));
	return 0;
}

static int
list_templates(struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char **name;
	size_t n;

	if (file_list(&pool, where_is(WHERE_TEMPLATES), ".lua", &name, &n,
		err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (print_template(&pool, name[i], err) == -1)
			return -1;
	}
	return 0;
}

static int
run_new(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	const struct new_opts *o = opts;
	struct making m = { .pool = POOL_NONE };
	int status;

	(void)p;
	if (o->list)
		return list_templates(err);
	if (in->n == 0)
		return err_usage(err, "the name of a file is missing");
	m.path = pool_cstr(&m.pool, in->word[0]);
	status = choose_text(&m, o->source, err);
	if (status == 0 && m.from != NULL)
		status =
		    name_folder(&m, err) == -1 ? -1 : write_with_tests(&m, err);
	else if (status == 0)
		status = make_file(m.path, m.text, err);
	pool_clear(&m.pool);
	return status;
}

const struct cmd cmd_new = {
	.name = "new",
	.where = CMD_LINE,
	.operands = "[PATH]",
	.most = 1,
	.help = "write the beginning of a module",
	.more =
	    "With --source for a source that has a template (--list): a "
	    "module that works,\nNAME.lua, and beside it NAME.test, recorded "
	    "tests that `sn0int test NAME.lua`\nplays. Else a skeleton. What "
	    "is there already is left alone.",
	.opts = new_opts,
	.size = sizeof(struct new_opts),
	.run = run_new,
};
