#include "ipc/line.h"

#include <errno.h>
#include <unistd.h>

#define READ_BYTES ((size_t)16 << 10)

void
line_init(struct line *in, int fd)
{
	*in = (struct line){ .fd = fd };
}

void
line_clear(struct line *in)
{
	buf_clear(&in->buf);
}

void
line_shrink(struct line *in)
{
	struct buf rest = BUF_NONE;

	buf_add(&rest, str_from(buf_str(&in->buf), in->from));
	buf_clear(&in->buf);
	in->buf = rest;
	in->seen -= in->from;
	in->from = 0;
}

/* Moves what is left to the front when that costs little. */
static void
compact(struct line *in)
{
	size_t left = in->buf.n - in->from;

	if (in->from == 0 || (left > READ_BYTES && in->from < left))
		return;
	memmove(in->buf.p, in->buf.p + in->from, left);
	in->buf.n = left;
	in->seen -= in->from;
	in->from = 0;
}

int
line_fill(struct line *in, struct err *err)
{
	ssize_t n;

	compact(in);
	do
		n = read(in->fd, buf_room(&in->buf, READ_BYTES), READ_BYTES);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return err_set_errno(err, errno);
	in->buf.n += (size_t)n;
	return n != 0;
}

int
line_next(struct line *in, size_t most, bool ended, struct str *text,
    struct err *err)
{
	const char *end = NULL;
	size_t n;

	if (in->buf.n > in->seen)
		end = memchr(in->buf.p + in->seen, '\n', in->buf.n - in->seen);
	n = (end != NULL ? (size_t)(end - in->buf.p) + 1 : in->buf.n) -
	    in->from;
	if (n > most + 1)
		return err_set(err, "a line is longer than %zu bytes", most);
	if (end == NULL && !ended) {
		in->seen = in->buf.n;
		return 2;
	}
	if (n == 0)
		return 0;
	*text = str_view(in->buf.p + in->from, n);
	in->from += n;
	in->seen = in->from;
	return 1;
}

int
line_read(struct line *in, size_t most, struct str *text, struct err *err)
{
	bool ended = false;

	for (;;) {
		int status = line_next(in, most, ended, text, err);

		if (status != 2)
			return status;
		status = line_fill(in, err);
		if (status == -1)
			return -1;
		ended = status == 0;
	}
}
