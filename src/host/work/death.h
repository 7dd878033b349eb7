/*
 * death: how a target ended, in words. Source: docs/wire.md, "The parent".
 */
#ifndef WORK_DEATH_H
#define WORK_DEATH_H

#include <stdint.h>

#include "ipc/event.h"

/* What is known when the process was waited for. */
struct death_facts {
	bool is_ours;    /* our own child; else the words of a foreign one */
	bool has_exited; /* it sent an Exit line: */
	enum event_kind exit;
	struct str exit_text;
	struct str fault;     /* why we stopped it; p NULL: we did not */
	struct str violation; /* its line about one; p NULL: none */
	int status;           /* waitpid(2) */
	uint64_t cpu_s;       /* processor time that it took */
	uint64_t cpu_limit_s; /* 0: none */
};

struct death {
	bool is_ok;
	struct str text;   /* to be told; p NULL: it has been, or is_ok */
	bool is_violation; /* worth a report */
};

/* The text lives in pool or views facts. */
struct death death_of(const struct death_facts *facts, struct pool *pool);

#endif
