/*
 * A connection that both sides have shut, or that was reset, says POLLHUP to
 * who asks for nothing; so does one that our worker has shut whole. Then what
 * was written counts as sent, also where the kernel still has it.
 */
#include "broker/traffic.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/tcp.h>
#endif

#ifdef __linux__
/* As the kernel numbers them; its <linux/tcp.h> and <netinet/tcp.h>, which has
 * the names, do not go together. */
enum {
	FIN_WAIT1 = 4,
	TIME_WAIT = 6,
	CLOSED = 7,
	CLOSE_WAIT = 8,
	LAST_ACK = 9,
	CLOSING = 11,
};

/*
 * Has a FIN come, which the kernel counts as a byte? Where the connection is no
 * more, one has unless it was broken off.
 */
static bool
has_ended(const struct tcp_info *info, bool is_broken)
{
	switch (info->tcpi_state) {
	case TIME_WAIT:
	case CLOSE_WAIT:
	case LAST_ACK:
	case CLOSING:
		return true;
	case CLOSED:
		return !is_broken;
	default:
		return false;
	}
}

/* What is still to be sent; a FIN among it has a number as a byte has. */
static uint64_t
waiting(const struct tcp_info *info)
{
	bool has_shut = info->tcpi_state == FIN_WAIT1 ||
	                info->tcpi_state == LAST_ACK ||
	                info->tcpi_state == CLOSING;

	return info->tcpi_notsent_bytes -
	       (info->tcpi_notsent_bytes != 0 && has_shut);
}
#endif

/* By what the worker wrote: what was sent twice counts once. */
static void
ask(int fd, bool is_broken, struct broker_closed *out)
{
#ifdef __linux__
	struct tcp_info info;
	socklen_t n = sizeof(info);

	memset(&info, 0, sizeof(info));
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) == -1)
		return;
	out->received = info.tcpi_bytes_received;
	out->received -= out->received != 0 && has_ended(&info, is_broken);
	out->sent = info.tcpi_bytes_sent + waiting(&info);
	out->sent -= info.tcpi_bytes_retrans < out->sent
	                 ? info.tcpi_bytes_retrans
	                 : out->sent;
#else
	(void)fd;
	(void)is_broken;
	(void)out;
#endif
}

void
traffic_end(struct traffic *t, size_t i, unsigned how, struct notice *out)
{
	struct traffic_flow flow = t->flow[i];

	*out = (struct notice){ .kind = NOTICE_CLOSED,
		.attempt = flow.attempt,
		.closed = { .number = flow.number,
		    .is_cut = (how & TRAFFIC_CUT) != 0,
		    .when = notice_now() } };
	ask(flow.fd, (how & TRAFFIC_BROKEN) != 0, &out->closed);
	(void)close(flow.fd);
	t->n--;
	memmove(&t->flow[i], &t->flow[i + 1], (t->n - i) * sizeof(t->flow[0]));
}

bool
traffic_add(struct traffic *t, const struct traffic_flow *flow,
    struct notice *out)
{
	bool is_full = t->n != 0 && t->n >= t->most;

	if (is_full)
		traffic_end(t, 0, TRAFFIC_CUT, out);
	t->flow[t->n++] = *flow;
	return is_full;
}

void
traffic_poll(const struct traffic *t, struct pollfd *p)
{
	for (size_t i = 0; i < t->n; i++)
		p[i] = (struct pollfd){ .fd = t->flow[i].fd };
}

void
traffic_clear(struct traffic *t)
{
	for (size_t i = 0; i < t->n; i++)
		(void)close(t->flow[i].fd);
	t->n = 0;
}
