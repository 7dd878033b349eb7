/*
 * What the kernel says of our own addresses: every packet that it could send,
 * cut at every length, and what only somebody else would send.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

#include "base/buf.h"
#include "base/mem.h"
#include "gate/ownaddr.h"

#define NUMBER 77

static void
add_attribute(struct buf *out, uint16_t type, const void *p, size_t n)
{
	struct rtattr head = { (uint16_t)(sizeof(head) + n), type };

	buf_add(out, str_view((const char *)&head, sizeof(head)));
	buf_add(out, str_view(p, n));
	while (out->n % 4 != 0)
		buf_add_char(out, '\0');
}

static void
add_message(struct buf *out, uint16_t type, uint32_t number, struct str body)
{
	struct nlmsghdr head = { (uint32_t)(sizeof(head) + body.n), type,
		NLM_F_MULTI, number, 0 };

	buf_add(out, str_view((const char *)&head, sizeof(head)));
	buf_add(out, body);
	while (out->n % 4 != 0)
		buf_add_char(out, '\0');
}

/* A message of one address: its own, and perhaps the other side's. */
static void
add_address(struct buf *out, int family, const char *own, const char *other)
{
	struct ifaddrmsg about = { .ifa_family = (uint8_t)family };
	struct buf body = BUF_NONE;
	size_t n = family == AF_INET6 ? 16 : 4;

	buf_add(&body, str_view((const char *)&about, sizeof(about)));
	add_attribute(&body, IFA_LABEL, "eth0", 5);
	if (other != NULL)
		add_attribute(&body, IFA_ADDRESS, other, n);
	if (own != NULL)
		add_attribute(&body, IFA_LOCAL, own, n);
	add_attribute(&body, IFA_FLAGS, "\0\0\0\0", 4);
	add_message(out, RTM_NEWADDR, NUMBER, buf_str(&body));
	buf_clear(&body);
}

static void
addresses_are_read(void)
{
	static const char six[17] = "0123456789abcdef";
	struct ownaddr_list list = { .n = 0 };
	struct buf packet = BUF_NONE;
	char text[ADDR_TEXT_MAX];
	int errnum = 0;

	add_address(&packet, AF_INET, "\x0a\0\0\1", "\x0a\0\0\2");
	add_address(&packet, AF_INET, NULL, "\x0a\0\0\3");
	add_address(&packet, AF_INET6, NULL, six);
	add_address(&packet, AF_PACKET, "\0\0\0\0", NULL);
	add_address(&packet, AF_INET, NULL, NULL);
	CHECK_INT(ownaddr_read(buf_str(&packet), NUMBER, &list, &errnum),
	    OWNADDR_MORE);
	CHECK_INT(list.n, 3);
	CHECK_CSTR(addr_ip_text(&list.addr[0], text), "10.0.0.1");
	CHECK_CSTR(addr_ip_text(&list.addr[1], text), "10.0.0.3");
	CHECK(memcmp(list.addr[2].ip, six, 16) == 0);
	/* the same once more is one, and other answers are not ours */
	CHECK_INT(ownaddr_read(buf_str(&packet), NUMBER, &list, &errnum),
	    OWNADDR_MORE);
	CHECK_INT(list.n, 3);
	ownaddr_clear(&list);
	CHECK_INT(ownaddr_read(buf_str(&packet), NUMBER + 1, &list, &errnum),
	    OWNADDR_MORE);
	CHECK_INT(list.n, 0);
	buf_clear(&packet);
}

static void
an_answer_has_an_end(void)
{
	static const struct {
		uint16_t type, flags;
		int error;
		enum ownaddr_part want;
		int errnum;
	} row[] = {
		{ NLMSG_DONE, NLM_F_MULTI, 0, OWNADDR_END, 0 },
		{ NLMSG_DONE, NLM_F_MULTI, -ENOMEM, OWNADDR_BAD, ENOMEM },
		{ NLMSG_DONE, NLM_F_MULTI, 5, OWNADDR_END, 0 },
		{ NLMSG_DONE, NLM_F_MULTI | NLM_F_DUMP_INTR, 0, OWNADDR_CHANGED,
		    0 },
		{ RTM_NEWADDR, NLM_F_DUMP_INTR, 0, OWNADDR_CHANGED, 0 },
		{ NLMSG_ERROR, 0, -EPERM, OWNADDR_BAD, EPERM },
		{ NLMSG_ERROR, 0, 0, OWNADDR_BAD, EPROTO },
		{ NLMSG_ERROR, 0, INT32_MIN, OWNADDR_BAD, EPROTO },
		{ NLMSG_OVERRUN, 0, 0, OWNADDR_CHANGED, 0 },
		{ NLMSG_NOOP, 0, 0, OWNADDR_MORE, 0 },
		{ RTM_NEWROUTE, 0, 0, OWNADDR_MORE, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct ownaddr_list list = { .n = 0 };
		struct {
			struct nlmsghdr head;
			int error;
		} m = { { sizeof(m), row[i].type, row[i].flags, NUMBER, 0 },
			row[i].error };
		int errnum = 0;

		CHECK_INT(ownaddr_read(str_view((const char *)&m, sizeof(m)),
			      NUMBER, &list, &errnum),
		    row[i].want);
		CHECK_INT(errnum, row[i].errnum);
		CHECK_INT(list.n, 0);
	}
}

/* Whatever is cut off: nothing is read beyond it, which the sanitizer sees. */
static void
every_length_is_taken(void)
{
	struct buf packet = BUF_NONE;

	add_address(&packet, AF_INET, "\x0a\0\0\1", "\x0a\0\0\2");
	add_address(&packet, AF_INET6, NULL, "0123456789abcdef");
	for (size_t n = 0; n <= packet.n; n++) {
		struct ownaddr_list list = { .n = 0 };
		char *copy = mem_alloc(n + 1);
		int errnum = 0;

		memcpy(copy, packet.p, n);
		(void)ownaddr_read(str_view(copy, n), NUMBER, &list, &errnum);
		CHECK(list.n <= 2);
		/* and every length that a head may give itself */
		for (unsigned k = 0; n == packet.n && k < 256; k++) {
			copy[0] = (char)k;
			(void)ownaddr_read(str_view(copy, n), NUMBER, &list,
			    &errnum);
			copy[16 + 8] = (char)k;
			(void)ownaddr_read(str_view(copy, n), NUMBER, &list,
			    &errnum);
		}
		ownaddr_clear(&list);
		free(copy);
	}
	buf_clear(&packet);
}

/* The real one, on one socket, again and again. */
static void
the_kernel_answers(void)
{
	static const unsigned char localhost[4] = { 127, 0, 0, 1 };
	struct addr want = addr_ip4(localhost, 0);
	autoerr struct err err = ERR_NONE;
	int fd = ownaddr_open(&err);

	CHECK(fd != -1);
	for (int i = 0; i < 100; i++) {
		struct ownaddr_list list = { .n = 0 };
		bool has_it = false;

		CHECK_INT(ownaddr_ask(fd, &list, &err), 0);
		for (size_t k = 0; k < list.n; k++)
			has_it |= addr_eq(&list.addr[k], &want);
		CHECK(has_it);
		ownaddr_clear(&list);
	}
	(void)close(fd);
	CHECK_INT(ownaddr_ask(fd, &(struct ownaddr_list){ .n = 0 }, &err), -1);
}

CHECK_MAIN(CASE(addresses_are_read), CASE(an_answer_has_an_end),
    CASE(every_length_is_taken), CASE(the_kernel_answers))
