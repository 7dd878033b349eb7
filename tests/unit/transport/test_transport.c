#include "transport/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "check.h"

static struct pool pool;

/* Another program, a shell, which is told its name as $1. */
static struct transport *
shell(const char *script)
{
	const char **command = pool_array(&pool, 4, sizeof(*command));
	struct order order = { .what = "sandbox",
		.options = CHILD_OPTIONS_NONE };

	command[0] = "/bin/sh";
	command[1] = "-c";
	command[2] = script;
	command[3] = NULL;
	order.options.name = "a/b";
	return transport_new(&transport_program, command, &order, &pool);
}

static struct order
own_order(bool has_broker)
{
	static struct str limit[] = { { "memory=1G", 9 } };
	static struct str server[] = { { "192.0.2.2:53", 12 } };
	static struct str allow[] = { { "local", 5 } };
	static struct str deny[] = { { "private", 7 } };
	struct order order = { .what = "sandbox",
		.options = CHILD_OPTIONS_NONE,
		.has_broker = has_broker };

	order.options.name = "a/b";
	order.options.limit = (struct slot_texts){ limit, 1 };
	order.options.has_needs = true;
	order.options.proxy = STR("192.0.2.1:9");
	order.options.name_server = (struct slot_texts){ server, 1 };
	order.options.allow_net = (struct slot_texts){ allow, 1 };
	order.options.deny_net = (struct slot_texts){ deny, 1 };
	return order;
}

static const char *
words_of(const struct transport *transport)
{
	struct buf text = BUF_IN(&pool);
	const char *const *argv = transport_argv(transport);

	for (size_t i = 1; argv[i] != NULL; i++)
		buf_printf(&text, "%s ", argv[i]);
	return buf_cstr(&text);
}

/* Whoever adds a kind or a cargo says how it travels, or why not. */
static void
every_cargo_has_a_way_or_a_reason(void)
{
	for (size_t k = 0; transport_kinds[k] != NULL; k++) {
		for (enum cargo c = 0; c < CARGOS; c++) {
			const struct cargo_way *way =
			    &transport_kinds[k]->way[c];

			CHECK((way->how != NULL) != (way->why_not != NULL));
			CHECK(cargo_rows[c].name != NULL);
		}
		/* what it refuses it must be able to name */
		CHECK(transport_kinds[k]->option != NULL ||
		      transport_kinds[k] == &transport_own);
	}
}

static void
what_does_not_travel_is_refused(void)
{
	autoerr struct err err = ERR_NONE;

	for (enum cargo c = 0; c < CARGOS; c++)
		CHECK_INT(transport_check(&transport_own, c, "--x", &err), 0);
	CHECK_INT(transport_check(&transport_program, CARGO_ACCOUNT, "--x",
		      &err),
	    0);
	CHECK_STR(err_text(&err), "");
	CHECK_INT(transport_check(&transport_program, CARGO_POLICY,
		      "--allow-net", &err),
	    -1);
	CHECK_STR(err_text(&err),
	    "--allow-net does not go with --child: another program has a "
	    "sandbox and a policy of its own");
	CHECK_INT(transport_check(&transport_program,
		      cargo_of_limit(STR("cpu=1s")), "--limit cpu=1s", &err),
	    -1);
	CHECK_STR(err_text(&err),
	    "--limit cpu=1s does not go with --child: of another program only "
	    "output and log-line are limited");
	CHECK_INT(cargo_of_limit(STR("output=1G")), CARGO_ACCOUNT);
	CHECK_INT(cargo_of_limit(STR("log-line=1K")), CARGO_ACCOUNT);
	CHECK_INT(cargo_of_limit(STR("output-x=1")), CARGO_LIMITS);
	CHECK_INT(cargo_of_limit(STR("")), CARGO_LIMITS);
}

