/*
 * speculation: what the processor may guess while the worker runs. Code that
 * is run ahead on a guess leaves traces in the caches, and by these a process
 * can read what it may not: of its own memory past the interpreter's checks
 * (store bypass), of another's past all of them (indirect branches that were
 * trained by one and are taken by the other). Whoever asks the kernel for it
 * runs without such guesses, a little slower; for good, where it is asked so.
 *
 * Many kernels let nobody ask: the processor does not guess, or all programs
 * are protected, or none is. Then there is nothing to be gained or warned of,
 * and "--check" shows what was answered.
 */
#include <errno.h>
#include <sys/prctl.h>

#include "base/mem.h"
#include "jail/step.h"

/* not in the headers of Linux before 4.17 and 4.20 */
#ifndef PR_GET_SPECULATION_CTRL
#define PR_GET_SPECULATION_CTRL 52
#define PR_SET_SPECULATION_CTRL 53
#endif
#define STORE_BYPASS    0
#define INDIRECT_BRANCH 1
#define NOT_AFFECTED    0
#define DISABLED        (1 << 2)
#define FORCE_DISABLED  (1 << 3)

/* Why it is not off; "": it is. */
static const char *
turn_off(int which)
{
	int refusal = 0, state;

	if (prctl(PR_SET_SPECULATION_CTRL, which, FORCE_DISABLED, 0, 0) == -1)
		refusal = errno;
	state = prctl(PR_GET_SPECULATION_CTRL, which, 0, 0, 0);
	if (state == -1)
		return layer_errno(errno);
	if (state == NOT_AFFECTED)
		return "not affected";
	if ((state & (DISABLED | FORCE_DISABLED)) != 0)
		return "";
	return refusal != 0 ? layer_errno(refusal) : "stays";
}

void
speculation_stop(struct jail *jail)
{
	static const struct {
		int which;
		const char *name;
	} row[] = {
		{ STORE_BYPASS, "store bypass" },
		{ INDIRECT_BRANCH, "indirect branch" },
	};
	struct buf note = BUF_IN(&jail->pool);
	bool is_off = false;

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		const char *why = turn_off(row[i].which);

		is_off |= *why == '\0';
		buf_printf(&note, "%s%s%s%s", i != 0 ? ", " : "", row[i].name,
		    *why != '\0' ? ": " : "", why);
	}
	if (is_off)
		layer_on(jail, JAIL_SPECULATION, NULL);
	else
		layer_not_wanted(jail, JAIL_SPECULATION);
	jail->layer[JAIL_SPECULATION].note = buf_cstr(&note);
}
