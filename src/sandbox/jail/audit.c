/*
 * audit: what would the jail stop? For developing a module or a row of the
 * policy; never for a module that is not trusted, since the filter refuses
 * nothing then that it would end a run for.
 *
 * Each refusal of the real filter becomes a question to the outer half
 * (SECCOMP_RET_USER_NOTIF). It notes the call, answers with the error number
 * where the table has one, and lets the call go on where the worker would have
 * been stopped. The other layers hold: there are no files, no privileges and
 * no network to be found by a call that goes on.
 */
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/fds.h"
#include "jail/crash.h"
#include "jail/policy.h"
#include "jail/step.h"

/* The kernel may know longer structures than our headers. */
union notice {
	struct seccomp_notif notif;
	char room[512];
};

union answer {
	struct seccomp_notif_resp resp;
	char room[512];
};

int
audit_send(int alive, int listener, struct err *err)
{
	if (fds_send(alive, str_view("", 1), &listener, 1, 0) == -1)
		return err_sys(err, "cannot hand over the audit's listener");
	(void)close(listener);
	return 0;
}

int
audit_receive(int alive)
{
	struct fds came;
	char none;

	if (fds_recv(alive, &none, sizeof(none), &came) == 1 && came.n == 1)
		return came.fd[0];
	fds_close(&came);
	return -1;
}

static void
note_call(const char *name, const struct seccomp_data *call, uint32_t verdict)
{
	struct sigtext text = { .n = 0 };
	const char *known = call_name(CALL_HERE, call->nr);

	sigtext_add(&text, "sn0int: AUDIT ");
	sigtext_add(&text, name);
	sigtext_add(&text, ": would ");
	if ((verdict & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO) {
		sigtext_add(&text, "refuse (");
		sigtext_add(&text, layer_errno(verdict & SECCOMP_RET_DATA));
		sigtext_add(&text, ") ");
	} else {
		sigtext_add(&text, "stop the run at ");
	}
	sigtext_add(&text, known != NULL ? known : "call");
	sigtext_add(&text, " (");
	sigtext_add_int(&text, call->nr);
	sigtext_add(&text, ") arguments");
	for (int i = 0; i < 6; i++) {
		sigtext_add(&text, " ");
		sigtext_add_hex(&text, call->args[i]);
	}
	sigtext_add(&text, ", at ");
	sigtext_add_hex(&text, call->instruction_pointer);
	sigtext_add(&text, "\n");
	(void)!write(STDERR_FILENO, text.p, text.n);
}

void
audit_answer(int listener, const struct jail_options *options)
{
	union notice in = { 0 };
	union answer out = { 0 };
	const struct seccomp_data *call = &in.notif.data;
	const struct policy_numbers numbers = { .self = 1 };
	uint64_t arg[6];
	uint32_t verdict;

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &in) == -1)
		return;
	for (int i = 0; i < 6; i++)
		arg[i] = call->args[i];
	verdict = policy_verdict(CALL_HERE, worker_variant(options->net),
	    call->nr, arg, &numbers);
	note_call(options->name, call, verdict);
	out.resp.id = in.notif.id;
	if ((verdict & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO)
		out.resp.error = -(int)(verdict & SECCOMP_RET_DATA);
	else
		out.resp.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	/* the worker may have died meanwhile */
	(void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &out);
}
