/* new: the skeleton of a module. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/write.h"
#include "line/cmd.h"

static const char skeleton[] =
    "-- Description: what it finds out, and from where\n"
    "-- Version: 0.1.0\n"
    "-- License: GPL-3.0\n"
    "\n"
    "function run()\n"
    "    -- your code here\n"
    "end\n";

/* All of it or nothing; what is there already stays as it is. */
static int
run_new(struct program *p, const void *opts, const struct operands *in,
    struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	const char *path = pool_cstr(&pool, in->word[0]);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	bool is_written;

	(void)p, (void)opts;
	if (fd == -1)
		return err_sys(err, "cannot make %s", path);
	is_written = write_all(fd, str_of(skeleton)) == 0;
	if (!is_written)
		(void)err_sys(err, "cannot write %s", path);
	if (close(fd) == -1 && is_written) {
		is_written = false;
		(void)err_sys(err, "cannot write %s", path);
	}
	if (is_written)
		return 0;
	(void)unlink(path);
	return -1;
}

const struct cmd cmd_new = {
	.name = "new",
	.where = CMD_LINE,
	.operands = "PATH",
	.least = 1,
	.most = 1,
	.help = "write the skeleton of a module",
	.run = run_new,
};
