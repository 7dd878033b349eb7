#include "gate/ownaddr.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

bool
ownaddr_has(const struct ownaddr_list *list, const struct addr *addr)
{
	for (size_t i = 0; i < list->n; i++) {
		if (memcmp(list->addr[i].ip, addr->ip, sizeof(addr->ip)) == 0)
			return true;
	}
	return false;
}

void
ownaddr_add(struct ownaddr_list *list, const struct addr *addr)
{
	if (ownaddr_has(list, addr))
		return;
	if (list->n == list->cap) {
		list->cap = list->cap != 0 ? 2 * list->cap : 16;
		list->addr =
		    mem_grow(list->addr, list->cap, sizeof(*list->addr));
	}
	list->addr[list->n++] = *addr;
}

void
ownaddr_clear(struct ownaddr_list *list)
{
	free(list->addr);
	*list = (struct ownaddr_list){ .n = 0 };
}

#ifdef __linux__
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#define ATTEMPTS 8    /* while addresses come and go */
#define PACKETS  4096 /* of one answer; there is no machine with more */

/*
 * Whoever takes over a broker has this socket, too, and could ask for links,
 * routes, neighbours. Answers that are not about addresses are dropped by the
 * kernel; a packet is of one kind, by its first message. Where there is no such
 * filter (gVisor) the socket tells more, and does its work.
 */
static void
hear_addresses_only(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS,
		    offsetof(struct nlmsghdr, nlmsg_type)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_NEWADDR), 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(NLMSG_DONE), 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(NLMSG_ERROR), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog program = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};

	(void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
	    sizeof(program));
}

int
ownaddr_open(struct err *err)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int saved;

	if (fd != -1)
		hear_addresses_only(fd);
	if (fd != -1 &&
	    connect(fd, (const struct sockaddr *)&kernel, sizeof(kernel)) == 0)
		return fd;
	saved = errno;
	if (fd != -1)
		(void)close(fd);
	errno = saved;
	(void)err_sys(err, "cannot ask for our own addresses");
	errno = saved;
	return -1;
}

/* The bytes of an attribute, or of a message, behind its head. */
static struct str
body_of(struct str all, size_t head)
{
	return str_from(all, head < all.n ? head : all.n);
}

