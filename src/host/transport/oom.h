/*
 * oom: whom a system without memory ends first: a child of ours, before us and
 * before others of its size. Children are born with OOM_ABOVE more than we
 * have (proc(5), oom_score_adj; a thousand is all there is), and keep it: they
 * have no file to write another in.
 *
 * It is written to ourselves around a birth, and taken back: a child has it from
 * its first moment, and who hides from others (starter.h) could not open the
 * file of a child that still shares its memory. Raising it needs no privilege,
 * nor does the way back to where we were.
 */
#ifndef TRANSPORT_OOM_H
#define TRANSPORT_OOM_H

#define OOM_ABOVE 500
#define OOM_MOST  1000

struct oom {
	int fd;   /* of our own file; -1: there is none, and all do nothing */
	int ours; /* what we had */
};

#define OOM_NONE                                                               \
	{                                                                      \
		.fd = -1                                                       \
	}

/* Before the process hides. What cannot be read or opened: children as we. */
void oom_open(struct oom *oom);
void oom_close(struct oom *oom);

/* Who is born between the two has more. They keep errno. */
void oom_raise(const struct oom *oom);
void oom_restore(const struct oom *oom);

#endif
