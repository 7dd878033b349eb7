/* What the programs behind docs/own.md share. */
#ifndef OWN_H
#define OWN_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"

static inline double
own_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static inline struct str
own_read(const char *path)
{
	struct buf in = BUF_NONE;
	FILE *file = fopen(path, "r");
	int c;

	if (file == NULL) {
		perror(path);
		exit(1);
	}
	while ((c = getc(file)) != EOF)
		buf_add_char(&in, (char)c);
	fclose(file);
	return buf_str(&in);
}

#endif
