/* outcome: there is one way to write each, and every other packet is refused */
#include "gate/outcome.h"

#include <errno.h>

#include "base/mem.h"
#include "check.h"

static struct outcome
full(void)
{
	struct outcome o = { .what = OUTCOME_EXCHANGE,
		.cause = OUTCOME_ANSWER,
		.detail = OUTCOME_ANSWER_CUT,
		.port = 443 };

	(void)addr_read(STR("192.0.2.53:53"), &o.server, NULL);
	outcome_set_host(&o, STR("a.test/path"));
	return o;
}

static void
what_is_written_is_read(void)
{
	unsigned char bytes[OUTCOME_SIZE], again[OUTCOME_SIZE];
	struct outcome o = full(), out;

	for (int cause = 0; cause < OUTCOME_CAUSES; cause++) {
		o.cause = (enum outcome_cause)cause;
		CHECK(outcome_cause_name(o.cause)[0] != '\0');
		for (int what = 0; what < OUTCOME_WHATS; what++) {
			o.what = (enum outcome_what)what;
			outcome_write(bytes, &o);
			CHECK(
			    outcome_read(str_view((char *)bytes, sizeof(bytes)),
				&out));
			outcome_write(again, &out);
			CHECK(memcmp(bytes, again, sizeof(bytes)) == 0);
		}
	}
	CHECK_INT(out.port, 443);
	CHECK_INT(out.server.port, 53);
	CHECK_STR(outcome_host(&out), "a.test/path");
}

static void
hosts_are_cut(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, OUTCOME_HOST_MAX - 1,
		OUTCOME_HOST_MAX, OUTCOME_HOST_MAX + 1, 1000 };
	unsigned char bytes[OUTCOME_SIZE];
	struct outcome o = full(), out;
	char host[1000];

	memset(host, 'h', sizeof(host));
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		outcome_set_host(&o, str_view(host, sizes[i]));
		outcome_write(bytes, &o);
		CHECK(
		    outcome_read(str_view((char *)bytes, sizeof(bytes)), &out));
		CHECK_INT(outcome_host(&out).n,
		    sizes[i] < OUTCOME_HOST_MAX ? sizes[i] : OUTCOME_HOST_MAX);
	}
}

/* One byte is another than it may be. */
static void
others_are_refused(void)
{
	static const struct {
		size_t at;
		unsigned char value;
		bool is_one;
	} row[] = {
		{ 0, 2, false }, { 1, 1, false }, { 2, OUTCOME_WHATS, true },
		{ 2, 255, true }, { 3, OUTCOME_CAUSES, true },
		{ 7, 1, true },  /* a host of more than 255 bytes */
		{ 6, 10, true }, /* a byte behind it */
		{ 14, 1, true }, { 15, 1, true }, { 32 + 11, 'x', true },
		{ OUTCOME_SIZE - 1, 1, true },
		{ 13, 0, true }, /* an address without a port */
	};
	unsigned char bytes[OUTCOME_SIZE + 1] = { 0 };
	struct outcome o = full(), out = { .port = 7 };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct str packet = str_view((char *)bytes, OUTCOME_SIZE);

		outcome_write(bytes, &o);
		bytes[row[i].at] = row[i].value;
		CHECK_INT(outcome_is_one(packet), row[i].is_one);
		CHECK(!outcome_read(packet, &out));
	}
	outcome_write(bytes, &o);
	for (size_t n = 0; n <= OUTCOME_SIZE + 1; n++)
		CHECK_INT(outcome_read(str_view((char *)bytes, n),
			      n == OUTCOME_SIZE ? &o : &out),
		    n == OUTCOME_SIZE);
	CHECK(!outcome_is_one(str_view((char *)bytes, 1)));
	CHECK_INT(out.port, 7);
}

static void
an_errno_is_a_cause(void)
{
	CHECK_INT(outcome_of_errno(ECONNREFUSED), OUTCOME_REFUSED);
	CHECK_INT(outcome_of_errno(ETIMEDOUT), OUTCOME_TIMEOUT);
	CHECK_INT(outcome_of_errno(EAGAIN), OUTCOME_TIMEOUT);
	CHECK_INT(outcome_of_errno(ENETUNREACH), OUTCOME_UNREACHABLE);
	CHECK_INT(outcome_of_errno(0), OUTCOME_UNREACHABLE);
}

CHECK_MAIN(CASE(what_is_written_is_read), CASE(hosts_are_cut),
    CASE(others_are_refused), CASE(an_errno_is_a_cause))
