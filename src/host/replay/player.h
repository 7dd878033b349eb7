/*
 * player: children that play runs again, several at a time: no network, no
 * database; what they ask comes from their script (script.h). What they said is
 * there when all are over.
 *
 *	struct player player[n] = { { .script = ..., .transport = ...,
 *		.start = ... } };
 *
 *	players_run(player, n, jobs, loop, err);
 *	player_differs(&player[0], &difference);
 *	player_clear(&player[0]);
 *
 * A child is as foreign here as in a run: lines and answers have their limits,
 * and it is killed when its time is over.
 */
#ifndef REPLAY_PLAYER_H
#define REPLAY_PLAYER_H

#include "base/limits.h"
#include "ipc/start.h"
#include "loop/loop.h"
#include "mask/mask.h"
#include "script/script.h"
#include "transport/transport.h"

struct player {
	struct script *script;
	const struct transport *transport; /* of a child with --replay */
	struct str start;                  /* the line that it is told */
	struct limits limits;

	/*
	 * It is no replay, but a run that is recorded: it has the network of
	 * its transport, a stand-in for a workspace, and evidence. Lines of a
	 * script, with placeholders in place of secrets; NULL: a replay.
	 */
	struct buf *record;
	struct mask *mask;
	struct str input; /* its standard input; p NULL: it has none */

	/* What came of it. */
	struct pool pool;
	struct str *event; /* lines, without newlines */
	size_t events;
	struct str fault; /* it did not come to its end; p NULL: it did */
	int64_t ms;
	bool is_over;

	struct playing *playing; /* while it is at work */
};

/*
 * Plays all of them, at most `jobs` at a time. -1: the loop failed, or no child
 * could be started.
 */
int players_run(struct player *player, size_t n, unsigned jobs,
    struct loop *loop, struct err *err);

void player_clear(struct player *player);

/* The transport of a child that plays again, for a module's text; in pool. */
struct transport *player_transport(struct str code,
    const struct slot_texts *limit, struct pool *pool);

/*
 * The same for a run that is recorded; start: name servers and proxy. The words
 * are viewed.
 */
struct transport *player_live_transport(struct str code,
    const struct start *start, const struct slot_texts *limit,
    const struct slot_texts *allow, const struct slot_texts *deny,
    struct pool *pool);

/* What tells two runs apart: the first event that is not the same. */
struct difference {
	size_t at;       /* counted from 1 */
	struct str then; /* p NULL: there was none more */
	struct str now;
};

/*
 * Events of `then` against those that were said; byte for byte, but for what
 * belongs to the machine (player_is_machine()). true: they differ. Of a run that
 * did not come to its end then, is_whole false, only what it said is compared.
 */
bool player_differs(const struct player *player, const struct str *then,
    size_t n, bool is_whole, struct difference *out);

/* What a child says of the layers of the jail that this machine lacks. */
bool player_is_machine(struct str event);

#endif
