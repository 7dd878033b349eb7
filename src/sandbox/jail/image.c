/*
 * image: the outer half goes on as another program, in an address space that
 * its worker has never seen.
 *
 * What it has to know goes over as words: numbers, in the order of enum number,
 * then the name for reports; behind them stand the caller's words. Nothing is
 * read of an environment, for there is none. What is open is what it goes on
 * with: the sockets below OUTER_SOCKETS_FD, the one between the halves, pipes.
 * Everything else is close-on-exec.
 *
 * What an exec changes: capabilities are lost with it, so what wants them is
 * done before (strip.c); the process is dumpable again, until the first line of
 * jail_outer_words(); handlers of signals are gone, of which there are none yet.
 * The mask of signals, SIGCHLD waiting in it, the death signal (no privilege is
 * gained) and no_new_privs stay. The worker runs nothing meanwhile: it waits for
 * the end of the socket between the halves (settle.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/agreed.h"
#include "base/mem.h"
#include "base/num.h"
#include "jail/step.h"

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

#define PROGRAM   "sn0int-outer"
#define SIGNALS   64
#define OWN_WORDS 2 /* the numbers, the name */

enum number {
	WORKER,
	ALIVE,
	PIPE_0,
	PIPE_1,
	PIPE_2,
	MASK,
	NET,
	AUDIT,
	DEADLINE,
	CLEANS,
	IS_ASKED,
	CPU,
	OUTPUT,
	IS_BOUNDED,
	USER_STATE,
	USER_WHY,
	NUMBERS
};

static int64_t
mask_bits(const sigset_t *mask)
{
	uint64_t bits = 0;

	for (int sig = 1; sig <= SIGNALS; sig++) {
		if (sigismember(mask, sig) == 1)
			bits |= UINT64_C(1) << (sig - 1);
	}
	return (int64_t)bits;
}

static void
set_mask(sigset_t *mask, int64_t number)
{
	uint64_t bits = (uint64_t)number;

	sigemptyset(mask);
	for (int sig = 1; sig <= SIGNALS; sig++) {
		if ((bits >> (sig - 1) & 1) != 0)
			(void)sigaddset(mask, sig);
	}
}

static void
take_down(const struct outer *outer, const struct jail_options *o,
    int64_t number[NUMBERS])
{
	const struct jail_layer_state *user = &outer->own.layer[JAIL_USER_NS];
	struct limits room;
	const struct limits *limits = limits_or_default(o->limits, &room);

	number[WORKER] = outer->worker;
	number[ALIVE] = outer->alive;
	for (int i = 0; i <= 2; i++)
		number[PIPE_0 + i] = outer->pipe[i];
	number[MASK] = mask_bits(&outer->mask);
	number[NET] = o->net;
	number[AUDIT] = o->audit;
	number[DEADLINE] = o->deadline_ms;
	number[CLEANS] = o->cleans_messages;
	number[IS_ASKED] = o->typed.is_asked;
	number[CPU] = (int64_t)limits->of[LIMIT_CPU];
	number[OUTPUT] = (int64_t)limits->of[LIMIT_OUTPUT];
	number[IS_BOUNDED] = outer->is_bounded;
	number[USER_STATE] = user->state;
	number[USER_WHY] = user->why;
}

static char *
write_numbers(struct pool *pool, const int64_t number[NUMBERS])
{
	struct buf text = BUF_IN(pool);

	for (int i = 0; i < NUMBERS; i++)
		buf_printf(&text, i == 0 ? "%lld" : ",%lld",
		    (long long)number[i]);
	return pool_cstr(pool, buf_str(&text));
}

static int
read_numbers(struct str text, int64_t number[NUMBERS], struct err *err)
{
	struct str rest = text;

	for (int i = 0; i < NUMBERS; i++) {
		if (rest.p == NULL ||
		    num_read_i64(str_cut(&rest, ','), &number[i]) == -1)
			return err_set(err,
			    "not the numbers of an outer half: %.*s",
			    STR_ARG(text));
	}
	if (rest.p != NULL)
		return err_set(err, "too many numbers of an outer half: %.*s",
		    STR_ARG(text));
	return 0;
}

/* Of those that it goes on with; the others are closed by the exec. */
static int
set_flags(const struct outer *outer, int flags)
{
	for (int fd = BROKER_FD; fd < OUTER_SOCKETS_FD; fd++) {
		if (fcntl(fd, F_SETFD, flags) == -1)
			return -1;
	}
	for (int i = 0; i <= 2; i++) {
		if (outer->pipe[i] != -1 &&
		    fcntl(outer->pipe[i], F_SETFD, flags) == -1)
			return -1;
	}
	return fcntl(outer->alive, F_SETFD, flags);
}

