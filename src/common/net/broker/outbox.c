#include "broker/outbox.h"

#include <assert.h>
#include <errno.h>
#include <sys/socket.h>

void
outbox_add(struct outbox *box, const struct notice *notice)
{
	if (box->fd == -1)
		return;
	assert(box->n < OUTBOX_ROOM);
	notice_write(box->packet[box->n++], notice);
}

static enum outbox_state
state_of(int error)
{
	if (error == EAGAIN)
		return OUTBOX_FULL;
	if (error == EINTR || error == ENOBUFS || error == ENOMEM)
		return OUTBOX_RETRY;
	return OUTBOX_GONE;
}

enum outbox_state
outbox_flush(struct outbox *box)
{
	enum outbox_state state = OUTBOX_EMPTY;
	size_t sent = 0;

	while (sent < box->n && state == OUTBOX_EMPTY) {
		if (send(box->fd, box->packet[sent], NOTICE_SIZE,
			MSG_DONTWAIT | MSG_NOSIGNAL) == NOTICE_SIZE)
			sent++;
		else
			state = state_of(errno);
	}
	box->n -= sent;
	if (sent != 0 && box->n != 0)
		memmove(box->packet[0], box->packet[sent],
		    box->n * NOTICE_SIZE);
	return state;
}
