#include "replays/play.h"

#include <unistd.h>

#include "base/mem.h"
#include "ipc/child_options.h"
#include "ipc/needs.h"

static unsigned
processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 && n < 1000 ? (unsigned)n : 1;
}

int
play_init(struct play *play, struct program *p, struct pool *pool,
    unsigned jobs, struct err *err)
{
	struct child_options options = CHILD_OPTIONS_NONE;

	*play = (struct play){ .p = p, .pool = pool };
	play->limit = p->config.limits;
	play->jobs = jobs != 0 ? jobs : processors();
	options.limit = play->limit;
	if (child_options_check(&options, err) == -1)
		return -1;
	play->limits = options.limits;
	play->launch.pool = pool;
	return 0;
}

const struct transport *
play_transport(struct play *play, struct str code, struct err *err)
{
	unsigned needs = needs_scan(code, false);

	for (size_t i = 0; i < play->kinds; i++) {
		if (play->kind[i].needs == needs)
			return play->kind[i].transport;
	}
	if (play->kinds == PLAY_KINDS) {
		(void)err_set(err, "more than %d kinds of modules", PLAY_KINDS);
		return NULL;
	}
	play->kind[play->kinds].needs = needs;
	play->kind[play->kinds].transport =
	    player_transport(code, &play->limit, play->pool);
	return play->kind[play->kinds++].transport;
}

int
play_begin(struct play *play, struct err *err)
{
	struct recipe recipe[PLAY_KINDS];

	for (size_t i = 0; i < play->kinds; i++)
		recipe[i] = transport_recipe(play->kind[i].transport);
	play->loop = program_loop(play->p, err);
	if (play->loop == NULL ||
	    launch_starter(play->p, &play->launch,
		pool_roomy(play->pool, recipe, play->kinds, sizeof(*recipe)),
		play->kinds, play->jobs + 1, err) == -1)
		return -1;
	for (size_t i = 0; i < play->kinds; i++)
		transport_via(play->kind[i].transport, play->launch.starter);
	return launch_lock(play->p, &play->launch, err);
}

void
play_end(struct play *play)
{
	launch_end(play->p, &play->launch);
}
