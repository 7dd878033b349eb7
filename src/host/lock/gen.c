/*
 * gen: writes filter.c: the program of the host's policy, and the names of
 * system calls by their numbers, for whoever has to name one. Usage: gen >
 * filter.c. One block for each architecture, as of the jail's.
 */
#include <stdio.h>

#include "jail/emit.h"
#include "lock/policy.h"

#define NUMBERS 1024

static const char *const define[CALL_ARCHS] = {
	[CALL_X86_64] = "defined(__x86_64__) && !defined(__ILP32__)",
	[CALL_AARCH64] = "defined(__aarch64__) && !defined(__ILP32__)",
};

static void
write_names(enum call_arch arch)
{
	printf("const struct lock_name lock_names[] = {\n");
	for (long nr = 0; nr < NUMBERS; nr++) {
		const char *name = call_name(arch, nr);

		if (name != NULL)
			printf("\t{ %ld, \"%s\" },\n", nr, name);
	}
	printf("\t{ -1, \"\" },\n};\n");
}

static int
write_arch(enum call_arch arch)
{
	static struct emitted e;
	const char *why;

	if (define[arch] == NULL)
		return 0;
	if (emit(&e, arch, &lock_policy, LOCK_HOST, &why) == -1) {
		fprintf(stderr, "gen: %s\n", why);
		return -1;
	}
	printf("#if %s\n#define HAS_FILTER\n"
	       "const struct sock_filter lock_program[] = {\n",
	    define[arch]);
	emit_print_code(&e);
	printf("};\nconst size_t lock_program_n = %u;\n"
	       "const unsigned lock_self[] = { ",
	    e.n);
	emit_print_spots(&e.self);
	printf(" };\nconst size_t lock_selves = %u;\n", e.self.n);
	write_names(arch);
	printf("#endif\n\n");
	return 0;
}

int
main(void)
{
	printf("/* Written by lock/gen.c from lock/policy.c. */\n"
	       "#include \"lock/filter.h\"\n\n");
	for (int arch = 0; arch < CALL_ARCHS; arch++) {
		if (write_arch((enum call_arch)arch) == -1)
			return 1;
	}
	printf("#ifndef HAS_FILTER\n"
	       "const struct sock_filter lock_program[] = { { 0 } };\n"
	       "const size_t lock_program_n = 0;\n"
	       "const unsigned lock_self[] = { 0 };\n"
	       "const size_t lock_selves = 0;\n"
	       "const struct lock_name lock_names[] = { { -1, \"\" } };\n"
	       "#endif\n");
	return emit_flush() == 0 ? 0 : 1;
}
