#include "base/limits.h"

#include "base/mem.h"
#include "check.h"

static void
values_are_read_and_printed(void)
{
	static const struct {
		const char *in;
		enum limit limit;
		uint64_t value;
		const char *printed;
	} row[] = {
		{ "memory=1G", LIMIT_MEMORY, 1u << 30, "1G" },
		{ "memory=1048577", LIMIT_MEMORY, 1048577, "1048577" },
		{ "memory=1536K", LIMIT_MEMORY, 1536 << 10, "1536K" },
		{ "cpu=60", LIMIT_CPU, 60000, "60s" },
		{ "cpu=60s", LIMIT_CPU, 60000, "60s" },
		{ "cpu=1500ms", LIMIT_CPU, 1500, "1500ms" },
		{ "wall=off", LIMIT_WALL, LIMIT_OFF, "off" },
		{ "files=5", LIMIT_FILES, 5, "5" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct limits limits;
		struct buf text = BUF_NONE;

		limits_init(&limits);
		CHECK_INT(limits_set(&limits, str_of(row[i].in), NULL), 0);
		CHECK(limits.of[row[i].limit] == row[i].value);
		limits_print(&text, row[i].limit, row[i].value);
		CHECK_STR(buf_str(&text), row[i].printed);
		buf_clear(&text);
	}
}

#define THERE                                                                  \
	" (there are memory, address-space, cpu, wall, stack, files, "         \
	"processes, file-size, start-line, log-line, line, output, connections, evidence)"

static void
what_is_no_value_is_refused(void)
{
	static const struct {
		const char *in, *want;
	} row[] = {
		{ "memory", "limit memory must be 1M to 64G, not \"\"" },
		{ "memory=0", "limit memory must be 1M to 64G, not \"0\"" },
		{ "memory=65G", "limit memory must be 1M to 64G, not \"65G\"" },
		{ "memory=99999999999G",
		    "limit memory must be 1M to 64G, not \"99999999999G\"" },
		{ "memory=off", "limit memory must be 1M to 64G, not \"off\"" },
		{ "cpu=-1",
		    "limit cpu must be 100ms to 86400s or off, not \"-1\"" },
		{ "cpu=1K",
		    "limit cpu must be 100ms to 86400s or off, not \"1K\"" },
		{ "file-size=1", "limit file-size must be 0, not \"1\"" },
		{ "speed=1", "no such limit: \"speed\"" THERE },
		{ "", "no such limit: \"\"" THERE },
		{ "memry=1M",
		    "no such limit: \"memry\", did you mean memory?" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		autoerr struct err err = ERR_NONE;
		struct limits limits;

		limits_init(&limits);
		CHECK_INT(limits_set(&limits, str_of(row[i].in), &err), -1);
		CHECK_STR(err_text(&err), row[i].want);
	}
}

static void
every_default_can_be_given(void)
{
	for (int i = 0; i < LIMITS; i++) {
		const struct limit_row *row = &limit_rows[i];
		struct limits limits;
		struct buf text = BUF_NONE;

		CHECK(row->name != NULL && row->doc != NULL);
		limits_init(&limits);
		limits.of[i] = 0;
		buf_printf(&text, "%s=", row->name);
		limits_print(&text, (enum limit)i, row->value);
		CHECK_INT(limits_set(&limits, buf_str(&text), NULL), 0);
		CHECK(limits.of[i] == row->value);
		buf_clear(&text);
	}
}

static void
a_note_says_how_to_raise_it(void)
{
	struct buf text = BUF_NONE;

	limits_note(&text, LIMIT_CPU, 2000);
	CHECK_STR(buf_str(&text),
	    "limit cpu=2s; raise it with --limit cpu=TIME");
	text.n = 0;
	limits_note(&text, LIMIT_LINE, limit_rows[LIMIT_LINE].most);
	CHECK_STR(buf_str(&text), "limit line=64M");
	buf_clear(&text);
}

CHECK_MAIN(CASE(values_are_read_and_printed), CASE(what_is_no_value_is_refused),
    CASE(every_default_can_be_given), CASE(a_note_says_how_to_raise_it))
