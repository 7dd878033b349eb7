/* What counts as a failure, what is taken back, and in which words it is said.
 */
#include "work/outcome.h"

#include <errno.h>
#include <malloc.h>

#include "base/mem.h"
#include "check.h"

#include "gate/egress.h"
#include "name/dns.h"

static struct outcome
outcome(enum outcome_cause cause, const char *host, uint16_t port)
{
	struct outcome o = { .cause = cause, .port = port };

	outcome_set_host(&o, str_of(host));
	return o;
}

static void
fact(struct tally *t, enum outcome_cause cause, uint32_t detail)
{
	struct outcome o = outcome(cause, "192.0.2.1", 443);

	o.detail = detail;
	tally_fact(t, &o);
}

static void
word(struct tally *t, enum outcome_cause cause, const char *host)
{
	struct outcome o = outcome(cause, host, 443);

	tally_word(t, &o);
}

static size_t
count(const struct outcome_sum *sum, enum outcome_cause cause)
{
	size_t n = 0;

	for (size_t i = 0; i < sum->n; i++)
		n += sum->row[i].cause == cause ? sum->row[i].n : 0;
	return n;
}

/* Bytes that malloc has given away. */
static size_t
memory(void)
{
	return mallinfo2().uordblks;
}

/*
 * A worker says as often as it likes that it failed at a name of its choice,
 * and that it did not: not more of the host's memory for it.
 */
static void
what_is_taken_back_leaves_no_memory(void)
{
	struct tally t = { .n = 0 };
	struct outcome_sum sum = { .n = 0 };
	size_t before = 0;

	for (int i = 0; i < 200000; i++) {
		char name[201];

		memset(name, 'a', sizeof(name) - 1);
		snprintf(name + 100, sizeof(name) - 100, "%0100d", i % 7919);
		word(&t, OUTCOME_TIMEOUT, name);
		CHECK_INT(t.n, 1);
		if (i == 1000)
			before = memory();
		word(&t, OUTCOME_FINE, name);
		CHECK_INT(t.n, 0);
	}
	CHECK(memory() < before + 65536);
	tally_end(&t, &sum);
	CHECK_INT(sum.n, 0);
}

/* Names that differ only where a shorter copy would end are told apart. */
static void
hosts_are_remembered_whole(void)
{
	struct tally t = { .n = 0 };
	struct outcome_sum sum = { .n = 0 };
	char a[OUTCOME_HOST_MAX + 1], b[OUTCOME_HOST_MAX + 1];

	memset(a, 'a', OUTCOME_HOST_MAX);
	a[OUTCOME_HOST_MAX] = '\0';
	memcpy(b, a, sizeof(b));
	b[OUTCOME_HOST_MAX - 1] = 'b';
	word(&t, OUTCOME_TIMEOUT, a);
	word(&t, OUTCOME_TIMEOUT, b);
	word(&t, OUTCOME_TIMEOUT, "");
	CHECK_INT(t.n, 3);
	word(&t, OUTCOME_FINE, b);
	CHECK_INT(t.n, 2);
	word(&t, OUTCOME_FINE, a);
	CHECK_INT(t.n, 1);
	tally_end(&t, &sum);
	CHECK_INT(count(&sum, OUTCOME_TIMEOUT), 1);
}

static void
of_several_addresses_the_last_decides(void)
{
	struct tally t = { .n = 0 };
	struct outcome_sum sum = { .n = 0 };

	fact(&t, OUTCOME_UNREACHABLE, ENETUNREACH);
	fact(&t, OUTCOME_REFUSED, ECONNREFUSED);
	word(&t, OUTCOME_REFUSED, "a.test");
	tally_end(&t, &sum);
	CHECK_INT(sum.n, 1);
	CHECK_INT(count(&sum, OUTCOME_REFUSED), 1);
	CHECK(outcome_is_blind(&sum));
}

static void
an_address_that_answers_is_enough(void)
{
	struct tally t = { .n = 0 };
	struct outcome_sum sum = { .n = 0 };

	fact(&t, OUTCOME_UNREACHABLE, ENETUNREACH);
	fact(&t, OUTCOME_FINE, 0);
	word(&t, OUTCOME_FINE, "a.test");
	tally_end(&t, &sum);
	CHECK_INT(sum.n, 0);
	CHECK_INT(sum.fine, 1);
	CHECK(!outcome_is_blind(&sum));
}

