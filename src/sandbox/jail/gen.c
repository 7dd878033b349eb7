/*
 * gen: writes filters.c, the programs as constants. Usage: gen > filters.c
 * One block for each architecture, so that a program holds its own only;
 * the tests define FILTER_ALL and hold every one.
 */
#include "jail/emit.h"

#include <stdio.h>

static const char *const define[CALL_ARCHS] = {
	[CALL_X86_64] = "defined(__x86_64__)",
	[CALL_AARCH64] = "defined(__aarch64__)",
};

static int
write_program(enum call_arch arch, unsigned nets)
{
	static struct emitted e;
	const char *why;

	if (emit(&e, arch, nets, &why) == -1) {
		fprintf(stderr, "gen: %s\n", why);
		return -1;
	}
	printf("static const struct sock_filter %s_%u[] = {\n",
	    call_arch_name(arch), nets);
	for (unsigned i = 0; i < e.n; i++)
		printf("\t{ 0x%02x, %u, %u, 0x%08x },\n", e.code[i].code,
		    e.code[i].jt, e.code[i].jf, e.code[i].k);
	printf("};\nstatic const unsigned %s_%u_self[] = { ",
	    call_arch_name(arch), nets);
	for (unsigned i = 0; i < e.selves; i++)
		printf("%u, ", e.self[i]);
	printf("0 };\n");
	return 0;
}

static void
write_row(enum call_arch arch, unsigned nets)
{
	const char *name = call_arch_name(arch);

	printf("\t{ %d, %u, COUNT(%s_%u), %s_%u, COUNT(%s_%u_self) - 1, "
	       "%s_%u_self },\n",
	    (int)arch, nets, name, nets, name, nets, name, nets, name, nets);
}

static int
write_arch(enum call_arch arch)
{
	printf("#if %s || defined(FILTER_ALL)\n", define[arch]);
	for (unsigned i = 0; i < 2 * POLICY_NETS; i++) {
		unsigned audit = i < POLICY_NETS ? 0 : POLICY_AUDIT;

		if (write_program(arch, 1u << i % POLICY_NETS | audit) == -1)
			return -1;
	}
	printf("#endif\n\n");
	return 0;
}

int
main(void)
{
	printf("/* Written by jail/gen.c from jail/policy.c. */\n"
	       "#include \"jail/filter.h\"\n\n"
	       "#define COUNT(a) (sizeof(a) / sizeof((a)[0]))\n\n");
	for (int arch = 0; arch < CALL_ARCHS; arch++) {
		if (write_arch((enum call_arch)arch) == -1)
			return 1;
	}
	printf("const struct filter filters[] = {\n");
	for (int arch = 0; arch < CALL_ARCHS; arch++) {
		printf("#if %s || defined(FILTER_ALL)\n", define[arch]);
		for (unsigned i = 0; i < 2 * POLICY_NETS; i++)
			write_row((enum call_arch)arch,
			    1u << i % POLICY_NETS |
				(i < POLICY_NETS ? 0 : POLICY_AUDIT));
		printf("#endif\n");
	}
	printf("\t{ 0 },\n};\n");
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("gen: standard output");
		return 1;
	}
	return 0;
}
