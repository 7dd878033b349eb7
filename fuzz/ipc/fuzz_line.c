/*
 * line: what comes over a descriptor in lines, however it is cut. The first
 * byte says how long a line may be; all lines together are what was written,
 * up to the first that is too long.
 */
#include "ipc/line.h"

#include <assert.h>
#include <stdint.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* A pipe that holds all of it. */
static int
pipe_with(const uint8_t *p, size_t n)
{
	int fd[2];

	if (n > 4096 || pipe(fd) == -1)
		return -1;
	assert(write(fd[1], p, n) == (ssize_t)n);
	close(fd[1]);
	return fd[0];
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t most = n != 0 ? 1 + *p : 1, at = 1;
	int fd = n > 1 ? pipe_with(p + 1, n - 1) : -1;
	struct line in;
	struct str text;

	if (fd == -1)
		return 0;
	line_init(&in, fd);
	while (line_read(&in, most, &text, NULL) == 1) {
		assert(
		    text.n <= most + 1 && text.n <= n - at); /* and a newline */
		assert(memcmp(p + at, text.p, text.n) == 0);
		at += text.n;
	}
	line_clear(&in);
	close(fd);
	return 0;
}
