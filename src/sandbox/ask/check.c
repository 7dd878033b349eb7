#include "ask/check.h"

#include <sys/utsname.h>
#include <unistd.h>

#include "base/agreed.h"
#include "base/group.h"
#include "base/mem.h"
#include "child/say.h"
#include "config.h"
#include "ipc/child_options.h"
#include "jail/jail.h"
#include "outer/program.h"
#include "outer/serving.h"

#define STATUS_WEAKER 3 /* 2: the command line */

static int
check_failed(struct err *err)
{
	(void)say(STDERR_FILENO, STR("sandbox: "));
	(void)say(STDERR_FILENO, str_of(err_cstr(err)));
	(void)say(STDERR_FILENO, STR("\n"));
	return 1;
}

/* Before the jail, where it can be asked for. */
static void
add_machine(struct buf *out)
{
	struct utsname u;

	if (uname(&u) == -1)
		return;
	buf_printf(out, "sn0int-sandbox %s on %s %s %s\n", VERSION, u.sysname,
	    u.release, u.machine);
}

/*
 * What this process may have together with those that are in its control group.
 * It is the host who divides the group (host/transport/bounds.h), or cannot.
 */
static void
add_group(struct buf *out)
{
	autopool struct pool pool = POOL_NONE;
	struct str memory = STR_NONE, pids = STR_NONE;
	autoerr struct err err = ERR_NONE;
	const char *folder;

	if (group_folder(&pool, &folder, &err) == 0) {
		memory = group_value(&pool, folder, "memory.max");
		pids = group_value(&pool, folder, "pids.max");
		(void)group_may_divide(&pool, folder, &err);
	}
	buf_add(out, STR("control group: "));
	if (memory.p != NULL && pids.p != NULL && !str_is(memory, "max"))
		buf_printf(out, "memory.max %.*s, pids.max %.*s\n",
		    STR_ARG(memory), STR_ARG(pids));
	else if (err.n != 0)
		buf_printf(out, "no bounds: %s\n", err_cstr(&err));
	else
		buf_add(out, STR("no bounds yet: a host that is alone in it "
				 "makes them\n"));
}

static int
print_layers(struct jail *jail, struct buf *out)
{
	static const int status[] = {
		[JAIL_WHOLE] = 0,
		[JAIL_WEAKER] = STATUS_WEAKER,
		[JAIL_BROKEN] = 1,
	};
	enum jail_whole state = jail_print(jail, out);

	for (unsigned i = 0; i < jail->warnings; i++)
		buf_printf(out, "warning: %.*s\n", STR_ARG(jail->warning[i]));
	return say_answer(buf_str(out)) != 0 ? 1 : status[state];
}

/* Of a child that our host gives birth to: there is no outer half. */
static int
print_born(struct str ids, struct buf *out, struct err *err)
{
	struct jail jail = JAIL_NONE;
	struct jail_options options = { .name = "check" };
	struct child_birth born;

	if (child_birth_read(&born, ids, err) == -1 ||
	    jail_close_inherited(PARENT_BIRTH_FD, err) == -1)
		return check_failed(err);
	options.follows_parent = true;
	options.born = (struct jail_birth){ true, born.uid, born.gid };
	if (jail_born(&jail, &options, err) == -1 ||
	    jail_close(&jail, &options, err) == -1)
		return check_failed(err);
	_exit(print_layers(&jail, out));
}

/*
 * With the network: both halves have the most that they may have. The broker refuses
 * everything: no word configures it, and nobody asks.
 */
int
check_print(struct str ids)
{
	static const char *const no_word[] = { NULL };
	static struct serving serving;
	struct jail_program program;
	struct jail jail = JAIL_NONE;
	struct jail_options options = {
		.name = "check",
		.net = JAIL_NET_BROKER,
	};
	struct buf out = BUF_NONE;
	autoerr struct err err = ERR_NONE;

	add_machine(&out);
	add_group(&out);
	if (ids.p != NULL)
		return print_born(ids, &out, &err);
	if (program_begin(&program, &serving, no_word, &options, &err) == -1)
		return check_failed(&err);
	if (jail_outer(&jail, &options, &err) == -1 ||
	    jail_close(&jail, &options, &err) == -1)
		return check_failed(&err);
	_exit(print_layers(&jail, &out));
}

int
check_print_policy(struct str net)
{
	static const struct {
		const char *name;
		enum jail_net net;
	} variant[] = {
		{ "none", JAIL_NET_NONE },
		{ "broker", JAIL_NET_BROKER },
		{ "direct", JAIL_NET_DIRECT },
	};
	struct buf out = BUF_NONE;

	if (net.p == NULL)
		net = STR("broker");
	for (size_t i = 0; i < ARRAY_SIZE(variant); i++) {
		if (!str_is(net, variant[i].name))
			continue;
		jail_print_policy(variant[i].net, &out);
		if (variant[i].net == JAIL_NET_BROKER)
			buf_printf(&out, "\nthe broker goes on %s\n",
			    program_place());
		return say_answer(buf_str(&out));
	}
	(void)say(STDERR_FILENO, STR("--policy is none, broker or direct\n"));
	return 2;
}
