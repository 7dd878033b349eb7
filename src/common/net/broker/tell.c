/*
 * Notices for the host. As long as it has not taken all, the broker answers
 * nothing and asks nothing, and no socket of others is looked at: so what is
 * kept here has a bound, and nothing that goes on being true keeps us awake.
 */
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "broker/inner.h"
#include "stream/clock.h"

bool
broker_is_held_up(const struct broker *b)
{
	return b->box.n != 0;
}

void
broker_lose_control(struct broker *b)
{
	if (b->box.fd != -1)
		close(b->box.fd);
	b->box.fd = -1;
	b->box.n = 0;
	b->is_lost = true;
}

void
broker_flush(struct broker *b)
{
	switch (outbox_flush(&b->box)) {
	case OUTBOX_RETRY:
		b->retry_at = clock_in(BROKER_RETRY_MS);
		break;
	case OUTBOX_GONE:
		broker_lose_control(b);
		break;
	case OUTBOX_EMPTY:
	case OUTBOX_FULL:
		break;
	}
}

void
broker_flush_whole(struct broker *b)
{
	const struct timespec pause = { .tv_nsec = BROKER_RETRY_MS * 1000000L };

	for (;;) {
		struct pollfd p = { .fd = b->box.fd, .events = POLLOUT };

		broker_flush(b);
		if (!broker_is_held_up(b))
			return;
		if (b->retry_at != CLOCK_NEVER)
			(void)ppoll(NULL, 0, &pause, NULL);
		else
			(void)ppoll(&p, 1, NULL, NULL);
		b->retry_at = CLOCK_NEVER;
	}
}

void
broker_tell(struct broker *b, const struct notice *notice)
{
	if (b->box.n == OUTBOX_ROOM)
		broker_flush_whole(b);
	outbox_add(&b->box, notice);
	broker_flush(b);
}

static uint32_t
since(int64_t start)
{
	int64_t ms = clock_ms() - start;

	return ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
}

void
broker_tell_job(struct broker *b, struct job *job)
{
	const struct request *r = &job->request;
	struct notice notice = { .kind = NOTICE_REQUEST,
		.attempt = job->attempt,
		.record = {
		    .is_name = r->kind == REQUEST_NAME && !job->is_search,
		    .is_ns = r->is_ns,
		    .is_proxied = job->is_proxied,
		    .to = job->to,
		    .name = r->name,
		    .proto = (enum dial_proto)r->proto,
		    .number = job->number,
		    .status = job->reply.status,
		    .class = job->reply.class,
		    .error = job->reply.error,
		    .ms = since(job->start),
		    .when = notice_now(),
		} };

	job->is_told = true;
	if (job->reply.status == REPLY_BAD)
		return;
	if (job->reply.status != REPLY_CONNECTED &&
	    b->refused++ >= NOTICE_MOST_REFUSED)
		return;
	broker_tell(b, &notice);
}
