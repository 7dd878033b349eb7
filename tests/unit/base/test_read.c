/* read: all that there is, in whatever pieces it comes. */
#include "base/read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

#include "check.h"

/* A pipe gives what was written so far, and the rest later. */
static void
pieces_become_one(void)
{
	char got[8];
	int end[2];
	pid_t child;

	CHECK_INT(pipe(end), 0);
	child = fork();
	if (child == 0) {
		(void)!write(end[1], "ab", 2);
		(void)!write(end[1], "cdefg", 5);
		_exit(0);
	}
	(void)close(end[1]);
	CHECK_INT((int)read_full(end[0], got, 0), 0);
	CHECK_INT((int)read_full(end[0], got, 4), 4);
	CHECK_STR(str_view(got, 4), "abcd");
	CHECK_INT((int)read_full(end[0], got, sizeof(got)), 3);
	CHECK_STR(str_view(got, 3), "efg");
	CHECK_INT((int)read_full(end[0], got, sizeof(got)), 0);
	(void)close(end[0]);
}

static void
a_place_is_not_moved(void)
{
	FILE *file = tmpfile();
	int fd = fileno(file);
	char got[8];

	CHECK_INT((int)write(fd, "0123456789", 10), 10);
	CHECK_INT((int)lseek(fd, 1, SEEK_SET), 1);
	CHECK_INT((int)read_full_at(fd, got, 3, 4), 3);
	CHECK_STR(str_view(got, 3), "456");
	CHECK_INT((int)read_full_at(fd, got, 8, 8), 2);
	CHECK_INT((int)read_full_at(fd, got, 8, 10), 0);
	CHECK_INT((int)read_full(fd, got, 1), 1);
	CHECK_STR(str_view(got, 1), "1");
	(void)fclose(file);
}

static void
a_failure_has_its_errno(void)
{
	char got[1];

	errno = 0;
	CHECK_INT((int)read_full(-1, got, 1), -1);
	CHECK_INT(errno, EBADF);
	errno = 0;
	CHECK_INT((int)read_full_at(-1, got, 1, 0), -1);
	CHECK_INT(errno, EBADF);
}

CHECK_MAIN(CASE(pieces_become_one), CASE(a_place_is_not_moved),
    CASE(a_failure_has_its_errno))
