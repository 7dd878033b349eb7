/*
 * tools_jail: what a program loses that reads what a stranger wrote. Internal to
 * bundle.
 */
#ifndef BUNDLE_TOOLS_JAIL_H
#define BUNDLE_TOOLS_JAIL_H

/*
 * For this process and what it executes: no new privileges; little time, memory,
 * files; by Landlock the files of the system and the folder to read, /dev/null
 * to write, no TCP. Where the kernel has no Landlock, the rest. -1: it has, and
 * it could not be set.
 */
int tools_jail(const char *folder);

#endif
