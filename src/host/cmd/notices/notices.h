/* notices: what the files of this room share. */
#ifndef NOTICES_NOTICES_H
#define NOTICES_NOTICES_H

#include "line/cmd.h"

extern const struct cmd notices_sub_outbox;

#endif
