/*
 * What is made of the kernel's answers about speculation. The call is a
 * stand-in: on most machines there is nothing to be had.
 */
#include <errno.h>
#include <stdarg.h>
#include <sys/prctl.h>

#include "base/mem.h"
#include "check.h"
#include "jail/step.h"

#define FEATURES 2

/* What a kernel answers to both questions about a feature: >= 0 or -errno. */
struct kernel {
	int set, get;
};

static const struct kernel *kernel; /* FEATURES of them */
static unsigned long asked[FEATURES];

int
prctl(int option, ...)
{
	unsigned long which, how;
	va_list args;
	int answer;

	va_start(args, option);
	which = va_arg(args, unsigned long);
	how = va_arg(args, unsigned long);
	va_end(args);
	if (option != PR_SET_SPECULATION_CTRL &&
	    option != PR_GET_SPECULATION_CTRL)
		return 0;
	which = (unsigned)which;
	if (option == PR_SET_SPECULATION_CTRL)
		asked[which] = (unsigned)how;
	answer = option == PR_SET_SPECULATION_CTRL ? kernel[which].set
	                                           : kernel[which].get;
	errno = answer < 0 ? -answer : errno;
	return answer < 0 ? -1 : answer;
}

enum { NONE = 0, BY_PRCTL = 1, ENABLED = 2, OFF = 4, OFF_FOR_GOOD = 8 };

static void
the_layer_says_what_the_kernel_answered(void)
{
	static const struct {
		struct kernel kernel[FEATURES];
		enum jail_state state;
		const char *note;
	} row[] = {
		{ { { 0, BY_PRCTL | OFF_FOR_GOOD },
		      { 0, BY_PRCTL | OFF_FOR_GOOD } },
		    JAIL_ON, "store bypass, indirect branch" },
		{ { { -ENXIO, ENABLED }, { -EPERM, ENABLED } }, JAIL_NOT_WANTED,
		    "store bypass: ENXIO, indirect branch: EPERM" },
		{ { { 0, BY_PRCTL | OFF_FOR_GOOD }, { -EPERM, ENABLED } },
		    JAIL_ON, "store bypass, indirect branch: EPERM" },
		/* all programs are protected */
		{ { { -ENXIO, OFF }, { -EPERM, OFF } }, JAIL_ON,
		    "store bypass, indirect branch" },
		{ { { -ENXIO, NONE }, { -EPERM, NONE } }, JAIL_NOT_WANTED,
		    "store bypass: not affected, "
		    "indirect branch: not affected" },
		/* older than the question; it knows only the first */
		{ { { -EINVAL, -EINVAL }, { -EINVAL, -EINVAL } },
		    JAIL_NOT_WANTED,
		    "store bypass: EINVAL, indirect branch: EINVAL" },
		{ { { 0, BY_PRCTL | OFF_FOR_GOOD }, { -ENODEV, -ENODEV } },
		    JAIL_ON, "store bypass, indirect branch: ENODEV" },
		/* one that says yes and does nothing */
		{ { { 0, BY_PRCTL | ENABLED }, { 0, BY_PRCTL | ENABLED } },
		    JAIL_NOT_WANTED,
		    "store bypass: stays, indirect branch: stays" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct jail jail = JAIL_NONE;
		const struct jail_layer_state *got =
		    &jail.layer[JAIL_SPECULATION];

		kernel = row[i].kernel;
		asked[0] = asked[1] = 0;
		speculation_stop(&jail);
		CHECK_INT(got->state, row[i].state);
		CHECK_STR(str_of(got->note), row[i].note);
		CHECK_INT(asked[0], OFF_FOR_GOOD);
		CHECK_INT(asked[1], OFF_FOR_GOOD);
		pool_clear(&jail.pool);
	}
}

CHECK_MAIN(CASE(the_layer_says_what_the_kernel_answered))