static void
a_later_success_takes_back_the_same_host_and_port(void)
{
	struct tally t = { .n = 0 };
	struct outcome_sum sum = { .n = 0 };
	struct outcome other = outcome(OUTCOME_FINE, "a.test", 80);

	for (int i = 0; i < 3; i++) {
		fact(&t, OUTCOME_TIMEOUT, ETIMEDOUT);
		word(&t, OUTCOME_TIMEOUT, "a.test");
	}
	fact(&t, OUTCOME_TIMEOUT, ETIMEDOUT);
	word(&t, OUTCOME_TIMEOUT, "b.test");
	tally_word(&t, &other); /* another port */
	other.what = OUTCOME_LOOKUP;
	other.port = 443;
	tally_word(&t, &other); /* another thing */
	word(&t, OUTCOME_FINE, "a.test");
	tally_end(&t, &sum);
	CHECK_INT(count(&sum, OUTCOME_TIMEOUT), 1);
	CHECK_INT(sum.fine, 3);
}

/* Success in one target is none in another. */
static void
targets_are_counted_by_themselves(void)
{
	struct tally t = { .n = 0 };
	struct outcome_sum sum = { .n = 0 };

	word(&t, OUTCOME_TLS, "a.test");
	tally_end(&t, &sum);
	word(&t, OUTCOME_FINE, "a.test");
	tally_end(&t, &sum);
	CHECK_INT(count(&sum, OUTCOME_TLS), 1);
	CHECK_INT(sum.fine, 1);
}

static void
no_word_takes_a_refusal_back(void)
{
	struct tally t = { .n = 0 };
	struct outcome_sum sum = { .n = 0 };

	fact(&t, OUTCOME_POLICY, EGRESS_LOCAL);
	fact(&t, OUTCOME_LIMIT, 0);
	word(&t, OUTCOME_FINE, "a.test");
	fact(&t, OUTCOME_POLICY, EGRESS_LOCAL);
	word(&t, OUTCOME_POLICY, "a.test"); /* the same once more */
	word(&t, OUTCOME_FINE, "a.test");
	tally_end(&t, &sum);
	CHECK_INT(count(&sum, OUTCOME_POLICY), 2);
	CHECK_INT(count(&sum, OUTCOME_LIMIT), 1);
}

static void
exchange(struct tally *t, enum outcome_cause cause, const char *what)
{
	struct outcome o = outcome(cause, what, 443);

	o.what = OUTCOME_EXCHANGE;
	tally_word(t, &o);
}

/* Connected, and then nothing came of it. */
static void
a_connection_without_an_answer_is_no_success(void)
{
	struct tally t = { .n = 0 };
	struct outcome_sum sum = { .n = 0 };

	fact(&t, OUTCOME_FINE, 0);
	word(&t, OUTCOME_FINE, "a.test");
	fact(&t, OUTCOME_FINE, 0);
	word(&t, OUTCOME_FINE, "b.test");
	exchange(&t, OUTCOME_TIMEOUT, "a.test/x/y");
	exchange(&t, OUTCOME_ANSWER, "b.test");
	exchange(&t, OUTCOME_ANSWER, "b.test"); /* it is counted once */
	tally_end(&t, &sum);
	CHECK_INT(sum.fine, 0);
	CHECK_INT(count(&sum, OUTCOME_TIMEOUT), 1);
	CHECK_INT(count(&sum, OUTCOME_ANSWER), 2);
	CHECK(outcome_is_blind(&sum));
}

