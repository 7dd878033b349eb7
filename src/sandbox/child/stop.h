/*
 * stop: ending a script from outside of it. Its time or its output is used up,
 * or nobody listens any more: from then on every instruction of the script
 * raises the reason as an error. There is no hook before that, so nothing is
 * paid for it.
 */
#ifndef CHILD_STOP_H
#define CHILD_STOP_H

#include "child/child.h"
#include "jail/jail.h"

/*
 * The hooks of the jail for this child; there is one. They also keep what is
 * gathered on the wire moving, and write the last line if the script cannot be
 * reached.
 */
struct jail_hooks stop_hooks(struct child *child);

/* After a failed call: stops the script if the wire cannot be written to. */
void stop_if_mute(struct child *child);

/*
 * A chunk of a session, between these two: an interrupt of the parent's stops
 * it, and calls its waits off (base/halt.h); so does one that is noted already.
 * _ends: what was left of that is gone. The reason: STOP_INTERRUPTED; NULL: it
 * was not stopped; any other is that of a limit, which stays.
 */
#define STOP_INTERRUPTED "interrupted"

void stop_chunk_begins(struct child *child);
const char *stop_chunk_ends(struct child *child);

/* After a reply has come: stops it if an interrupt came with that. */
void stop_if_interrupted(struct child *child);

#endif
