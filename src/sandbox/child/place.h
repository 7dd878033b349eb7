/*
 * place: where this program's own files are. Fixed at build time, never taken
 * from the environment.
 */
#ifndef CHILD_PLACE_H
#define CHILD_PLACE_H

/* The folder: of a program of a build tree in_build, else installed. */
const char *place_of(const char *in_build, const char *installed);

#endif
