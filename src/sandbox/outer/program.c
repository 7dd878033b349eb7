#include "outer/program.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/agreed.h"
#include "child/place.h"
#include "config.h"

/*
 * The filter of the outer half knows its descriptors by their numbers
 * (base/agreed.h). Behind jail_close_inherited() nothing else has them, but
 * perhaps the other end of the same pair.
 */
static int
settle_numbers(int fd[2], struct err *err)
{
	int ours, workers;

	workers = fcntl(fd[1], F_DUPFD_CLOEXEC, OUTER_SOCKETS_FD);
	(void)close(fd[1]);
	ours = fd[0];
	if (ours != BROKER_FD) {
		ours = dup3(fd[0], BROKER_FD, O_CLOEXEC);
		(void)close(fd[0]);
	}
	if (workers == -1 || ours == -1)
		return err_sys(err, "cannot move a broker's socket");
	fd[0] = ours;
	fd[1] = workers;
	return 0;
}

/* With a number that is no other's. */
static void
open_program(struct jail_program *program)
{
	program->fd = -1;
	program->why = 0;
#ifdef HAVE_OUTER
	autopool struct pool pool = POOL_NONE;
	const char *path = pool_printf(&pool, "%s/sn0int-outer",
	    place_of(BUILD_OUTER_DIR, PLUGIN_DIR));
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd != -1)
		program->fd = fcntl(fd, F_DUPFD_CLOEXEC, OUTER_SOCKETS_FD);
	if (program->fd == -1)
		program->why = errno;
	if (fd != -1)
		(void)close(fd);
#endif
}

/* What there is to know, and what has become known. */
static const char *const *
words_for(struct serving *s, const char *const *word)
{
	const char **all;
	size_t n = 0;

	while (word[n] != NULL)
		n++;
	all = pool_array(&s->pool, n + 2, sizeof(*all));
	memcpy(all, word, n * sizeof(*all));
	if (egress_has_own(s->egress))
		all[n++] = "own";
	all[n] = NULL;
	return all;
}

int
program_begin(struct jail_program *program, struct serving *s,
    const char *const *word, struct jail_options *options, struct err *err)
{
	int fd[2];

	if (broker_pair(fd, err) == -1 || settle_numbers(fd, err) == -1 ||
	    serving_init(s, fd[0], word, err) == -1)
		return -1;
	open_program(program);
	program->word = words_for(s, word);
	serving_hooks(s, &options->serve);
	options->serve.program = program;
	options->broker_fd = fd[1];
	return 0;
}

const char *
program_place(void)
{
	struct jail_program program;

	open_program(&program);
	if (program.fd == -1)
		return program.why == 0 ? "here: built without sn0int-outer"
		                        : "here: sn0int-outer cannot be opened";
	(void)close(program.fd);
	return "in sn0int-outer";
}
