/*
 * lean: the child is two programs of the same objects.
 *
 *	sn0int-sandbox          static, against musl, without plugins; the one
 *	                        that is started
 *	sn0int-sandbox-plugins  against glibc; loads what a module names
 *
 * The first is there in a third of the time, and is all that most modules need.
 * Where one does not it goes on in the second, before the jail, and hands on
 * what it has read. Where there is no static one (meson.build says when) the
 * second has the name of the first, and lean_leave() nothing to do.
 */
#ifndef LEAN_LEAN_H
#define LEAN_LEAN_H

#include "ipc/line.h"

/*
 * Goes on in the program that loads plugins, if this is the other: with the
 * words of a command line, ended by NULL, and what has been read of standard
 * input and stands in *ahead (NULL: nothing; the option --ahead-fd says where
 * it is then). If the words have that option already, named is its number, and
 * is taken over; else -1. The environment and descriptors without close-on-exec
 * stay.
 * Returns 0 in the program that loads plugins, -1 if it cannot be executed.
 */
int lean_leave(char *const *word, const struct line *ahead, int named,
    struct err *err);

/* In the other: what was read of standard input comes first. Closes fd. */
int lean_take(struct line *in, int fd, struct err *err);

#endif
