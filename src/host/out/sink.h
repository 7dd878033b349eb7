/*
 * sink: where a result goes that may be large: standard output, or a file that
 * somebody named. It is written piece by piece, nothing of it is kept, and
 * nobody has to look at each piece: the first failure stays in the sink, what
 * comes behind it is dropped, and sink_end() tells it.
 *
 *	struct sink *out;
 *
 *	if (sink_open(&out, path, SINK_TEXT, err) == -1)
 *		return -1;
 *	while (!sink_is_broken(out) && (status = next(..., err)) == 1)
 *		sink_printf(out, "%d\n", n);
 *	return sink_end(out, status, err);
 *
 * On a terminal everything is cleaned (term/clean.h); a file and a pipe get the
 * bytes as they are. Colours (term_paint()) are not for sinks.
 */
#ifndef OUT_SINK_H
#define OUT_SINK_H

#include <stdbool.h>

#include "base/err.h"

struct sink;

enum sink_content {
	SINK_TEXT,
	SINK_JSON, /* on a terminal its escapes are JSON's: the same value */
};

#define SINK_ENDING ".sn0int.new" /* of the file that is being written */

/*
 * path NULL or "-": standard output, through term/term.h. Else:
 *
 *	nothing, a file     PATH.sn0int.new is written under a lock (flock(2):
 *	                    who comes second waits), synced and renamed. Until
 *	                    then, and whatever ends us, PATH is what it was. A
 *	                    new file is 0600, one that is replaced keeps its
 *	                    mode
 *	a symbolic link     the same with what it leads to
 *	a pipe, a device,   written in place
 *	a socket's name     an error, and so is a folder
 *
 * What a link of /proc leads to (/dev/stdout, /dev/fd/3) may have no name of
 * its own, and is written in place then.
 */
int sink_open(struct sink **out, const char *path, enum sink_content content,
    struct err *err);

/* A piece; never cut within a character, or a terminal shows it as foreign. */
void sink_add(struct sink *sink, struct str text);
void sink_printf(struct sink *sink, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* What is added from now on is dropped: who makes much of it may stop. */
bool sink_is_broken(const struct sink *sink);

/*
 * Of several files that get their names together: what waits is written, and
 * is on the disk. -1 with the first failure: then all are ended with -1.
 */
int sink_settle(struct sink *sink, struct err *err);

/*
 * The end, and the sink is freed. status -1: what was to be written has failed
 * (*err says why and stays): the new file is thrown away. Else 0 if all is
 * where it belongs, on the disk in the case of a file, or if the reader of a
 * pipe has gone, which is no error; -1 with the first failure.
 */
int sink_end(struct sink *sink, int status, struct err *err);

#endif
