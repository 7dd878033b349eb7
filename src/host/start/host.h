/* host: what the program loads to become the trusted half. */
#ifndef START_HOST_H
#define START_HOST_H

/* Returns the exit status. */
int host_main(int argc, char **argv);

#endif