static void
execute(struct outer *outer, const struct jail_options *options)
{
	autopool struct pool pool = POOL_NONE;
	const struct jail_program *program = options->serve.program;
	static char *none[] = { NULL };
	const char **argv, *word[] = { PROGRAM, NULL, NULL };
	int64_t number[NUMBERS];
	size_t n = 0;

	while (program->word[n] != NULL)
		n++;
	take_down(outer, options, number);
	word[1] = write_numbers(&pool, number);
	word[2] = pool_cstr(&pool, str_of(options->name));
	argv = pool_array(&pool, ARRAY_SIZE(word) + n + 1, sizeof(*argv));
	memcpy(argv, word, sizeof(word));
	memcpy(argv + ARRAY_SIZE(word), program->word, (n + 1) * sizeof(*argv));
	if (set_flags(outer, 0) == 0)
		(void)syscall(SYS_execveat, program->fd, "", argv, none,
		    AT_EMPTY_PATH);
	layer_off_by(&outer->own, JAIL_ADDRESSES, "execveat", errno);
	(void)set_flags(outer, FD_CLOEXEC);
}

void
image_exec(struct outer *outer, const struct jail_options *options)
{
	const struct jail_program *program = options->serve.program;
	autoerr struct err err = ERR_NONE;

	/* this is that program */
	if (outer->own.layer[JAIL_ADDRESSES].state == JAIL_ON)
		return;
	layer_not_wanted(&outer->own, JAIL_ADDRESSES);
	if (program == NULL)
		return;
	if (program->fd == -1 && program->why != 0)
		layer_off_by(&outer->own, JAIL_ADDRESSES, "open", program->why);
	else if (program->fd == -1)
		outer->own.layer[JAIL_ADDRESSES].note = "not built";
	else if (outer_prepare(outer, &err) == -1)
		settle_tell(outer->alive, &outer->own, &err);
	else
		execute(outer, options);
	if (program->fd != -1)
		(void)close(program->fd);
}

static void
take_up(const int64_t number[NUMBERS], struct outer *outer,
    struct jail_options *o)
{
	static struct limits limits;
	const struct jail_layer_state user = {
		.state = (enum jail_state)number[USER_STATE],
		.why = (int)number[USER_WHY],
	};

	limits_init(&limits);
	limits.of[LIMIT_CPU] = (uint64_t)number[CPU];
	limits.of[LIMIT_OUTPUT] = (uint64_t)number[OUTPUT];
	o->limits = &limits;
	outer->worker = (pid_t)number[WORKER];
	outer->alive = (int)number[ALIVE];
	for (int i = 0; i <= 2; i++)
		outer->pipe[i] = (int)number[PIPE_0 + i];
	outer->listener = -1;
	set_mask(&outer->mask, number[MASK]);
	outer->is_prepared = true;
	outer->is_bounded = number[IS_BOUNDED] != 0;
	outer->own.layer[JAIL_USER_NS] = user;
	if (user.state == JAIL_NOT_WANTED)
		caps_note_bounded(&outer->own);
	layer_on(&outer->own, JAIL_ADDRESSES, PROGRAM);
	o->net = (enum jail_net)number[NET];
	o->broker_fd = -1; /* closed by the exec */
	o->audit = number[AUDIT] != 0;
	o->deadline_ms = (unsigned)number[DEADLINE];
	o->cleans_messages = number[CLEANS] != 0;
	o->typed.is_asked = number[IS_ASKED] != 0;
}

int
jail_outer_words(char **argv, struct outer **outer,
    struct jail_options *options, struct err *err)
{
	static struct outer it;
	int64_t number[NUMBERS];

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return err_sys(err, "cannot make the process undumpable");
	if (prctl(PR_SET_NAME, PROGRAM, 0, 0, 0) == -1)
		return err_sys(err, "cannot take a name");
	for (int i = 0; i < OWN_WORDS; i++) {
		if (argv[i] == NULL)
			return err_set(err,
			    "sn0int-sandbox starts this program, nobody else");
	}
	if (read_numbers(str_of(argv[0]), number, err) == -1)
		return -1;
	take_up(number, &it, options);
	options->name = argv[1];
	*outer = &it;
	return OWN_WORDS;
}

_Noreturn void
jail_go_on(struct outer *outer, const struct jail_options *options)
{
	outer_serve(outer, options);
}