static size_t
aligned(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

/* Where both are there IFA_LOCAL is ours, and IFA_ADDRESS the other side's. */
static void
read_address(struct str message, struct ownaddr_list *list)
{
	struct ifaddrmsg about;
	struct str left, ip = STR_NONE;
	struct addr addr;

	if (message.n < sizeof(about))
		return;
	memcpy(&about, message.p, sizeof(about));
	left = body_of(message, aligned(sizeof(about)));
	while (left.n >= sizeof(struct rtattr)) {
		struct rtattr head;
		struct str value;

		memcpy(&head, left.p, sizeof(head));
		if (head.rta_len < sizeof(head) || head.rta_len > left.n)
			break;
		value = body_of(str_sub(left, 0, head.rta_len), sizeof(head));
		if (head.rta_type == IFA_LOCAL ||
		    (head.rta_type == IFA_ADDRESS && ip.p == NULL))
			ip = value;
		left = body_of(left, aligned(head.rta_len));
	}
	if (about.ifa_family == AF_INET && ip.p != NULL && ip.n == 4) {
		addr = addr_ip4((const unsigned char *)ip.p, 0);
		ownaddr_add(list, &addr);
	} else if (about.ifa_family == AF_INET6 && ip.p != NULL && ip.n == 16) {
		addr = addr_ip6((const unsigned char *)ip.p, 0);
		ownaddr_add(list, &addr);
	}
}

/* NLMSG_ERROR, and what NLMSG_DONE says: a negative errno, 0: fine. */
static int
error_in(struct str message)
{
	int error = 0;

	if (message.n >= sizeof(error))
		memcpy(&error, message.p, sizeof(error));
	return error < 0 && error > -4096 ? -error : 0;
}

static enum ownaddr_part
fail_with(int *errnum, int why)
{
	*errnum = why;
	return OWNADDR_BAD;
}

static enum ownaddr_part
read_message(const struct nlmsghdr *head, struct str message,
    struct ownaddr_list *list, int *errnum)
{
	int error;

	if ((head->nlmsg_flags & NLM_F_DUMP_INTR) != 0)
		return OWNADDR_CHANGED;
	switch (head->nlmsg_type) {
	case NLMSG_DONE:
		error = error_in(message);
		return error == 0 ? OWNADDR_END : fail_with(errnum, error);
	case NLMSG_ERROR:
		error = error_in(message);
		return fail_with(errnum, error != 0 ? error : EPROTO);
	case NLMSG_OVERRUN:
		return OWNADDR_CHANGED;
	case RTM_NEWADDR:
		read_address(message, list);
		return OWNADDR_MORE;
	default:
		return OWNADDR_MORE;
	}
}

enum ownaddr_part
ownaddr_read(struct str packet, uint32_t number, struct ownaddr_list *list,
    int *errnum)
{
	enum ownaddr_part part = OWNADDR_MORE;

	while (packet.n != 0 && part == OWNADDR_MORE) {
		struct nlmsghdr head;

		if (packet.n < sizeof(head))
			return fail_with(errnum, EPROTO);
		memcpy(&head, packet.p, sizeof(head));
		if (head.nlmsg_len < sizeof(head) || head.nlmsg_len > packet.n)
			return fail_with(errnum, EPROTO);
		if (head.nlmsg_seq == number)
			part = read_message(&head,
			    body_of(str_sub(packet, 0, head.nlmsg_len),
				sizeof(head)),
			    list, errnum);
		packet = body_of(packet, aligned(head.nlmsg_len));
	}
	return part;
}

static bool
send_question(int fd, uint32_t number)
{
	struct {
		struct nlmsghdr head;
		struct ifaddrmsg about;
	} question = {
		.head = {
		    .nlmsg_len = sizeof(question),
		    .nlmsg_type = RTM_GETADDR,
		    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		    .nlmsg_seq = number,
		},
		.about = { .ifa_family = AF_UNSPEC },
	};
	ssize_t n;

	do
		n = send(fd, &question, sizeof(question), 0);
	while (n == -1 && errno == EINTR);
	return n == (ssize_t)sizeof(question);
}

/* The kernel answers before send(2) returns: there is nothing to wait for. */
static enum ownaddr_part
read_answer(int fd, uint32_t number, struct ownaddr_list *list, int *errnum)
{
	char packet[OWNADDR_PACKET_MAX];
	enum ownaddr_part part = OWNADDR_MORE;

	for (int i = 0; i < PACKETS && part == OWNADDR_MORE; i++) {
		ssize_t n = recv(fd, packet, sizeof(packet), MSG_DONTWAIT);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1 && errno == ENOBUFS)
			return OWNADDR_CHANGED;
		if (n <= 0)
			return fail_with(errnum, n == -1 ? errno : EPROTO);
		part = ownaddr_read(str_view(packet, (size_t)n), number, list,
		    errnum);
	}
	return part != OWNADDR_MORE ? part : fail_with(errnum, EMSGSIZE);
}

int
ownaddr_ask(int fd, struct ownaddr_list *list, struct err *err)
{
	static uint32_t number;
	enum ownaddr_part part = OWNADDR_CHANGED;
	int errnum = EAGAIN;

	for (int i = 0; i < ATTEMPTS && part == OWNADDR_CHANGED; i++) {
		/* what is left of the last answer has another number */
		ownaddr_clear(list);
		if (!send_question(fd, ++number))
			part = fail_with(&errnum, errno);
		else
			part = read_answer(fd, number, list, &errnum);
	}
	if (part == OWNADDR_END)
		return 0;
	ownaddr_clear(list);
	errno = errnum;
	return err_sys(err, "cannot ask for our own addresses");
}

#else
#include <ifaddrs.h>

#define NO_SOCKET (-1)

int
ownaddr_open(struct err *err)
{
	(void)err;
	return NO_SOCKET;
}

int
ownaddr_ask(int fd, struct ownaddr_list *list, struct err *err)
{
	struct ifaddrs *all;
	struct addr own;

	(void)fd;
	if (getifaddrs(&all) == -1)
		return err_sys(err, "cannot ask for our own addresses");
	for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
		if (i->ifa_addr != NULL &&
		    addr_from_sockaddr(i->ifa_addr, &own))
			ownaddr_add(list, &own);
	}
	freeifaddrs(all);
	return 0;
}
#endif
