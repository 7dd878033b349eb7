/*
 * sn0int-sandbox: the untrusted half. One module, one run:
 *
 *	sn0int-sandbox sandbox [OPTIONS] AUTHOR/NAME
 *	    < start line, replies    > events
 *
 * and what can be asked about it, as a row of `questions`.
 */
#include <unistd.h>

#include "ask/check.h"
#include "ask/reference.h"
#include "ask/selftest.h"
#include "base/agreed.h"
#include "base/mem.h"
#include "child/say.h"
#include "config.h"
#include "jail/jail.h"
#include "lean/lean.h"
#include "run/session.h"

struct question {
	const char *name;
	/* value: behind "=", p == NULL if there is none. The exit status; 1 of
	 * --reference: there is no such function. */
	int (*answer)(struct str value, char *const *more);
	const char *doc;
	bool has_plugins; /* of the program that loads them */
};

static int help(struct str value, char *const *more);

static int
check_jail(struct str value, char *const *more)
{
	(void)more;
	return check_print(value);
}

static int
policy(struct str value, char *const *more)
{
	(void)more;
	return check_print_policy(value);
}

static int
selftest(struct str value, char *const *more)
{
	(void)value;
	(void)more;
	return selftest_print();
}

static int
reference(struct str value, char *const *more)
{
	return reference_print(value, *more != NULL ? str_of(*more) : STR_NONE);
}

static int
version(struct str value, char *const *more)
{
	(void)value;
	(void)more;
	return say_answer(STR("sn0int-sandbox " VERSION "\n"));
}

static const struct question questions[] = {
	{ "--check", check_jail,
	    "[=UID:GID] the layers of the jail on this machine; status 0: all, "
	    "3: weaker, 1: modules cannot run; with --born" },
	{ "--policy", policy,
	    "[=none|broker|direct] the system calls, and why" },
	{ "--selftest", selftest, "every function, called in the jail", true },
	{ "--reference", reference,
	    "[=man|start|json|names|index|table] [NAME] the functions for modules",
	    true },
	{ "--help", help, "this text" },
	{ "--version", version, "of the program" },
	{ NULL },
};

static int
help(struct str value, char *const *more)
{
	struct buf out = BUF_NONE;
	int status;

	(void)value;
	(void)more;
	buf_add(&out,
	    STR("Runs one module in its jail, for sn0int.\n\n"
		"usage: sn0int-sandbox sandbox [OPTIONS] AUTHOR/NAME < START-LINE\n"));
	child_options_help(&out);
	buf_add(&out, STR("\nusage: sn0int-sandbox QUESTION\n"));
	for (const struct question *q = questions; q->name != NULL; q++)
		buf_printf(&out, "    %-38s%s\n", q->name, q->doc);
	buf_add(&out, STR("\nlimits, with what they are unless given:\n"));
	for (int i = 0; i < LIMITS; i++) {
		size_t from = out.n;

		buf_printf(&out, "    %s=", limit_rows[i].name);
		limits_print(&out, (enum limit)i, limit_rows[i].value);
		while (out.n - from < 42)
			buf_add_char(&out, ' ');
		buf_printf(&out, "%s\n", limit_rows[i].doc);
	}
	status = say_answer(buf_str(&out));
	buf_clear(&out);
	return status;
}

static const struct question *
question_by_name(const char *word, struct str *value)
{
	struct str name;

	*value = str_of(word);
	name = str_cut(value, '=');
	for (const struct question *q = questions; q->name != NULL; q++) {
		if (str_is(name, q->name))
			return q;
	}
	return NULL;
}

static int
fail_with(struct err *err)
{
	(void)say(STDERR_FILENO, STR("error: "));
	(void)say(STDERR_FILENO, str_of(err_cstr(err)));
	(void)say(STDERR_FILENO, STR("\n"));
	return 1;
}

static int
answer(const struct question *question, struct str value, char *const *word)
{
	struct err err = ERR_NONE;

	if (question->has_plugins && lean_leave(word, NULL, -1, &err) == -1) {
		(void)fail_with(&err);
		return 2;
	}
	return question->answer(value, word + 1);
}

static int
usage_failed(struct err *err)
{
	(void)fail_with(err);
	(void)say(STDERR_FILENO,
	    STR("\nusage: sn0int sandbox AUTHOR/NAME < START-LINE\n"
		"For more information try --help\n"));
	return 2;
}

/* The one number above 2 that the child was started with; -1: none. */
static int
kept(const struct child_options *o)
{
	if (o->born.is_nested)
		return PARENT_BIRTH_FD;
	return o->is_spare ? o->control_fd : o->ahead_fd;
}

/* What libraries do at the exit may be refused by now, so: no return. */
int
main(int argc, char **argv)
{
	static struct child_options options = CHILD_OPTIONS_NONE;
	static struct pool pool; /* of the options, which live to the end */
	const struct question *question = NULL;
	struct err err = ERR_NONE;
	struct str value;
	char *const *word = argv + (argc > 1);

	if (jail_stdio(&err) == -1)
		_exit(fail_with(&err));
	if (*word != NULL && strcmp(*word, "sandbox") == 0)
		word++;
	if (*word != NULL)
		question = question_by_name(*word, &value);
	if (question != NULL)
		_exit(answer(question, value, word));
	if (child_options_read(&options, word, &pool, &err) == -1)
		_exit(usage_failed(&err));
	if (jail_close_inherited(kept(&options), &err) == -1)
		_exit(fail_with(&err));
	_exit(session_run(&options, word));
}