/* docs/wire.md has the table as it is here. */
static void
the_page_has_the_table(void)
{
	char *page = NULL;
	size_t cap = 0;
	FILE *f = fopen(TEST_DIR "/../docs/wire.md", "r");

	CHECK(f != NULL);
	CHECK(getdelim(&page, &cap, '\0', f) > 0);
	(void)fclose(f);
	for (enum cargo c = 0; c < CARGOS; c++) {
		struct buf row = BUF_IN(&pool);

		buf_printf(&row, "\n| %s: %s |", cargo_rows[c].name,
		    cargo_rows[c].doc);
		for (size_t k = 0; transport_kinds[k] != NULL; k++) {
			const char *how = transport_kinds[k]->way[c].how;

			buf_printf(&row, " %s |", how != NULL ? how : "no");
		}
		buf_add_char(&row, '\n');
		if (strstr(page, buf_cstr(&row)) == NULL) {
			CHECK(!"docs/wire.md lacks a row");
			printf("#%s", buf_cstr(&row));
		}
	}
	free(page);
}

static void
each_kind_is_told_what_it_understands(void)
{
	struct order order = own_order(true);

	CHECK_CSTR(words_of(transport_new(&transport_own, NULL, &order, &pool)),
	    "sandbox --spare --needs=none --control-fd=3 --proxy=192.0.2.1:9 "
	    "--name-server=192.0.2.2:53 --limit=memory=1G --allow-net=local "
	    "--deny-net=private -- a/b ");
	order.has_broker = false;
	CHECK_CSTR(words_of(transport_new(&transport_own, NULL, &order, &pool)),
	    "sandbox --spare --needs=none --limit=memory=1G -- a/b ");
	CHECK_CSTR(words_of(shell("x")), "-c x sandbox a/b ");
}

static struct str
read_line(int fd)
{
	char *p = pool_alloc(&pool, 256);
	size_t n = 0;

	while (n < 256 && read(fd, p + n, 1) == 1 && p[n++] != '\n')
		;
	return str_view(p, n);
}

static void
a_child_has_its_pipes(void)
{
	autoerr struct err err = ERR_NONE;
	struct child child;

	CHECK_INT(transport_start(shell("read x; echo $0 $1 $x"), &child, &err),
	    0);
	CHECK_INT(child.control.fd, -1);
	CHECK_INT(write(child.proc.in, "hello\n", 6), 6);
	CHECK_STR(read_line(child.proc.out), "sandbox a/b hello\n");
	child_clear(&child);
	CHECK_INT(child.proc.pid, 0);
	CHECK_INT(child.proc.out, -1);
	child_clear(&child);
}

static void
who_cannot_be_started_is_told(void)
{
	static const char *const command[] = { "/proc/nonexistent/x", NULL };
	struct order order = own_order(false);
	struct transport *transport =
	    transport_new(&transport_program, command, &order, &pool);
	autoerr struct err err = ERR_NONE;
	struct spares spares = { .n = 0 };
	struct child child;

	CHECK_INT(transport_start(transport, &child, &err), -1);
	CHECK_STR(err_text(&err), "cannot start /proc/nonexistent/x");
	CHECK_INT(spares_take(&spares, transport, &child, &err), -1);
	CHECK_INT(child.proc.pid, 0);
	CHECK_INT(child.control.fd, -1);
}

static void
a_program_has_no_spares(void)
{
	struct spares spares = { .n = 0 };

	spares_prepare(&spares, shell("x"), 3);
	CHECK_INT(spares.n, 0);
	spares_clear(&spares);
}

/* Spares of two modules: each is taken by its own, the oldest first. */
static void
spares_are_told_apart(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, SPARES_MAX, 1000 };
	struct order order = own_order(false), other = own_order(false);
	struct transport *a, *b;

	other.options.name = "c/d";
	a = transport_new(&transport_own, NULL, &order, &pool);
	b = transport_new(&transport_own, NULL, &other, &pool);
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		size_t n =
		    sizes[s] < SPARES_MAX - 1 ? sizes[s] : SPARES_MAX - 1;
		struct spares spares = { .n = 0 };
		struct child child;
		pid_t pid;

		spares_prepare(&spares, b, 1);
		CHECK_INT(spares.n, 1);
		spares_prepare(&spares, a, sizes[s]);
		spares_prepare(&spares, a, sizes[s]);
		CHECK_INT(spares.n, n + 1);
		for (size_t i = 0; i < n; i++) {
			CHECK_INT(spares_take(&spares, a, &child, NULL), 0);
			CHECK(child.proc.pid > 0);
			CHECK_INT(spares.n, n - i);
			child_clear(&child);
		}
		spares_prepare(&spares, a, 1);
		spares_drop(&spares, a);
		CHECK_INT(spares.n, 1);
		CHECK_INT(spares_take(&spares, b, &child, NULL), 0);
		CHECK_INT(spares.n, 0);
		pid = child.proc.pid;
		child_clear(&child);
		CHECK(kill(pid, 0) == -1 && errno == ESRCH);
		spares_prepare(&spares, a, 2);
		spares_clear(&spares);
		CHECK_INT(spares.n, 0);
	}
}

