/*
 * play: what `replay` and `test` share: who starts their children, and the lock
 * of the host before it hears one.
 */
#ifndef REPLAYS_PLAY_H
#define REPLAYS_PLAY_H

#include "launch/launch.h"
#include "replay/player.h"

/* Children of a module's text: one transport for each set of needs. */
#define PLAY_KINDS 64

struct play {
	struct program *p;
	struct pool *pool;
	struct slot_texts limit; /* of the configuration */
	struct limits limits;
	unsigned jobs;
	struct {
		unsigned needs;
		struct transport *transport;
	} kind[PLAY_KINDS];
	size_t kinds;
	struct launch launch;
	struct loop *loop;
};

/* jobs 0: as many as there are processors. */
int play_init(struct play *play, struct program *p, struct pool *pool,
    unsigned jobs, struct err *err);

/* Of a text, before play_begin(). */
const struct transport *play_transport(struct play *play, struct str code,
    struct err *err);

/* Makes what starts children, and locks this process; no file is opened then. */
int play_begin(struct play *play, struct err *err);
void play_end(struct play *play);

#endif
