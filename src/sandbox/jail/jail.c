/*
 * The jail's front: what is the same on every system. What differs is in
 * jail_linux.c and jail_posix.c; the steps are in the files of their names.
 */
#include "jail/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fds.h"
#include "jail/step.h"

int
jail_stdio(struct err *err)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) != -1 || errno != EBADF)
			continue;
		/* the lowest free number, so it is fd */
		if (open("/dev/null", O_RDWR) == -1)
			return err_sys(err, "cannot open /dev/null");
	}
	return 0;
}

int
jail_close_inherited(int keep, struct err *err)
{
	unsigned middle = keep != -1 ? (unsigned)keep : STDERR_FILENO;

	if (keep != -1 && fcntl(keep, F_GETFD) == -1)
		return err_sys(err, "descriptor %d is not there", keep);
	if (fds_close_span(STDERR_FILENO + 1, middle - 1) == -1 ||
	    fds_close_span(middle + 1, ~0u) == -1)
		return err_sys(err, "cannot close what the parent left open");
	return 0;
}

/* Step 9. A session of its own has no terminal. */
static int
leave_session(struct jail *jail, struct err *err)
{
	/* EPERM: a group leader already, where there is no pid namespace */
	if (setsid() == -1 && getsid(0) != getpid())
		return err_sys(err, "cannot start a session");
	(void)umask(077);
	layer_on(jail, JAIL_SESSION, NULL);
	return 0;
}

int
jail_close(struct jail *jail, const struct jail_options *options,
    struct err *err)
{
	struct jail_options with_limits = *options;
	struct limits room;

	with_limits.limits = limits_or_default(options->limits, &room);
	if (leave_session(jail, err) == -1 ||
	    limits_apply(with_limits.limits, err) == -1)
		return -1;
	layer_on(jail, JAIL_LIMITS, NULL);
	return jail_close_up(jail, &with_limits, err);
}

static void
print_layer(struct jail *jail, const struct jail_layer_state *s,
    enum jail_layer i, struct buf *out)
{
	static const char *const word[] = {
		[JAIL_OFF] = "off",
		[JAIL_ON] = "on",
		[JAIL_NOT_WANTED] = "-",
	};

	buf_printf(out, "%-4s%s", word[s->state], layer_name(i));
	if (s->note != NULL)
		buf_printf(out, " (%s)", s->note);
	if (s->why != 0)
		buf_printf(out, ": %s", layer_why(jail, s, i));
	if (s->state == JAIL_OFF && layer_is_required(i))
		buf_add(out, STR(" -- REQUIRED"));
	buf_add_char(out, '\n');
}

/* Files need one fence of the three at least. */
static bool
keeps_files(const struct jail *jail)
{
	return jail->layer[JAIL_ROOT].state == JAIL_OFF &&
	       jail->layer[JAIL_LANDLOCK].state == JAIL_OFF;
}

/* How many layers of a half there are, and are off. */
struct count {
	unsigned all, off;
	bool is_broken;
};

static void
print_half(struct jail *jail, const struct jail_layer_state *layers,
    bool (*has)(enum jail_layer), struct count *count, struct buf *out)
{
	for (int i = 0; i < JAIL_LAYERS; i++) {
		enum jail_layer layer = (enum jail_layer)i;

		if (!has(layer))
			continue;
		print_layer(jail, &layers[i], layer, out);
		count->all++;
		if (layers[i].state != JAIL_OFF)
			continue;
		count->off++;
		count->is_broken |= layer_is_required(layer);
	}
}

static bool
worker_has(enum jail_layer layer)
{
	return layer != JAIL_ADDRESSES;
}

enum jail_whole
jail_print(struct jail *jail, struct buf *out)
{
	struct count count = { 0 };

	buf_add(out, STR("worker:\n"));
	print_half(jail, jail->layer, worker_has, &count, out);
	/* where the halves talk it has one, or no module runs */
	if (jail->outer[JAIL_FILTER].state == JAIL_ON) {
		buf_add(out, STR("outer half:\n"));
		print_half(jail, jail->outer, layer_is_of_outer, &count, out);
	}
	if (keeps_files(jail)) {
		buf_add(out, STR("the file system is not taken away\n"));
		count.is_broken = true;
	}
	if (count.is_broken) {
		buf_add(out, STR("modules cannot run here\n"));
		return JAIL_BROKEN;
	}
	if (count.off == 0) {
		buf_add(out, STR("all layers are on\n"));
		return JAIL_WHOLE;
	}
	buf_printf(out, "weaker: modules run, off: %u of %u layers\n",
	    count.off, count.all);
	return JAIL_WEAKER;
}