/* Our children, the oldest first. */
static size_t
children_of_ours(pid_t *pid, size_t most)
{
	char path[64];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%ld/children",
	    (long)getpid());
	f = fopen(path, "r");
	CHECK(f != NULL);
	while (f != NULL && n < most && fscanf(f, "%d", &pid[n]) == 1)
		n++;
	if (f != NULL)
		fclose(f);
	return n;
}

/* Of n spares those that are dead are passed over, and ended; then new ones. */
static void
a_dead_spare_is_not_taken(void)
{
	static const size_t dead[] = { 0, 1, 2, 3 };
	struct order order = own_order(false);
	struct transport *own =
	    transport_new(&transport_own, NULL, &order, &pool);

	for (size_t k = 0; k < ARRAY_SIZE(dead); k++) {
		struct spares spares = { .n = 0 };
		pid_t killed[3];

		spares_prepare(&spares, own, 3);
		CHECK_INT(children_of_ours(killed, 3), 3);
		for (size_t i = 0; i < dead[k]; i++) {
			CHECK_INT(kill(killed[i], SIGKILL), 0);
			CHECK_INT(waitid(P_PID, (id_t)killed[i], NULL,
				      WEXITED | WNOWAIT),
			    0);
		}
		for (size_t i = 0; i < 4; i++) {
			struct child child;

			CHECK_INT(spares_take(&spares, own, &child, NULL), 0);
			CHECK_INT(kill(child.proc.pid, 0), 0);
			for (size_t j = 0; j < dead[k]; j++)
				CHECK(child.proc.pid != killed[j]);
			child_clear(&child);
		}
		CHECK_INT(spares.n, 0);
		for (size_t i = 0; i < dead[k]; i++)
			CHECK(kill(killed[i], 0) == -1 && errno == ESRCH);
	}
}

static size_t
count_descriptors(void)
{
	size_t n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

/* With room for 0, 1, 2, ... of what a child and its control need. */
static void
too_few_descriptors_leave_nothing_open(void)
{
	struct order order = own_order(true);
	struct transport *own =
	    transport_new(&transport_own, NULL, &order, &pool);
	size_t before = count_descriptors(), tries = 0;
	struct rlimit old, few;
	int status = -1;

	CHECK_INT(getrlimit(RLIMIT_NOFILE, &old), 0);
	for (rlim_t most = 3; status == -1 && most < 64; most++, tries++) {
		autoerr struct err err = ERR_NONE;
		struct spares spares = { .n = 0 };
		struct child child;

		few = (struct rlimit){ most, old.rlim_max };
		CHECK_INT(setrlimit(RLIMIT_NOFILE, &few), 0);
		spares_prepare(&spares, own, 1);
		status = spares_take(&spares, own, &child, &err);
		CHECK_INT(setrlimit(RLIMIT_NOFILE, &old), 0);
		CHECK_INT(err_text(&err).n != 0, status == -1);
		CHECK_INT(spares.n, 0);
		CHECK_INT(child.control.fd != -1, status == 0);
		child_clear(&child);
		CHECK_INT(count_descriptors(), before);
	}
	CHECK_INT(status, 0);
	CHECK(tries > 7);
}

CHECK_MAIN(CASE(every_cargo_has_a_way_or_a_reason),
    CASE(what_does_not_travel_is_refused), CASE(the_page_has_the_table),
    CASE(each_kind_is_told_what_it_understands), CASE(a_child_has_its_pipes),
    CASE(who_cannot_be_started_is_told), CASE(a_program_has_no_spares),
    CASE(spares_are_told_apart), CASE(a_dead_spare_is_not_taken),
    CASE(too_few_descriptors_leave_nothing_open))
