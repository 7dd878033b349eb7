/*
 * ares_loop N AT_ONCE PORT NAME...: asks the name server on 127.0.0.1 for the
 * addresses of the names in turn, N times in all, with one channel of c-ares
 * and at most AT_ONCE questions on their way: the floor for dns(). Answers are
 * parsed, and one without an address ends it.
 */
#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ares_channel channel;
static long asked, answered;
static int failed;

static void
on_answer(void *arg, int status, int timeouts, unsigned char *p, int n)
{
	struct ares_addrttl addr[8];
	int addrs = 8;

	(void)arg;
	(void)timeouts;
	answered++;
	if (status != ARES_SUCCESS ||
	    ares_parse_a_reply(p, n, NULL, addr, &addrs) != ARES_SUCCESS ||
	    addrs == 0)
		failed = 1;
}

static int
open_channel(int port)
{
	char lookups[] = "b";
	struct ares_options options = { .flags = ARES_FLAG_NOSEARCH,
		.timeout = 3000,
		.lookups = lookups };
	struct ares_addr_port_node server = { .family = AF_INET,
		.udp_port = port,
		.tcp_port = port };

	server.addr.addr4.s_addr = htonl(INADDR_LOOPBACK);
	if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS ||
	    ares_init_options(&channel, &options,
		ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_LOOKUPS) !=
		ARES_SUCCESS)
		return -1;
	return ares_set_servers_ports(channel, &server) == ARES_SUCCESS ? 0
	                                                                : -1;
}

static void
go_on(void)
{
	ares_socket_t fd[ARES_GETSOCK_MAXNUM];
	struct pollfd p[ARES_GETSOCK_MAXNUM];
	int which = ares_getsock(channel, fd, ARES_GETSOCK_MAXNUM);
	nfds_t n = 0;

	for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
		short events = 0;

		if (ARES_GETSOCK_READABLE(which, i))
			events |= POLLIN;
		if (ARES_GETSOCK_WRITABLE(which, i))
			events |= POLLOUT;
		if (events != 0)
			p[n++] = (struct pollfd){ fd[i], events, 0 };
	}
	(void)poll(p, n, 3000);
	for (nfds_t i = 0; i < n; i++)
		ares_process_fd(channel,
		    (p[i].revents & POLLIN) != 0 ? p[i].fd : ARES_SOCKET_BAD,
		    (p[i].revents & POLLOUT) != 0 ? p[i].fd : ARES_SOCKET_BAD);
}

int
main(int argc, char **argv)
{
	long n, at_once;

	if (argc < 5 || open_channel(atoi(argv[3])) == -1)
		return 2;
	n = atol(argv[1]);
	at_once = atol(argv[2]);
	while (answered < n && !failed) {
		while (asked < n && asked - answered < at_once)
			ares_query(channel, argv[4 + asked++ % (argc - 4)],
			    ns_c_in, ns_t_a, on_answer, NULL);
		go_on();
	}
	ares_destroy(channel);
	ares_library_cleanup();
	return failed;
}
