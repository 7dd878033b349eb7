#include "base/limits.h"

#include "base/closest.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"

#define KB (UINT64_C(1) << 10)
#define MB (UINT64_C(1) << 20)
#define GB (UINT64_C(1) << 30)

#define SECOND UINT64_C(1000)
#define DAY    (86400 * SECOND)

const struct limit_row limit_rows[LIMITS] = {
	[LIMIT_MEMORY] = {
	    .name = "memory",
	    .unit = LIMIT_BYTES,
	    .value = 256 * MB,
	    .least = MB,
	    .most = 64 * GB,
	    .doc = "memory of the script; beyond it the script gets an error",
	},
	[LIMIT_ADDRESS_SPACE] = {
	    .name = "address-space",
	    .unit = LIMIT_BYTES,
	    .value = 2 * GB,
	    .least = 64 * MB,
	    .most = 1024 * GB,
	    .may_be_off = true,
	    .doc = "memory of the whole worker, libraries included",
	},
	[LIMIT_CPU] = {
	    .name = "cpu",
	    .unit = LIMIT_MS,
	    .value = 600 * SECOND,
	    .least = 100,
	    .most = DAY,
	    .may_be_off = true,
	    .doc = "processor time; the kernel kills 5 seconds later",
	},
	[LIMIT_WALL] = {
	    .name = "wall",
	    .unit = LIMIT_MS,
	    .value = LIMIT_OFF,
	    .least = 100,
	    .most = 365 * DAY,
	    .may_be_off = true,
	    .doc = "time from the start line to the end",
	},
	[LIMIT_STACK] = {
	    .name = "stack",
	    .unit = LIMIT_BYTES,
	    .value = 8 * MB,
	    .least = 256 * KB,
	    .most = GB,
	    .doc = "stack of C functions",
	},
	[LIMIT_FILES] = {
	    .name = "files",
	    .unit = LIMIT_COUNT,
	    .value = 64,
	    .least = 5,
	    .most = 1024,
	    .doc = "open descriptors, which are connections but for 4",
	},
	[LIMIT_PROCESSES] = {
	    .name = "processes",
	    .unit = LIMIT_COUNT,
	    .value = 1,
	    .least = 0,
	    .most = 1,
	    .doc = "processes; the filter refuses to make any in any case",
	},
	[LIMIT_FILE_SIZE] = {
	    .name = "file-size",
	    .unit = LIMIT_BYTES,
	    .value = 0,
	    .least = 0,
	    .most = 0,
	    .doc = "size of files, of which the child has none",
	},
	[LIMIT_START_LINE] = {
	    .name = "start-line",
	    .unit = LIMIT_BYTES,
	    .value = 256 * MB,
	    .least = 64 * KB,
	    .most = 4 * GB,
	    .doc = "length of the start line",
	},
	[LIMIT_LOG_LINE] = {
	    .name = "log-line",
	    .unit = LIMIT_BYTES,
	    .value = MB,
	    .least = 80,
	    .most = 64 * MB,
	    .doc = "length of one message; longer ones are cut, with a note",
	},
	[LIMIT_LINE] = {
	    .name = "line",
	    .unit = LIMIT_BYTES,
	    .value = 64 * MB,
	    .least = 64 * KB,
	    .most = 64 * MB,
	    .doc = "length of one line to the parent",
	},
	[LIMIT_OUTPUT] = {
	    .name = "output",
	    .unit = LIMIT_BYTES,
	    .value = GB,
	    .least = 64 * KB,
	    .most = 1024 * GB,
	    .may_be_off = true,
	    .doc = "all lines to the parent together",
	},
	[LIMIT_CONNECTIONS] = {
	    .name = "connections",
	    .unit = LIMIT_COUNT,
	    .value = 10000,
	    .least = 1,
	    .most = 1000000,
	    .doc = "connections of a run",
	},
	[LIMIT_EVIDENCE] = {
	    .name = "evidence",
	    .unit = LIMIT_BYTES,
	    .value = 256 * MB,
	    .least = 0,
	    .most = 1024 * GB,
	    .may_be_off = true,
	    .doc = "bytes that full evidence has of a target; more is cut",
	},
};

void
limits_init(struct limits *limits)
{
	for (int i = 0; i < LIMITS; i++)
		limits->of[i] = limit_rows[i].value;
}

