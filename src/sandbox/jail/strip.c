/*
 * strip: what the outer half's jail is made of, and the privileges that neither
 * half keeps.
 *
 * An outer half that executes a program of its own (image.c) does it in two
 * parts: what only who has capabilities can give up goes before the exec, which
 * ends them, and the rest after it, in the program that is to have it. What an
 * exec leaves as it was is set again all the same, and checked there.
 */
#include <errno.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "jail/filter.h"
#include "jail/step.h"

/* not in the headers of Linux before 6.3 */
#ifndef PR_SET_MDWE
#define PR_SET_MDWE              65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

/* Steps 14 to 16. */
int
privileges_give_up(struct jail *jail, struct err *err)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return err_sys(err, "cannot set no_new_privs");
	layer_on(jail, JAIL_NO_NEW_PRIVS, NULL);
	if (prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == -1)
		layer_off(jail, JAIL_MDWE, errno, NULL);
	else
		layer_on(jail, JAIL_MDWE, NULL);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1)
		return err_sys(err, "cannot make the process undumpable");
	layer_on(jail, JAIL_NOT_DUMPABLE, NULL);
	return 0;
}

static int
give_up(struct outer *outer, struct err *err)
{
	return caps_clear(&outer->own, outer->is_bounded, err) == -1 ||
	               privileges_give_up(&outer->own, err) == -1
	           ? -1
	           : 0;
}

int
outer_prepare(struct outer *outer, struct err *err)
{
	outer->is_bounded = caps_bound_outer(&outer->own);
	outer->is_prepared = true;
	return give_up(outer, err);
}

/* What its jail is without the filter. */
static int
strip(struct outer *outer, enum outer_kind kind,
    const struct jail_options *options, struct err *err)
{
	struct limits room;
	const struct limits *limits = limits_or_default(options->limits, &room);
	int (*prepare)(struct outer *, struct err *) =
	    outer->is_prepared ? give_up : outer_prepare;

	if (limits_apply_outer(limits, err) == -1 ||
	    prepare(outer, err) == -1 ||
	    landlock_apply_outer(&outer->own, kind == OUTER_BROKERS, err) == -1)
		return -1;
	layer_on(&outer->own, JAIL_LIMITS, NULL);
	return 0;
}

static int
load_outer_filter(const struct outer *outer, enum outer_kind kind,
    struct err *err)
{
	unsigned audit = outer->listener != -1 ? POLICY_OUTER_AUDIT : 0;
	const struct filter *filter =
	    filter_by_variant(outer_variant(kind) | audit);
	const struct policy_numbers numbers = {
		.self = (uint32_t)getpid(),
		.worker = (uint32_t)outer->worker,
	};

	if (filter == NULL)
		return err_set(err,
		    "there is no system call filter for this architecture");
	if (filter_load(filter, &numbers) == -1)
		return err_sys(err, "cannot load the system call filter");
	return 0;
}

/* Where something failed the worker says it, and ends; it is waited for. */
void
jail_strip_outer(struct outer *outer, enum outer_kind kind,
    const struct jail_options *options)
{
	struct jail *own = &outer->own;
	autoerr struct err err = ERR_NONE;
	int status = strip(outer, kind, options, &err);

	layer_on(own, JAIL_FILTER, outer_kind_name(kind));
	settle_tell(outer->alive, own, &err);
	pool_clear(&own->pool);
	if (status == 0 && options->audit)
		outer->listener = audit_receive(outer->alive);
	if (status == 0 && load_outer_filter(outer, kind, &err) == -1)
		settle_tell(outer->alive, own, &err);
	(void)close(outer->alive);
}