static void
one_connection_may_serve_and_then_fail(void)
{
	struct tally t = { .n = 0 };
	struct outcome_sum sum = { .n = 0 };

	word(&t, OUTCOME_FINE, "a.test");
	word(&t, OUTCOME_FINE, "a.test");
	exchange(&t, OUTCOME_TIMEOUT, "a.test/");
	tally_end(&t, &sum);
	CHECK_INT(sum.fine, 1);
	CHECK(!outcome_is_blind(&sum));
	word(&t, OUTCOME_FINE, "a.test");
	exchange(&t, OUTCOME_TIMEOUT, "a.test/1");
	exchange(&t, OUTCOME_TIMEOUT, "a.test/2");
	word(&t, OUTCOME_FINE, "a.test"); /* connected is not answered */
	exchange(&t, OUTCOME_FINE, "a.test/2");
	tally_end(&t, &sum);
	CHECK_INT(count(&sum, OUTCOME_TIMEOUT), 2);
}

/* n connections, all of whose exchanges fail. */
static void
any_number_of_exchanges(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 1000, TALLY_MADE,
		TALLY_MADE + 1 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct tally t = { .n = 0 };
		struct outcome_sum sum = { .n = 0 };

		for (size_t n = 0; n < sizes[i]; n++)
			word(&t, OUTCOME_FINE, "a.test");
		for (size_t n = 0; n < sizes[i]; n++)
			exchange(&t, OUTCOME_ANSWER, "a.test/");
		tally_end(&t, &sum);
		/* more than are remembered are good for ever */
		CHECK_INT(sum.fine, sizes[i] > TALLY_MADE);
		CHECK_INT(count(&sum, OUTCOME_ANSWER), sizes[i]);
	}
}

/* A worker that an attacker has, or that was killed. */
static void
facts_count_without_words(void)
{
	struct tally t = { .n = 0 };
	struct outcome_sum sum = { .n = 0 };

	for (int i = 0; i < 5; i++)
		fact(&t, OUTCOME_REFUSED, ECONNREFUSED);
	for (uint32_t i = 1; i <= 1000; i++)
		fact(&t, OUTCOME_UNREACHABLE, i);
	fact(&t, OUTCOME_FINE, 0);
	tally_end(&t, &sum);
	CHECK_INT(count(&sum, OUTCOME_REFUSED), 5);
	CHECK_INT(count(&sum, OUTCOME_UNREACHABLE), 1000);
	CHECK_INT(sum.fine, 1);
	CHECK(sum.n <= OUTCOME_ROOM);
}

/* n hosts fail, then all but one succeed. */
static void
any_number_of_hosts(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 1000, TALLY_MOST };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct tally t = { .n = 0 };
		struct outcome_sum sum = { .n = 0 };
		char host[32];

		for (size_t n = 0; n < sizes[i]; n++) {
			snprintf(host, sizeof(host), "h%zu.test", n);
			word(&t, OUTCOME_NAME, host);
			word(&t, OUTCOME_NAME, host);
		}
		for (size_t n = 1; n < sizes[i]; n++) {
			snprintf(host, sizeof(host), "h%zu.test", n);
			word(&t, OUTCOME_FINE, host);
		}
		tally_end(&t, &sum);
		CHECK_INT(count(&sum, OUTCOME_NAME), sizes[i] != 0 ? 2 : 0);
		CHECK_INT(sum.n, sizes[i] != 0);
	}
}

/* What finds no room to wait is certain at once: never less than there was. */
static void
too_many_hosts_count_all_the_same(void)
{
	struct tally t = { .n = 0 };
	struct outcome_sum sum = { .n = 0 };
	char host[32];

	for (size_t n = 0; n < TALLY_MOST + 7; n++) {
		snprintf(host, sizeof(host), "h%zu.test", n);
		word(&t, OUTCOME_TLS, host);
	}
	tally_end(&t, &sum);
	CHECK_INT(count(&sum, OUTCOME_TLS), TALLY_MOST + 7);
}

static void
who_says_too_much_is_told_apart(void)
{
	autopool struct pool pool = POOL_NONE;
	struct buf out = BUF_IN(&pool);
	struct tally t = { .n = 0 };
	struct outcome_sum sum = { .n = 0 };

	for (unsigned i = 0; i < OUTCOME_MOST; i++)
		word(&t, OUTCOME_TLS, "a.test");
	word(&t, OUTCOME_TLS, "a.test");
	tally_end(&t, &sum);
	CHECK(sum.is_cut);
	CHECK_INT(count(&sum, OUTCOME_TLS), OUTCOME_MOST + 1);
	/* and stays so, whoever comes behind it */
	word(&t, OUTCOME_FINE, "a.test");
	tally_end(&t, &sum);
	CHECK(sum.is_cut);
	outcome_lines(&out, &sum, false, "a/b");
	CHECK(str_ends(buf_str(&out),
	    STR("\na target had more than 100000 outcomes: the others are not "
		"counted\n")));
}

