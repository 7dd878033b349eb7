/*
 * read: as many bytes of a file as are asked for, or as there are.
 */
#ifndef BASE_READ_H
#define BASE_READ_H

#include <sys/types.h>

/*
 * Fewer than n only at the end of the file; a signal stops nothing. -1 with
 * errno. The first reads on from where the descriptor stands, the second from
 * `at`, and leaves it there.
 */
ssize_t read_full(int fd, char *p, size_t n);
ssize_t read_full_at(int fd, char *p, size_t n, off_t at);

#endif
