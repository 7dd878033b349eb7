/*
 * report: what came of cases and replays, for people, test runners (TAP) and
 * build servers (JUnit).
 */
#ifndef REPLAYS_REPORT_H
#define REPLAYS_REPORT_H

#include "replays/cases.h"

enum report_form { REPORT_LINES, REPORT_TAP, REPORT_JSON };

void report_cases(const struct cases *cases, enum report_form form);

/*
 * As an XML file. It is opened before the host locks itself, which opens no
 * file then; path p NULL: none, *fd is -1.
 */
int report_junit_open(struct str path, int *fd, struct err *err);
int report_junit(const struct cases *cases, int fd, struct err *err);

/* Both sides of a difference, a line each, cut around where it is. */
void report_difference(struct buf *out, const struct difference *d,
    const char *indent);

#endif