static const struct said {
	struct outcome o;
	int times;
	const char *want;
} said[] = {
	{ { .cause = OUTCOME_POLICY, .detail = EGRESS_LOCAL }, 48,
	    "48 connections refused by the network policy (local); allow with "
	    "--allow-net local\n" },
	{ { .cause = OUTCOME_POLICY, .detail = EGRESS_LINK_LOCAL }, 1,
	    "1 connection refused by the network policy (link-local); allow "
	    "with --allow-net private\n" },
	{ { .cause = OUTCOME_POLICY, .detail = 99 }, 1,
	    "1 connection refused by the network policy (denied by --deny-net "
	    "or network.deny)\n" },
	{ { .what = OUTCOME_LOOKUP,
	      .cause = OUTCOME_POLICY,
	      .detail = EGRESS_PROXIED },
	    2,
	    "2 look-ups refused by the network policy (it would go around the "
	    "proxy)\n" },
	{ { .cause = OUTCOME_PROXY,
	      .detail = ECONNREFUSED,
	      .server = { .port = 9050,
		  .ip = { [10] = 255, 255, 127, 0, 0, 1 } } },
	    94, "proxy 127.0.0.1:9050: connection refused, 94 times\n" },
	{ { .cause = OUTCOME_PROXY, .detail = OUTCOME_FAULT | 5 }, 1,
	    "proxy: connection refused by destination host, once\n" },
	{ { .cause = OUTCOME_NAME,
	      .detail = OUTCOME_NAME_SILENCE,
	      .server = { .port = 53,
		  .ip = { [10] = 255, 255, 192, 0, 2, 53 } } },
	    3,
	    "3 names could not be looked up (no answer from 192.0.2.53:53)\n" },
	{ { .cause = OUTCOME_NAME, .detail = 2 }, 1,
	    "1 name could not be looked up (ServFail)\n" },
	{ { .cause = OUTCOME_NAME, .detail = OUTCOME_NAME_NOBODY }, 1,
	    "1 name could not be looked up (no name server is known)\n" },
	{ { .cause = OUTCOME_NAME,
	      .detail = OUTCOME_NAME_BROKEN,
	      .server = { .port = 53,
		  .ip = { [10] = 255, 255, 192, 0, 2, 53 } } },
	    1,
	    "1 name could not be looked up (no connection to "
	    "192.0.2.53:53)\n" },
	{ { .cause = OUTCOME_NAME, .detail = UINT32_MAX }, 1,
	    "1 name could not be looked up (no answer)\n" },
	{ { .cause = OUTCOME_NAME, .detail = OUTCOME_NAME_NO_RECORD }, 1,
	    "1 connection failed: the name has no address\n" },
	{ { .cause = OUTCOME_NAME, .detail = 3 }, 2,
	    "2 connections failed: the name does not exist\n" },
	{ { .cause = OUTCOME_REFUSED }, 2,
	    "2 connections failed: connection refused\n" },
	{ { .cause = OUTCOME_TIMEOUT, .what = OUTCOME_EXCHANGE }, 1,
	    "1 request failed: no answer in time\n" },
	{ { .cause = OUTCOME_UNREACHABLE, .detail = ENETUNREACH }, 1,
	    "1 connection failed: network is unreachable\n" },
	{ { .cause = OUTCOME_UNREACHABLE, .detail = UINT32_MAX }, 1,
	    "1 connection failed: no way there\n" },
	{ { .cause = OUTCOME_UNREACHABLE, .detail = 0 }, 1,
	    "1 connection failed: no way there\n" },
	{ { .cause = OUTCOME_UNREACHABLE, .detail = EIO }, 1,
	    "1 connection failed: input/output error\n" },
	{ { .cause = OUTCOME_UNREACHABLE, .detail = EXDEV }, 1,
	    "1 connection failed: invalid cross-device link\n" },
	{ { .cause = OUTCOME_UNREACHABLE, .detail = ELIBSCN }, 1,
	    "1 connection failed: .lib section in a.out corrupted\n" },
	{ { .cause = OUTCOME_TLS, .detail = 1 }, 4,
	    "4 TLS handshakes failed: the certificate is not trusted\n" },
	{ { .cause = OUTCOME_TLS, .detail = 2, .what = OUTCOME_EXCHANGE }, 2,
	    "2 requests failed: TLS broke off\n" },
	{ { .cause = OUTCOME_TLS, .detail = 3 }, 1,
	    "1 TLS handshake failed\n" },
	{ { .cause = OUTCOME_ANSWER, .detail = 1, .what = OUTCOME_EXCHANGE }, 1,
	    "1 request failed: the connection ended before the answer\n" },
	{ { .cause = OUTCOME_ANSWER, .detail = 9, .what = OUTCOME_EXCHANGE }, 1,
	    "1 request failed: the answer could not be read\n" },
	{ { .cause = OUTCOME_UNREACHABLE,
	      .detail = ECONNRESET,
	      .what = OUTCOME_EXCHANGE },
	    1, "1 request failed: connection reset by peer\n" },
	{ { .cause = OUTCOME_MISSING,
	      .what = OUTCOME_FILE,
	      .host_n = 6,
	      .host = "a.mmdb" },
	    1,
	    "a.mmdb is missing or unreadable: 1 target could not look into "
	    "it; see sn0int update-lists --help\n" },
	{ { .cause = OUTCOME_MISSING,
	      .what = OUTCOME_FILE,
	      .host_n = 13,
	      .host = "AZ-a_z09.mmdb" },
	    2,
	    "AZ-a_z09.mmdb is missing or unreadable: 2 targets could not "
	    "look into it; see sn0int update-lists --help\n" },
	{ { .cause = OUTCOME_MISSING, .what = OUTCOME_FILE }, 1,
	    "a data file is missing or unreadable: 1 target could not look "
	    "into it; see sn0int update-lists --help\n" },
	{ { .cause = OUTCOME_MISSING,
	      .what = OUTCOME_FILE,
	      .host_n = 4,
	      .host = "a{}~" },
	    1,
	    "a data file is missing or unreadable: 1 target could not look "
	    "into it; see sn0int update-lists --help\n" },
	{ { .cause = OUTCOME_MISSING,
	      .what = OUTCOME_FILE,
	      .host_n = 3,
	      .host = "a:[" },
	    1,
	    "a data file is missing or unreadable: 1 target could not look "
	    "into it; see sn0int update-lists --help\n" },
	{ { .cause = OUTCOME_MISSING,
	      .what = OUTCOME_FILE,
	      .host_n = OUTCOME_FILE_MAX,
	      .host = "0123456789012345678901234567890123456789012345678901234"
		      "567890123" },
	    1,
	    "a data file is missing or unreadable: 1 target could not look "
	    "into it; see sn0int update-lists --help\n" },
	{ { .cause = OUTCOME_MISSING,
	      .what = OUTCOME_FILE,
	      .host_n = 6,
	      .host = "a\033[0m;" },
	    1,
	    "a data file is missing or unreadable: 1 target could not look "
	    "into it; see sn0int update-lists --help\n" },
};

