/* What a child says it asked, against what its broker says it did. */
#include "witness/pairing.h"

#include "base/mem.h"
#include "check.h"

#define NOW INT64_C(1764460000123)

static struct broker_record
made(uint32_t number, int64_t at)
{
	return (struct broker_record){ .number = number,
		.proto = DIAL_TCP,
		.status = REPLY_CONNECTED,
		.when = (uint32_t)at,
		.ms = 10 };
}

static struct exchange
over(uint64_t connection, int64_t started, uint64_t ms, uint64_t sent,
    uint64_t received)
{
	return (struct exchange){ .kind = EXCHANGE_HTTP,
		.connection = connection,
		.started = (uint64_t)started,
		.ms = ms,
		.sent = sent,
		.received = received };
}

static struct broker_closed
closed(uint32_t number, int64_t at, uint64_t sent, uint64_t received)
{
	return (struct broker_closed){ .number = number,
		.when = (uint32_t)at,
		.sent = sent,
		.received = received };
}

/* Whether those over connection 1 count as seen at the end. */
static bool
is_seen(const struct pairing *p)
{
	autopool struct pool pool = POOL_NONE;
	int64_t *unseen;
	size_t n;

	unseen = pairing_unseen(p, &pool, &n);
	for (size_t i = 0; i < n; i++) {
		if (unseen[i] == 1)
			return false;
	}
	return true;
}

