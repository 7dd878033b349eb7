/*
 * What stands between a worker and the descriptors that it is not to have:
 * single copies, and those of a terminal.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "check.h"
#include "jail/step.h"

#define MOST   (300 * 1000)
#define KEPT   "said before\n"
#define KEPT_N (sizeof(KEPT) - 1)

static struct copy copy; /* too large for a stack */

/* A pattern in which every shift and every gap shows. */
static char
byte_at(size_t i)
{
	return (char)(i * 7 + i / 251 + i / 65521);
}

static const char *
pattern(void)
{
	static char text[MOST + 1]; /* one more than the limits of tests */
	static bool is_made;

	for (size_t i = 0; i < sizeof(text) && !is_made; i++)
		text[i] = byte_at(i);
	is_made = true;
	return text;
}

/* A worker that says n bytes and ends. */
static pid_t
speaker(int fd, const int other[], size_t others, size_t n)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	for (size_t i = 0; i < others; i++)
		(void)close(other[i]);
	for (size_t at = 0; at < n;) {
		ssize_t done = write(fd, pattern() + at, n - at);

		if (done == -1)
			_exit(errno == EPIPE ? 3 : 4);
		at += (size_t)done;
	}
	_exit(0);
}

/* As the outer half does it, to the end. */
static void
copy_all(void)
{
	while (copy_is_open(&copy)) {
		struct pollfd p = copy_wants(&copy);

		(void)poll(&p, 1, -1);
		(void)copy_step(&copy, p.revents);
	}
}

/* Copies what a speaker says to standard output, which is `to`. */
static void
copy_said(int to, size_t n, uint64_t most, unsigned how)
{
	int said[2], saved = dup(STDOUT_FILENO);
	pid_t pid;

	CHECK(pipe(said) == 0);
	pid = speaker(said[1], said, 1, n);
	(void)close(said[1]);
	(void)fflush(stdout);
	(void)dup2(to, STDOUT_FILENO);
	copy_init(&copy, said[0], STDOUT_FILENO, said[0], most, how);
	copy_all();
	(void)dup2(saved, STDOUT_FILENO);
	(void)close(saved);
	(void)waitpid(pid, NULL, 0);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_DFL);
}

/* The file has what was there, and then n bytes of the pattern. */
static bool
file_has(int file, size_t n)
{
	static char got[KEPT_N + MOST + 1];
	ssize_t m = pread(file, got, sizeof(got), 0);

	return m == (ssize_t)(KEPT_N + n) && memcmp(got, KEPT, KEPT_N) == 0 &&
	       memcmp(got + KEPT_N, pattern(), n) == 0;
}

static int
log_file(int flags)
{
	char path[] = "/tmp/sn0int-copy-XXXXXX";
	int fd = mkstemp(path), log;

	(void)!write(fd, KEPT, KEPT_N);
	log = open(path, O_RDWR | flags);
	(void)lseek(log, (flags & O_APPEND) != 0 ? 0 : (off_t)KEPT_N, SEEK_SET);
	(void)unlink(path);
	(void)close(fd);
	return log;
}

static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 1000, 4096, 65536, 65537,
	MOST };

static void
a_file_gets_every_byte(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		int plain = log_file(0), append = log_file(O_APPEND);
		int seen = log_file(0);

		copy_said(plain, sizes[i], LIMIT_OFF, 0);
		CHECK(copy.splices);
		CHECK(file_has(plain, sizes[i]));
		copy_said(append, sizes[i], LIMIT_OFF, 0);
		CHECK(!copy.splices);
		CHECK(file_has(append, sizes[i]));
		copy_said(seen, sizes[i], LIMIT_OFF, COPY_SEEN);
		CHECK(!copy.splices);
		CHECK(file_has(seen, sizes[i]));
		CHECK_INT(copy.error, 0);
		(void)close(plain), (void)close(append), (void)close(seen);
	}
}

/* Two programs append to one log: neither writes over the other. */
static void
a_log_stays_one_that_is_appended_to(void)
{
	int log = log_file(O_APPEND);

	copy_said(log, 1000, LIMIT_OFF, 0);
	CHECK((fcntl(log, F_GETFL) & O_APPEND) != 0);
	(void)lseek(log, 0, SEEK_SET);
	(void)!write(log, "x", 1);
	CHECK(lseek(log, 0, SEEK_END) == (off_t)(KEPT_N + 1000 + 1));
	(void)close(log);
}

static void
no_more_than_the_limit_is_copied(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (int flags = 0; flags <= O_APPEND; flags += O_APPEND) {
			int file = log_file(flags);
			off_t n;

			copy_said(file, sizes[i], sizes[i], 0);
			CHECK(file_has(file, sizes[i]));
			CHECK_INT(ftruncate(file, KEPT_N), 0);
			(void)lseek(file, KEPT_N, SEEK_SET);
			copy_said(file, sizes[i] + 1, sizes[i], 0);
			n = lseek(file, 0, SEEK_END);
			CHECK(n >= (off_t)KEPT_N &&
			      n <= (off_t)(KEPT_N + sizes[i]));
			(void)close(file);
		}
	}
}

