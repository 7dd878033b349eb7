#include "lean/lean.h"

#include <unistd.h>

int
lean_take(struct line *in, int fd, struct err *err)
{
	int own = in->fd, status;

	in->fd = fd;
	do
		status = line_fill(in, err);
	while (status == 1 && in->buf.n <= LINE_MAX_BYTES);
	in->fd = own;
	(void)close(fd);
	if (status == -1)
		return err_wrap(err, "cannot read --ahead-fd=%d", fd);
	if (status == 1)
		return err_set(err, "--ahead-fd=%d has more than %zu bytes", fd,
		    LINE_MAX_BYTES);
	return 0;
}
