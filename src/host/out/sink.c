/*
 * Three ways out, told apart once, in sink_open(): term's door, a file that
 * gets its name at the end (state/file.h), and a descriptor that is written as
 * it is. Only the last two have bytes of their own that wait.
 */
#include "out/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/write.h"
#include "state/file.h"
#include "term/clean.h"
#include "term/term.h"

#define BUFFER (64u << 10)

struct sink {
	struct pool pool;
	enum sink_content content;
	bool is_stdout, is_tty;
	int fd;               /* -1: standard output */
	struct file_new file; /* fd -1: nothing is renamed */
	const char *path;
	struct buf waiting;
	struct err failure;
	bool is_broken;
};

/*
 * What the path leads to, if it is there and a rename cannot or must not take
 * its place: 1 it is open, 0 a rename can, -1.
 */
static int
open_in_place(struct sink *sink, struct err *err)
{
	struct stat there, named;
	const char *real;
	int flags = O_WRONLY | O_CLOEXEC | O_NOCTTY;
	int status = file_stat(AT_FDCWD, sink->path, &there, err);

	if (status != 1)
		return status;
	if (S_ISDIR(there.st_mode)) {
		(void)err_set_errno(err, EISDIR);
		return err_wrap(err, "cannot write %s", sink->path);
	}
	if (S_ISREG(there.st_mode)) {
		if (file_real(&sink->pool, sink->path, &real, err) == -1)
			return -1;
		if (lstat(real, &named) == 0 && file_is_same(&named, &there))
			return 0;
		flags |= O_TRUNC;
	}
	sink->fd = open(sink->path, flags);
	if (sink->fd == -1)
		return err_sys(err, "cannot write %s", sink->path);
	sink->is_tty = isatty(sink->fd) == 1;
	return 1;
}

static int
open_path(struct sink *sink, struct err *err)
{
	struct stat old;
	int status = open_in_place(sink, err);

	if (status != 0)
		return status == 1 ? 0 : -1;
	if (file_begin(&sink->file, sink->path, SINK_ENDING, &sink->pool,
		err) == -1)
		return -1;
	sink->fd = sink->file.fd;
	/* where modes cannot be set it stays 0600, which keeps a secret */
	if (lstat(sink->file.real, &old) == 0)
		(void)fchmod(sink->fd, old.st_mode & 0777);
	return 0;
}

static void
sink_free(struct sink *sink)
{
	if (sink->fd != -1 && sink->fd != sink->file.fd)
		(void)close(sink->fd);
	file_give_up(&sink->file);
	buf_clear(&sink->waiting);
	err_clear(&sink->failure);
	pool_clear(&sink->pool);
	free(sink);
}

int
sink_open(struct sink **out, const char *path, enum sink_content content,
    struct err *err)
{
	struct sink *sink = mem_zalloc(sizeof(*sink));

	sink->content = content;
	sink->fd = sink->file.fd = -1;
	sink->is_stdout = path == NULL || strcmp(path, "-") == 0;
	if (!sink->is_stdout) {
		sink->path = pool_cstr(&sink->pool, str_of(path));
		if (open_path(sink, err) == -1) {
			sink_free(sink);
			return -1;
		}
	}
	*out = sink;
	return 0;
}

static void
send(struct sink *sink, struct str text)
{
	if (sink->is_broken || write_all(sink->fd, text) == 0)
		return;
	sink->is_broken = true;
	if (errno != EPIPE)
		(void)err_sys(&sink->failure, "cannot write %s", sink->path);
}

static void
send_waiting(struct sink *sink)
{
	send(sink, buf_str(&sink->waiting));
	sink->waiting.n = 0;
}

static void
add_to_file(struct sink *sink, struct str text)
{
	bool is_large = !sink->is_tty && text.n >= BUFFER;

	if (is_large || sink->waiting.n >= BUFFER)
		send_waiting(sink);
	if (is_large)
		send(sink, text);
	else if (sink->is_tty)
		clean_add(&sink->waiting, text,
		    sink->content == SINK_JSON ? CLEAN_JSON : CLEAN_TEXT);
	else
		buf_add(&sink->waiting, text);
}

void
sink_add(struct sink *sink, struct str text)
{
	if (sink_is_broken(sink))
		return;
	if (!sink->is_stdout)
		add_to_file(sink, text);
	else if (sink->content == SINK_JSON)
		term_json(text);
	else
		term_print(text);
}

void
sink_printf(struct sink *sink, const char *fmt, ...)
{
	struct buf text = BUF_NONE;
	va_list args;

	va_start(args, fmt);
	buf_vprintf(&text, fmt, args);
	va_end(args);
	sink_add(sink, buf_str(&text));
	buf_clear(&text);
}

bool
sink_is_broken(const struct sink *sink)
{
	return sink->is_stdout ? term_is_broken() : sink->is_broken;
}

/* All is written, or the reader has gone; or -1. */
static int
flush_buffer(struct sink *sink, struct err *err)
{
	if (sink->is_stdout) {
		(void)term_flush();
		return term_failure(err);
	}
	send_waiting(sink);
	if (sink->failure.n == 0)
		return 0;
	err_move(err, &sink->failure);
	return -1;
}

int
sink_settle(struct sink *sink, struct err *err)
{
	if (flush_buffer(sink, err) == -1)
		return -1;
	return sink->file.fd != -1 ? file_sync(&sink->file, err) : 0;
}

int
sink_end(struct sink *sink, int status, struct err *err)
{
	if (status != -1)
		status = flush_buffer(sink, err);
	if (status != -1 && sink->file.fd != -1)
		status = file_end(&sink->file, err);
	sink_free(sink);
	return status;
}
