/*
 * sn0int-outer: the outer half of a child whose worker has the network, in a
 * program of its own. sn0int-sandbox executes it when the worker is there, by a
 * descriptor; nobody else can start it. It opens no file, reads no environment,
 * and runs nothing: it is static, and what it knows are its words (serving.h,
 * behind those of the jail) and its descriptors.
 */
#include <unistd.h>

#include "base/agreed.h"
#include "outer/serving.h"

static int
fail_with(struct err *err)
{
	struct buf text = BUF_NONE;

	buf_printf(&text, "error: outer half: %s\n", err_cstr(err));
	(void)!write(STDERR_FILENO, text.p, text.n);
	return 1;
}

int
main(int argc, char **argv)
{
	static struct serving s;
	struct jail_options options = {
		.typed = { .is_question = serving_is_question },
	};
	struct outer *outer;
	struct err err = ERR_NONE;
	char **word = argv + (argc > 0);
	int n = jail_outer_words(word, &outer, &options, &err);

	if (n == -1 || serving_init(&s, BROKER_FD,
			   (const char *const *)word + n, &err) == -1)
		_exit(fail_with(&err));
	serving_hooks(&s, &options.serve);
	jail_go_on(outer, &options);
}
