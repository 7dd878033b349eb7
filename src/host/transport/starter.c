/*
 * The host's end of the starter. All is asked and answered at once: a child
 * runs when starter_start() returns, as with vfork(2), and the starter waits
 * for nothing but the end of what is dead or has been killed.
 */
#include "transport/starter.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fds.h"
#include "base/mem.h"
#include "transport/birth.h"
#include "transport/starter_packet.h"

struct starter {
	pid_t pid;
	int socket; /* -1: it is gone */
	const struct recipe *recipe;
	size_t recipes, children;
};

int
starter_check(struct err *err)
{
	int fd = starter_pidfd(getpid());

	if (fd == -1)
		return err_sys(err, "this system has no pidfds");
	(void)close(fd);
	return 0;
}

/* As starter_new(), which has checked what it is given. */
static int
make(struct starter *starter, struct err *err)
{
	pid_t host = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return err_sys(err, "cannot make a socket");
	starter->pid = fork();
	if (starter->pid == 0) {
		birth_follow(host);
		starter_serve(pair[1], starter->recipe, starter->recipes,
		    starter->children);
	}
	(void)close(pair[1]);
	starter->socket = pair[0];
	if (starter->pid != -1) {
		/* before the next ^C, too */
		(void)setpgid(starter->pid, starter->pid);
		return 0;
	}
	(void)err_sys(err, "cannot fork");
	(void)close(pair[0]);
	return -1;
}

struct starter *
starter_new(const struct recipe *recipe, size_t n, size_t children,
    struct err *err)
{
	struct starter *starter;

	if (starter_check(err) == -1)
		return NULL;
	starter = mem_zalloc(sizeof(*starter));
	starter->recipe = recipe;
	starter->recipes = n;
	starter->children = children;
	if (make(starter, err) == 0)
		return starter;
	free(starter);
	return NULL;
}

void
starter_stop(struct starter *starter)
{
	if (starter != NULL)
		fds_drop(&starter->socket);
}

void
starter_free(struct starter *starter)
{
	if (starter == NULL)
		return;
	fds_drop(&starter->socket);
	birth_wait(starter->pid, NULL, NULL);
	free(starter);
}

pid_t
starter_pid(const struct starter *starter)
{
	return starter->pid;
}

bool
starter_is_gone(const struct starter *starter)
{
	return starter->socket == -1;
}

static bool
are_same(const char *const *a, const char *const *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	while (*a != NULL && *b != NULL && strcmp(*a, *b) == 0)
		a++, b++;
	return *a == NULL && *b == NULL;
}

/* starter->recipes: there is none. */
static size_t
find_recipe(const struct starter *starter, const struct recipe *recipe)
{
	size_t i = 0;

	while (i < starter->recipes &&
	       !(are_same(starter->recipe[i].argv, recipe->argv) &&
		   are_same(starter->recipe[i].env, recipe->env)))
		i++;
	return i;
}

static int
tell(struct starter *starter, const struct starter_ask *question, const int *fd,
    size_t fds)
{
	return fds_send(starter->socket,
	    str_view((const char *)question, sizeof(*question)), fd, fds, 0);
}

/* -1: it is gone. *got: what came with the answer, or -1. */
static int
ask(struct starter *starter, const struct starter_ask *question, const int *fd,
    size_t fds, struct starter_answer *answer, int *got)
{
	struct fds came = { .n = 0 };

	*got = -1;
	if (starter->socket == -1)
		return -1;
	if (tell(starter, question, fd, fds) == -1 ||
	    fds_recv(starter->socket, answer, sizeof(*answer), &came) !=
		(ssize_t)sizeof(*answer)) {
		fds_close(&came);
		fds_drop(&starter->socket);
		return -1;
	}
	if (came.n == 1)
		*got = came.fd[0];
	else
		fds_close(&came);
	return 0;
}

int
starter_start(struct starter *starter, const struct recipe *recipe,
    const int fd[4], pid_t *pid, int *pidfd, uint32_t *number, struct err *err)
{
	struct starter_ask question = {
		.version = STARTER_VERSION,
		.kind = STARTER_START,
		.recipe = (uint8_t)find_recipe(starter, recipe),
		.has_control = fd[3] != -1,
	};
	struct starter_answer answer;
	int got;

	if (question.recipe == starter->recipes)
		return err_set(err, "it is none of the children of this run");
	if (ask(starter, &question, fd, 3u + question.has_control, &answer,
		&got) == -1)
		return err_set(err, "what starts children has ended");
	if (answer.errnum != 0)
		return err_set_errno(err, answer.errnum);
	if (got == -1) { /* no descriptor was left for it */
		struct starter_end unused;

		starter_end(starter, answer.number, &unused);
		return err_set_errno(err, EMFILE);
	}
	*pid = answer.pid;
	*pidfd = got;
	*number = answer.number;
	return 0;
}

void
starter_kill(struct starter *starter, uint32_t number)
{
	const struct starter_ask question = {
		.version = STARTER_VERSION,
		.kind = STARTER_KILL,
		.number = number,
	};

	if (starter->socket != -1 && tell(starter, &question, NULL, 0) == -1)
		fds_drop(&starter->socket);
}

void
starter_place(struct starter *starter, uint32_t number, uint32_t processor)
{
	const struct starter_ask question = {
		.version = STARTER_VERSION,
		.kind = STARTER_PLACE,
		.number = number,
		.processor = processor,
	};

	if (starter->socket != -1 && tell(starter, &question, NULL, 0) == -1)
		fds_drop(&starter->socket);
}

void
starter_end(struct starter *starter, uint32_t number, struct starter_end *end)
{
	const struct starter_ask question = {
		.version = STARTER_VERSION,
		.kind = STARTER_END,
		.number = number,
	};
	struct starter_answer answer;
	int none;

	*end = (struct starter_end){ .status = SIGKILL };
	if (ask(starter, &question, NULL, 0, &answer, &none) == 0 &&
	    answer.errnum == 0)
		*end = answer.end;
}
