/* tools_jail: what is left to a program that reads what a stranger wrote. */
#include "bundle/tools_jail.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/landlock.h"
#include "base/mem.h"
#include "base/sanitized.h"
#include "check.h"

static char folder[] = "/tmp/test-tools-jail-XXXXXX";
static char script[] = "/tmp/test-tools-jail-XXXXXX"; /* not below it */

/* In a child that is jailed; the errno, 0: it can. */
static int
errno_of(int (*try)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(tools_jail(folder) == -1 ? 255 : try());
	CHECK(pid != -1);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	return fd != -1 ? 0 : errno;
}

static int
read_system(void)
{
	return try_open("/etc/passwd", O_RDONLY);
}

static int
read_part(void)
{
	return try_open(folder, O_RDONLY | O_DIRECTORY);
}

static int
read_user(void)
{
	return try_open(TEST_DIR "/meson.build", O_RDONLY);
}

static int
read_process(void)
{
	return try_open("/proc/self/environ", O_RDONLY);
}

static int
list_root(void)
{
	return try_open("/", O_RDONLY | O_DIRECTORY);
}

static int
make_file(void)
{
	if (chdir(folder) == -1)
		return errno;
	return try_open("new", O_WRONLY | O_CREAT);
}

static int
write_nothing(void)
{
	return try_open("/dev/null", O_WRONLY);
}

static int
connect_somewhere(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		return errno;
	return connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 ? 0 : errno;
}

static int
start_program(void)
{
	(void)execl("/bin/true", "true", (char *)NULL);
	return errno;
}

static int
start_from_elsewhere(void)
{
	(void)execl(script, "script", (char *)NULL);
	return errno;
}

static void
make_script(void)
{
	int fd = mkstemp(script);

	CHECK(fd != -1);
	CHECK_INT(write(fd, "#!/bin/true\n", 12), 12);
	CHECK_INT(fchmod(fd, 0700), 0);
	(void)close(fd);
}

static void
it_reads_the_system_and_its_parts_alone(void)
{
	static const struct {
		int (*try)(void);
		int want;
	} row[] = {
		{ read_system, 0 },
		{ read_part, 0 },
		{ write_nothing, 0 },
		{ start_program, 0 },
		{ read_user, EACCES },
		{ read_process, EACCES },
		{ list_root, EACCES },
		{ make_file, EACCES },
		{ start_from_elsewhere, EACCES },
	};

	if (IS_SANITIZED)
		CHECK_SKIP("the address sanitizer needs more addresses");
	if (landlock_abi() == 0)
		CHECK_SKIP("no Landlock");
	CHECK(mkdtemp(folder) != NULL);
	make_script();
	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		CHECK_INT(errno_of(row[i].try), row[i].want);
	if (landlock_abi() >= 4)
		CHECK_INT(errno_of(connect_somewhere), EACCES);
	(void)rmdir(folder);
	(void)unlink(script);
}

CHECK_MAIN(CASE(it_reads_the_system_and_its_parts_alone))
