/*
 * Two pipes between the host and the fork. A question is a head, the word, and
 * the parts in their order; an answer a head and what was said. Both sides
 * write all of theirs before they read: nobody waits for a reader who writes.
 * Who could own the host could ask for anything of the table below, and for
 * nothing else.
 */
#include "bundle/tools.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/read.h"
#include "base/write.h"
#include "bundle/tools_jail.h"

#define MAX_WORD  4096
#define MAX_ARGS  16
#define NO_ANSWER (-1) /* of status: said has the reason */
#define NOT_THERE 127  /* as of a shell */

struct tools {
	pid_t pid;
	int to, from;
};

struct question_head {
	uint32_t verb;
	uint32_t word;
	uint64_t part[TOOLS_PARTS];
};

struct answer_head {
	int32_t status;
	uint32_t said;
};

/* What a part is called in the folder, and as an argument. */
static const char *const part_name[TOOLS_PARTS] = { "data", "signature",
	"signers", "token", "ca" };

#define PART(part) (1u << (part))

/* "@NAME" is the file of a part, "@" the word. */
static const struct verb {
	const char *argv[MAX_ARGS];
	unsigned parts;
	bool reads_data; /* on its standard input */
	bool is_ours;    /* no stranger has a part in it */
} verbs[TOOLS_VERBS] = {
	[TOOLS_SIGN] = { .argv = { "ssh-keygen", "-q", "-Y", "sign", "-n",
			     TOOLS_NAMESPACE, "-f", "@", NULL },
	    .parts = PART(TOOLS_DATA),
	    .reads_data = true,
	    .is_ours = true },
	[TOOLS_CHECK] = { .argv = { "ssh-keygen", "-Y", "check-novalidate",
			      "-n", TOOLS_NAMESPACE, "-s", "@signature", NULL },
	    .parts = PART(TOOLS_DATA) | PART(TOOLS_SIGNATURE),
	    .reads_data = true },
	[TOOLS_FIND] = { .argv = { "ssh-keygen", "-Y", "find-principals", "-s",
			     "@signature", "-f", "@signers", NULL },
	    .parts = PART(TOOLS_SIGNATURE) | PART(TOOLS_SIGNERS) },
	[TOOLS_VERIFY] = { .argv = { "ssh-keygen", "-Y", "verify", "-n",
			       TOOLS_NAMESPACE, "-f", "@signers", "-I", "@",
			       "-s", "@signature", NULL },
	    .parts =
		PART(TOOLS_DATA) | PART(TOOLS_SIGNATURE) | PART(TOOLS_SIGNERS),
	    .reads_data = true },
	[TOOLS_STAMP] = { .argv = { "openssl", "ts", "-verify", "-data",
			      "@signature", "-in", "@token", "-token_in",
			      "-CAfile", "@ca", NULL },
	    .parts =
		PART(TOOLS_SIGNATURE) | PART(TOOLS_TOKEN) | PART(TOOLS_CA) },
	[TOOLS_STAMP_AT] = { .argv = { "openssl", "ts", "-verify", "-attime",
				 "@", "-data", "@signature", "-in", "@token",
				 "-token_in", "-CAfile", "@ca", NULL },
	    .parts =
		PART(TOOLS_SIGNATURE) | PART(TOOLS_TOKEN) | PART(TOOLS_CA) },
};

const char *
tools_program(enum tools_verb verb)
{
	return verbs[verb].argv[0];
}

/* ---- the fork ---- */

struct asked {
	const struct verb *verb;
	const char *folder;
	char *word;
	struct str part[TOOLS_PARTS];
};

/* 1; 0: the host has ended; -1: that is no question of ours. */
static int
read_question(int from, struct pool *pool, struct asked *q)
{
	struct question_head head;
	ssize_t n = read_full(from, (char *)&head, sizeof(head));

	if (n == 0)
		return 0;
	if (n != (ssize_t)sizeof(head) || head.verb >= TOOLS_VERBS ||
	    head.word > MAX_WORD)
		return -1;
	q->verb = &verbs[head.verb];
	q->word = pool_zalloc(pool, head.word + 1);
	if (read_full(from, q->word, head.word) != (ssize_t)head.word)
		return -1;
	for (int i = 0; i < TOOLS_PARTS; i++) {
		char *p;

		if (head.part[i] > TOOLS_MAX_PART)
			return -1;
		p = pool_alloc(pool, (size_t)head.part[i]);
		if (read_full(from, p, (size_t)head.part[i]) !=
		    (ssize_t)head.part[i])
			return -1;
		q->part[i] = str_view(p, (size_t)head.part[i]);
	}
	return 1;
}

