#include "transport/control.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fds.h"

#define BACKLOG 4096 /* more than wait in a socket and are watched */

void
control_close(struct control *control)
{
	fds_drop(&control->fd);
}

/*
 * A request each that was answered, a word, an end of a connection; those of
 * attempts before are among them, and a hang-up.
 */
static uint64_t
most_of(uint32_t connections)
{
	return 2 * (uint64_t)connections + NOTICE_MOST_REFUSED + OUTCOME_MOST +
	       BACKLOG;
}

static int
tell(struct control *control, struct str packet, struct err *err)
{
	ssize_t n;

	if (control->fd == -1)
		return 0;
	do
		n = send(control->fd, packet.p, packet.n,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	if (n != -1)
		return 0;
	if (errno != EPIPE && errno != ECONNRESET)
		return err_sys(err, "cannot tell its broker to begin");
	control_close(control); /* it has died; its end says why */
	return 0;
}

int
control_begin(struct control *control, uint32_t connections, struct str rules,
    struct err *err)
{
	const struct order_packet order = { ++control->attempt, connections,
		rules.p != NULL };
	unsigned char packet[ORDER_SIZE];

	control->left = most_of(connections);
	order_packet_write(packet, &order);
	if (rules.p != NULL && tell(control, rules, err) == -1)
		return -1;
	return tell(control, str_view((char *)packet, sizeof(packet)), err);
}

/* A full socket or none: it stays where it is. */
void
control_place(struct control *control, uint32_t processor)
{
	unsigned char packet[ORDER_SIZE];

	place_packet_write(packet, processor);
	(void)send(control->fd, packet, sizeof(packet),
	    MSG_DONTWAIT | MSG_NOSIGNAL);
}

int
control_read(struct control *control,
    void (*told)(void *arg, const struct notice *notice), void *arg,
    struct err *err)
{
	char packet[NOTICE_SIZE + 1];
	struct notice notice;

	for (int i = 0; i < CONTROL_A_TURN && control->fd != -1; i++) {
		ssize_t n =
		    recv(control->fd, packet, sizeof(packet), MSG_DONTWAIT);

		/* it ended without its order; what it said is still there */
		if (n == -1 && errno == ECONNRESET)
			continue;
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n <= 0) {
			control_close(control);
			return 0;
		}
		if (control->left-- == 0) {
			control_close(control);
			return err_set(err, "its broker said more than it may");
		}
		if (!notice_read(str_view(packet, (size_t)n), &notice)) {
			control_close(control);
			return err_set(err,
			    "its broker said what is no notice (%zd bytes)", n);
		}
		if (notice.attempt == control->attempt)
			told(arg, &notice);
	}
	return control->fd != -1;
}
