/*
 * control: our end of the socket between us and the outer half of a child that
 * has the network (broker/notice.h). We say when an attempt begins; what the
 * broker did comes back as notices. They are no more than the broker's word: a
 * child that is another's can make up what it did, and nothing else.
 *
 *	if (control_begin(&child->control, connections, rules, err) == -1)
 *		...kill it...
 *	write(child->proc.in, start line)
 *	...poll(2) says that control.fd can be read, or the child's output can:
 *	status = control_read(&child->control, on_notice, job, err);
 *
 * Whoever reads the output of the child reads control first: what was noticed
 * before the child said something is told before it, then.
 */
#ifndef TRANSPORT_CONTROL_H
#define TRANSPORT_CONTROL_H

#include "base/err.h"
#include "broker/notice.h"

#define CONTROL_A_TURN 32 /* notices; the others wait, as other children do */

struct control {
	int fd;           /* -1: there is none, or the broker has gone */
	uint32_t attempt; /* the last one */
	uint64_t left;    /* notices that may come */
};

/*
 * The next attempt begins: what is noticed of the one before does not count
 * any more. rules: what it may reach (gate/permit.h), a packet; p NULL: what the
 * policy allows. Does nothing where there is no control, or no broker any more.
 * -1: the broker does not take it.
 */
int control_begin(struct control *control, uint32_t connections,
    struct str rules, struct err *err);

/*
 * Where the worker may run, base/processor.h; where nobody sees to that,
 * nothing.
 */
void control_place(struct control *control, uint32_t processor);

/*
 * Passes on what is there, at most CONTROL_A_TURN notices, and closes where
 * there will be no more; never waits. 1: there may be more; 0: there is no more
 * now; -1: what came is no notice, or one more than a broker sends, and it was
 * closed. Whoever is told may close it.
 */
int control_read(struct control *control,
    void (*told)(void *arg, const struct notice *notice), void *arg,
    struct err *err);

void control_close(struct control *control);

#endif