static void
beyond_it_messages_are_dropped_and_the_worker_goes_on(void)
{
	int file = log_file(0), said[2], status;
	pid_t pid;

	CHECK(pipe(said) == 0);
	pid = speaker(said[1], said, 1, MOST);
	(void)close(said[1]);
	copy_init(&copy, said[0], file, said[0], 1000, COPY_DISCARD);
	copy_all();
	(void)waitpid(pid, &status, 0);
	CHECK_INT(status, 0);
	CHECK(lseek(file, 0, SEEK_END) <= (off_t)KEPT_N + 1000);
	(void)close(file);
}

/* Whoever reads is slow: the copy asks for room, and no call blocks. */
static void
a_reader_that_does_not_read_blocks_nobody(void)
{
	static char text[COPY_BYTES], got[2 * COPY_BYTES];
	int said[2], heard[2];
	struct pollfd p;
	size_t n = 0;
	ssize_t m;

	CHECK(pipe(said) == 0 && pipe(heard) == 0);
	(void)fcntl(heard[1], F_SETPIPE_SZ, 4096);
	copy_init(&copy, said[0], heard[1], said[0], LIMIT_OFF, 0);
	(void)!write(said[1], text, 30000);
	(void)close(said[1]);
	for (int i = 0; i < 5; i++) {
		p = copy_wants(&copy);
		(void)poll(&p, 1, 0);
		(void)copy_step(&copy, p.revents);
	}
	CHECK(copy_is_full(&copy));
	p = copy_wants(&copy);
	CHECK_INT(p.fd, heard[1]);
	CHECK_INT(p.events, POLLOUT);
	while (copy_is_open(&copy)) {
		p = copy_wants(&copy);
		if (poll(&p, 1, 0) == 1)
			(void)copy_step(&copy, p.revents);
		else if ((m = read(heard[0], got, sizeof(got))) > 0)
			n += (size_t)m;
	}
	(void)close(heard[1]);
	while ((m = read(heard[0], got, sizeof(got))) > 0)
		n += (size_t)m;
	CHECK_INT(n, 30000);
	(void)close(heard[0]);
}

/* Input: the worker takes it when it likes. */
static void
input_waits_for_the_worker(void)
{
	static char got[MOST];
	int file = memfd_create("input", 0), given[2];
	size_t n = 0;

	(void)!write(file, pattern(), MOST);
	(void)lseek(file, 0, SEEK_SET);
	CHECK(pipe(given) == 0);
	copy_init(&copy, file, given[1], given[1], LIMIT_OFF, 0);
	for (;;) {
		struct pollfd p = copy_wants(&copy);
		ssize_t m;

		if (copy_is_open(&copy) && poll(&p, 1, 0) == 1) {
			(void)copy_step(&copy, p.revents);
			continue;
		}
		m = read(given[0], got + n, MOST - n < 5000 ? MOST - n : 5000);
		if (m <= 0)
			break;
		n += (size_t)m;
	}
	CHECK_INT(n, MOST);
	CHECK(memcmp(got, pattern(), MOST) == 0);
	CHECK_INT(copy.error, 0);
	(void)close(file), (void)close(given[0]);
}

static void
what_cannot_be_written_has_its_reason(void)
{
	int full = open("/dev/full", O_WRONLY), gone[2];
	struct rlimit old, few;

	copy_said(full, 100, LIMIT_OFF, 0);
	CHECK_INT(copy.error, ENOSPC);
	(void)close(full);
	CHECK(pipe(gone) == 0);
	(void)close(gone[0]);
	copy_said(gone[1], 100, LIMIT_OFF, 0);
	CHECK_INT(copy.error, EPIPE);
	(void)close(gone[1]);
	(void)getrlimit(RLIMIT_FSIZE, &old);
	few = (struct rlimit){ 4000, old.rlim_max };
	for (int flags = 0; flags <= O_APPEND; flags += O_APPEND) {
		int file = log_file(flags);

		(void)setrlimit(RLIMIT_FSIZE, &few);
		copy_said(file, 100 * 1000, LIMIT_OFF, 0);
		(void)setrlimit(RLIMIT_FSIZE, &old);
		CHECK_INT(copy.error, EFBIG);
		CHECK_INT(lseek(file, 0, SEEK_END), 4000);
		(void)close(file);
	}
}