static void
it_is_said_in_words(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		autopool struct pool pool = POOL_NONE;
		struct tally t = { .n = 0 };
		struct outcome_sum sum = { .n = 0 };
		struct buf out = BUF_IN(&pool);

		for (int n = 0; n < said[i].times; n++)
			tally_word(&t, &said[i].o);
		tally_end(&t, &sum);
		outcome_lines(&out, &sum, false, "a/b");
		CHECK_STR(buf_str(&out), said[i].want);
	}
}

/* The target that an error stands behind may be another than what failed. */
static void
who_it_failed_with_is_named(void)
{
	static const struct {
		enum outcome_cause cause;
		const char *host[3], *want;
	} rows[] = {
		{ OUTCOME_REFUSED, { "a.test" },
		    "1 connection failed: connection refused (a.test)\n" },
		{ OUTCOME_REFUSED, { "a.test", "a.test" },
		    "2 connections failed: connection refused (a.test)\n" },
		{ OUTCOME_REFUSED, { "a.test", "b.test", "a.test" },
		    "3 connections failed: connection refused (a.test and "
		    "others)\n" },
		{ OUTCOME_TIMEOUT, { "2001:db8:0::1" },
		    "1 connection failed: no answer in time (2001:db8::1)\n" },
		{ OUTCOME_ANSWER, { "a.test/GET /x" },
		    "1 connection failed: the answer could not be read "
		    "(a.test)\n" },
		{ OUTCOME_TLS, { "a\033[0m.test" },
		    "1 TLS handshake failed\n" },
		{ OUTCOME_TLS,
		    { "0123456789012345678901234567890123456789012345678901234"
		      "567890123" },
		    "1 TLS handshake failed\n" },
		{ OUTCOME_LIMIT, { "a.test" },
		    "1 connection refused: a target has no more (limit "
		    "connections); raise it with --limit connections=NUMBER\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autopool struct pool pool = POOL_NONE;
		struct tally t = { .n = 0 };
		struct outcome_sum sum = { .n = 0 };
		struct buf out = BUF_IN(&pool);

		for (size_t n = 0; n < 3 && rows[i].host[n] != NULL; n++) {
			struct outcome o =
			    outcome(rows[i].cause, rows[i].host[n], 443);

			tally_word(&t, &o);
		}
		tally_end(&t, &sum);
		outcome_lines(&out, &sum, false, "a/b");
		CHECK_STR(buf_str(&out), rows[i].want);
	}
}

/* The broker sees addresses, the worker says what they are of. */
static void
it_is_named_as_the_worker_does(void)
{
	autopool struct pool pool = POOL_NONE;
	struct tally t = { .n = 0 };
	struct outcome_sum sum = { .n = 0 };
	struct buf out = BUF_IN(&pool);

	fact(&t, OUTCOME_REFUSED, 0);
	word(&t, OUTCOME_REFUSED, "a.b");
	tally_end(&t, &sum);
	outcome_lines(&out, &sum, false, "a/b");
	CHECK_STR(buf_str(&out),
	    "1 connection failed: connection refused (a.b)\n");
}

/* A name that is not there is one; a server of names that is silent is not. */
static void
only_names_that_are_not_there_are_named(void)
{
	static const struct {
		uint32_t detail;
		const char *want;
	} rows[] = {
		{ DNS_NXDOMAIN,
		    "1 connection failed: the name does not exist (a.test)\n" },
		{ OUTCOME_NAME_NO_RECORD,
		    "1 connection failed: the name has no address (a.test)\n" },
		{ OUTCOME_NAME_SILENCE,
		    "1 name could not be looked up (no answer)\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autopool struct pool pool = POOL_NONE;
		struct outcome o = outcome(OUTCOME_NAME, "a.test", 443);
		struct tally t = { .n = 0 };
		struct outcome_sum sum = { .n = 0 };
		struct buf out = BUF_IN(&pool);

		o.detail = rows[i].detail;
		tally_word(&t, &o);
		tally_end(&t, &sum);
		outcome_lines(&out, &sum, false, "a/b");
		CHECK_STR(buf_str(&out), rows[i].want);
	}
}

/* Behind the causes that are told apart there is one line for the others. */
static void
too_many_causes_are_said_in_one_line(void)
{
	autopool struct pool pool = POOL_NONE;
	struct tally t = { .n = 0 };
	struct outcome_sum sum = { .n = 0 };
	struct outcome o = outcome(OUTCOME_NAME, "a.test", 443);
	struct buf out = BUF_IN(&pool);

	for (uint16_t port = 1; port <= OUTCOME_ROWS + 6; port++) {
		o.server.port = port;
		tally_word(&t, &o);
	}
	tally_end(&t, &sum);
	outcome_lines(&out, &sum, false, "a/b");
	CHECK(str_ends(buf_str(&out),
	    STR("\n6 names could not be looked up (for several reasons)\n")));
}

/* Of the policy there is one such line, whatever was refused. */
static void
refusals_beyond_count_are_denied(void)
{
	autopool struct pool pool = POOL_NONE;
	struct tally t = { .n = 0 };
	struct outcome_sum sum = { .n = 0 };
	struct outcome o = outcome(OUTCOME_NAME, "a.test", 443);
	struct buf out = BUF_IN(&pool);

	for (uint16_t port = 1; port <= OUTCOME_ROWS; port++) {
		o.server.port = port;
		tally_word(&t, &o);
	}
	tally_end(&t, &sum);
	fact(&t, OUTCOME_POLICY, EGRESS_LOCAL);
	fact(&t, OUTCOME_POLICY, EGRESS_PRIVATE);
	tally_end(&t, &sum);
	outcome_lines(&out, &sum, false, "a/b");
	CHECK(str_ends(buf_str(&out),
	    STR("\n2 connections refused by the network policy (denied by "
		"--deny-net or network.deny)\n")));
	CHECK_INT(count(&sum, OUTCOME_POLICY), 2);
}

/* What only the worker can know is its word's; the rest the broker saw. */
static void
the_word_that_knows_better_counts(void)
{
	static const enum outcome_cause better[] = { OUTCOME_NAME, OUTCOME_TLS,
		OUTCOME_PROXY, OUTCOME_MISSING };

	for (size_t i = 0; i < ARRAY_SIZE(better); i++) {
		struct tally t = { .n = 0 };
		struct outcome_sum sum = { .n = 0 };

		fact(&t, OUTCOME_REFUSED, ECONNREFUSED);
		word(&t, better[i], "a.test");
		tally_end(&t, &sum);
		CHECK_INT(count(&sum, better[i]), 1);
		CHECK_INT(count(&sum, OUTCOME_REFUSED), 0);
	}
}

/* A refusal that it only claims is another failure behind a real one. */
static void
a_refused_target_may_fail_otherwise(void)
{
	struct tally t = { .n = 0 };
	struct outcome_sum sum = { .n = 0 };

	fact(&t, OUTCOME_LIMIT, 0);
	word(&t, OUTCOME_LIMIT, "a.test");
	fact(&t, OUTCOME_POLICY, EGRESS_LOCAL);
	word(&t, OUTCOME_TLS, "a.test");
	tally_end(&t, &sum);
	CHECK_INT(count(&sum, OUTCOME_LIMIT), 1);
	CHECK_INT(count(&sum, OUTCOME_POLICY), 1);
	CHECK_INT(count(&sum, OUTCOME_TLS), 1);
}

static void
a_run_without_failures_says_nothing(void)
{
	autopool struct pool pool = POOL_NONE;
	struct outcome_sum sum = { .n = 0 };
	struct buf out = BUF_IN(&pool);

	outcome_lines(&out, &sum, false, "a/b");
	CHECK_INT(out.n, 0);
	CHECK(!outcome_is_blind(&sum));
}

CHECK_MAIN(CASE(what_is_taken_back_leaves_no_memory),
    CASE(hosts_are_remembered_whole),
    CASE(of_several_addresses_the_last_decides),
    CASE(an_address_that_answers_is_enough),
    CASE(a_later_success_takes_back_the_same_host_and_port),
    CASE(targets_are_counted_by_themselves), CASE(no_word_takes_a_refusal_back),
    CASE(a_connection_without_an_answer_is_no_success),
    CASE(one_connection_may_serve_and_then_fail), CASE(any_number_of_exchanges),
    CASE(facts_count_without_words), CASE(any_number_of_hosts),
    CASE(too_many_hosts_count_all_the_same),
    CASE(who_says_too_much_is_told_apart), CASE(it_is_said_in_words),
    CASE(who_it_failed_with_is_named), CASE(it_is_named_as_the_worker_does),
    CASE(only_names_that_are_not_there_are_named),
    CASE(too_many_causes_are_said_in_one_line),
    CASE(refusals_beyond_count_are_denied),
    CASE(the_word_that_knows_better_counts),
    CASE(a_refused_target_may_fail_otherwise),
    CASE(a_run_without_failures_says_nothing))
