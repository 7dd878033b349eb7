/*
 * inner: a broker from within, for the files of this room: broker.c has the
 * sockets and who is listened to when, job.c the one request that is worked on,
 * tell.c what the host is told of it.
 */
#ifndef BROKER_INNER_H
#define BROKER_INNER_H

#include "broker/broker.h"
#include "broker/outbox.h"
#include "broker/search.h"
#include "gate/permit.h"
#include "gate/socks5.h"

#define BROKER_RETRY_MS 100 /* when the system has no room for a packet */

enum job_state {
	JOB_FREE,
	JOB_LOOKING, /* the name is being looked up: search.h */
	JOB_CONNECTING,
	JOB_METHOD, /* waits for the proxy's choice of method */
	JOB_REPLY,  /* waits for the proxy's reply */
	JOB_DONE,   /* the worker is to be told */
};

struct job {
	enum job_state state;
	int fd; /* -1: none */
	bool is_proxied;
	bool
	    is_search; /* of the addresses of a name the last word is not said */
	bool is_told;  /* the host knows what came of `to` */
	struct request request; /* its name, or first, views `name` */
	struct addr to;         /* what is tried */
	struct reply reply;
	uint32_t attempt;
	uint32_t number; /* of the connection; 0: none was tried */
	int64_t start, until;
	size_t got; /* bytes of the proxy's current answer */
	unsigned char answer[SOCKS5_REPLY_MAX];
	char name[REQUEST_NAME_MAX];
};

struct broker {
	int fd; /* -1: hung up */
	struct net_config net;
	struct addr *ns;
	struct egress *egress;
	void (*place)(uint32_t processor);
	bool is_begun;          /* there was an order */
	bool is_gone;           /* the worker is; its last words are not */
	bool is_lost;           /* the host is */
	uint32_t attempt;       /* of the last order */
	bool is_limited;        /* to `permits` */
	bool has_rules;         /* there are some, for the next order */
	struct permits permits; /* of `rules` */
	unsigned connections, count, bad;
	unsigned words;   /* outcomes that the worker has told */
	unsigned refused; /* requests that came to nothing, and were told */
	uint32_t number;  /* of the last connection, in any attempt */
	int64_t own_at;   /* when the own addresses were learnt */
	bool is_stuck;    /* the worker does not take its replies */
	bool has_replied; /* to the last packet that was read */
	int64_t retry_at; /* the system has no room; CLOCK_NEVER: it has */
	struct job job;
	struct search *search;
	struct job asked; /* a socket to a name server, of the look-up */
	struct outbox box;
	struct traffic traffic;
	char rules[PERMITS_MAX_BYTES];
	char control[PERMITS_MAX_BYTES + 1]; /* the packet that is read */
};

/* job.c: of the request that b->job is, or that b->asked is. */

/* A packet that is no word becomes b->job, which was free. */
void broker_job_begin(struct broker *b, struct job *job, struct str packet);

/* Something happened at its socket, or to its look-up. */
void broker_job_go_on(struct broker *b, struct job *job, short revents);

/*
 * Of a name that is looked up here: what came of an address goes into the
 * reply; then, if the host has heard of it, the next one.
 */
void broker_job_go_through(struct broker *b, struct job *job);

bool broker_job_is_under_way(const struct job *job);
int64_t broker_job_due(const struct broker *b, const struct job *job);

/* Its time is over. */
void broker_job_late(struct broker *b, struct job *job);
void broker_job_clear(struct job *job);

/* Where its look-ups have sockets from. */
struct lookup_door broker_job_door(struct broker *b);

/* tell.c */

/* Does the host have to take notices first? */
bool broker_is_held_up(const struct broker *b);

/*
 * There is no host any more. Its worker is hung up on at the end of the step:
 * we may be in the middle of a look-up.
 */
void broker_lose_control(struct broker *b);

/* One more; a host that has not read as much as there is room for is waited
 * for. */
void broker_tell(struct broker *b, const struct notice *notice);

/* What came of a request, unless it was none. */
void broker_tell_job(struct broker *b, struct job *job);

/* Sends what the host is to know; or all of it, however long that takes. */
void broker_flush(struct broker *b);
void broker_flush_whole(struct broker *b);

#endif
