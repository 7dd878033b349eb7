/*
 * The starter itself: one packet after the other, until its socket ends. A
 * child is a place in a table; its number is not given out again before
 * somebody has waited for it, so neither the place nor the process number ever
 * means another process. Nothing here allocates: the table is static, and all
 * that a packet names is a place in it or a recipe.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/fds.h"
#include "base/processor.h"
#include "transport/birth.h"
#include "transport/nest.h"
#include "transport/starter_packet.h"

struct serving {
	int socket;
	const struct recipe *recipe;
	size_t recipes;
	uint32_t most;                 /* children at once */
	pid_t child[STARTER_CHILDREN]; /* 0: the place is free */
	struct oom oom;
};

/* s->most: none is free. */
static uint32_t
find_place(const struct serving *s)
{
	uint32_t i = 0;

	while (i < s->most && s->child[i] != 0)
		i++;
	return i;
}

/* Its pidfd, or -1, with the reason in the answer. */
static int
start_child(struct serving *s, const struct starter_ask *ask, const int *fd,
    struct starter_answer *answer)
{
	const struct recipe *recipe = &s->recipe[ask->recipe];
	const struct birth birth = { recipe->argv, recipe->env, recipe->nested,
		fd[0], fd[1], fd[2], ask->has_control ? fd[3] : -1, &s->oom };
	uint32_t place = find_place(s);
	int pidfd, errnum;
	pid_t pid;

	if (place == s->most) {
		answer->errnum = EAGAIN;
		return -1;
	}
	pid = birth_give(&birth, &errnum);
	answer->errnum = errnum;
	if (pid == -1)
		return -1;
	pidfd = errnum == 0 ? starter_pidfd(pid) : -1;
	if (pidfd == -1) {
		if (errnum == 0)
			answer->errnum = errno;
		birth_end(pid, &answer->end.status, &answer->end.usage);
		return -1;
	}
	s->child[place] = pid;
	answer->number = place;
	answer->pid = pid;
	return pidfd;
}

static int
send_answer(const struct serving *s, const struct starter_answer *answer,
    int pidfd)
{
	return fds_send(s->socket,
	    str_view((const char *)answer, sizeof(*answer)), &pidfd,
	    pidfd != -1 ? 1 : 0, 0);
}

static int
on_start(struct serving *s, const struct starter_ask *ask, const int *fd)
{
	struct starter_answer answer = { .number = 0 };
	int pidfd = start_child(s, ask, fd, &answer);
	int status = send_answer(s, &answer, pidfd);

	if (pidfd != -1)
		(void)close(pidfd);
	return status;
}

static int
on_end(struct serving *s, uint32_t number)
{
	struct starter_answer answer = { .number = number };

	if (s->child[number] == 0)
		answer.errnum = ESRCH;
	else
		birth_end(s->child[number], &answer.end.status,
		    &answer.end.usage);
	s->child[number] = 0;
	return send_answer(s, &answer, -1);
}

/* -1: nobody hears the answer. */
static int
serve(struct serving *s, const struct starter_ask *ask, const int *fd)
{
	switch ((enum starter_kind)ask->kind) {
	case STARTER_START:
		return on_start(s, ask, fd);
	case STARTER_KILL:
		if (s->child[ask->number] != 0)
			birth_kill(s->child[ask->number]);
		return 0;
	case STARTER_END:
		return on_end(s, ask->number);
	case STARTER_PLACE:
		if (s->child[ask->number] != 0)
			(void)processors_set_one(s->child[ask->number],
			    ask->processor);
		return 0;
	}
	return -1;
}

/* False: there will be no more. */
static bool
serve_one(struct serving *s)
{
	char packet[sizeof(struct starter_ask)];
	struct starter_ask ask;
	struct fds came;
	ssize_t n = fds_recv(s->socket, packet, sizeof(packet), &came);
	int status = -1;

	if (n > 0 &&
	    starter_read(packet, (size_t)n, came.n, s->recipes, &ask) == 0)
		status = serve(s, &ask, came.fd);
	fds_close(&came);
	return status == 0;
}

/*
 * What comes with packets shall lie above all that a child's ends may get, so
 * the low numbers are taken: by the socket, which is as good as anything there.
 */
static int
keep_only(int socket)
{
	const int taken[] = { STDIN_FILENO, STDOUT_FILENO,
		BIRTH_FIRST_FREE - 1 };

	if (socket != BIRTH_FIRST_FREE &&
	    dup3(socket, BIRTH_FIRST_FREE, O_CLOEXEC) == -1)
		_exit(1);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		if (dup3(BIRTH_FIRST_FREE, taken[i], O_CLOEXEC) == -1)
			_exit(1);
	}
	if (fds_close_span(BIRTH_FIRST_FREE + 1, ~0u) == -1)
		_exit(1);
	return BIRTH_FIRST_FREE;
}

/* Before anybody asks: the host has other things to do meanwhile. */
static void
prepare(const struct recipe *recipe, size_t n)
{
	size_t nested = 0;

	for (size_t i = 0; i < n; i++)
		nested += recipe[i].nested != NULL;
	if (nested != 0)
		nest_share(nested == n);
}

/* Neither call can fail with these words. */
static void
hide(void)
{
#ifdef __linux__
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)prctl(PR_SET_NAME, "sn0int-starter", 0, 0, 0);
#endif
}

/* Children that are left die with us, and whom they started with them. */
static void
end_all(const struct serving *s)
{
	for (size_t i = 0; i < STARTER_CHILDREN; i++) {
		struct starter_end unused;

		if (s->child[i] != 0)
			birth_end(s->child[i], &unused.status, &unused.usage);
	}
}

void
starter_serve(int fd, const struct recipe *recipe, size_t n, size_t children)
{
	static struct serving s;

	(void)setpgid(0, 0);
	birth_reset_signals();
	s.socket = keep_only(fd);
	oom_open(&s.oom);
	prepare(recipe, n);
	hide();
	s.recipe = recipe;
	s.recipes = n;
	s.most =
	    children < STARTER_CHILDREN ? (uint32_t)children : STARTER_CHILDREN;
	while (serve_one(&s))
		;
	end_all(&s);
	_exit(0);
}
