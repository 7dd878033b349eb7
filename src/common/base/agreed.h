/*
 * agreed: what both programs have to say alike, and no message carries.
 */
#ifndef BASE_AGREED_H
#define BASE_AGREED_H

/* Where a worker finds the broker's socket, if it has one. */
#define BROKER_FD 3

/* The version whose functions and files we provide, not the program's own. */
#define COMPATIBLE_VERSION "0.26.1"

#endif
