#include "jail/limits.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"

#define KB (UINT64_C(1) << 10)
#define MB (UINT64_C(1) << 20)
#define GB (UINT64_C(1) << 30)

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
	    .unit = LIMIT_SECONDS,
	    .value = 600,
	    .least = 1,
	    .most = 86000,
	    .may_be_off = true,
	    .doc = "processor time; the kernel kills 5 seconds later",
	},
	[LIMIT_WALL] = {
	    .name = "wall",
	    .unit = LIMIT_SECONDS,
	    .value = LIMIT_OFF,
	    .least = 1,
	    .most = 365 * 86400,
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
	    .doc = "size of files; \"output\" where standard output is a file",
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
	    .least = 0,
	    .most = 1000000,
	    .doc = "connections of a run",
	},
};

void
limits_init(struct jail_limits *limits)
{
	for (int i = 0; i < LIMITS; i++)
		limits->of[i] = limit_rows[i].value;
}

/* Cuts the unit off s; its size, 0 if there is none. */
static uint64_t
suffix_cut(struct str *s)
{
	uint64_t size;

	if (s->n == 0)
		return 0;
	switch (s->p[s->n - 1]) {
	case 'K':
		size = KB;
		break;
	case 'M':
		size = MB;
		break;
	case 'G':
		size = GB;
		break;
	default:
		return 0;
	}
	s->n--;
	return size;
}

static int
value_read(const struct limit_row *row, struct str s, uint64_t *value)
{
	uint64_t v, size = 0;

	if (row->may_be_off && str_is(s, "off")) {
		*value = LIMIT_OFF;
		return 0;
	}
	if (row->unit == LIMIT_BYTES)
		size = suffix_cut(&s);
	if (size == 0)
		size = 1;
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
	enum jail_limit i = (enum jail_limit)(row - limit_rows);

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

int
limits_set(struct jail_limits *limits, struct str assignment, struct err *err)
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
	return err_set(err, "no such limit: \"%.*s\"", STR_ARG(name));
}

void
limits_print(struct buf *out, enum jail_limit limit, uint64_t value)
{
	static const struct {
		uint64_t size;
		char letter;
	} unit[] = { { GB, 'G' }, { MB, 'M' }, { KB, 'K' } };

	if (value == LIMIT_OFF) {
		buf_add(out, STR("off"));
		return;
	}
	for (int i = 0; i < 3 && value != 0; i++) {
		if (limit_rows[limit].unit != LIMIT_BYTES ||
		    value % unit[i].size != 0)
			continue;
		buf_add_uint(out, value / unit[i].size);
		buf_add_char(out, unit[i].letter);
		return;
	}
	buf_add_uint(out, value);
}

static rlim_t
smaller(uint64_t want, rlim_t inherited)
{
	if (want == LIMIT_OFF)
		return inherited;
	return inherited == RLIM_INFINITY || want < inherited ? (rlim_t)want
	                                                      : inherited;
}

static int
apply(int resource, uint64_t soft, uint64_t hard, struct err *err)
{
	struct rlimit now;

	if (getrlimit(resource, &now) == -1)
		return err_sys(err, "cannot read resource limit %d", resource);
	now.rlim_max = smaller(hard, now.rlim_max);
	now.rlim_cur = smaller(soft, now.rlim_cur);
	if (now.rlim_cur > now.rlim_max)
		now.rlim_cur = now.rlim_max;
	if (setrlimit(resource, &now) == -1)
		return err_sys(err, "cannot set resource limit %d", resource);
	return 0;
}

static uint64_t
file_size(const struct jail_limits *limits)
{
	struct stat st;

	if (fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode))
		return limits->of[LIMIT_OUTPUT];
	return limits->of[LIMIT_FILE_SIZE];
}

int
limits_apply(const struct jail_limits *limits, struct err *err)
{
	const uint64_t *of = limits->of;
	uint64_t cpu = of[LIMIT_CPU];
	const struct {
		int resource;
		uint64_t soft, hard;
	} row[] = {
		{ RLIMIT_AS, of[LIMIT_ADDRESS_SPACE], of[LIMIT_ADDRESS_SPACE] },
		{ RLIMIT_CPU, cpu, cpu == LIMIT_OFF ? cpu : cpu + 5 },
		{ RLIMIT_STACK, of[LIMIT_STACK], of[LIMIT_STACK] },
		{ RLIMIT_NOFILE, of[LIMIT_FILES], of[LIMIT_FILES] },
		{ RLIMIT_NPROC, of[LIMIT_PROCESSES], of[LIMIT_PROCESSES] },
		{ RLIMIT_FSIZE, file_size(limits), file_size(limits) },
		{ RLIMIT_CORE, 0, 0 },
		{ RLIMIT_MEMLOCK, 0, 0 },
#ifdef RLIMIT_MSGQUEUE
		{ RLIMIT_MSGQUEUE, 0, 0 },
#endif
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (apply(row[i].resource, row[i].soft, row[i].hard, err) == -1)
			return -1;
	}
	return 0;
}
