#include "seal/service.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/write.h"

enum verb { FIND, KEEP, FORGET };

/* Question and answer; the answer goes through the pipe as it is. */
struct question {
	enum verb verb;
	bool may_ask;
	char id[2 * SEAL_SALT_BYTES + 1];
	const char *secret; /* of KEEP */
};
struct answer {
	int status;
	char secret[SERVICE_DIGITS + 1];
	char why[256];
};

static const char *plugin_path;

void
service_at(const char *path)
{
	plugin_path = path;
}

static void
write_hex(char *out, const unsigned char *p, size_t n)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digit[p[i] >> 4];
		out[2 * i + 1] = digit[p[i] & 15];
	}
	out[2 * n] = '\0';
}

static int
read_hex(unsigned char *out, size_t n, const char *in)
{
	if (strlen(in) != 2 * n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int high = num_hex_digit(in[2 * i]);
		int low = num_hex_digit(in[2 * i + 1]);

		if (high == -1 || low == -1)
			return -1;
		out[i] = (unsigned char)(high << 4 | low);
	}
	return 0;
}

/* In the child. */
static int
ask_plugin(const struct question *q, struct answer *a)
{
	const struct seal_service *service;
	void *handle = plugin_path != NULL
	                   ? dlopen(plugin_path, RTLD_NOW | RTLD_LOCAL)
	                   : NULL;

	service = handle != NULL ? dlsym(handle, "seal_service_plugin") : NULL;
	if (service == NULL || service->abi != SERVICE_ABI) {
		(void)snprintf(a->why, sizeof(a->why),
		    "this sn0int was built without libsecret");
		return -1;
	}
	if (q->verb == FIND)
		return service->find(q->id, q->may_ask, a->secret, a->why,
		    sizeof(a->why));
	if (q->verb == KEEP)
		return service->keep(q->id, q->secret, a->why, sizeof(a->why));
	return service->forget(q->id, a->why, sizeof(a->why));
}

_Noreturn static void
be_child(const struct question *q, int fd)
{
	static struct answer a;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* what libraries print is not what the command prints */
	for (int at = 0; null != -1 && at < 3; at++)
		(void)dup2(null, at);
	a.status = ask_plugin(q, &a);
	/* less than PIPE_BUF: whole or not at all */
	_exit(
	    write_all(fd, str_view((const char *)&a, sizeof(a))) == 0 ? 0 : 1);
}

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* 1: the pipe has something, or its end; 0: too late; -1: interrupted. */
static int
wait_for(int fd, int64_t end_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (;;) {
		int64_t left = end_ms - now_ms();
		int n = poll(&p, 1, left > 0 ? (int)left : 0);

		if (n != -1 || errno != EINTR)
			return n;
	}
}

static int
read_answer(int fd, unsigned seconds, struct answer *a, struct err *err)
{
	if (wait_for(fd, now_ms() + seconds * (int64_t)1000) != 1)
		return err_set(err, "it did not answer in %u seconds", seconds);
	if (read(fd, a, sizeof(*a)) != (ssize_t)sizeof(*a))
		return err_set(err, "whoever asked it has ended");
	a->why[sizeof(a->why) - 1] = '\0';
	a->secret[sizeof(a->secret) - 1] = '\0';
	return a->status == -1 ? err_set(err, "%s", a->why) : a->status;
}

static int
ask(const struct question *q, struct answer *a, struct err *err)
{
	unsigned seconds =
	    q->may_ask ? SERVICE_DIALOG_SECONDS : SERVICE_SECONDS;
	int fd[2], status;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) == -1)
		return err_sys(err, "cannot make a pipe");
	pid = fork();
	if (pid == 0)
		be_child(q, fd[1]);
	(void)close(fd[1]);
	if (pid == -1) {
		(void)close(fd[0]);
		return err_sys(err, "cannot start a process");
	}
	status = read_answer(fd[0], seconds, a, err);
	(void)close(fd[0]);
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		;
	return status == -1 ? err_wrap(err, "the secret service failed")
	                    : status;
}

static struct question
question_of(enum verb verb, const struct box_head *head)
{
	struct question q = { .verb = verb };

	write_hex(q.id, head->salt, SEAL_SALT_BYTES);
	return q;
}

int
service_find(struct box_key *key, bool may_ask, struct err *err)
{
	struct question q = question_of(FIND, &key->head);
	struct answer a = { .status = -1 };
	int status;

	q.may_ask = may_ask;
	status = ask(&q, &a, err);
	if (status == 1 && read_hex(key->bytes, SEAL_KEY_BYTES, a.secret) == -1)
		status = err_set(err, "the secret service has no key of ours");
	mem_wipe(&a, sizeof(a));
	return status;
}

int
service_keep(const struct box_key *key, struct err *err)
{
	char secret[SERVICE_DIGITS + 1];
	struct question q = question_of(KEEP, &key->head);
	struct answer a = { .status = -1 };
	int status;

	write_hex(secret, key->bytes, SEAL_KEY_BYTES);
	q.secret = secret;
	q.may_ask = isatty(STDIN_FILENO) == 1;
	status = ask(&q, &a, err);
	mem_wipe(secret, sizeof(secret));
	return status;
}

int
service_forget(const struct box_head *head, struct err *err)
{
	const struct question q = question_of(FORGET, head);
	struct answer a = { .status = -1 };

	return ask(&q, &a, err);
}