/* What may stand behind a number; the last one that divides is printed. */
static const struct suffix {
	const char *text;
	enum limit_unit unit;
	uint64_t size;
} suffixes[] = {
	{ "ms", LIMIT_MS, 1 },
	{ "s", LIMIT_MS, SECOND },
	{ "K", LIMIT_BYTES, KB },
	{ "M", LIMIT_BYTES, MB },
	{ "G", LIMIT_BYTES, GB },
};

/* Cuts the unit off s; its size. */
static uint64_t
suffix_cut(struct str *s, enum limit_unit unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		struct str text = str_of(suffixes[i].text);

		if (suffixes[i].unit != unit || !str_ends(*s, text))
			continue;
		s->n -= text.n;
		return suffixes[i].size;
	}
	return unit == LIMIT_MS ? SECOND : 1;
}

static int
value_read(const struct limit_row *row, struct str s, uint64_t *value)
{
	uint64_t v, size;

	if (row->may_be_off && str_is(s, "off")) {
		*value = LIMIT_OFF;
		return 0;
	}
	size = suffix_cut(&s, row->unit);
	if (num_read_max(s, row->most / size, &v) == -1 ||
	    v * size < row->least)
		return -1;
	*value = v * size;
	return 0;
}

static int
bad_value(const struct limit_row *row, struct str value, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf range = BUF_IN(&pool);
	enum limit i = (enum limit)(row - limit_rows);

	limits_print(&range, i, row->least);
	if (row->most > row->least) {
		buf_add(&range, STR(" to "));
		limits_print(&range, i, row->most);
	}
	if (row->may_be_off)
		buf_add(&range, STR(" or off"));
	return err_set(err, "limit %s must be %.*s, not \"%.*s\"", row->name,
	    STR_ARG(buf_str(&range)), STR_ARG(value));
}

static const char *
name_at(const void *list, size_t i)
{
	return i < LIMITS ? ((const struct limit_row *)list)[i].name : NULL;
}

static int
unknown(struct str name, struct err *err)
{
	autopool struct pool pool = POOL_NONE;
	struct buf names = BUF_IN(&pool);
	const char *closest = closest_name(name, name_at, limit_rows);

	if (closest != NULL)
		return err_set(err, "no such limit: \"%.*s\", did you mean %s?",
		    STR_ARG(name), closest);
	for (int i = 0; i < LIMITS; i++)
		buf_printf(&names, "%s%s", i != 0 ? ", " : "",
		    limit_rows[i].name);
	return err_set(err, "no such limit: \"%.*s\" (there are %s)",
	    STR_ARG(name), buf_cstr(&names));
}

int
limits_set(struct limits *limits, struct str assignment, struct err *err)
{
	struct str value = assignment;
	struct str name = str_cut(&value, '=');

	for (int i = 0; i < LIMITS; i++) {
		if (!str_is(name, limit_rows[i].name))
			continue;
		if (value_read(&limit_rows[i], value, &limits->of[i]) == -1)
			return bad_value(&limit_rows[i], value, err);
		return 0;
	}
	return unknown(name, err);
}

static const struct suffix *
suffix_of(enum limit_unit unit, uint64_t value)
{
	const struct suffix *best = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		if (suffixes[i].unit == unit && value != 0 &&
		    value % suffixes[i].size == 0)
			best = &suffixes[i];
	}
	return best;
}

void
limits_print(struct buf *out, enum limit limit, uint64_t value)
{
	const struct suffix *s = suffix_of(limit_rows[limit].unit, value);

	if (value == LIMIT_OFF) {
		buf_add(out, STR("off"));
		return;
	}
	buf_add_uint(out, s != NULL ? value / s->size : value);
	if (s != NULL)
		buf_add(out, str_of(s->text));
}

void
limits_note(struct buf *out, enum limit limit, uint64_t value)
{
	static const char *const operand[] = {
		[LIMIT_BYTES] = "BYTES",
		[LIMIT_MS] = "TIME",
		[LIMIT_COUNT] = "NUMBER",
	};
	const struct limit_row *row = &limit_rows[limit];

	buf_printf(out, "limit %s=", row->name);
	limits_print(out, limit, value);
	if (row->most > value)
		buf_printf(out, "; raise it with --limit %s=%s", row->name,
		    operand[row->unit]);
}

struct str
limits_cut(struct pool *pool, struct str text, uint64_t most)
{
	struct buf out = BUF_IN(pool);

	if (text.n <= most)
		return text;
	buf_add(&out, utf8_cut(text, (size_t)most));
	buf_printf(&out, " [cut: %zu bytes, ", text.n);
	limits_note(&out, LIMIT_LOG_LINE, most);
	buf_add_char(&out, ']');
	return buf_str(&out);
}
