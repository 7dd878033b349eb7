/* say: text to a descriptor, without stdio; as far as it goes. */
#ifndef SANDBOX_SAY_H
#define SANDBOX_SAY_H

#include "base/str.h"

void say(int fd, struct str text);

#endif
