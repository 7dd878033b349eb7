/*
 * settle: how the outer half's jail came out, told to the worker. The halves
 * build their jails at the same time; the worker's is complete only when the
 * outer half's is, and it is the worker that can speak: it has the place where
 * errors and warnings go. So the outer half's layers come as a packet, what
 * failed as one more, and the end of the socket says that the last step is
 * done: the filter, behind which nothing can be sent. An outer half that dies
 * ends the socket, too, but takes the worker with it.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "jail/step.h"

#define NOTE_BYTES 64

/* Of a layer. Between two programs: no pointer holds. */
struct told {
	int state, why;
	char note[NOTE_BYTES], call[NOTE_BYTES]; /* "": none */
};

struct packet {
	struct told layer[JAIL_LAYERS];
	size_t n; /* of failure; 0: nothing failed */
	char failure[200];
};

static void
put_note(char note[NOTE_BYTES], const char *text)
{
	if (text != NULL)
		strncpy(note, text, NOTE_BYTES - 1);
}

static const char *
take_note(struct pool *pool, const char note[NOTE_BYTES])
{
	size_t n = strnlen(note, NOTE_BYTES);

	return n == 0 ? NULL : pool_cstr(pool, str_view(note, n));
}

static void
take_layers(struct jail *jail, const struct told *told)
{
	for (int i = 0; i < JAIL_LAYERS; i++) {
		struct jail_layer_state *s = &jail->outer[i];

		s->state = told[i].state == JAIL_ON    ? JAIL_ON
		           : told[i].state == JAIL_OFF ? JAIL_OFF
		                                       : JAIL_NOT_WANTED;
		s->why = told[i].why;
		s->note = take_note(&jail->pool, told[i].note);
		s->call = take_note(&jail->pool, told[i].call);
	}
}

void
settle_tell(int alive, const struct jail *own, struct err *err)
{
	struct packet packet;

	memset(&packet, 0, sizeof(packet));
	for (int i = 0; i < JAIL_LAYERS; i++) {
		packet.layer[i].state = own->layer[i].state;
		packet.layer[i].why = own->layer[i].why;
		put_note(packet.layer[i].note, own->layer[i].note);
		put_note(packet.layer[i].call, own->layer[i].call);
	}
	if (err->n != 0) {
		const char *text = err_cstr(err);

		packet.n = strlen(text) < sizeof(packet.failure)
		               ? strlen(text)
		               : sizeof(packet.failure);
		memcpy(packet.failure, text, packet.n);
	}
	(void)send(alive, &packet, sizeof(packet), MSG_NOSIGNAL);
}

/* The worker's warning about Landlock stands for both halves. */
static void
warn(struct jail *jail)
{
	const struct jail_layer_state *own = &jail->outer[JAIL_LANDLOCK];

	if (own->state == JAIL_OFF &&
	    jail->layer[JAIL_LANDLOCK].state == JAIL_ON)
		layer_warn(jail, "no Landlock for the outer half (%s)",
		    layer_errno(own->why));
	own = &jail->outer[JAIL_ADDRESSES];
	if (own->state == JAIL_OFF)
		layer_warn(jail,
		    "the outer half has no addresses of its own (%s: %s)",
		    own->call != NULL ? own->call : "sn0int-outer",
		    layer_errno(own->why));
}

/* read(2), which the filter allows by now. */
static ssize_t
read_packet(int alive, struct packet *packet)
{
	ssize_t n;

	do
		n = read(alive, packet, sizeof(*packet));
	while (n == -1 && errno == EINTR);
	return n;
}

int
settle_wait(struct jail *jail, struct err *err)
{
	struct packet packet;
	bool is_told = false;
	ssize_t n;

	if (jail->alive == -1)
		return 0;
	while ((n = read_packet(jail->alive, &packet)) > 0) {
		if (n != (ssize_t)sizeof(packet))
			break;
		if (packet.n != 0)
			return err_set(err, "outer half: %.*s", (int)packet.n,
			    packet.failure);
		take_layers(jail, packet.layer);
		is_told = true;
	}
	if (n == -1)
		return err_sys(err, "cannot wait for the outer half's jail");
	if (n != 0 || !is_told)
		return err_set(err,
		    "the outer half does not say how its jail is");
	(void)close(jail->alive);
	jail->alive = -1;
	warn(jail);
	return 0;
}
