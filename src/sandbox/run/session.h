/*
 * session: one run of a module, from the command line to the Exit line, in the
 * order of docs/jail.md, "Order of steps".
 */
#ifndef RUN_SESSION_H
#define RUN_SESSION_H

#include "ipc/child_options.h"

/*
 * word: what o was read from, ended by NULL, for the other program of the child
 * (lean/lean.h). Returns the exit status; the caller ends the process with _exit(2), since
 * what libraries do at the exit may be refused by then.
 */
int session_run(struct child_options *o, char *const *word);

#endif