static void
what_cannot_be_read_has_its_reason(void)
{
	int folder = open("/", O_RDONLY | O_DIRECTORY), given[2];

	CHECK(pipe(given) == 0);
	copy_init(&copy, folder, given[1], given[1], LIMIT_OFF, 0);
	(void)copy_step(&copy, POLLIN);
	CHECK_INT(copy.error, EISDIR);
	CHECK(!copy_is_open(&copy));
	(void)close(folder), (void)close(given[0]);
}

static void
a_portion_of_nothing_clean_fits(void)
{
	static char bad[COPY_BYTES];
	int said[2], file = memfd_create("shown", 0);
	char got[4] = "";

	memset(bad, 0xff, sizeof(bad));
	CHECK(pipe(said) == 0);
	copy_init(&copy, said[0], file, said[0], LIMIT_OFF, COPY_CLEAN);
	(void)!write(said[1], bad, sizeof(bad));
	(void)close(said[1]);
	copy_all();
	CHECK_INT(lseek(file, 0, SEEK_END), sizeof(bad));
	CHECK_INT(pread(file, got, 2, sizeof(bad) - 2), 2);
	CHECK_STR(str_of(got), "??");
	(void)close(file);
}

static void
nothing_to_copy_is_nothing_to_wait_for(void)
{
	copy_init(&copy, -1, STDERR_FILENO, -1, LIMIT_OFF, 0);
	CHECK(!copy_is_open(&copy));
	CHECK_INT(copy_wants(&copy).fd, -1);
	CHECK_INT(copy_step(&copy, POLLIN).n, 0);
	CHECK_INT(copy.error, 0);
}

/*
 * A terminal is standard input, and a pipe of the test standard output; fd[]
 * are those of the worker.
 */
static struct desk {
	int saved[2];
	int keys[2], screen[2];  /* what is typed, what is shown */
	int input[2], output[2]; /* the worker's */
	struct terminal t;
} desk;

static bool
starts_with_ask(struct str head)
{
	return str_starts(head, STR("ask"));
}

/* keys[1] is whoever types. */
static bool
open_terminal(int keys[2])
{
	keys[1] = posix_openpt(O_RDWR | O_NOCTTY);
	if (keys[1] == -1 || grantpt(keys[1]) == -1 || unlockpt(keys[1]) == -1)
		return false;
	keys[0] = open(ptsname(keys[1]), O_RDWR | O_NOCTTY);
	return keys[0] != -1;
}

static void
desk_begin(bool (*is_question)(struct str head), uint64_t most)
{
	struct limits limits;
	struct jail_options options = { .limits = &limits,
		.typed = { is_question, false } };

	limits_init(&limits);
	limits.of[LIMIT_OUTPUT] = most;
	(void)fflush(stdout);
	desk.saved[0] = dup(STDIN_FILENO);
	desk.saved[1] = dup(STDOUT_FILENO);
	CHECK(open_terminal(desk.keys) && pipe(desk.screen) == 0);
	CHECK(pipe(desk.input) == 0 && pipe(desk.output) == 0);
	(void)dup2(desk.keys[0], STDIN_FILENO);
	(void)dup2(desk.screen[1], STDOUT_FILENO);
	terminal_init(&desk.t,
	    (const int[]){ desk.input[1], desk.output[0], -1 }, &options);
}

/* Back to the test's own; what was on the screen. */
static size_t
desk_end(char *screen, size_t room)
{
	size_t n = 0;
	ssize_t got;

	(void)dup2(desk.saved[0], STDIN_FILENO);
	(void)dup2(desk.saved[1], STDOUT_FILENO);
	(void)close(desk.saved[0]), (void)close(desk.saved[1]);
	(void)close(desk.screen[1]);
	while (
	    n < room && (got = read(desk.screen[0], screen + n, room - n)) > 0)
		n += (size_t)got;
	(void)close(desk.screen[0]);
	(void)close(desk.keys[0]), (void)close(desk.keys[1]);
	(void)close(desk.input[0]), (void)close(desk.output[1]);
	if (copy_is_open(&desk.t.input))
		copy_hang_up(&desk.t.input);
	if (copy_is_open(&desk.t.output))
		copy_hang_up(&desk.t.output);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_DFL);
	return n;
}

/* One round, without waiting. */
static void
desk_step(void)
{
	struct pollfd p[TERMINAL_FDS];

	terminal_poll(&desk.t, p);
	(void)poll(p, TERMINAL_FDS, 0);
	terminal_step(&desk.t, p);
}

static void
desk_write(int fd, const char *text)
{
	(void)!write(fd, text, strlen(text));
}

