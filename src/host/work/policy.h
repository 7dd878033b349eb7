/*
 * policy: which connections the children of a run may have: words for their
 * brokers. The policy itself: gate/egress.h.
 */
#ifndef WORK_POLICY_H
#define WORK_POLICY_H

#include "broker/notice.h"
#include "ipc/child_options.h"
#include "ipc/start.h"

struct policy {
	bool has_proxy;
	struct addr proxy;
};

/*
 * The words are checked: name servers and proxy of the start line, and those of
 * gate/egress.h. -1: one of them is none.
 */
int policy_check(const struct start *start, const struct slot_texts *allow,
    const struct slot_texts *deny, struct err *err);

/* Words of an option of the command line, "--allow-net". */
int policy_check_option(const char *option, const struct str *word, size_t n,
    struct err *err);

/* They become words of a child's command line. They are viewed. */
void policy_options(struct child_options *o, const struct start *start,
    const struct slot_texts *allow, const struct slot_texts *deny);

/* Checks them, and takes what the host itself has to know. */
int policy_init(struct policy *policy, const struct start *start,
    const struct slot_texts *allow, const struct slot_texts *deny,
    struct err *err);

/* NULL: there is none. */
const struct addr *policy_proxy(const struct policy *policy);

/*
 * "connected to 192.0.2.1:443 (tcp, 12 ms)", "no connection to ... (tcp, 0
 * ms): Connection refused (os error 111)", or the refusal of gate/egress.h.
 * Names in it are foreign.
 */
void policy_write_record(struct buf *out, const struct broker_record *record);

#endif
