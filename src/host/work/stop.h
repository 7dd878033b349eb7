/*
 * stop: signals while something runs. SIGINT asks for the end of the run; one
 * that comes a quarter of a second later is an ordinary one. SIGCHLD wakes the
 * loop.
 *
 * Runs nest (a notification is a run within a run); the handlers are there
 * from the outermost stop_begin() to its stop_end(), and so is the wish.
 */
#ifndef WORK_STOP_H
#define WORK_STOP_H

#include "base/err.h"

int stop_begin(struct err *err);
void stop_end(void);

/* Of a program that ends now: SIGINT is ignored, its status is given already. */
void stop_end_last(void);

/* Readable when a signal has come; stop_drain() takes what is in it. */
int stop_fd(void);
void stop_drain(void);

bool stop_is_wanted(void);

/* Counts the SIGCHLDs, for who looks whether there was one since. */
unsigned stop_deaths(void);

#endif
