/*
 * search: the way to a name. Its addresses are looked up, unless they are kept
 * from before, and handed out one after the other; what came of each is put
 * into the reply. The list of the last name stays, so that a worker can go on
 * in it (request.h): it is asked for anew only where it is not there any more.
 *
 * The names that are kept are those of one worker (name_cache.h). Nothing is
 * judged here: an address is judged when it is connected to, wherever it came
 * from. Every socket to a name server comes from the broker's door, where it
 * is counted.
 */
#ifndef BROKER_SEARCH_H
#define BROKER_SEARCH_H

#include "gate/net_config.h"
#include "gate/request.h"
#include "name/lookup.h"

#define SEARCH_BATCH_MS 120000 /* then the reply goes, and says there is more */

enum search_state {
	SEARCH_LOOKING, /* wait, then search_step() */
	SEARCH_THERE,   /* there are addresses: search_next() */
	SEARCH_OVER,    /* there are none: the reply says why */
};

struct search;

/* net, the door and what it is given must live as long. */
struct search *search_new(const struct net_config *net,
    const struct lookup_door *door);
void search_free(struct search *s);

/*
 * For a request by name, which need not live longer. *reply is emptied but for
 * its number, and filled in from now on.
 */
enum search_state search_begin(struct search *s, const struct request *r,
    struct reply *reply);

/* While looking: what to poll for, until when, and then. See lookup.h. */
void search_poll(const struct search *s, struct pollfd *p);
int64_t search_due(const struct search *s);
enum search_state search_step(struct search *s, short revents,
    struct reply *reply);

/*
 * The next address to be tried, with the port, and how long. It may be over
 * already: then it counts as tried in vain. false: there is no more, or
 * no more in this reply.
 */
bool search_next(struct search *s, const struct reply *reply, struct addr *to,
    int64_t *until);

/* What came of it: the reply's own status, class and error. */
void search_note(const struct addr *to, struct reply *reply);

/* Drops the look-up under way, if there is one. */
void search_stop(struct search *s);

#endif
