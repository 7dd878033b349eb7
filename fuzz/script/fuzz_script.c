/* fuzz_script: what was recorded of an attempt, and then what a child asks of it */
#include "script/script.h"

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* All that there is to be asked for, by its name, and more than once. */
static void
ask_for_all(struct script *script)
{
	autopool struct pool pool = POOL_NONE;
	struct script_exchange *x = script->first;

	for (size_t i = 0; x != NULL && i < 100; x = x->next, i++) {
		for (int kind = 0; kind < RECALL_KINDS; kind++) {
			struct buf out = BUF_IN(&pool);
			struct recall ask = { .kind = (enum recall_kind)kind,
				.what = x->said.what,
				.id = x->said.id };

			script_recall(script, &ask, STR("GET / HTTP/1.1\r\n"),
			    &out);
			pool_reset(&pool);
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	autoerr struct err err = ERR_NONE;
	struct script script;

	script_init(&script);
	if (script_take_all(&script, str_view((const char *)p, n), &err) == 0)
		ask_for_all(&script);
	script_clear(&script);
	return 0;
}