static char *
part_path(const struct asked *q, struct pool *pool, int part)
{
	return pool_printf(pool, "%s/%s", q->folder, part_name[part]);
}

static int
write_parts(const struct asked *q, struct pool *pool, struct err *err)
{
	for (int i = 0; i < TOOLS_PARTS; i++) {
		const char *path = part_path(q, pool, i);
		int fd, status;

		if (!(q->verb->parts & PART(i)))
			continue;
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd == -1)
			return err_sys(err, "cannot make %s", path);
		status = write_all(fd, q->part[i]);
		if (status == -1)
			(void)err_sys(err, "cannot write %s", path);
		(void)close(fd);
		if (status == -1)
			return -1;
	}
	return 0;
}

static void
remove_parts(const struct asked *q, struct pool *pool)
{
	for (int i = 0; i < TOOLS_PARTS; i++)
		(void)unlink(part_path(q, pool, i));
	(void)rmdir(q->folder);
}

static void
fill_argv(const struct asked *q, struct pool *pool, char **argv)
{
	int n = 0;

	for (; q->verb->argv[n] != NULL; n++) {
		const char *word = q->verb->argv[n];

		argv[n] = word[0] != '@' ? pool_cstr(pool, str_of(word))
		          : word[1] == '\0'
		              ? q->word
		              : pool_printf(pool, "%s/%s", q->folder, word + 1);
	}
	argv[n] = NULL;
}

/* The program, or 127; what it says goes to `to`. */
_Noreturn static void
become(const struct asked *q, struct pool *pool, char **argv, int to)
{
	const char *input =
	    q->verb->reads_data ? part_path(q, pool, TOOLS_DATA) : "/dev/null";
	int in = open(input, O_RDONLY | O_CLOEXEC);

	if (in == -1 || dup2(in, STDIN_FILENO) == -1 ||
	    dup2(to, STDOUT_FILENO) == -1 ||
	    /* questions of who signs are for the user */
	    (!q->verb->is_ours && dup2(to, STDERR_FILENO) == -1))
		_exit(NOT_THERE);
	if (!q->verb->is_ours && tools_jail(q->folder) == -1)
		_exit(NOT_THERE - 1);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)execvp(argv[0], argv);
	_exit(NOT_THERE);
}

