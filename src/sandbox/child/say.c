#include "child/say.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/write.h"

int
say(int fd, struct str text)
{
	return write_all(fd, text);
}

int
say_answer(struct str text)
{
	const char *why;

	if (say(STDOUT_FILENO, text) == 0 || errno == EPIPE)
		return 0;
	why = strerror(errno);
	(void)say(STDERR_FILENO,
	    STR("error: cannot write to standard output: "));
	(void)say(STDERR_FILENO, str_of(why));
	(void)say(STDERR_FILENO, STR("\n"));
	return 1;
}
