/*
 * memory: a stream without a connection, for runs that are played again: what
 * is read comes from a source, what is written goes to it. Whatever reads a
 * stream sees no difference. It never waits.
 */
#ifndef STREAM_MEMORY_H
#define STREAM_MEMORY_H

#include "stream/stream.h"

struct memory_source {
	/*
	 * What one read gives: DONE with *bytes, not empty and valid until the
	 * next one; END; FAILED after one of stream_fail_*().
	 */
	enum stream_io (*read)(struct stream *s, void *arg, struct str *bytes,
	    struct err *err);
	/* One write: 0, or -1 after one of stream_fail_*(). */
	int (*write)(struct stream *s, void *arg, struct str bytes,
	    struct err *err);
	bool (*is_tls)(const void *arg);
	void (*free)(void *arg); /* with the stream */
};

/* The stream owns arg then. */
struct stream *stream_new_memory(const struct memory_source *source, void *arg);

/* arg, of a stream with that source; else NULL. */
void *stream_memory(const struct stream *s, const struct memory_source *source);

/* Reads give these bytes, then the end; nothing may be written. */
struct stream *stream_new_bytes(struct str bytes);

#endif
