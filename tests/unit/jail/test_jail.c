/*
 * A whole jail around a worker of the test: the variant in which the worker
 * opens its own connections, which no program of ours asks for.
 */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "check.h"
#include "jail/jail.h"

static struct sockaddr_in server = { .sin_family = AF_INET };

/* What becomes of a worker that does it: its status, or minus its signal. */
static int
run(const struct jail_options *options, int (*in_jail)(const struct jail *))
{
	int status = -1;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		static struct jail jail = JAIL_NONE;
		struct err err = ERR_NONE;

		if (jail_outer(&jail, options, &err) == -1 ||
		    jail_close(&jail, options, &err) == -1) {
			(void)!write(STDERR_FILENO, err_cstr(&err),
			    strlen(err_cstr(&err)));
			_exit(99);
		}
		_exit(in_jail(&jail));
	}
	(void)waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int
connect_to_server(const struct jail *jail)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (jail->layer[JAIL_NET_NS].state != JAIL_NOT_WANTED)
		return 1;
	if (fd == -1)
		return 2;
	if (connect(fd, (const struct sockaddr *)&server, sizeof(server)) == -1)
		return 3;
	return write(fd, "x", 1) == 1 ? 0 : 4;
}

static int
open_unix_socket(const struct jail *jail)
{
	(void)jail;
	return socket(AF_UNIX, SOCK_STREAM, 0) == -1 ? 1 : 2;
}

static int
bind_to_port(const struct jail *jail)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)jail;
	return bind(fd, (const struct sockaddr *)&any, sizeof(any)) == -1 ? 1
	                                                                  : 2;
}

static void
a_direct_worker_connects_and_does_nothing_else(void)
{
	const struct jail_options options = { .name = "a/b",
		.net = JAIL_NET_DIRECT };
	socklen_t n = sizeof(server);
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd;
	char got = 0;

	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK(bind(listener, (struct sockaddr *)&server, sizeof(server)) == 0 &&
	      listen(listener, 1) == 0 &&
	      getsockname(listener, (struct sockaddr *)&server, &n) == 0);
	CHECK_INT(run(&options, connect_to_server), 0);
	fd = accept(listener, NULL, NULL);
	CHECK(read(fd, &got, 1) == 1 && got == 'x');
	(void)close(fd), (void)close(listener);
	CHECK_INT(run(&options, open_unix_socket), JAIL_VIOLATION_STATUS);
	CHECK_INT(run(&options, bind_to_port), JAIL_VIOLATION_STATUS);
}

static int
want_a_socket(const struct jail *jail)
{
	(void)jail;
	return socket(AF_INET, SOCK_STREAM, 0) == -1 && errno == EACCES ? 0 : 1;
}

static void
a_worker_without_network_has_no_socket(void)
{
	const struct jail_options options = { .name = "a/b" };

	CHECK_INT(run(&options, want_a_socket), 0);
}

CHECK_MAIN(CASE(a_direct_worker_connects_and_does_nothing_else),
    CASE(a_worker_without_network_has_no_socket))
