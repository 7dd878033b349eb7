/* lean, where plugins can be loaded. */
#include "lean/lean.h"

int
lean_leave(char *const *word, const struct line *ahead, int named,
    struct err *err)
{
	(void)word;
	(void)ahead;
	(void)named;
	(void)err;
	return 0;
}
