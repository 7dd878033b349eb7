/* Our end of control: orders go out, notices come in, and no more than may. */
#include "transport/control.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "broker/broker.h"
#include "check.h"

struct told {
	size_t n;
	uint32_t last; /* number of a connection */
};

static void
on_notice(void *arg, const struct notice *notice)
{
	struct told *told = arg;

	told->n++;
	told->last = notice->closed.number;
}

static int
begin(struct control *c, uint32_t connections)
{
	int fd[2];

	if (broker_pair(fd, NULL) == -1)
		abort();
	*c = (struct control){ .fd = fd[0] };
	CHECK_INT(control_begin(c, connections, STR_NONE, NULL), 0);
	return fd[1];
}

static bool
tell(int fd, uint32_t attempt, uint32_t number)
{
	const struct notice notice = { .kind = NOTICE_CLOSED,
		.attempt = attempt,
		.closed = { .number = number } };
	unsigned char bytes[NOTICE_SIZE];

	notice_write(bytes, &notice);
	return send(fd, bytes, sizeof(bytes), MSG_DONTWAIT | MSG_NOSIGNAL) !=
	       -1;
}

static void
attempts_have_numbers(void)
{
	struct told told = { .n = 0 };
	struct order_packet order;
	char packet[64];
	struct control c;
	int fd = begin(&c, 5);

	for (uint32_t i = 1; i <= 2; i++) {
		ssize_t n = recv(fd, packet, sizeof(packet), MSG_DONTWAIT);

		CHECK(n == ORDER_SIZE &&
		      order_packet_read(str_view(packet, ORDER_SIZE), &order));
		CHECK_INT(order.attempt, i);
		CHECK_INT(order.connections, i == 1 ? 5 : 0);
		if (i == 1)
			CHECK_INT(control_begin(&c, 0, STR_NONE, NULL), 0);
	}
	/* those of the one before do not count */
	CHECK(tell(fd, 1, 7) && tell(fd, 2, 8) && tell(fd, 3, 9));
	CHECK_INT(control_read(&c, on_notice, &told, NULL), 0);
	CHECK(told.n == 1 && told.last == 8);
	control_close(&c);
	close(fd);
}

static void
so_many_are_read_at_once(void)
{
	static const size_t row[] = { 0, 1, CONTROL_A_TURN - 1, CONTROL_A_TURN,
		CONTROL_A_TURN + 1, 3 * CONTROL_A_TURN };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct told told = { .n = 0 };
		struct control c;
		int fd = begin(&c, 1000);
		size_t turns = 0;

		for (size_t k = 0; k < row[i]; k++)
			CHECK(tell(fd, 1, 1));
		while (control_read(&c, on_notice, &told, NULL) == 1)
			CHECK_INT(told.n, ++turns * CONTROL_A_TURN);
		CHECK_INT(told.n, row[i]);
		CHECK_INT(turns, row[i] / CONTROL_A_TURN);
		control_close(&c);
		close(fd);
	}
}

static void
what_is_no_notice_is_an_error(void)
{
	static const struct str row[] = { STR("x"), STR("\1\1") };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct told told = { .n = 0 };
		autoerr struct err err = ERR_NONE;
		struct control c;
		int fd = begin(&c, 5);

		CHECK(send(fd, row[i].p, row[i].n, 0) != -1);
		CHECK_INT(control_read(&c, on_notice, &told, &err), -1);
		CHECK(str_starts(err_text(&err),
		    STR("its broker said what is no notice (")));
		CHECK_INT(c.fd, -1);
		CHECK_INT(control_read(&c, on_notice, &told, &err), 0);
		CHECK_INT(told.n, 0);
		close(fd);
	}
}

/* It cannot keep its host busy for ever. */
static void
there_is_a_bound_to_what_is_told(void)
{
	const uint32_t connections = 1000;
	const size_t most =
	    2 * connections + NOTICE_MOST_REFUSED + OUTCOME_MOST;
	struct told told = { .n = 0 };
	autoerr struct err err = ERR_NONE;
	struct control c;
	int fd = begin(&c, connections), status = 0;

	for (size_t i = 0; i < most; i++) {
		while (!tell(fd, 1, 1))
			(void)control_read(&c, on_notice, &told, NULL);
	}
	while (control_read(&c, on_notice, &told, NULL) == 1)
		continue;
	CHECK_INT(told.n, most);
	for (int i = 0; status == 0 && i < 10000; i++) {
		(void)tell(fd, 1, 1);
		status = control_read(&c, on_notice, &told, &err);
	}
	CHECK_INT(status, -1);
	CHECK_STR(err_text(&err), "its broker said more than it may");
	close(fd);
}

static void
who_has_gone_is_no_error(void)
{
	struct told told = { .n = 0 };
	struct control c;
	int fd = begin(&c, 5);

	CHECK(tell(fd, 1, 1));
	close(fd);
	CHECK_INT(control_read(&c, on_notice, &told, NULL), 0);
	CHECK(told.n == 1 && c.fd == -1);
	close(begin(&c, 5));
	CHECK_INT(control_begin(&c, 5, STR_NONE, NULL), 0);
	CHECK_INT(c.fd, -1);
	CHECK_INT(control_begin(&c, 5, STR_NONE, NULL), 0);
}

/* One that takes no orders is another's. */
static void
who_takes_no_order_is_an_error(void)
{
	autoerr struct err err = ERR_NONE;
	struct control c;
	int fd = begin(&c, 5), status = 0;

	for (int i = 0; status == 0 && i < 100000; i++)
		status = control_begin(&c, 5, STR_NONE, &err);
	CHECK_INT(status, -1);
	CHECK(str_starts(err_text(&err), STR("cannot tell its broker")));
	control_close(&c);
	close(fd);
}

static void
a_place_goes_to_the_broker(void)
{
	char packet[64];
	uint32_t processor;
	struct control c;
	int fd = begin(&c, 5);

	(void)recv(fd, packet, sizeof(packet), MSG_DONTWAIT);
	control_place(&c, 7);
	CHECK_INT(recv(fd, packet, sizeof(packet), MSG_DONTWAIT), ORDER_SIZE);
	CHECK(place_packet_read(str_view(packet, ORDER_SIZE), &processor));
	CHECK_INT(processor, 7);
	/* nobody is there, or nobody reads: nothing */
	for (int i = 0; i < 100000; i++)
		control_place(&c, 7);
	close(fd);
	control_place(&c, 7);
	control_close(&c);
	control_place(&c, 7);
}

CHECK_MAIN(CASE(attempts_have_numbers), CASE(so_many_are_read_at_once),
    CASE(what_is_no_notice_is_an_error), CASE(there_is_a_bound_to_what_is_told),
    CASE(who_has_gone_is_no_error), CASE(who_takes_no_order_is_an_error),
    CASE(a_place_goes_to_the_broker))
