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
#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

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
	char none = 0;
	struct iovec part = { &none, 1 };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr msg = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	control.head.cmsg_len = CMSG_LEN(sizeof(int));
	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(&control.head), &listener, sizeof(int));
	if (sendmsg(alive, &msg, MSG_NOSIGNAL) == -1)
		return err_sys(err, "cannot hand over the audit's listener");
	(void)close(listener);
	return 0;
}

int
audit_receive(int alive)
{
	char none;
	struct iovec part = { &none, 1 };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr msg = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	const struct cmsghdr *head;
	int listener;

	if (recvmsg(alive, &msg, MSG_CMSG_CLOEXEC) != 1)
		return -1;
	head = CMSG_FIRSTHDR(&msg);
	if (head == NULL || head->cmsg_type != SCM_RIGHTS ||
	    head->cmsg_len != CMSG_LEN(sizeof(int)))
		return -1;
	memcpy(&listener, CMSG_DATA(head), sizeof(int));
	return listener;
}

static void
note_call(const char *name, const struct seccomp_data *call, uint32_t verdict)
{
	struct line text = { .n = 0 };
	const char *known = call_name(CALL_HERE, call->nr);

	line_add(&text, "sn0int: AUDIT ");
	line_add(&text, name);
	line_add(&text, ": would ");
	if ((verdict & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO) {
		line_add(&text, "refuse (");
		line_add(&text, layer_errno(verdict & SECCOMP_RET_DATA));
		line_add(&text, ") ");
	} else {
		line_add(&text, "stop the run at ");
	}
	line_add(&text, known != NULL ? known : "call");
	line_add(&text, " (");
	line_add_int(&text, call->nr);
	line_add(&text, ") arguments");
	for (int i = 0; i < 6; i++) {
		line_add(&text, " ");
		line_add_hex(&text, call->args[i]);
	}
	line_add(&text, ", at ");
	line_add_hex(&text, call->instruction_pointer);
	line_add(&text, "\n");
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