/* As much as is kept of it; the rest is read and dropped. */
static void
read_said(int from, struct buf *said)
{
	char piece[4096];
	ssize_t n;

	while ((n = read(from, piece, sizeof(piece))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return;
		buf_add(said, str_sub(str_view(piece, (size_t)n), 0,
				  TOOLS_MAX_SAID - said->n));
	}
}

static int
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1) {
		if (errno != EINTR)
			return NO_ANSWER;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int
run_program(const struct asked *q, struct pool *pool, struct buf *said,
    struct err *err)
{
	char *argv[MAX_ARGS];
	int end[2];
	pid_t pid;

	fill_argv(q, pool, argv);
	if (pipe2(end, O_CLOEXEC) == -1)
		return err_sys(err, "cannot make a pipe");
	pid = fork();
	if (pid == 0)
		become(q, pool, argv, end[1]);
	(void)close(end[1]);
	if (pid == -1) {
		(void)close(end[0]);
		return err_sys(err, "cannot start a process");
	}
	read_said(end[0], said);
	(void)close(end[0]);
	return wait_for(pid);
}

/* The status of the program, or NO_ANSWER with why in *said. */
static int
answer(struct asked *q, struct pool *pool, struct buf *said)
{
	autoerr struct err err = ERR_NONE;
	char folder[] = "/tmp/sn0int-bundle-XXXXXX";
	int status = NO_ANSWER;

	if (mkdtemp(folder) == NULL) {
		(void)err_sys(&err, "cannot make a folder in /tmp");
	} else {
		q->folder = folder;
		if (write_parts(q, pool, &err) == 0)
			status = run_program(q, pool, said, &err);
		remove_parts(q, pool);
	}
	if (status != NO_ANSWER || err.n == 0)
		return status;
	said->n = 0;
	buf_add(said, err_join(pool, &err));
	return NO_ANSWER;
}

_Noreturn static void
serve(int from, int to)
{
	for (;;) {
		autopool struct pool pool = POOL_NONE;
		struct buf said = BUF_IN(&pool);
		struct asked q = { .folder = NULL };
		struct answer_head head;

		if (read_question(from, &pool, &q) != 1)
			_exit(0);
		head.status = answer(&q, &pool, &said);
		head.said = (uint32_t)said.n;
		if (write_all(to, str_view((char *)&head, sizeof(head))) ==
			-1 ||
		    write_all(to, buf_str(&said)) == -1)
			_exit(0);
	}
}

/* ---- the host ---- */

static void
close_both(const int *fd)
{
	(void)close(fd[0]);
	(void)close(fd[1]);
}

int
tools_new(struct tools **out, struct err *err)
{
	struct tools *tools;
	int there[2], back[2];
	pid_t pid;

	if (pipe2(there, O_CLOEXEC) == -1)
		return err_sys(err, "cannot make a pipe");
	if (pipe2(back, O_CLOEXEC) == -1) {
		close_both(there);
		return err_sys(err, "cannot make a pipe");
	}
	pid = fork();
	if (pid == 0) {
		(void)close(there[1]);
		(void)close(back[0]);
		serve(there[0], back[1]);
	}
	(void)close(there[0]);
	(void)close(back[1]);
	if (pid == -1) {
		(void)close(there[1]);
		(void)close(back[0]);
		return err_sys(err, "cannot start a process");
	}
	tools = mem_zalloc(sizeof(*tools));
	*tools = (struct tools){ pid, there[1], back[0] };
	*out = tools;
	return 0;
}

static int
send_question(const struct tools *tools, enum tools_verb verb,
    const struct tools_question *q, struct err *err)
{
	struct question_head head = { .verb = verb,
		.word = (uint32_t)q->word.n };

	if (q->word.n > MAX_WORD)
		return err_set(err, "a word of %zu bytes", q->word.n);
	for (int i = 0; i < TOOLS_PARTS; i++) {
		head.part[i] = q->part[i].n;
		if (q->part[i].n > TOOLS_MAX_PART)
			return err_set(err, "%zu bytes of %s are too many",
			    q->part[i].n, part_name[i]);
	}
	if (write_all(tools->to, str_view((char *)&head, sizeof(head))) == -1 ||
	    write_all(tools->to, q->word) == -1)
		return err_sys(err, "what starts programs has ended");
	for (int i = 0; i < TOOLS_PARTS; i++) {
		if (write_all(tools->to, q->part[i]) == -1)
			return err_sys(err, "what starts programs has ended");
	}
	return 0;
}

static int
read_answer(const struct tools *tools, struct pool *pool,
    struct tools_answer *out, struct err *err)
{
	struct answer_head head;
	char *said;

	if (read_full(tools->from, (char *)&head, sizeof(head)) !=
		(ssize_t)sizeof(head) ||
	    head.said > TOOLS_MAX_SAID)
		return err_set(err, "what starts programs has ended");
	said = pool_alloc(pool, head.said);
	if (read_full(tools->from, said, head.said) != (ssize_t)head.said)
		return err_set(err, "what starts programs has ended");
	out->status = head.status;
	out->said = str_view(said, head.said);
	return 0;
}

int
tools_ask(struct tools *tools, enum tools_verb verb,
    const struct tools_question *question, struct pool *pool,
    struct tools_answer *out, struct err *err)
{
	if (send_question(tools, verb, question, err) == -1 ||
	    read_answer(tools, pool, out, err) == -1)
		return -1;
	if (out->status == NO_ANSWER)
		return err_set_str(err, out->said);
	if (out->status == NOT_THERE)
		return err_set(err, "%s cannot be started: is it installed?",
		    verbs[verb].argv[0]);
	if (out->status == NOT_THERE - 1)
		return err_set(err, "%s cannot be jailed", verbs[verb].argv[0]);
	return 0;
}

void
tools_free(struct tools *tools)
{
	if (tools == NULL)
		return;
	(void)close(tools->to);
	(void)close(tools->from);
	(void)wait_for(tools->pid);
	free(tools);
}