static void
one_line_is_given_for_one_question(void)
{
	char got[64] = "", screen[64];
	bool asked_before, asked_after;
	ssize_t n;

	desk_begin(starts_with_ask, 1000);
	desk_write(desk.keys[1], "ab\ncd\n");
	desk_step();
	asked_before = desk.t.is_asked;
	desk_write(desk.output[1], "tell\nask who is there\n");
	for (int i = 0; i < 10; i++)
		desk_step();
	asked_after = desk.t.is_asked;
	n = read(desk.input[0], got, sizeof(got));
	CHECK_INT(desk_end(screen, sizeof(screen)), 22);
	CHECK(!asked_before && !asked_after);
	CHECK_STR(str_view(got, (size_t)n), "ab\n");
}

static void
without_a_judge_there_is_no_question(void)
{
	char screen[64];
	bool was_asked;

	desk_begin(NULL, 1000);
	desk_write(desk.output[1], "ask\n");
	desk_step();
	desk_step();
	was_asked = desk.t.is_asked;
	CHECK_INT(desk_end(screen, sizeof(screen)), 4);
	CHECK(!was_asked);
}

static void
a_byte_without_room_waits(void)
{
	char full[4096] = { 0 }, got[4096], screen[64];
	bool waited, went;
	ssize_t n = 0, last = 0;

	desk_begin(starts_with_ask, 1000);
	while (write(desk.t.input.to, full, sizeof(full)) > 0)
		;
	desk.t.is_asked = true;
	desk_write(desk.keys[1], "x\n");
	desk_step();
	waited = copy_is_full(&desk.t.input);
	desk_step();
	waited = waited && copy_is_full(&desk.t.input) && desk.t.is_asked;
	(void)fcntl(desk.input[0], F_SETFL, O_NONBLOCK);
	while ((n = read(desk.input[0], got, sizeof(got))) > 0)
		;
	for (int i = 0; i < 3; i++)
		desk_step();
	last = read(desk.input[0], got, sizeof(got));
	went = !copy_is_full(&desk.t.input) && !desk.t.is_asked;
	(void)desk_end(screen, sizeof(screen));
	CHECK(waited);
	CHECK(went);
	CHECK_STR(str_view(got, last > 0 ? (size_t)last : 0), "x\n");
}

/* A descriptor that lets nobody wait, and a worker that has gone. */
static void
what_cannot_be_read_or_written_is_let_go(void)
{
	char screen[64];
	bool stays, is_closed, is_open;

	desk_begin(starts_with_ask, 1000);
	(void)fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
	(void)fcntl(desk.t.output.from, F_SETFL, O_NONBLOCK);
	desk.t.is_asked = true;
	/* somebody else was faster */
	terminal_step(&desk.t, (const struct pollfd[]){ { .revents = POLLIN },
				   { .revents = POLLIN } });
	stays = copy_is_open(&desk.t.input) && copy_is_open(&desk.t.output);
	(void)close(desk.input[0]);
	desk.input[0] = dup(STDERR_FILENO);
	desk_write(desk.keys[1], "x\n");
	desk_step();
	is_closed = !copy_is_open(&desk.t.input);
	is_open = terminal_is_open(&desk.t);
	terminal_step(&desk.t,
	    (const struct pollfd[]){ { .revents = POLLIN }, { .revents = 0 } });
	(void)desk_end(screen, sizeof(screen));
	CHECK(stays && is_closed && is_open);
}

static void
the_screen_takes_what_is_allowed_and_no_more(void)
{
	static char text[4000], screen[200000];
	size_t shown;
	bool is_open;

	memset(text, 'x', sizeof(text));
	desk_begin(NULL, 1000);
	(void)fcntl(desk.screen[1], F_SETPIPE_SZ, 1 << 18);
	for (int i = 0; i < 20 && copy_is_open(&desk.t.output); i++) {
		(void)!write(desk.output[1], text, sizeof(text));
		for (int k = 0; k < 2; k++)
			desk_step();
	}
	is_open = copy_is_open(&desk.t.output);
	shown = desk_end(screen, sizeof(screen));
	CHECK(!is_open);
	/* the limit, and room for the last words */
	CHECK(shown > 1000 && shown <= 1000 + (64u << 10));
}

CHECK_MAIN(CASE(a_file_gets_every_byte),
    CASE(a_log_stays_one_that_is_appended_to),
    CASE(no_more_than_the_limit_is_copied),
    CASE(beyond_it_messages_are_dropped_and_the_worker_goes_on),
    CASE(a_reader_that_does_not_read_blocks_nobody),
    CASE(input_waits_for_the_worker),
    CASE(what_cannot_be_written_has_its_reason),
    CASE(what_cannot_be_read_has_its_reason),
    CASE(a_portion_of_nothing_clean_fits),
    CASE(nothing_to_copy_is_nothing_to_wait_for),
    CASE(one_line_is_given_for_one_question),
    CASE(without_a_judge_there_is_no_question), CASE(a_byte_without_room_waits),
    CASE(what_cannot_be_read_or_written_is_let_go),
    CASE(the_screen_takes_what_is_allowed_and_no_more))
