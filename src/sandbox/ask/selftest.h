/*
 * selftest: every function for modules, called in the jail by the example of
 * its row. Shows which system calls were refused to whom: a C library or a
 * kernel that we have not met may want others than those that we know.
 */
#ifndef ASK_SELFTEST_H
#define ASK_SELFTEST_H

/*
 * --selftest: prints a line a function. The exit status: 0, or 1 if the filter
 * stopped one. What was refused quietly is only shown.
 */
int selftest_print(void);

#endif
