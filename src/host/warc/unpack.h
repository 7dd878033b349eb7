/*
 * unpack: the bytes of a file that is plain or in gzip, and where they are.
 */
#ifndef WARC_UNPACK_H
#define WARC_UNPACK_H

#include <stdint.h>
#include <zlib.h>

#include "base/err.h"

#define UNPACK_PIECE ((size_t)64 << 10)

struct unpack {
	int fd; /* -1: bytes */
	struct str bytes;
	uint64_t from, most; /* what of the file: most bytes from there on */
	uint64_t raw;        /* behind what was read of these */
	size_t in_at, in_n;
	size_t at, n; /* of what is unpacked: out[at..n) is not taken yet */
	bool is_gzip; /* what is read now */
	bool is_open; /* a member, or plain bytes, have begun and not ended */
	bool is_end;  /* nothing is behind what ended */
	bool is_cut;  /* the last -1 was for the end of the file */
	bool has_failed; /* the file could not be read */
	bool has_z;
	z_stream z;
	unsigned char in[UNPACK_PIECE], out[UNPACK_PIECE];
};

void unpack_init(struct unpack *u, int fd, struct str bytes);
void unpack_end(struct unpack *u);
void unpack_seek(struct unpack *u, uint64_t at);

/* The offset of what comes next; of gzip only between members. */
uint64_t unpack_place(const struct unpack *u);

/*
 * Unpacks some bytes if none are there. 1: there are; 0: here a member ends (it
 * is not open any more), or the file does; -1.
 */
int unpack_fill(struct unpack *u, struct err *err);

#endif
