#include "base/halt.h"

bool halt_may_come;
volatile sig_atomic_t halt_is_wanted;