static void
what_adds_up_is_seen(void)
{
	static const struct {
		uint64_t sent[3], received[3];
		size_t n;
		bool is_seen;
	} row[] = {
		{ { 0 }, { 0 }, 0, true },
		{ { 100 }, { 1000 }, 1, true },
		{ { 101 }, { 1000 }, 1, false },
		{ { 100 }, { 1001 }, 1, false },
		{ { 30, 70 }, { 500, 500 }, 2, true },
		{ { 30, 71 }, { 500, 500 }, 2, false },
		{ { 1, 1, 98 }, { 0, 0, 1001 }, 3, false },
		/* a sum that does not fit is no small one */
		{ { INT64_MAX, INT64_MAX, 2 }, { 0 }, 3, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct broker_record record = made(1, NOW);
		struct broker_closed end = closed(1, NOW + 500, 100, 1000);
		struct pairing p = { .n = 0 };

		pairing_request(&p, &record, NOW);
		for (size_t k = 0; k < row[i].n; k++) {
			struct exchange x = over(1, NOW + 1, 20, row[i].sent[k],
			    row[i].received[k]);

			CHECK(pairing_claim(&p, &x));
			pairing_claim_bytes(&p, &x);
		}
		CHECK(!is_seen(&p)); /* nobody has counted yet */
		pairing_closed(&p, &end, NOW + 500);
		CHECK_INT(is_seen(&p), row[i].is_seen);
		pairing_clear(&p);
	}
}

static void
a_connection_that_is_not_there_is_unseen(void)
{
	struct broker_record record = made(7, NOW);
	struct pairing p = { .n = 0 };

	pairing_request(&p, &record, NOW);
	for (uint64_t number = 0; number < 20; number++) {
		struct exchange x = over(number, NOW, 1, 1, 1);

		CHECK_INT(pairing_claim(&p, &x), number == 7);
		pairing_claim_bytes(&p, &x);
	}
	/* nor one that only the low half of a number names */
	for (int shift = 32; shift < 63; shift++) {
		struct exchange x =
		    over(7 | UINT64_C(1) << shift, NOW, 1, 1, 1);

		CHECK(!pairing_claim(&p, &x));
	}
	pairing_clear(&p);
}

static void
what_nobody_counts_is_no_connection(void)
{
	struct broker_record record[] = { made(1, NOW), made(2, NOW),
		made(3, NOW) };
	struct pairing p = { .n = 0 };

	record[0].status = REPLY_FAILED;
	record[1].proto = DIAL_UDP;
	record[2].is_ns = true;
	for (size_t i = 0; i < ARRAY_SIZE(record); i++) {
		struct exchange x = over(i + 1, NOW, 1, 0, 0);

		pairing_request(&p, &record[i], NOW);
		CHECK(!pairing_claim(&p, &x));
	}
	pairing_clear(&p);
}

static void
it_was_open_at_that_time(void)
{
	const int64_t slack = PAIRING_SLACK_MS, from = NOW - 10, to = NOW + 500;
	const struct {
		int64_t started;
		uint64_t ms;
		bool before, after; /* its end is told */
	} row[] = {
		{ NOW, 20, true, true },
		{ from - 1000, 1000, true, true }, /* its dial is of it */
		{ from - 1000, 1000 - (uint64_t)slack, true, true },
		{ from - 1000, 999 - (uint64_t)slack, false, false },
		{ to, 5000, true, true },
		{ to + slack, 0, true, true },
		{ to + slack + 1, 0, true, false },
		{ 0, 0, false, false },
		{ 0, INT64_MAX, false, false },
		{ INT64_MAX, 0, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct exchange x = over(1, row[i].started, row[i].ms, 0, 0);
		struct broker_record record = made(1, NOW);
		struct broker_closed end = closed(1, to, 0, 0);
		struct pairing p = { .n = 0 };

		/* however late the host hears of it */
		pairing_request(&p, &record, NOW + 60000);
		CHECK_INT(pairing_claim(&p, &x), row[i].before);
		pairing_closed(&p, &end, NOW + 90000);
		CHECK_INT(pairing_claim(&p, &x), row[i].after);
		pairing_clear(&p);
	}
}

static void
a_look_up_is_seen_if_the_broker_asked(void)
{
	static const struct {
		const char *what;
		bool is_seen;
	} row[] = {
		{ "A www.example.com", true },
		{ "A WWW.Example.Com.", true },
		{ "MX www.example.com", false }, /* nobody asked for that */
		{ "AAAA www.example.com", false },
		{ "A example.com", false },
		{ "A www.example.com @192.0.2.53:53", false },
		{ "www.example.com", false },
		{ "", false },
		{ "A ", false },
	};
	struct broker_record looked_up = made(1, NOW), proxied = made(2, NOW);
	struct pairing p = { .n = 0 };

	looked_up.name = STR("www.example.com");
	proxied.name = STR("example.com");
	proxied.is_name = true;
	pairing_request(&p, &looked_up, NOW);
	pairing_request(&p, &proxied, NOW);
	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct exchange x = over(0, NOW, 1, 0, 0);

		x.what = str_of(row[i].what);
		CHECK(!pairing_claim(&p, &x));
		x.kind = EXCHANGE_DNS;
		CHECK_INT(pairing_claim(&p, &x), row[i].is_seen);
	}
	pairing_clear(&p);
}

/* A broker may be owned, too: its numbers go where they like. */
static void
a_broker_may_say_what_it_likes(void)
{
	struct pairing p = { .n = 0 };
	uint32_t dice = 1;

	for (int i = 0; i < 20000; i++) {
		struct broker_record record = made(dice, (int64_t)dice);
		struct broker_closed end =
		    closed(dice / 3, (int64_t)dice, UINT64_MAX, dice);
		struct exchange x =
		    over(dice / 7, (int64_t)dice, dice, INT64_MAX, INT64_MAX);

		record.name = str_view((const char *)&dice, sizeof(dice));
		dice = dice * 1103515245u + 12345u;
		pairing_request(&p, &record, NOW);
		pairing_closed(&p, &end, 0);
		(void)pairing_claim(&p, &x);
		pairing_claim_bytes(&p, &x);
	}
	for (size_t i = 1; i < p.n; i++)
		CHECK(p.connection[i - 1].number < p.connection[i].number);
	CHECK_INT(p.names, PAIRING_NAMES);
	pairing_clear(&p);
}

CHECK_MAIN(CASE(what_adds_up_is_seen),
    CASE(a_connection_that_is_not_there_is_unseen),
    CASE(what_nobody_counts_is_no_connection), CASE(it_was_open_at_that_time),
    CASE(a_look_up_is_seen_if_the_broker_asked),
    CASE(a_broker_may_say_what_it_likes))
