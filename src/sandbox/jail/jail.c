/*
 * The jail's front: what is the same on every system. What differs is in
 * jail_linux.c and jail_posix.c; the steps are in the files of their names.
 */
#include "jail/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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
	if (inherit_close_span(STDERR_FILENO + 1, middle - 1) == -1 ||
	    inherit_close_span(middle + 1, ~0u) == -1)
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
	struct limits limits;

	if (options->limits == NULL) {
		limits_init(&limits);
		with_limits.limits = &limits;
	}
	if (leave_session(jail, err) == -1 ||
	    limits_apply(with_limits.limits, err) == -1)
		return -1;
	layer_on(jail, JAIL_LIMITS, NULL);
	return jail_close_up(jail, &with_limits, err);
}

static void
print_layer(struct jail *jail, enum jail_layer i, struct buf *out)
{
	const struct jail_layer_state *s = &jail->layer[i];
	static const char *const word[] = {
		[JAIL_OFF] = "off",
		[JAIL_ON] = "on",
		[JAIL_NOT_WANTED] = "-",
	};

	buf_printf(out, "%-4s%s", word[s->state], layer_name(i));
	if (s->note != NULL)
		buf_printf(out, " (%s)", s->note);
	if (s->why != 0)
		buf_printf(out, ": %s", layer_why(jail, i));
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

enum jail_whole
jail_print(struct jail *jail, struct buf *out)
{
	enum jail_whole state = JAIL_WHOLE;
	unsigned off = 0;

	for (int i = 0; i < JAIL_LAYERS; i++) {
		enum jail_layer layer = (enum jail_layer)i;

		print_layer(jail, layer, out);
		if (jail->layer[i].state != JAIL_OFF)
			continue;
		off++;
		if (layer_is_required(layer))
			state = JAIL_BROKEN;
		else if (state == JAIL_WHOLE)
			state = JAIL_WEAKER;
	}
	if (keeps_files(jail)) {
		buf_add(out, STR("the file system is not taken away\n"));
		state = JAIL_BROKEN;
	}
	if (state == JAIL_WHOLE)
		buf_add(out, STR("all layers are on\n"));
	else if (state == JAIL_WEAKER)
		buf_printf(out, "weaker: modules run, off: %u of %d layers\n",
		    off, JAIL_LAYERS);
	else
		buf_add(out, STR("modules cannot run here\n"));
	return state;
}
